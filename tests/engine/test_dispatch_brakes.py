"""Brakes on sending: storm, jumped clock, circuit breaker (delivery.md D7)."""

from __future__ import annotations

import threading
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.standins.office import START, Office
from tests.standins.provider import Provider
from tracker.domain.delivery import Fault, Outcome, SendResult
from tracker.engine import scheduler
from tracker.engine.dispatch import Sender
from tracker.engine.holds import AHEAD, BACK, CLOCK, ClockGuard, held, hold, release
from tracker.engine.tick import tick
from tracker.engine.trial import send_test_alert

DOWN = SendResult(Outcome.NOT_SENT, code="connect_ConnectionRefusedError")


def waiting_cases(office: Office, count: int) -> tuple[str, str]:
    """Cases that all fall due seven days after the start, at nine; caseworker and supervisor."""
    aigul, berik = office.person("Aigul", "caseworker"), office.person("Berik", "supervisor")
    for _ in range(count):
        office.silent_case(aigul, berik, days=0)
    office.tick()
    office.clock.move(days=7)
    return aigul, berik


def sent(office: Office) -> int:
    """How many alerts left; the weekly digest, due on the same Monday, is no alert."""
    return len(office.rows(kind="alert", state="accepted"))


def reason(office: Office) -> str | None:
    with office.desk() as desk:
        return held(desk)


def test_a_storm_is_held_and_the_supervisor_is_asked(office: Office, mail: Provider) -> None:
    """D7: more than max(10, 30 %) of the open cases at one tick: held for a word or 15 minutes."""
    waiting_cases(office, 11)
    office.tick()
    assert reason(office) == "storm"
    assert [one.to for one in mail.taken] == ["berik@example.net"]
    assert "today" in mail.taken[0].text
    assert len(office.rows(kind="alert", state="pending")) == 11
    office.clock.move(minutes=14, seconds=59)
    office.tick()
    assert sent(office) == 0
    office.clock.move(seconds=1)
    office.tick()
    assert sent(office) == 11, "nothing is lost"


def test_ten_at_once_are_no_storm(office: Office) -> None:
    waiting_cases(office, 10)
    office.tick()
    assert (reason(office), sent(office)) == (None, 10)


def test_a_supervisors_word_lets_a_storm_go(office: Office) -> None:
    waiting_cases(office, 11)
    office.tick()
    with office.desk() as desk:
        release(desk)
    office.tick()
    assert sent(office) == 11


def test_what_a_person_asks_for_goes_though_alerts_are_held(office: Office, mail: Provider) -> None:
    aigul = office.person("Aigul", "caseworker")
    office.silent_case(aigul, None)
    with office.desk() as desk:
        hold(desk, CLOCK)
        send_test_alert(desk, aigul)
    office.tick()
    assert [row.kind for row in office.rows(state="accepted")] == ["test"]
    assert office.row(kind="alert").state == "pending"


def test_a_brakeless_sender_holds_no_storm(office: Office) -> None:
    """For histories played through the engine, as the demo's."""
    waiting_cases(office, 11)
    tick(office.worker(), Sender(rng=Random(1), brakes=False))
    assert (reason(office), sent(office)) == (None, 11)


@pytest.mark.parametrize(("jump", "is_held"), [(-2, True), (2, True), (0.5, False)])
def test_a_clock_that_jumps_holds_sending(office: Office, jump: float, is_held: bool) -> None:
    """D7: back, or far ahead, against a clock that nobody can set. Set right, sending goes on."""
    run = scheduler._Run(office.worker(), Sender(), threading.Event())
    run.tick()
    office.clock.move(hours=jump)
    run.tick()
    assert (reason(office) == CLOCK) is is_held
    office.clock.move(hours=-jump)
    run.tick()
    assert reason(office) is None


@given(st.floats(0, 1e6), st.floats(-1e5, 1e5))
def test_the_guard_knows_a_jump_from_the_passing_of_time(passed: float, jump: float) -> None:
    guard = ClockGuard(START, 1000.0)
    now = START + timedelta(seconds=passed) + timedelta(seconds=jump)
    slack = timedelta(milliseconds=1)
    moved = timedelta(seconds=jump)
    if -BACK + slack < moved < AHEAD - slack:
        assert guard.is_right(now, 1000.0 + passed)
    if moved < -BACK - slack or moved > AHEAD + slack:
        assert not guard.is_right(now, 1000.0 + passed)


def test_a_provider_that_cannot_be_reached_is_not_worn_out(office: Office, mail: Provider) -> None:
    """D7: five failures open the breaker; one row probes every five minutes; nothing dies of it."""
    aigul = office.person("Aigul", "caseworker")
    for _ in range(8):
        office.silent_case(aigul, None)
    mail.answers = [DOWN] * 1000
    office.tick()
    tried = len(mail.asked)
    for _ in range(9):
        office.clock.move(minutes=1)
        office.tick()
    assert len(mail.asked) - tried == 1, "one probe in nine minutes"
    assert {row.state for row in office.rows()} == {"retry_wait"}
    mail.answers = []
    office.clock.move(minutes=5)
    office.tick()
    office.tick()
    assert {row.state for row in office.rows()} == {"accepted"}


def test_one_bad_address_says_nothing_about_its_provider(office: Office, mail: Provider) -> None:
    for number in range(7):
        office.silent_case(office.person(f"Aigul{number}", "caseworker"), None)
    mail.answers = [SendResult(Outcome.REFUSED, code="5.1.1", fault=Fault.ADDRESS)] * 6
    office.tick()
    assert len(mail.taken) == 1
