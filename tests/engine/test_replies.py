"""What an answer does: only its recipient's verified address counts, nothing ends an alarm (D8)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.standins.office import START, Office
from tests.standins.provider import Provider
from tracker.domain.actor import Actor
from tracker.engine.cases import cases
from tracker.engine.clock.clockwork import open_file
from tracker.engine.sending.replies import Heard, hear
from tracker.engine.sending.row_tokens import reply_code
from tracker.engine.staff import accounts
from tracker.engine.staff.addresses import new_point
from tracker.engine.staff.trial import send_test_alert
from tracker.messages.answers import Answer, Said, answer_text, spoken_answer
from tracker.store.schema import (
    AlertEvent,
    AuditRow,
    ContactPoint,
    ContactReport,
    Inbound,
    OutboxMessage,
)

PHONE, OTHER = "+77015550101", "+77015550202"
PROVIDER = Actor("provider")
NUMBERS = count()


@pytest.fixture
def office(instance: Path, database_url: str, mail: Provider, sms: Provider) -> Iterator[Office]:
    office = Office.opened(
        instance, database_url, {"email": mail, "sms": sms}, TRACKER_SMS_REPLIES="+"
    )
    yield office
    office.services.database.engine.dispose()


def person(office: Office, name: str, *roles: str, phone: str | None = None, **more: Any) -> str:
    """Somebody whose addresses are verified."""
    made = office.person(name, *roles, phone=phone, **more)
    with office.desk() as desk:
        for point in desk.session.scalars(select(ContactPoint).filter_by(person_id=made)):
            point.verified_at = desk.now
    return made


def say(office: Office, text: str, **how: Any) -> Answer | None:
    """An answer as it comes in, from Aigul's telephone unless said otherwise."""
    usual: dict[str, Any] = {"provider": "twilio", "channel": "sms", "address": PHONE}
    usual["provider_id"] = f"SM{next(NUMBERS)}"
    with office.services.desk(PROVIDER) as desk:
        return hear(desk, Heard(text=text, **(usual | how)))


def said(office: Office, text: str, **how: Any) -> Said | None:
    answer = say(office, text, **how)
    return answer.said if answer else None


def code(office: Office, **where: Any) -> str:
    """The code of a message."""
    return reply_code(office.services.ring, office.row(**where).id)


def audit(office: Office, act: str) -> list[AuditRow]:
    with office.desk() as desk:
        return list(desk.session.scalars(select(AuditRow).filter_by(act=act)))


@pytest.fixture
def alerted(office: Office) -> str:
    """A case of Aigul's whose alert left; Berik is her supervisor."""
    aigul = person(office, "Aigul", "caseworker", phone=PHONE)
    berik = person(office, "Berik", "supervisor", phone=OTHER)
    case_id = office.silent_case(aigul, berik)
    office.tick()
    return case_id


def test_the_code_in_the_message_is_the_one_that_counts(
    office: Office, sms: Provider, alerted: str
) -> None:
    """S4, D8: reference, address, and at the end what to answer; the alert is held for 24 hours."""
    ending = sms.taken[0].text.rsplit(" ", 2)[1:]
    assert ending == ["1", f"{code(office, channel='sms')}=OK"]
    answer = say(office, f"1 {code(office, channel='sms')}")
    assert answer is not None
    assert (answer.said, answer.codes) == (Said.TAKEN, (office.row(channel="sms").reference,))
    (alert,) = office.alerts()
    assert alert.state == "acknowledged"
    with office.desk() as desk:
        file = open_file(desk, office.case(alerted, desk))
        assert [one.held_until for one in file.firings.values() if one.held_until] == [
            START + timedelta(hours=24)
        ]
        event = desk.session.scalars(select(AlertEvent).filter_by(kind="acknowledged")).one()
        assert event.detail == "unsigned"
    (row,) = audit(office, "reply.heard")
    assert (row.actor_kind, row.detail) == (
        "provider",
        {"asked": "1", "said": "taken", "via": "sms"},
    )


def test_where_nobody_can_answer_no_code_is_offered(
    instance: Path, database_url: str, sms: Provider
) -> None:
    """D8: two-way SMS does not exist in many countries."""
    office = Office.opened(instance, database_url, {"sms": sms}, TRACKER_SMS_REPLIES="+49,+1")
    office.silent_case(person(office, "Aigul", "caseworker", phone=PHONE), None)
    office.tick()
    assert "=OK" not in sms.taken[0].text
    office.services.database.engine.dispose()


def test_one_alert_needs_no_code(office: Office, alerted: str) -> None:
    assert said(office, "１ рахмет") is Said.TAKEN
    assert office.alerts()[0].state == "acknowledged"


def test_the_same_answer_twice_is_heard_once(office: Office, alerted: str) -> None:
    """S14: a provider calls twice, and a nervous thumb does: one event, the same answer."""
    first = say(office, "1", provider_id="SMtwice")
    assert say(office, "1", provider_id="SMtwice") == first
    named = f"1 {code(office, channel='sms')}"
    assert said(office, named) is Said.TAKEN
    with office.desk() as desk:
        events = desk.session.scalars(select(AlertEvent).filter_by(kind="acknowledged")).all()
        assert len(events) == 1
        assert len(desk.session.scalars(select(Inbound)).all()) == 2
    assert len(audit(office, "alert.acknowledged_unsigned")) == 1


def test_several_alerts_are_told_apart_by_code(office: Office) -> None:
    """Without a code it is asked which; numbers and references only (S4)."""
    aigul = person(office, "Aigul", "caseworker", phone=PHONE)
    for _ in range(3):
        office.silent_case(aigul, None)
    office.tick()
    answer = say(office, "1")
    assert answer is not None
    assert answer.said is Said.WHICH
    assert len(answer.codes) == 3
    assert {alert.state for alert in office.alerts()} == {"triggered"}
    rows = office.rows(channel="sms")
    listed = say(office, "0")
    assert listed is not None
    assert listed.said is Said.LISTED
    newest = {one.split()[1] for one in listed.codes}
    assert newest <= {row.reference for row in office.rows()}
    with office.desk() as desk:
        refs = [office.case(row.case_id or "", desk).ref for row in rows]
    assert not [ref for ref in refs if ref in answer_text(listed) + answer_text(answer)]
    assert said(office, f"1 {rows[1].reference}") is Said.TAKEN
    states = {alert.id: alert.state for alert in office.alerts()}
    assert states.pop(rows[1].alert_id or "") == "acknowledged"
    assert set(states.values()) == {"triggered"}
    left = say(office, "0")
    assert left is not None
    assert len(left.codes) == 2


def test_two_that_share_four_digits_are_told_apart_by_reference(office: Office) -> None:
    aigul = person(office, "Aigul", "caseworker", phone=PHONE)
    for _ in range(2):
        office.silent_case(aigul, None)
    office.tick()
    first, second = office.rows(channel="sms")
    wanted = reply_code(office.services.ring, first.id)
    twin = next(
        one
        for number in range(10**6)
        if reply_code(office.services.ring, one := f"{number:032x}") == wanted
    )
    with office.desk() as desk:
        row = desk.session.get_one(OutboxMessage, second.id)
        values = {c.name: getattr(row, c.name) for c in OutboxMessage.__table__.columns}
        another = new_point(desk, aigul, "sms", "+77015550303")
        desk.session.flush()
        more = {"id": twin, "contact_point_id": another.id, "reference": "KMNPQR"}
        desk.session.add(OutboxMessage(**(values | more)))
    answer = say(office, f"1 {wanted}")
    assert answer is not None
    assert answer.said is Said.WHICH
    assert set(answer.codes) == {first.reference, "KMNPQR"}
    assert said(office, f"1 {first.reference}") is Said.TAKEN


def test_two_passes_it_to_the_next_person(office: Office, alerted: str, sms: Provider) -> None:
    """D8: as R11's hand-over would; nothing is held, and the case stays whose it is."""
    assert said(office, "2") is Said.PASSED
    assert said(office, "2") is Said.PASSED
    office.tick()
    assert sorted(one.to for one in sms.taken) == sorted([PHONE, OTHER])
    assert office.alerts()[0].state == "triggered"
    assert [kind for kind, _ in office.events()].count("passed_on") == 1
    assert len(audit(office, "alert.passed_on")) == 1
    with office.desk() as desk:
        case = office.case(alerted, desk)
        assert case.caseworker_id == office.row(channel="sms", role="caseworker").person_id


def test_passed_on_is_said_so(office: Office, alerted: str, mail: Provider) -> None:
    say(office, "2")
    office.tick()
    assert "A colleague passed this on to you." in mail.taken[-1].text


def test_nobody_next_is_said(office: Office) -> None:
    office.silent_case(person(office, "Aigul", "caseworker", phone=PHONE), None)
    office.tick()
    assert said(office, "2") is Said.NOBODY_NEXT
    assert office.alerts()[0].state == "triggered"


def test_three_opens_a_report_and_closes_nothing(office: Office, alerted: str) -> None:
    """D8, R14, S6: unconfirmed, without a day; the clock runs on, and a caseworker is asked."""
    assert said(office, "3") is Said.NOTED
    assert said(office, "3") is Said.NOTED
    assert len(office.alerts()) == 2
    (step,) = office.alerts(kind="step")
    assert step.state == "triggered"
    assert office.alerts(kind="to_confirm")
    with office.desk() as desk:
        report = desk.session.scalars(select(ContactReport)).one()
        assert (report.state, report.entered_by) == ("pending", office.rows()[0].person_id)
        occurred = desk.safe.open(report, "occurred")
        assert (occurred["earliest"], occurred["latest"]) == (None, "2026-03-02")
        assert desk.safe.open(report, "details") is None
        assert office.case(alerted, desk).state == "open"


def test_the_worker_can_hear_it_without_a_key_to_words(office: Office, alerted: str) -> None:
    """S2: mails are read by the worker."""
    row = office.row(channel="email")
    with office.worker().desk(PROVIDER) as desk:
        how = Heard("mail", "m1", "email", "3", "aigul@example.net", row.id)
        answer = hear(desk, how)
    assert answer == Answer(Said.NOTED, "en", (row.reference,))


def test_a_confirmation_cannot_be_held(office: Office, alerted: str) -> None:
    say(office, "3")
    office.tick()
    (asked,) = office.alerts(kind="to_confirm")
    row = office.row(channel="sms", alert_id=asked.id)
    assert said(office, f"1 {row.reference}") is Said.ON_PAGE


@pytest.mark.parametrize("role", ["consular", "administrator"])
def test_others_record_their_own_word_only(office: Office, alerted: str, role: str) -> None:
    """Who may: a consular contact holds nobody else's alarm; it passes on and reports nothing."""
    with office.desk() as desk:
        for row in desk.session.scalars(select(OutboxMessage)):
            row.role = role
    assert said(office, "2") is Said.ON_PAGE
    assert said(office, "3") is Said.ON_PAGE
    if role == "consular":
        assert said(office, "1") is Said.TAKEN
        assert office.alerts()[0].state == "triggered"
        assert ("seen", office.rows()[0].person_id) in office.events()


def test_what_is_settled_stays_settled(office: Office, alerted: str) -> None:
    """A late answer is told so; nothing is opened again."""
    row = office.row(channel="sms")
    with office.desk() as desk:
        cases.close(desk, office.case(alerted, desk), "found", START.date(), "office", "")
    assert said(office, "1") is Said.NOTHING
    for act in "123":
        assert said(office, f"{act} {row.reference}") is Said.SETTLED
    assert {alert.state for alert in office.alerts(kind="step")} == {"closed"}


def test_nobody_else_is_answered_or_counts(office: Office, alerted: str) -> None:
    """S8: an unknown number, another kind of address, and a colleague who was sent nothing."""
    text = f"1 {code(office, channel='sms')}"
    assert say(office, text, address="+77019999999") is None
    assert say(office, text, address="aigul@example.net") is None
    assert said(office, text, address=OTHER) is Said.NO_SUCH_CODE
    assert office.alerts()[0].state == "triggered"


def test_a_switched_off_number_is_not_believed(office: Office, alerted: str) -> None:
    for column in ("disabled_at", "opted_out_at", "verified_at"):
        with office.desk() as desk:
            for point in desk.session.scalars(select(ContactPoint)):
                point.verified_at = point.disabled_at = point.opted_out_at = None
                if column != "verified_at":
                    point.verified_at = desk.now
                    setattr(point, column, desk.now)
        assert say(office, "1") is None
    assert office.alerts()[0].state == "triggered"


def test_answering_a_test_message_verifies_the_number(office: Office) -> None:
    """Only who reads there knows the code; within a day, and of that message."""
    aigul = office.person("Aigul", "caseworker", phone=PHONE)
    with office.desk() as desk:
        send_test_alert(desk, aigul)
    office.tick()
    right = code(office, channel="sms")
    wrong = f"{(int(right) + 1) % 10_000:04d}"
    assert say(office, f"1 {wrong}") is None
    assert say(office, "1") is None
    office.clock.move(hours=25)
    assert say(office, f"1 {right}") is None, "too late"
    office.clock.move(hours=-25)
    assert said(office, f"1 {right}") is Said.CONFIRMED
    with office.desk() as desk:
        point = desk.session.scalars(select(ContactPoint).filter_by(channel="sms")).one()
        assert point.verified_at == START
    assert len(audit(office, "contact_point.verified")) == 1


@pytest.mark.parametrize("word", ["STOP", "توختات"])
def test_stop_is_kept_and_told_to_the_supervisor(
    office: Office, alerted: str, sms: Provider, mail: Provider, word: str
) -> None:
    """D8, S5: no answer, nothing more goes there, whoever sends; the supervisor is told once."""
    sms.taken.clear()
    mail.taken.clear()
    assert say(office, word) is None
    assert say(office, word) is None
    assert say(office, "1") is None, "who stopped us is not answered"
    office.tick()
    assert [one.to for one in sms.taken] == [OTHER]
    assert [one.to for one in mail.taken] == ["berik@example.net"]
    assert len(audit(office, "contact_point.opted_out")) == 1
    with office.desk() as desk:
        point = desk.session.scalars(select(ContactPoint).filter_by(channel="sms")).first()
        stopped = desk.session.scalars(
            select(ContactPoint).where(ContactPoint.opted_out_at.is_not(None))
        ).all()
        assert point is not None
        assert len(stopped) == 1
        assert desk.safe.open(stopped[0], "address") == PHONE
    office.silent_case(stopped[0].person_id, None)
    office.tick()
    assert [one.to for one in sms.taken] == [OTHER]
    assert say(office, "START") is None
    with office.desk() as desk:
        assert desk.session.get_one(ContactPoint, stopped[0].id).opted_out_at is None


def test_who_has_left_can_stop_us_too(office: Office, sms: Provider) -> None:
    """S5, D8: a closed account is told that it is closed, and may be opened again."""
    leaver = person(office, "dina", "caseworker", phone=PHONE)
    told = []
    for _ in range(2):
        sms.taken.clear()
        with office.desk() as desk:
            accounts.disable(desk, leaver)
        office.tick()
        told.append([one.to for one in sms.taken])
        assert say(office, "STOP") is None
        assert say(office, "1") is None
        with office.desk() as desk:
            accounts.enable(desk, leaver)
        office.clock.move(hours=1)
    assert told == [[PHONE], []]


def test_guessing_is_told_and_not_heard(office: Office, alerted: str, sms: Provider) -> None:
    """S11: senders of text messages can be forged. Five wrong codes, then silence for a while."""
    right = code(office, channel="sms")
    guesses = [f"1 {(int(right) + n) % 10_000:04d}" for n in range(1, 8)]
    heard = [said(office, guess) for guess in guesses]
    assert heard == [Said.NO_SUCH_CODE] * 5 + [None] * 2
    assert say(office, f"1 {right}") is None
    office.tick()
    assert [one.to for one in sms.taken].count(OTHER) == 1
    office.clock.move(hours=1)
    assert said(office, f"1 {right}") is Said.TAKEN


def test_a_flood_is_not_heard(office: Office, alerted: str) -> None:
    heard = [said(office, "0") for _ in range(25)]
    assert heard == [Said.LISTED] * 20 + [None] * 5


def test_strangers_leave_few_rows(office: Office, alerted: str) -> None:
    for number in range(40):
        assert say(office, "1", address=f"+7701666{number:04d}") is None
    assert len(audit(office, "reply.from_stranger")) == 30
    with office.desk() as desk:
        assert not desk.session.scalars(select(Inbound)).all()


def test_words_are_answered_with_what_can_be_said(office: Office, alerted: str) -> None:
    assert said(office, "who is this? 2 of us ask") is Said.UNCLEAR
    assert office.alerts()[0].state == "triggered"


def test_a_mail_counts_only_from_where_its_message_went(office: Office, alerted: str) -> None:
    """D8: From can be forged; the token names the message, the message its reader."""
    row = office.row(channel="email")
    how = {"provider": "mail", "channel": "email", "row_id": row.id}
    assert say(office, "1", address="berik@example.net", **how) is None
    assert office.alerts()[0].state == "triggered"
    assert said(office, "1", address="Aigul@Example.net", **how) is Said.TAKEN


def test_a_key_in_a_call_answers_the_call_s_message(office: Office, alerted: str) -> None:
    row = office.row(channel="sms")
    how = {"provider": "voice", "channel": "voice", "address": None, "row_id": row.id}
    assert said(office, "1", **how) is Said.TAKEN
    assert office.alerts()[0].state == "acknowledged"


def test_the_words_of_answers_are_forgotten_after_a_month(office: Office, alerted: str) -> None:
    """S18"""
    say(office, "1")
    office.clock.move(days=31)
    office.tick()
    with office.desk() as desk:
        assert not desk.session.scalars(select(Inbound)).all()


@pytest.mark.parametrize("language", ["en", "kk", "ru", "ug", "tr", "zh_Hans"])
@pytest.mark.parametrize("one", list(Said))
def test_an_answer_is_two_parts_at_most(language: str, one: Said) -> None:
    codes = tuple(f"{number:04d} CDFHJK" for number in range(12))
    text = answer_text(Answer(one, language, codes))
    assert len(text) <= 306
    assert spoken_answer(Answer(one, language, codes)) in text
