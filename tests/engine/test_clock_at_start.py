"""A clock that is wrong when the worker starts is seen, and held as a jumped one is (D7)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.standins.office import START, Office
from tests.standins.provider import Provider
from tracker.domain.actor import OPERATOR
from tracker.engine.sending.dispatch import Sender
from tracker.engine.sending.holds import CLOCK, held, is_plausible, release
from tracker.engine.worker.scheduler import _Run


@pytest.fixture
def office(instance: Path, database_url: str, mail: Provider) -> Iterator[Office]:
    office = Office.opened(instance, database_url, {"email": mail})
    office.silent_case(office.person("Aigul", "caseworker"), None, days=5)
    office.tick()
    yield office
    office.services.database.engine.dispose()


def started(office: Office) -> _Run:
    """A worker process that has just begun."""
    return _Run(office.worker(), Sender(owner="the-same"), threading.Event())


def reason(office: Office) -> str | None:
    with office.services.reading(OPERATOR) as desk:
        return held(desk)


@pytest.mark.parametrize("days", [-3000, -1, 400, 3650])
def test_d7_a_wrong_clock_at_the_start_decides_and_sends_nothing(
    office: Office, mail: Provider, days: int
) -> None:
    """Before the newest audit row, or years after it; set right, all comes when it is due."""
    worker = started(office)
    office.clock.move(days=days)
    worker.tick()
    worker.make_digests()
    worker.tick()
    assert reason(office) == CLOCK
    assert (office.alerts(), mail.taken) == ([], [])
    office.clock.now = START + timedelta(minutes=1)
    worker.tick()
    assert reason(office) is None, "the clock came right by itself"
    office.clock.now = START + timedelta(days=2)
    started(office).tick()
    assert len(office.alerts()) == len(mail.taken) == 1


def test_d7_a_person_who_has_looked_lets_it_go(office: Office, mail: Provider) -> None:
    """After a year in a drawer the clock is right: nothing waits longer than for a look."""
    office.clock.move(days=500)
    worker = started(office)
    worker.tick()
    assert reason(office) == CLOCK
    with office.desk() as desk:
        release(desk)
    again = started(office)
    again.tick()
    assert reason(office) is None
    assert len(office.alerts()) == 1


@pytest.mark.parametrize("days", [0, 10, 300])
def test_r8_downtime_alone_holds_nothing(office: Office, days: int) -> None:
    office.clock.move(days=days, seconds=1)
    started(office).tick()
    assert reason(office) is None


def test_clocks_of_several_machines_differ_a_little() -> None:
    assert is_plausible(START - timedelta(minutes=4), START)
    assert not is_plausible(START - timedelta(minutes=6), START)
    assert is_plausible(START, None)
