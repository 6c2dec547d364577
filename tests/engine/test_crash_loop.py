"""A process that dies again and again while it sends (delivery.md D2, D4)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.standins.office import Office
from tests.standins.provider import Provider
from tracker.domain.delivery import Envelope, SendResult

ROWS = 40


class Killed(BaseException):
    """The process is gone: nothing of ours can catch that."""


class Deadly(Provider):
    """Kills whoever sends to `victim`, or the first `deaths` who send anything."""

    victim: str = ""
    deaths: int = 0

    def send(self, envelope: Envelope) -> SendResult:
        if self.deaths or envelope.to == self.victim:
            self.deaths = max(0, self.deaths - 1)
            raise Killed
        return super().send(envelope)


@pytest.fixture
def mail() -> Deadly:
    return Deadly("email")


@pytest.fixture
def office(instance: Path, database_url: str, mail: Deadly) -> Iterator[Office]:
    office = Office.opened(instance, database_url, {"email": mail})
    for number in range(ROWS):
        office.silent_case(office.person(f"Aigul{number}", "caseworker"), None)
    yield office
    office.services.database.engine.dispose()


def live(office: Office, rounds: int) -> int:
    """So many starts of a worker, four minutes apart; how many were killed."""
    killed = 0
    for _ in range(rounds):
        try:
            office.tick()
        except Killed:
            killed += 1
        office.clock.move(minutes=4)
    return killed


def test_d2_a_row_that_kills_its_process_takes_no_other_with_it(
    office: Office, mail: Deadly
) -> None:
    """It dies after its second try, and is handed up; all others arrive, once each."""
    mail.victim = "aigul17@example.net"
    assert live(office, 20) == 2
    states = {row.id: row.state for row in office.rows()}
    assert sorted(states.values()) == ["accepted"] * (ROWS - 1) + ["dead"]
    assert set(mail.times().values()) == {1}
    assert len(mail.taken) == ROWS - 1
    assert [alert.state for alert in office.alerts()].count("undelivered") == 1


def test_d2_a_process_that_dies_at_once_uses_up_one_row_each_time(
    office: Office, mail: Deadly
) -> None:
    """A machine without memory, say: ten starts later all but a few rows are as they were."""
    mail.deaths = 10
    assert live(office, 10) == 10
    assert len(office.rows(state="pending")) >= ROWS - 10
    live(office, 12)
    assert {row.state for row in office.rows()} == {"accepted"}, "nothing is lost for it"
