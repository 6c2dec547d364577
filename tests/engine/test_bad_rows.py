"""One message whose fate cannot be found out holds up the looking after no other (D1, D4, D6)."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from tests.engine.test_dispatch_brakes import DOWN
from tests.refusing import refuse
from tests.standins.office import Office
from tests.standins.provider import Provider
from tracker.engine.keeping.doctor import examine
from tracker.engine.sending.breaker import broken
from tracker.engine.sending.waiting import FAILED_LOOK_AGAIN, tell_otherwise
from tracker.engine.staff.addresses import new_point
from tracker.store.schema import ContactPoint, OutboxMessage

pytestmark = pytest.mark.database

PHONE, SECOND, THIRD = "+77015550101", "+77015550102", "+77015550103"


def in_doubt(office: Office, sms: Provider) -> list[OutboxMessage]:
    """Two text messages that were taken and whose answers were lost, in the order of the looks."""
    for name, phone in (("Aigul", PHONE), ("Berik", SECOND)):
        office.silent_case(office.person(name, "caseworker", phone=phone), None)
    sms.answers = [sms.take_and_lose] * 2
    office.tick()
    rows = sorted(office.rows(channel="sms", state="unknown"), key=lambda row: row.id)
    assert len(rows) == 2
    return rows


def state(office: Office, row: OutboxMessage) -> str:
    return office.row(id=row.id).state


def test_d4_an_address_that_cannot_be_read_any_more_holds_up_no_search(
    office: Office, sms: Provider
) -> None:
    """Nobody can look for its message; the others are looked for, and in the end it is tried."""
    bad, good = in_doubt(office, sms)
    with office.desk() as desk:
        point = update(ContactPoint).where(ContactPoint.id == bad.contact_point_id)
        desk.session.execute(point.values(address_sealed=b"damaged"))
    office.clock.move(seconds=35)
    office.tick()
    assert (state(office, bad), state(office, good)) == ("unknown", "accepted")
    for _ in range(40):
        office.clock.move(minutes=1)
        office.tick()
    assert state(office, bad) == "dead", "a person has to see to it, nothing is forgotten"


def test_d1_an_end_that_cannot_be_written_down_costs_no_other_message_its_own(
    office: Office, sms: Provider
) -> None:
    bad, good = in_doubt(office, sms)
    refuse(office, "UPDATE ON outbox", f"NEW.state = 'accepted' AND NEW.id = '{bad.id}'")
    office.clock.move(seconds=35)
    with pytest.raises(ExceptionGroup):
        office.tick()
    assert (state(office, bad), state(office, good)) == ("unknown", "accepted")
    with office.desk() as desk:
        worker = next(one for one in examine(desk, {}, whole=False) if one.what == "worker")
    assert not worker.well, "it beats, but not all of it works"
    assert "IntegrityError" in worker.says, "what it was, not that it was a group"


def test_d6_while_one_search_fails_another_reader_is_told_by_the_next_way(
    office: Office, sms: Provider
) -> None:
    """D10: each part of a tick runs though another failed."""
    person = office.person("Chinara", "caseworker", phone=THIRD)
    with office.desk() as desk:
        new_point(desk, person, "sms", "+77015550104", 2)
    office.silent_case(person, None)
    office.tick()
    assert [one.to for one in sms.taken] == [THIRD]
    office.clock.move(minutes=9, seconds=25)
    bad, _good = in_doubt(office, sms)
    refuse(office, "UPDATE ON outbox", f"NEW.state = 'accepted' AND NEW.id = '{bad.id}'")
    office.clock.move(seconds=35)
    with pytest.raises(ExceptionGroup):
        office.tick()
    assert sms.taken[-1].to == "+77015550104"


def test_d6_rows_that_always_fail_take_no_turn_from_those_behind_them(
    office: Office, mail: Provider
) -> None:
    """Each turn takes so many of the longest waiting: one that failed goes behind the others."""
    for name in ("Aigul", "Berik"):
        office.silent_case(office.person(name, "caseworker"), None)
    office.person("Chinara", "administrator", phone=PHONE)
    mail.answers = [DOWN] * 1000
    for _ in range(6):
        office.tick()
        office.clock.move(seconds=40)
    with office.desk() as desk:
        assert broken(desk) == {"email"}
    first, second = sorted(office.rows(channel="email", role="caseworker"), key=_waiting)
    refuse(office, "INSERT ON alert_events", f"NEW.alert_id = '{first.alert_id}'")
    office.clock.move(minutes=11)
    with pytest.raises(ExceptionGroup):
        tell_otherwise(office.worker(), limit=1)
    tell_otherwise(office.worker(), limit=1)
    states = {alert.id: alert.state for alert in office.alerts()}
    assert states == {first.alert_id: "triggered", second.alert_id: "undelivered"}
    assert office.row(id=first.id).look_at == office.clock.now + FAILED_LOOK_AGAIN


def _waiting(row: OutboxMessage) -> object:
    return row.available_at
