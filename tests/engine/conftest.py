"""An office whose mail and text message providers take everything, unless told otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.standins.office import Office
from tests.standins.provider import Provider

if TYPE_CHECKING:
    from tests.standins.fleet import Zygote
    from tests.standins.siege import Siege


@pytest.fixture
def mail() -> Provider:
    return Provider("email")


@pytest.fixture
def sms() -> Provider:
    return Provider("sms")


@pytest.fixture
def office(instance: Path, database_url: str, mail: Provider, sms: Provider) -> Iterator[Office]:
    office = Office.opened(instance, database_url, {"email": mail, "sms": sms})
    yield office
    office.services.database.engine.dispose()


@pytest.fixture(scope="session")
def zygote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    """Forks workers; what it takes to start Python is paid once."""
    from tests.standins.fleet import Zygote  # noqa: PLC0415 — the others need no web site

    process = Zygote(tmp_path_factory.mktemp("workers") / "log")
    yield process
    process.end()


@pytest.fixture
def besieged(instance: Path, database_url: str, zygote: Zygote) -> Iterator[Siege]:
    """An office whose workers are processes, and die."""
    from tests.standins.siege import siege  # noqa: PLC0415 — likewise

    with siege(instance, database_url, zygote, Random(20260302)) as running:
        yield running
