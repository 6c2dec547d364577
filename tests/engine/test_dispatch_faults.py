"""What providers do to us, and what becomes of each row (delivery.md D4–D6)."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.refusing import refuse
from tests.standins.office import START, Office
from tests.standins.provider import LOST, Provider
from tracker.domain.actor import WORKER
from tracker.domain.contact import ContactClass, Days
from tracker.domain.delivery import Fault, Outcome, SendResult, State
from tracker.engine.cases import record
from tracker.engine.clock.watch import watch_batch
from tracker.engine.sending.claims import BATCH
from tracker.engine.sending.dispatch import Sender, Trust, drain
from tracker.engine.sending.hands import hands
from tracker.engine.sending.receipts import Word, take_receipt
from tracker.engine.worker.tick import tick
from tracker.store.attempts import end
from tracker.store.schema import Alert, ContactPoint, OutboxAttempt, new_id

PHONE = "+77015550101"
NOT_SENT = SendResult(Outcome.NOT_SENT, code="connect")
BAD_NUMBER = SendResult(Outcome.REFUSED, code="21614", fault=Fault.ADDRESS)
BOUNCED = SendResult(Outcome.REFUSED, code="5.1.1", fault=Fault.ADDRESS)


def attempts(office: Office) -> list[tuple[int, str | None, str | None]]:
    with office.desk() as desk:
        query = select(OutboxAttempt).order_by(OutboxAttempt.number)
        return [(row.number, row.outcome, row.code) for row in desk.session.scalars(query)]


def test_what_was_not_sent_is_tried_until_it_is(office: Office, mail: Provider) -> None:
    """D4: at once, then 15 s, 1 min, 3 min, 10 min, by 20 % more or less."""
    office.silent_case(office.person("Aigul", "caseworker"), None)
    mail.answers = [NOT_SENT] * 5
    office.tick()
    assert len(mail.asked) == 2, "the first repetition comes at once"
    for seconds in (18, 72, 216, 720):
        assert office.row().state == "retry_wait"
        office.clock.move(seconds=seconds)
        office.tick()
    assert office.row().state == "accepted"
    assert [outcome for _, outcome, _ in attempts(office)] == ["not_sent"] * 5 + ["accepted"]


@pytest.mark.parametrize("strange", ["a\0b", "half \ud83d", {"not": "text"}])
def test_words_of_a_provider_that_no_database_keeps_hold_up_no_result(
    office: Office, mail: Provider, strange: Any
) -> None:
    """D1, D4: what the other messages came to is written down with it."""
    for name in ("Aigul", "Berik"):
        office.silent_case(office.person(name, "caseworker"), None)
    said = SendResult(Outcome.ACCEPTED, provider_id=strange, code=strange)
    mail.answers = [lambda _envelope: said]
    with hands() as pool:
        sender = Sender(owner="worker-test", rng=Random(7), hands=pool, trust=Trust(BATCH))
        tick(office.worker(), sender)
        drain(office.worker(), sender)
    assert [row.state for row in office.rows(channel="email")] == ["accepted"] * 2
    assert [outcome for _, outcome, _ in attempts(office)] == ["accepted"] * 2


def test_a_result_that_cannot_be_written_down_costs_no_other_its_own(
    office: Office, mail: Provider
) -> None:
    """D1: of results that share a transaction, and of those that have one each."""
    for name in ("Aigul", "Berik", "Chinara", "Dina"):
        office.silent_case(office.person(name, "caseworker"), None)
    mail.answers = [BOUNCED]
    with hands(1) as pool:
        sender = Sender(owner="worker-test", rng=Random(7), hands=pool, trust=Trust(BATCH))
        with office.worker().desk(WORKER) as desk:
            watch_batch(desk)
        bad = office.rows(channel="email")[-1].id
        refuse(office, "UPDATE ON outbox", f"NEW.state = 'accepted' AND NEW.id = '{bad}'")
        with pytest.raises(ExceptionGroup):
            tick(office.worker(), sender)
    assert [row.state for row in office.rows(channel="email")] == [
        "refused",
        *("accepted", "accepted"),
        "submitting",
    ]


def test_a_try_of_unknown_fate_is_told_its_end_and_a_certain_end_stays(
    office: Office, mail: Provider
) -> None:
    """D4, D5: several words about one try, given together, end as they would one by one."""
    office.silent_case(office.person("Aigul", "caseworker"), None)
    office.tick()
    mine = office.row().id
    lost, taken, refused = LOST, SendResult(Outcome.ACCEPTED, code="queued"), BAD_NUMBER
    for said, last in (
        ([lost, taken], ("accepted", "queued")),
        ([taken, lost, refused], ("accepted", "queued")),
        ([lost, refused], ("refused", "21614")),
        ([lost], ("unknown", "lost")),
    ):
        with office.desk() as desk:
            desk.session.execute(update(OutboxAttempt).values(outcome=None, code=None))
            end(desk.session, [(mine, 1, one) for one in said], desk.now)
            end(desk.session, [(mine, 2, refused), (new_id(), 1, refused)], desk.now)
        assert attempts(office) == [(1, *last)]
        with office.desk() as desk:
            end(desk.session, [(mine, 1, SendResult(Outcome.NOT_SENT, code="late word"))], desk.now)
        assert attempts(office)[0][1] == ("not_sent" if last[0] == "unknown" else last[0])


def test_retry_after_is_waited_for(office: Office, mail: Provider) -> None:
    office.silent_case(office.person("Aigul", "caseworker"), None)
    mail.answers = [SendResult(Outcome.NOT_SENT, code="429", retry_after=timedelta(minutes=5))]
    office.tick()
    office.clock.move(minutes=4, seconds=59)
    office.tick()
    assert len(mail.asked) == 1
    office.clock.move(seconds=1)
    office.tick()
    assert office.row().state == "accepted"


def test_a_bad_address_is_marked_and_the_other_channel_carries_on(
    office: Office, mail: Provider, sms: Provider
) -> None:
    """D4: refused → the bad one marked and shown; somebody who is reached is not undelivered."""
    aigul = office.person("Aigul", "caseworker", phone=PHONE)
    office.silent_case(aigul, office.person("Berik", "supervisor"))
    sms.answers = [BAD_NUMBER]
    office.tick()
    row = office.row(channel="sms")
    assert (row.state, row.error_code) == ("refused", "21614")
    with office.desk() as desk:
        point = desk.session.scalars(select(ContactPoint).filter_by(channel="sms")).one()
        assert (point.disabled_at, point.disabled_reason) == (START, "wrong_number")
    assert len(mail.taken) == 1
    assert office.alerts()[0].state == "triggered"


def test_nobody_reached_goes_to_the_supervisor_once_and_at_once(
    office: Office, mail: Provider, sms: Provider
) -> None:
    """D6: no working contact point → supervisor at once."""
    aigul = office.person("Aigul", "caseworker", phone=PHONE)
    berik = office.person("Berik", "supervisor")
    office.silent_case(aigul, berik)
    sms.answers, mail.answers = [BAD_NUMBER], [BOUNCED]
    office.tick()
    assert [one.to for one in mail.taken] == ["berik@example.net"]
    assert "could not be delivered" in mail.taken[0].text
    row = office.row(person_id=berik)
    assert (row.role, row.urgent, row.state) == ("supervisor", True, "accepted")
    assert office.alerts()[0].state == "undelivered"
    kinds = [kind for kind, _ in office.events()]
    assert kinds.count("undelivered") == 1
    assert kinds.count("handed_to_supervisor") == 1


def test_then_the_administrators_then_the_red_bar(office: Office, mail: Provider) -> None:
    """D6: supervisor at once, then administrators (notice only), then the red bar."""
    office.silent_case(office.person("Aigul", "caseworker"), office.person("Berik", "supervisor"))
    zarina = office.person("Zarina", "administrator", disclosure="reference")
    mail.answers = [BOUNCED, BOUNCED]
    office.tick()
    assert [one.to for one in mail.taken] == ["zarina@example.net"]
    assert "Case" not in mail.taken[0].text, "administrators get the notice level only"
    assert office.row(person_id=zarina).role == "administrator"


def test_when_all_are_out_of_reach_the_alert_says_so(office: Office, mail: Provider) -> None:
    office.silent_case(office.person("Aigul", "caseworker"), office.person("Berik", "supervisor"))
    office.person("Zarina", "administrator")
    mail.answers = [BOUNCED] * 3
    office.tick()
    assert not mail.taken
    assert {row.state for row in office.rows()} == {"refused"}
    assert office.alerts()[0].state == "undelivered"
    assert ("nobody_reached", None) in office.events()


def test_stop_is_kept_as_an_opt_out(office: Office, sms: Provider, mail: Provider) -> None:
    """S5: opted out means every sender."""
    office.silent_case(office.person("Aigul", "caseworker", phone=PHONE), None)
    sms.answers = [SendResult(Outcome.REFUSED, code="21610", fault=Fault.OPTED_OUT)]
    office.tick()
    assert office.row(channel="sms").state == "suppressed"
    office.silent_case(office.rows()[0].person_id, None)
    office.tick()
    assert len(sms.asked) == 1, "nothing more goes to this number"
    assert len(mail.taken) == 2


def test_a_lost_answer_is_found_and_adopted(office: Office, sms: Provider) -> None:
    """D4: unknown → list messages at 35 s, 2 min, 5 min; found → adopt. One message, no repeat."""
    office.silent_case(office.person("Aigul", "caseworker", phone=PHONE), None)
    sms.answers = [sms.take_and_lose]
    office.tick()
    assert office.row(channel="sms").state == "unknown"
    office.clock.move(seconds=34)
    office.tick()
    assert office.row(channel="sms").state == "unknown"
    office.clock.move(seconds=1)
    office.tick()
    row = office.row(channel="sms")
    assert (row.state, row.provider_id, row.possible_repeat) == ("accepted", "sms-1", False)
    assert set(sms.times().values()) == {1}


def test_while_nobody_can_look_nothing_is_repeated(office: Office, sms: Provider) -> None:
    """D4: a provider that answers no question has not said that it took nothing."""
    office.silent_case(office.person("Aigul", "caseworker", phone=PHONE), None)
    sms.answers, sms.hidden = [sms.take_and_lose], True
    office.tick()
    for seconds in (35, 85, 180, 60, 60):
        office.clock.move(seconds=seconds)
        office.tick()
        assert office.row(channel="sms").state == "unknown"
    sms.hidden = False
    office.clock.move(seconds=60)
    office.tick()
    row = office.row(channel="sms")
    assert (row.state, row.possible_repeat) == ("accepted", False)
    assert set(sms.times().values()) == {1}


def test_who_lets_nobody_look_for_long_is_given_it_again(office: Office, sms: Provider) -> None:
    """D4: rather twice than never."""
    office.silent_case(office.person("Aigul", "caseworker", phone=PHONE), None)
    sms.answers, sms.hidden = [sms.take_and_lose], True
    office.tick()
    for seconds in (35, 85, 180, *([60] * 5)):
        office.clock.move(seconds=seconds)
        office.tick()
    assert [one.possible_repeat for one in sms.taken] == [False, True]


def test_what_is_never_found_is_repeated_once_with_the_same_reference(
    office: Office, sms: Provider
) -> None:
    """D4: one resend, marked as a possible repeat; at most one wilful repeat."""
    office.silent_case(office.person("Aigul", "caseworker", phone=PHONE), None)
    sms.answers = [LOST, LOST]
    office.tick()
    for seconds in (35, 85, 180):
        assert len(sms.asked) == 1, "never blindly on the same channel"
        office.clock.move(seconds=seconds)
        office.tick()
    assert len(sms.asked) == 2
    assert sms.asked[0].reference == sms.asked[1].reference
    assert (sms.asked[0].possible_repeat, sms.asked[1].possible_repeat) == (False, True)
    assert office.row(channel="sms").state == "unknown"
    for seconds in (35, 85, 180, 600, 3600):
        office.clock.move(seconds=seconds)
        office.tick()
    assert len(sms.asked) == 2, "at most one wilful repeat"
    assert office.row(channel="sms").state == "dead"


def test_a_mail_of_unknown_fate_is_repeated_once(office: Office, mail: Provider) -> None:
    """A mail server cannot be asked: held for two minutes, then sent again as the same message."""
    office.silent_case(office.person("Aigul", "caseworker"), None)
    mail.answers = [LOST]
    office.tick()
    office.clock.move(seconds=119)
    office.tick()
    assert len(mail.asked) == 1
    office.clock.move(seconds=1)
    office.tick()
    assert [one.row_id for one in mail.asked] == [office.row().id] * 2
    assert "received this message before" in mail.taken[0].text
    assert office.row().state == "accepted"


def test_a_repeat_of_what_was_resolved_meanwhile_is_not_sent(
    office: Office, mail: Provider
) -> None:
    """D3 holds for a repeat too."""
    case_id = office.silent_case(office.person("Aigul", "caseworker"), None)
    mail.answers = [LOST]
    office.tick()
    with office.desk() as desk:
        record.report_contact(
            desk,
            office.case(case_id, desk),
            occurred=Days(START.date(), START.date()),
            cls=ContactClass.DIRECT,
            details={},
            confirmed=True,
        )
    office.clock.move(minutes=3)
    office.tick()
    first, second = mail.asked
    assert (first.subject[:11], second.subject[:20]) == ("Please look", "For your information")
    states = {row.reference: row.state for row in office.rows()}
    assert states == {first.reference: "cancelled", second.reference: "accepted"}


def test_a_channel_that_breaks_is_unknown_not_lost(office: Office, mail: Provider) -> None:
    def explode(_envelope: object) -> SendResult:
        raise RuntimeError("a fault of ours")

    office.silent_case(office.person("Aigul", "caseworker"), None)
    mail.answers = [explode]
    office.tick()
    row = office.row()
    assert (row.state, row.error_code) == ("unknown", "channel_RuntimeError")


def word(status: str, state: State, **more: object) -> Word:
    return Word("sms-1", status, state, **more)  # type: ignore[arg-type]


def told(office: Office, row_id: str, *words: Word) -> list[bool]:
    kept = []
    for one in words:
        with office.desk() as desk:
            kept.append(take_receipt(desk, row_id, one))
    return kept


SENT, DELIVERED = word("sent", State.SENT), word("delivered", State.DELIVERED)
FAILED = word("failed", State.REFUSED, code="30005", outcome=Outcome.REFUSED, fault=Fault.ADDRESS)


def test_receipts_move_forward_only_and_count_once(office: Office) -> None:
    """D5, S14: late ones never move back; the same word twice has no second effect."""
    office.silent_case(office.person("Aigul", "caseworker", phone=PHONE), None)
    office.tick()
    row_id = office.row(channel="sms").id
    assert told(office, row_id, DELIVERED, SENT, FAILED, DELIVERED) == [True, True, True, False]
    row = office.row(id=row_id)
    assert (row.state, row.ended_at) == ("delivered", START)


def test_a_receipt_before_our_own_record_is_not_lost(office: Office, sms: Provider) -> None:
    """D5: Twilio's callback can be quicker than our commit."""
    office.silent_case(office.person("Aigul", "caseworker", phone=PHONE), None)

    def deliver_first(envelope: object) -> SendResult:
        row = office.row(channel="sms")
        assert row.state == "submitting", "committed before the network call"
        assert told(office, row.id, SENT, DELIVERED) == [True, True]
        return sms.take(envelope)  # type: ignore[arg-type]

    sms.answers = [deliver_first]
    office.tick()
    row = office.row(channel="sms")
    assert (row.state, row.provider_id, row.handed_over_at) == ("delivered", "sms-1", START)


def test_a_callback_settles_what_was_unknown(office: Office, sms: Provider) -> None:
    """D4: match the callback, our row's token is in its address."""
    office.silent_case(office.person("Aigul", "caseworker", phone=PHONE), None)
    sms.answers = [sms.take_and_lose]
    office.tick()
    told(office, office.row(channel="sms").id, SENT)
    row = office.row(channel="sms")
    assert (row.state, row.provider_id) == ("sent", "sms-1")
    office.clock.move(minutes=10)
    office.tick()
    assert len(sms.asked) == 1


def test_a_failure_on_the_way_goes_up_when_nothing_else_reaches_the_person(
    office: Office, mail: Provider
) -> None:
    """D6, D4: the number is marked, the mail bounced before, so the supervisor is told."""
    aigul = office.person("Aigul", "caseworker", phone=PHONE)
    berik = office.person("Berik", "supervisor")
    office.silent_case(aigul, berik)
    mail.answers = [BOUNCED]
    office.tick()
    assert not mail.taken
    told(office, office.row(channel="sms").id, FAILED)
    office.tick()
    assert [one.to for one in mail.taken] == ["berik@example.net"]


def test_a_phone_that_is_off_is_tried_once_more(office: Office, sms: Provider) -> None:
    """research/delivery.md 2.6: 30003, once more after 10 to 15 minutes."""
    off = word("undelivered", State.REFUSED, code="30003", outcome=Outcome.NOT_SENT)
    office.silent_case(office.person("Aigul", "caseworker", phone=PHONE), None)
    office.tick()
    row_id = office.row(channel="sms").id
    told(office, row_id, SENT, off)
    assert office.row(id=row_id).state == "retry_wait"
    office.clock.move(minutes=12)
    office.tick()
    assert len(sms.taken) == 2
    again = Word("sms-2", "undelivered", State.REFUSED, "30003", Outcome.NOT_SENT)
    told(office, row_id, again)
    assert office.row(id=row_id).state == "refused"


OFF = word("undelivered", State.REFUSED, code="30003", outcome=Outcome.NOT_SENT)


def test_d5_a_failure_that_comes_before_our_own_record_is_not_forgotten(
    office: Office, sms: Provider
) -> None:
    """The answer to our request was slow, the callback quick: it is tried again all the same."""
    office.silent_case(office.person("Aigul", "caseworker", phone=PHONE), None)

    def fail_first(envelope: object) -> SendResult:
        told(office, office.row(channel="sms").id, OFF)
        return sms.take(envelope)  # type: ignore[arg-type]

    sms.answers = [fail_first]
    office.tick()
    assert office.row(channel="sms").state == "retry_wait"
    office.clock.move(minutes=12)
    office.tick()
    assert len(sms.taken) == 2
    assert office.row(channel="sms").provider_id == "sms-2"


def test_d5_a_late_word_about_a_copy_that_failed_stops_no_second_try(
    office: Office, sms: Provider
) -> None:
    """`sent` overtaken by `undelivered`; it may even come while the second copy is in hand."""
    office.silent_case(office.person("Aigul", "caseworker", phone=PHONE), None)
    office.tick()
    row_id = office.row(channel="sms").id
    told(office, row_id, OFF, word("queued", State.ACCEPTED), SENT)
    assert office.row(id=row_id).state == "retry_wait"

    def late(envelope: object) -> SendResult:
        told(office, row_id, word("sending", State.ACCEPTED))
        return sms.take(envelope)  # type: ignore[arg-type]

    sms.answers = [late]
    office.clock.move(minutes=12)
    office.tick()
    assert (office.row(id=row_id).state, office.row(id=row_id).provider_id) == ("accepted", "sms-2")
    again = Word("sms-2", "undelivered", State.REFUSED, "30003", Outcome.NOT_SENT)
    told(office, row_id, again)
    assert office.row(id=row_id).state == "refused"


def test_d5_a_copy_that_failed_and_arrives_after_all_is_not_sent_again(
    office: Office, sms: Provider
) -> None:
    office.silent_case(office.person("Aigul", "caseworker", phone=PHONE), None)
    office.tick()
    told(office, office.row(channel="sms").id, OFF, DELIVERED)
    office.clock.move(minutes=12)
    office.tick()
    assert (office.row(channel="sms").state, len(sms.taken)) == ("delivered", 1)


def test_an_alert_ended_before_its_receipt_stays_ended(office: Office) -> None:
    office.silent_case(office.person("Aigul", "caseworker", phone=PHONE), None)
    office.tick()
    with office.desk() as desk:
        desk.session.scalars(select(Alert)).one().state = "resolved"
    told(office, office.row(channel="sms").id, FAILED)
    assert office.alerts()[0].state == "resolved"


def test_somebody_without_a_contact_point_is_handed_up_when_the_alert_is_raised(
    office: Office, mail: Provider
) -> None:
    """D6: no working contact point → supervisor at once, then administrators."""
    aigul = office.person("Aigul", "caseworker")
    berik = office.person("Berik", "supervisor")
    with office.desk() as desk:
        for point in desk.session.scalars(select(ContactPoint)):
            point.disabled_at = START
    office.person("Zarina", "administrator")
    office.silent_case(aigul, berik)
    office.tick()
    assert [one.to for one in mail.taken] == ["zarina@example.net"]
    assert office.alerts()[0].state == "undelivered"
    assert ("undelivered", aigul) in office.events()
    assert ("handed_to_administrator", None) in office.events()
