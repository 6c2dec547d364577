"""Many messages at once become one, and providers are not hurried (delivery.md D7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.standins.office import SITE, Office
from tests.standins.provider import LOST, Provider
from tracker.domain.actor import OPERATOR, WORKER
from tracker.domain.contact import ContactClass, Days
from tracker.domain.delivery import LEASE, Fault, Outcome, RetryPolicy, SendResult, State, Word
from tracker.engine.cases import record
from tracker.engine.sending.acknowledge import by_message
from tracker.engine.sending.claims import claim
from tracker.engine.sending.dispatch import Sender, dispatch_batch
from tracker.engine.sending.one_message import REFILL, _refilled
from tracker.engine.sending.receipts import take_receipt
from tracker.security.buckets import BucketState
from tracker.store.schema import OutboxMessage

BAD = SendResult(Outcome.REFUSED, code="5.1.1", fault=Fault.ADDRESS)
NOT_NOW = SendResult(Outcome.NOT_SENT, code="4.3.0")
Opened = Callable[..., Office]


@pytest.fixture
def opened(instance: Path, database_url: str, mail: Provider, sms: Provider) -> Iterator[Opened]:
    """`opened(**settings)`: an office that sends three messages singly."""
    offices = []

    def open_(**environ: str) -> Office:
        channels = {"email": mail, "sms": sms}
        usual = {"TRACKER_MERGE_ABOVE": "3"}
        offices.append(Office.opened(instance, database_url, channels, **(usual | environ)))
        return offices[-1]

    yield open_
    for office in offices:
        office.services.database.engine.dispose()


def silent(office: Office, count: int, **more: str) -> list[str]:
    aigul = office.person("Aigul", "caseworker", **more)
    return [office.silent_case(aigul, None) for _ in range(count)]


def carrier(office: Office) -> OutboxMessage:
    (row,) = [row for row in office.rows() if row.carrier_id is None]
    return row


def resolve(office: Office, case_id: str) -> None:
    with office.desk() as desk:
        today = desk.now.date()
        record.report_contact(
            desk,
            office.case(case_id, desk),
            occurred=Days(today, today),
            cls=ContactClass.DIRECT,
            details={},
            confirmed=True,
        )


def test_more_than_the_bucket_allows_become_one(opened: Opened, mail: Provider) -> None:
    """D7: "4 cases need you"; each row's state is kept, and they are acknowledged one by one."""
    office = opened()
    silent(office, 4)
    office.tick()
    (sent,) = mail.taken
    assert "4 messages wait for you." in sent.text
    assert f"{SITE}/queue" in sent.text
    assert "/a/" not in sent.text, "holding it acknowledges nothing"
    assert {row.state for row in office.rows()} == {"accepted"}
    assert {row.provider_id for row in office.rows()} == {"email-1"}
    assert sent.reference == carrier(office).reference
    with office.desk() as desk:
        assert not any(by_message(desk, row.id) for row in office.rows())
    assert {alert.state for alert in office.alerts()} == {"triggered"}


def test_three_go_singly_and_then_one_every_five_minutes(opened: Opened, mail: Provider) -> None:
    office = opened()
    aigul = office.person("Aigul", "caseworker")
    for _ in range(3):
        office.silent_case(aigul, None)
    office.tick()
    assert len(mail.taken) == 3
    office.silent_case(aigul, None)
    office.tick()
    assert len(mail.taken) == 3, "the bucket is empty"
    office.clock.move(minutes=4, seconds=59)
    office.tick()
    assert len(mail.taken) == 3
    office.silent_case(aigul, None)
    office.clock.move(seconds=1)
    office.tick()
    assert len(mail.taken) == 4
    assert "2 messages wait for you." in mail.taken[3].text


def test_what_is_refilled_bit_by_bit_is_whole_after_five_minutes(
    opened: Opened, mail: Provider
) -> None:
    """Its sum is a last digit short: no tick tries again and again, at the same instant."""
    office = opened(TRACKER_MERGE_ABOVE="1")
    aigul = office.person("Aigul", "caseworker")
    for seconds in (0, 9, 97, 194):
        office.clock.move(seconds=seconds)
        office.silent_case(aigul, None)
        office.tick()
    assert len(mail.taken) == 2
    office.clock.move(minutes=5)
    office.tick()
    assert {row.state for row in office.rows()} == {"accepted"}


def test_an_urgent_one_never_waits(opened: Opened, mail: Provider) -> None:
    office = opened()
    aigul = office.person("Aigul", "caseworker")
    for _ in range(3):
        office.silent_case(aigul, None)
    office.tick()
    office.silent_case(aigul, None, days=76)
    office.tick()
    assert len(mail.taken) == 4


def test_a_thousand_are_one_message_too(opened: Opened, mail: Provider) -> None:
    """More than one claim takes: all that waits for this person goes along."""
    office = opened()
    silent(office, 130)
    office.tick()
    assert len(mail.taken) == 1
    assert "130 messages wait for you." in mail.taken[0].text


def test_many_people_s_many_are_one_message_each(opened: Opened, mail: Provider) -> None:
    """Claims that see few rows of each person: nobody's come in dribs over hours."""
    office = opened()
    people = [office.person(f"Aigul{number}", "caseworker") for number in range(4)]
    for _ in range(5):
        for person in people:
            office.silent_case(person, None)
    while dispatch_batch(office.worker(), Sender(), limit=3):
        pass
    assert sorted(Counter(one.to for one in mail.taken).values()) == [1] * 4
    assert all("5 messages wait for you." in one.text for one in mail.taken)
    assert {row.state for row in office.rows()} == {"accepted"}


def test_more_than_one_message_holds_go_at_the_next_claims(
    opened: Opened, mail: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.engine.sending.claims.MOST_IN_ONE", 12)
    office = opened()
    for person in [office.person(f"Aigul{number}", "caseworker") for number in range(4)]:
        for _ in range(5):
            office.silent_case(person, None)
    office.tick()
    assert sorted(Counter(one.to for one in mail.taken).values()) == [1] * 4


def test_what_goes_singly_is_not_claimed_before_its_turn(opened: Opened, mail: Provider) -> None:
    """D2: a worker that is new has one row in doubt, also where more wait for the same person."""
    office = opened(TRACKER_MERGE_ABOVE="100")
    silent(office, 20)
    with office.services.desk(WORKER) as desk:
        batch = claim(desk, "w", 1, RetryPolicy(), Random(1))
    assert (batch.seen, len(batch.claimed)) == (1, 1)
    assert len(office.rows(state="pending")) == 19


def test_a_repeat_of_a_single_message_stays_single(opened: Opened, mail: Provider) -> None:
    """D4: the same reference, though by now so many wait that they become one."""
    office = opened()
    silent(office, 1)
    mail.answers = [LOST]
    office.tick()
    (first,) = mail.asked
    office.clock.move(minutes=2)
    for _ in range(5):
        office.silent_case(office.rows()[0].person_id, None)
    office.tick()
    again, others = sorted(mail.taken, key=lambda one: one.reference != first.reference)
    assert (again.reference, again.possible_repeat) == (first.reference, True)
    assert "5 messages wait for you." in others.text


def test_others_are_not_merged_with_them(opened: Opened, mail: Provider) -> None:
    office = opened()
    silent(office, 4)
    office.silent_case(office.person("Berik", "caseworker"), None)
    office.tick()
    assert sorted(one.to for one in mail.taken) == ["aigul@example.net", "berik@example.net"]


def test_what_was_refused_is_each_row_s_own_fate(opened: Opened, mail: Provider) -> None:
    """D6: for each alert somebody above is told."""
    office = opened()
    aigul, berik = office.person("Aigul", "caseworker"), office.person("Berik", "supervisor")
    for _ in range(4):
        office.silent_case(aigul, berik)
    mail.answers = [BAD]
    office.tick()
    assert {row.state for row in office.rows(person_id=aigul)} == {"refused"}
    assert {alert.state for alert in office.alerts()} == {"undelivered"}
    assert len(office.rows(person_id=berik, state="accepted")) == 4
    assert len(mail.taken) == 1, "and this too is one message"


def test_a_lost_answer_is_looked_for_once_and_holds_for_all(opened: Opened, sms: Provider) -> None:
    """D4: found by the carrier's reference, adopted by every row."""
    office = opened()
    silent(office, 4, phone="+77015550101")
    sms.answers = [sms.take_and_lose]
    office.tick()
    assert {row.state for row in office.rows(channel="sms")} == {"unknown"}
    office.clock.move(seconds=35)
    office.tick()
    assert {row.state for row in office.rows(channel="sms")} == {"accepted"}
    assert len(sms.taken) == 1


def test_a_repeat_is_the_same_message_with_the_same_reference(
    opened: Opened, mail: Provider
) -> None:
    """D4: one resend, marked as a possible repeat, without what was resolved meanwhile."""
    office = opened()
    first, *_ = silent(office, 5)
    mail.answers = [LOST]
    office.tick()
    reference = carrier(office).reference
    carried = next(row for row in office.rows() if row.carrier_id is not None)
    resolve(office, carried.case_id or first)
    office.clock.move(minutes=2)
    office.tick()
    again = next(one for one in mail.taken if "4 messages wait for you." in one.text)
    assert (again.reference, again.possible_repeat) == (reference, True)
    assert [one.reference for one in mail.asked].count(reference) == 2


def test_d4_a_repeat_whose_carrier_is_needed_no_more_keeps_the_reference(
    opened: Opened, mail: Provider
) -> None:
    office = opened()
    first, *_ = silent(office, 5)
    mail.answers = [LOST]
    office.tick()
    before = carrier(office)
    resolve(office, before.case_id or first)
    office.clock.move(minutes=2)
    office.tick()
    again = next(one for one in mail.taken if "4 messages wait for you." in one.text)
    assert (again.reference, again.possible_repeat) == (before.reference, True)
    assert again.row_id != before.id


def test_a_large_message_left_in_doubt_is_repeated_whole_and_at_once(
    opened: Opened, mail: Provider
) -> None:
    """D4: more rows than lapse at a time, of a worker that died: one message, one reference."""
    office = opened()
    silent(office, 130)
    with office.services.desk(WORKER) as desk:
        (lost,) = claim(desk, "the-killed", 130, RetryPolicy(), Random(1)).claimed
    office.clock.move(seconds=LEASE.total_seconds())
    office.tick()
    office.tick()
    (again,) = mail.taken
    assert (again.reference, again.possible_repeat) == (lost.envelope.reference, True)
    assert "130 messages wait for you." in again.text
    assert {row.state for row in office.rows()} == {"accepted"}


def test_what_could_not_be_sent_stays_together(opened: Opened, mail: Provider) -> None:
    office = opened()
    silent(office, 4)
    mail.answers = [NOT_NOW]
    office.tick()
    assert {row.state for row in office.rows()} == {"retry_wait"}
    office.clock.move(minutes=2)
    office.tick()
    assert len(mail.taken) == 1
    assert "4 messages wait for you." in mail.taken[0].text
    assert {row.attempts for row in office.rows()} == {2}


def test_a_receipt_is_every_row_s_receipt(opened: Opened, sms: Provider) -> None:
    office = opened()
    silent(office, 4, phone="+77015550101")
    office.tick()
    with office.desk() as desk:
        rows = [row for row in office.rows(channel="sms") if row.carrier_id is None]
        take_receipt(desk, rows[0].id, Word("sms-1", "delivered", State.DELIVERED))
    assert {row.state for row in office.rows(channel="sms")} == {"delivered"}


def test_a_provider_s_rate_is_kept(opened: Opened, mail: Provider) -> None:
    """D7: a token bucket for each provider: what was saved up in ten seconds, then so many each."""
    office = opened(TRACKER_MAILS_PER_SECOND="2")
    for number in range(30):
        office.silent_case(office.person(f"Aigul{number}", "caseworker"), None)
    office.tick()
    assert len(mail.taken) == 20
    office.clock.move(seconds=3)
    office.tick()
    assert len(mail.taken) == 26
    office.clock.move(seconds=10)
    office.tick()
    assert len(mail.taken) == 30


def test_who_asks_to_be_left_alone_is(opened: Opened, mail: Provider) -> None:
    """D7, D4: a provider's Retry-After holds its other messages too."""
    office = opened()
    first = office.person("Aigul", "caseworker")
    office.silent_case(first, None)
    mail.answers = [SendResult(Outcome.NOT_SENT, code="429", retry_after=timedelta(minutes=2))]
    office.tick()
    office.silent_case(office.person("Berik", "caseworker"), None)
    office.clock.move(minutes=1, seconds=59)
    office.tick()
    assert len(mail.asked) == 1
    office.clock.move(seconds=1)
    office.tick()
    assert len(mail.taken) == 2


NOW = datetime.fromisoformat("2026-03-02T09:00:00+00:00")


@given(st.floats(0, 10), st.timedeltas(timedelta(-9999), timedelta(9999)))
def test_a_bucket_holds_no_more_than_it_can_and_a_clock_set_back_empties_none(
    tokens: float, passed: timedelta
) -> None:
    held = _refilled(BucketState(min(tokens, 3.0), NOW), NOW + passed, 3.0)
    assert min(tokens, 3.0) <= held <= 3.0
    if passed >= REFILL:
        assert held >= min(tokens + 1, 3.0) - 1e-9


def test_nothing_is_forgotten_in_a_worker_of_the_operator(opened: Opened) -> None:
    """Every row of a merged message ends somewhere: none is left `submitting`."""
    office = opened()
    silent(office, 9)
    office.tick()
    with office.services.reading(OPERATOR) as desk:
        states = {row.state for row in desk.session.query(OutboxMessage)}
    assert states == {"accepted"}
