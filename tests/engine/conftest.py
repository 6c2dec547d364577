"""An office whose mail and text message providers take everything, unless told otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.standins.office import Office
from tests.standins.provider import Provider


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
