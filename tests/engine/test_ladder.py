"""The ways to one person, one after the other (delivery.md D5, D6)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.standins.office import START, Office
from tests.standins.provider import Provider
from tracker.domain.actor import OPERATOR
from tracker.domain.delivery import Fault, Outcome, SendResult, State, Word
from tracker.engine.cases import cases
from tracker.engine.keeping.doctor import examine
from tracker.engine.sending.receipts import take_receipt
from tracker.engine.sending.replies import Heard, hear
from tracker.engine.staff.addresses import new_point
from tracker.store.schema import ContactPoint, Person

PHONE, SECOND = "+77015550101", "+77015550102"
BAD_NUMBER = SendResult(Outcome.REFUSED, code="21614", fault=Fault.ADDRESS)
BOUNCED = SendResult(Outcome.REFUSED, code="5.1.1", fault=Fault.ADDRESS)


class Ways:
    """The providers there are."""

    def __init__(self) -> None:
        self.mail, self.sms, self.voice = Provider("email"), Provider("sms"), Provider("voice")

    def channels(self) -> dict[str, Provider]:
        return {"email": self.mail, "sms": self.sms, "voice": self.voice}


@pytest.fixture
def ways() -> Ways:
    return Ways()


@pytest.fixture
def office(instance: Path, database_url: str, ways: Ways) -> Iterator[Office]:
    office = Office.opened(instance, database_url, ways.channels())
    yield office
    office.services.database.engine.dispose()


def add_way(office: Office, person_id: str, channel: str, number: str, position: int) -> None:
    with office.desk() as desk:
        new_point(desk, person_id, channel, number, position)


@pytest.fixture
def aigul(office: Office) -> str:
    """A caseworker with mail, a mobile telephone, and the wish to be called on it."""
    aigul = office.person("Aigul", "caseworker", phone=PHONE)
    add_way(office, aigul, "voice", PHONE, 2)
    return aigul


def became(office: Office, row_id: str, status: str, state: State, **more: object) -> None:
    row = office.row(id=row_id)
    with office.desk() as desk:
        take_receipt(desk, row_id, Word(row.provider_id or "", status, state, **more))  # type: ignore[arg-type]


def no_answer(office: Office) -> None:
    row = office.row(channel="voice")
    became(office, row.id, "no-answer", State.REFUSED, code="call", outcome=Outcome.NOT_SENT)


def test_no_receipt_in_time_and_the_telephone_rings(office: Office, ways: Ways, aigul: str) -> None:
    """D6: SMS → no receipt in time → voice call; mail beside it from the start."""
    office.silent_case(aigul, None)
    office.tick()
    assert (len(ways.sms.taken), len(ways.mail.taken), len(ways.voice.taken)) == (1, 1, 0)
    office.clock.move(minutes=9, seconds=59)
    office.tick()
    assert not ways.voice.taken
    office.clock.move(seconds=1)
    office.tick()
    (call,) = ways.voice.taken
    assert call.to == PHONE
    assert "press 1" in call.text
    office.clock.move(hours=8)
    office.tick()
    assert len(ways.voice.taken) == 1, "one ladder, climbed once"
    assert office.row(channel="sms").state == "accepted", "sent, no receipt: never delivered"


def test_the_time_is_a_setting(instance: Path, database_url: str, ways: Ways) -> None:
    office = Office.opened(instance, database_url, ways.channels(), TRACKER_LADDER_MINUTES="3")
    aigul = office.person("Aigul", "caseworker", phone=PHONE)
    add_way(office, aigul, "voice", PHONE, 2)
    office.silent_case(aigul, None)
    office.tick()
    office.clock.move(minutes=3)
    office.tick()
    assert len(ways.voice.taken) == 1
    office.services.database.engine.dispose()


def test_the_order_is_the_persons(office: Office, ways: Ways) -> None:
    """D6: order per person: who wants to be called first is called at once."""
    aigul = office.person("Aigul", "caseworker")
    add_way(office, aigul, "voice", PHONE, 1)
    add_way(office, aigul, "sms", SECOND, 2)
    office.silent_case(aigul, None)
    office.tick()
    assert (len(ways.voice.taken), len(ways.sms.taken)) == (1, 0)
    office.clock.move(minutes=10)
    office.tick()
    assert len(ways.sms.taken) == 1


def test_a_receipt_in_time_and_nobody_is_called(office: Office, ways: Ways, aigul: str) -> None:
    office.silent_case(aigul, None)
    office.tick()
    became(office, office.row(channel="sms").id, "delivered", State.DELIVERED)
    office.clock.move(hours=1)
    office.tick()
    assert not ways.voice.taken


def test_what_has_no_receipt_is_asked_for_first(office: Office, ways: Ways, aigul: str) -> None:
    """D5: what has no final state is polled; a callback that was lost costs nobody a call."""
    office.silent_case(aigul, None)
    office.tick()
    sid = office.row(channel="sms").provider_id or ""
    ways.sms.became[sid] = Word(sid, "delivered", State.DELIVERED)
    office.clock.move(minutes=10)
    office.tick()
    assert office.row(channel="sms").state == "delivered"
    assert not ways.voice.taken


def test_a_late_failure_is_heard_by_asking(office: Office, ways: Ways, aigul: str) -> None:
    office.silent_case(aigul, None)
    office.tick()
    office.clock.move(minutes=10)
    office.tick()
    sid = office.row(channel="sms").provider_id or ""
    ways.sms.became[sid] = Word(
        sid, "undelivered", State.REFUSED, "30005", Outcome.REFUSED, Fault.ADDRESS
    )
    office.clock.move(minutes=50)
    office.tick()
    assert office.row(channel="sms").state == "refused"
    assert len(ways.voice.taken) == 1, "it was called already"


def test_asking_ends_some_time(office: Office, ways: Ways, aigul: str) -> None:
    office.silent_case(aigul, None)
    office.tick()
    for _ in range(3):
        office.clock.move(hours=6)
        office.tick()
    assert {row.look_at for row in office.rows()} == {None}


def test_a_refused_number_is_followed_by_the_next_way_at_once(
    office: Office, ways: Ways, aigul: str
) -> None:
    """D4: refused → next contact point at once."""
    ways.sms.answers = [BAD_NUMBER]
    office.silent_case(aigul, office.person("Berik", "supervisor"))
    office.tick()
    assert len(ways.voice.taken) == 1
    assert len(ways.mail.taken) == 1
    assert office.alerts()[0].state == "triggered", "nobody above is bothered"


def test_a_second_number_and_a_second_address_are_used(office: Office, ways: Ways) -> None:
    """D4: the next contact point, of whatever kind."""
    aigul = office.person("Aigul", "caseworker", phone=PHONE)
    add_way(office, aigul, "sms", SECOND, 2)
    add_way(office, aigul, "email", "other@example.net", 3)
    ways.sms.answers, ways.mail.answers = [BAD_NUMBER], [BOUNCED]
    office.silent_case(aigul, None)
    office.tick()
    assert [one.to for one in ways.sms.taken] == [SECOND]
    assert [one.to for one in ways.mail.taken] == ["other@example.net"]


def test_nobody_answers_twice_and_nothing_else_works_so_it_goes_up(
    office: Office, ways: Ways, aigul: str
) -> None:
    """D6: SMS refused, mail refused, call not taken twice: the supervisor, at once."""
    berik = office.person("Berik", "supervisor")
    ways.sms.answers, ways.mail.answers = [BAD_NUMBER], [BOUNCED]
    office.silent_case(aigul, berik)
    office.tick()
    no_answer(office)
    assert office.row(channel="voice").state == "retry_wait"
    office.clock.move(minutes=5)
    office.tick()
    assert len(ways.voice.taken) == 2, "a call that nobody took is made once more"
    assert not ways.mail.taken
    no_answer(office)
    office.tick()
    assert [one.to for one in ways.mail.taken] == ["berik@example.net"]
    assert office.alerts()[0].state == "undelivered"


def test_who_acknowledged_is_not_called(office: Office, ways: Ways, aigul: str) -> None:
    case_id = office.silent_case(aigul, None)
    office.tick()
    with office.desk() as desk:
        cases.acknowledge_unsigned(desk, office.case(case_id, desk), aigul)
    office.clock.move(minutes=10)
    office.tick()
    assert not ways.voice.taken


def test_a_text_message_that_arrives_while_the_call_waits_stops_it(
    office: Office, ways: Ways, aigul: str
) -> None:
    """D3: asked again at the claim."""
    office.silent_case(aigul, None)
    office.tick()
    office.clock.move(minutes=10)
    ways.voice.answers = [SendResult(Outcome.NOT_SENT, code="20429")] * 2
    office.tick()
    assert office.row(channel="voice").state == "retry_wait"
    became(office, office.row(channel="sms").id, "delivered", State.DELIVERED)
    office.clock.move(minutes=2)
    office.tick()
    row = office.row(channel="voice")
    assert (row.state, row.error_code, ways.voice.taken) == ("cancelled", "reached", [])


def test_who_stopped_text_messages_is_not_called_there(
    office: Office, ways: Ways, aigul: str
) -> None:
    """S5: opted out means every sender."""
    with office.desk() as desk:
        desk.session.scalars(
            select(ContactPoint).filter_by(channel="sms")
        ).one().opted_out_at = desk.now
    office.silent_case(aigul, None)
    office.tick()
    assert (ways.sms.asked, ways.voice.asked, len(ways.mail.taken)) == ([], [], 1)


def test_who_stops_text_messages_while_the_call_waits_is_not_called(
    office: Office, ways: Ways, aigul: str
) -> None:
    """S5, D3: asked again when it would ring, also where STOP came after the call was queued."""
    office.silent_case(aigul, None)
    office.tick()
    office.clock.move(minutes=10)
    ways.voice.answers = [SendResult(Outcome.NOT_SENT, code="20429")] * 2
    office.tick()
    assert len(ways.voice.asked) == 2
    with office.desk() as desk:
        hear(desk, Heard("kannel", "1", "sms", "STOP", PHONE))
    office.clock.move(minutes=5)
    office.tick()
    row = office.row(channel="voice")
    assert (row.state, row.error_code, len(ways.voice.asked)) == ("suppressed", "opted_out", 2)


def test_a_deputy_on_leave_has_a_deputy_too(office: Office, ways: Ways) -> None:
    """D6: on leave: the deputy, and that one's deputy; all away, the first is told after all."""
    aigul, berik, cem = (office.person(name, "caseworker") for name in ("Aigul", "Berik", "Cem"))
    away = {"leave_from_on": date(2026, 3, 1), "leave_until_on": date(2026, 3, 3)}
    with office.desk() as desk:
        for person_id, deputy_id in ((aigul, berik), (berik, cem)):
            person = desk.session.get_one(Person, person_id)
            person.deputy_id = deputy_id
            for column, value in away.items():
                setattr(person, column, value)
    office.silent_case(aigul, None)
    office.tick()
    assert [one.to for one in ways.mail.taken] == ["cem@example.net"]
    with office.desk() as desk:
        cem_row = desk.session.get_one(Person, cem)
        cem_row.deputy_id = aigul
        for column, value in away.items():
            setattr(cem_row, column, value)
    office.silent_case(aigul, None)
    office.tick()
    assert [one.to for one in ways.mail.taken][1:] == ["aigul@example.net"]
    assert office.clock.now - START < timedelta(days=1)


def test_d6_the_doctor_says_when_nobody_can_be_called(office: Office, aigul: str) -> None:
    """Somebody asks for calls, and no number of ours calls."""
    with office.services.reading(OPERATOR) as desk:
        (found,) = (one for one in examine(desk, {}) if one.what == "voice")
    assert not found.well
    assert "TRACKER_TWILIO_VOICE_FROM" in found.says
