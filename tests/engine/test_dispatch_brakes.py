"""Brakes on sending: storm, jumped clock, circuit breaker (delivery.md D7)."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import time as time_of_day
from datetime import timedelta
from itertools import chain, repeat
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from tests.standins.office import START, Office
from tests.standins.provider import TAKEN, Provider
from tracker.domain.actor import WORKER, Actor
from tracker.domain.contact import ContactClass, Days, Interval
from tracker.domain.delivery import Envelope, Fault, Outcome, RetryPolicy, SendResult
from tracker.engine.cases import cases, record
from tracker.engine.sending.claims import claim
from tracker.engine.sending.dispatch import Sender, dispatch_batch
from tracker.engine.sending.holds import AHEAD, BACK, CLOCK, ClockGuard, held, hold, release
from tracker.engine.staff.trial import send_test_alert
from tracker.engine.worker import scheduler
from tracker.engine.worker.pace import Memory
from tracker.engine.worker.tick import tick
from tracker.store.schema import AuditRow, Case, Person

DOWN = SendResult(Outcome.NOT_SENT, code="connect_ConnectionRefusedError")
NOT_NOW = SendResult(Outcome.NOT_SENT, code="429", retry_after=timedelta(seconds=20))
BAD_ADDRESS = SendResult(Outcome.REFUSED, code="5.1.1", fault=Fault.ADDRESS)


def waiting_cases(office: Office, count: int) -> tuple[str, str]:
    """Cases that all fall due seven days after the start, at nine; caseworker and supervisor."""
    aigul, berik = office.person("Aigul", "caseworker"), office.person("Berik", "supervisor")
    for _ in range(count):
        office.silent_case(aigul, berik, days=0)
    office.tick()
    office.clock.move(days=7)
    return aigul, berik


def fall_due(office: Office, count: int, aigul: str, berik: str) -> None:
    """So many cases more that a worker has to alert about at its next look."""
    with office.desk() as desk:
        last = (desk.now - timedelta(days=8)).date()
        for _ in range(count):
            cases.open_case(
                desk,
                zone_name="UTC",
                caseworker_id=aigul,
                supervisor_id=berik,
                missing_since=Interval(last, last),
            )


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


def test_a_storm_that_two_workers_share_is_held(office: Office, mail: Provider) -> None:
    """D7: six each, at one time: together they are one storm, and the supervisor is asked once."""
    waiting_cases(office, 12)

    def half(owner: str) -> None:
        turns = chain((False,), repeat(True))
        tick(office.worker(), Sender(owner=owner), lambda: next(turns), Memory(batch=6))

    threads = [threading.Thread(target=half, args=(f"worker-{n}",)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(office.alerts(kind="step")) == 12
    assert (reason(office), len(office.rows(kind="hold"))) == ("storm", 1)
    assert sent(office) <= 6, "what the first raised may have left before the second looked"
    office.clock.move(minutes=15)
    office.tick()
    assert sent(office) == 12, "nothing is lost"


@pytest.mark.parametrize(("later", "is_held"), [(59, True), (60, False)])
def test_ticks_within_a_minute_are_one(office: Office, later: int, is_held: bool) -> None:
    people = waiting_cases(office, 8)
    office.tick("worker-1")
    assert (reason(office), sent(office)) == (None, 8)
    office.clock.move(seconds=later)
    fall_due(office, 8, *people)
    office.tick("worker-2")
    assert (reason(office), sent(office)) == (("storm", 8) if is_held else (None, 16))


def test_what_was_let_go_makes_no_new_storm(office: Office) -> None:
    """A word that is taken back by the next alert would be none; a new storm is held anew."""
    people = waiting_cases(office, 11)
    office.tick()
    with office.desk() as desk:
        release(desk)
    office.clock.move(seconds=10)
    fall_due(office, 1, *people)
    office.tick()
    assert (reason(office), sent(office)) == (None, 12)
    fall_due(office, 11, *people)
    office.tick()
    assert (reason(office), sent(office)) == ("storm", 12)


def test_a_flood_of_reports_is_no_storm(office: Office) -> None:
    """Whoever reports contacts, or cases, again and again must not hold everybody's alerts by it
    (S6): what people's acts raise at once is not counted."""
    people = waiting_cases(office, 1)
    office.tick()
    for _ in range(12):
        office.silent_case(None, None)
    assert len(office.alerts(kind="step")) >= 12
    with office.desk() as desk:
        case = desk.session.get_one(Case, office.alerts()[0].case_id)
        for back in range(12):
            day = (desk.now - timedelta(days=8 + back)).date()
            record.report_contact(
                desk, case, occurred=Days(day, day), cls=ContactClass.DIRECT, details={}
            )
    fall_due(office, 1, *people)
    office.tick()
    assert len(office.alerts(kind="to_confirm")) == 12
    assert reason(office) is None
    assert len(office.rows(state="accepted")) >= 2, "the one that fell due was told"


def test_what_a_person_asks_for_goes_though_alerts_are_held(office: Office, mail: Provider) -> None:
    aigul = office.person("Aigul", "caseworker")
    office.silent_case(aigul, None)
    with office.desk() as desk:
        hold(desk, CLOCK)
        send_test_alert(desk, aigul)
    office.tick()
    assert [row.kind for row in office.rows(state="accepted")] == ["test"]
    assert office.row(kind="alert").state == "pending"


def test_s13_a_hold_that_changes_nothing_is_not_written_into_the_trail(office: Office) -> None:
    for _ in range(3):
        with office.desk() as desk:
            hold(desk, CLOCK)
    with office.desk() as desk:
        acts = desk.session.scalars(select(AuditRow.act).filter_by(act="sending.held")).all()
    assert len(acts) == 1


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


def test_d7_after_a_persons_word_the_same_worker_makes_digests_and_sees_the_next_jump(
    office: Office,
) -> None:
    office.silent_case(office.person("Aigul", "caseworker"), None)
    run = scheduler._Run(office.worker(), Sender(), threading.Event())
    run.tick()
    office.clock.move(days=20)
    run.tick()
    run.make_digests()
    assert (reason(office), office.rows(kind="digest")) == (CLOCK, [])
    supervisor = office.person("Berik", "supervisor")
    with office.desk() as desk:
        desk.actor = Actor("person", supervisor, frozenset({"supervisor"}))
        release(desk)
    run.tick()
    run.make_digests()
    assert office.rows(kind="digest"), "the week's digest waits for no restart"
    office.clock.move(days=300)
    run.tick()
    assert reason(office) == CLOCK


def test_d7_another_machines_clock_that_came_right_is_no_persons_word(office: Office) -> None:
    run = scheduler._Run(office.worker(), Sender(), threading.Event())
    run.tick()
    office.clock.move(hours=2)
    run.tick()
    with office.services.desk(WORKER) as desk:
        release(desk)
    run.tick()
    assert reason(office) == CLOCK


def test_d7_a_machine_that_slept_has_no_clock_that_jumped(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock it is compared with goes on in sleep."""
    began = time.clock_gettime(time.CLOCK_BOOTTIME)
    run = scheduler._Run(office.worker(), Sender(), threading.Event())
    run.tick()
    monkeypatch.setattr(time, "clock_gettime", {time.CLOCK_BOOTTIME: began + 7200}.get)
    office.clock.move(hours=2)
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


def test_d7_one_of_two_workers_probes(office: Office, mail: Provider) -> None:
    """The second asks in the very moment in which the first is claiming its row: it is told that
    the provider is being looked for."""
    _out_of_reach(office, mail)
    second = office.worker(), Sender(owner="worker-2")
    other = threading.Thread(target=dispatch_batch, args=second)
    with office.worker().desk(WORKER) as desk:
        assert len(claim(desk, "worker-1", 10, RetryPolicy(), Random(1)).claimed) == 1
        other.start()
        other.join(timeout=0.5)
    other.join()
    assert not mail.asked, "the first one's has not left yet"
    office.clock.move(minutes=5)
    dispatch_batch(*second)
    assert len(mail.asked) == 1


def _out_of_reach(office: Office, mail: Provider) -> None:
    """The provider's breaker has been open for five minutes; eight rows wait for it."""
    aigul = office.person("Aigul", "caseworker")
    for _ in range(8):
        office.silent_case(aigul, None)
    mail.answers = [DOWN] * 1000
    office.tick()
    office.clock.move(minutes=6)
    mail.asked.clear()


def test_d7_who_sleeps_uses_up_no_probe(office: Office, mail: Provider) -> None:
    """Rows that wait for a morning stand in front: the first that may go is the one that looks."""
    aigul, bota = office.person("Aigul", "caseworker"), office.person("Bota", "caseworker")
    with office.desk() as desk:
        desk.session.get_one(Person, aigul).quiet_from = time_of_day(8)
        desk.session.get_one(Person, aigul).quiet_until = time_of_day(20)
    office.silent_case(bota, None)
    mail.answers = [DOWN] * 5
    for _ in range(4):
        office.tick()
        office.clock.move(minutes=5)
    for _ in range(9):
        office.silent_case(aigul, None)
    office.tick()
    office.silent_case(bota, None)
    office.clock.move(minutes=5)
    office.tick()
    office.tick()
    assert [one.to for one in mail.taken] == ["bota@example.net"] * 2


def test_one_bad_address_says_nothing_about_its_provider(office: Office, mail: Provider) -> None:
    for number in range(7):
        office.silent_case(office.person(f"Aigul{number}", "caseworker"), None)
    mail.answers = [BAD_ADDRESS] * 6
    office.tick()
    assert len(mail.taken) == 1


def _paused_by_one(office: Office, mail: Provider) -> None:
    """The provider asked for twenty seconds, and they have passed; three more are to be told."""
    people = [office.person(name, "caseworker") for name in ("Aigul", "Bota", "Dana", "Erlan")]
    office.silent_case(people[0], None)
    mail.answers = [NOT_NOW]
    office.tick()
    for person in people[1:]:
        office.silent_case(person, None)
    office.clock.move(seconds=21)


@pytest.mark.parametrize(
    "answer", [BAD_ADDRESS, SendResult(Outcome.UNKNOWN, code="500")], ids=["refused", "unknown"]
)
def test_d7_after_a_pause_any_answer_shows_that_the_provider_is_there(
    office: Office, mail: Provider, answer: SendResult
) -> None:
    """A bad address that goes first holds up nobody for five minutes."""
    _paused_by_one(office, mail)
    mail.answers = [answer]
    office.tick()
    office.tick()
    assert len(mail.taken) == 2


def test_d7_what_was_refused_here_ends_no_pause(office: Office, mail: Provider) -> None:
    """No request left: of the provider nothing is known yet, and the next row asks it."""
    _paused_by_one(office, mail)
    mail.answers = [replace(BAD_ADDRESS, local=True)]
    office.tick()
    office.tick()
    assert not mail.taken
    office.clock.move(seconds=31)
    office.tick()
    assert len(mail.taken) == 2


def test_d7_what_came_too_late_to_be_tried_ends_no_pause(
    office: Office, mail: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine slept in the middle of a call that ended in "not now": the next was not made."""
    began = time.clock_gettime(time.CLOCK_BOOTTIME)

    def sleeps(_envelope: Envelope) -> SendResult:
        monkeypatch.setattr(time, "clock_gettime", {time.CLOCK_BOOTTIME: began + 7200}.get)
        return NOT_NOW

    for name in ("Aigul", "Bota", "Dana"):
        office.silent_case(office.person(name, "caseworker"), None)
    mail.answers = [TAKEN, sleeps]
    office.tick()
    office.tick()
    assert len(mail.asked) == 2
    office.clock.move(seconds=21)
    office.tick()
    office.tick()
    assert len(mail.taken) == 2


def test_d7_who_asks_for_another_pause_gets_it(office: Office, mail: Provider) -> None:
    _paused_by_one(office, mail)
    mail.answers = [NOT_NOW] * 9
    office.tick()
    office.tick()
    assert len(mail.asked) == 2, "one row asks"


def test_d7_a_first_row_whose_worker_died_holds_up_the_others_for_seconds(
    office: Office, mail: Provider
) -> None:
    _paused_by_one(office, mail)
    with office.worker().desk(WORKER) as desk:
        assert len(claim(desk, "the-killed", 10, RetryPolicy(), Random(1)).claimed) == 1
    office.tick()
    assert not mail.taken, "it may be under way still"
    office.clock.move(seconds=31)
    office.tick()
    office.tick()
    assert len(mail.taken) == 2
