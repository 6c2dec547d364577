"""Whose alert it is when its message goes at last: leave, deputies, given away (D3, D6)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.standins.office import START, Office
from tests.standins.provider import Provider
from tracker.domain.delivery import Outcome, SendResult
from tracker.engine.cases import cases
from tracker.engine.sending.switches import pause_sending
from tracker.store.schema import Case, ContactPoint, Person


def pause(office: Office, paused: bool) -> None:
    with office.desk() as desk:
        pause_sending(desk, paused)


def goes_on_leave(office: Office, person_id: str, deputy_id: str | None) -> None:
    """From tomorrow on."""
    with office.desk() as desk:
        person = desk.session.get_one(Person, person_id)
        person.deputy_id = deputy_id
        person.leave_from_on = (START + timedelta(days=1)).date()


def to(provider: Provider) -> list[str]:
    return [one.to for one in provider.taken]


@pytest.fixture
def staff(office: Office) -> tuple[str, str]:
    """A caseworker whose alert waits, and a colleague."""
    aigul = office.person("Aigul", "caseworker", phone="+77015550101")
    bota = office.person("Bota", "caseworker", phone="+77015550102")
    office.silent_case(aigul, office.person("Berik", "supervisor"))
    pause(office, True)
    office.tick()
    assert {row.person_id for row in office.rows(kind="alert")} == {aigul}
    return aigul, bota


def a_day_later(office: Office) -> None:
    office.clock.move(days=1, minutes=1)
    pause(office, False)
    office.tick()


def test_d6_leave_that_began_while_it_waited_sends_it_to_the_deputy(
    office: Office, mail: Provider, sms: Provider, staff: tuple[str, str]
) -> None:
    goes_on_leave(office, *staff)
    a_day_later(office)
    assert (to(mail), to(sms)) == (["bota@example.net"], ["+77015550102"])
    left = office.rows(person_id=staff[0], kind="alert")
    assert {(row.state, row.error_code) for row in left} == {("cancelled", "moved")}
    assert len(office.alerts()) == 1


def test_d6_without_a_deputy_leave_changes_nothing(
    office: Office, mail: Provider, staff: tuple[str, str]
) -> None:
    goes_on_leave(office, staff[0], None)
    a_day_later(office)
    assert to(mail) == ["aigul@example.net"]


def test_d6_a_case_given_away_while_it_waited_tells_whose_it_is_now(
    office: Office, mail: Provider, staff: tuple[str, str]
) -> None:
    with office.desk() as desk:
        case = desk.session.get_one(Case, office.alerts()[0].case_id)
        cases.hand_over(desk, case, staff[1], "She knows the family.")
    a_day_later(office)
    assert to(mail) == ["bota@example.net"]


@pytest.mark.parametrize("how", ["handed over", "assigned"])
def test_d6_an_alert_of_a_minute_ago_follows_the_case_at_once(
    office: Office, mail: Provider, sms: Provider, staff: tuple[str, str], how: str
) -> None:
    """Also within the minutes in which nobody asks whose it is: the leaver is told nothing more."""
    with office.desk() as desk:
        case = desk.session.get_one(Case, office.alerts()[0].case_id)
        if how == "assigned":
            cases.assign(desk, case, caseworker_id=staff[1], supervisor_id=case.supervisor_id)
        else:
            cases.hand_over(desk, case, staff[1], "She knows the family.")
    office.clock.move(minutes=1)
    pause(office, False)
    office.tick()
    assert (to(mail), to(sms)) == (["bota@example.net"], ["+77015550102"])
    left = office.rows(person_id=staff[0], kind="alert")
    assert {(row.state, row.error_code) for row in left} == {("cancelled", "moved")}
    assert [alert.state for alert in office.alerts()] == ["triggered"]


def test_d6_a_deputy_who_cannot_be_reached_is_handed_up(
    office: Office, mail: Provider, staff: tuple[str, str]
) -> None:
    goes_on_leave(office, *staff)
    with office.desk() as desk:
        for point in desk.session.scalars(select(ContactPoint).filter_by(person_id=staff[1])):
            point.disabled_at = desk.now
    a_day_later(office)
    assert to(mail) == ["berik@example.net"]
    assert office.alerts()[0].state == "undelivered"


def test_d6_what_was_told_already_stays_told(
    office: Office, mail: Provider, sms: Provider, staff: tuple[str, str]
) -> None:
    """Leave begins after the mail went: the text message, which did not get through, is moved."""
    pause(office, False)
    sms.answers = [SendResult(Outcome.NOT_SENT, code="503")] * 3
    office.tick()
    assert to(mail) == ["aigul@example.net"]
    goes_on_leave(office, *staff)
    a_day_later(office)
    assert to(sms) == ["+77015550102"]
    assert to(mail) == ["aigul@example.net", "bota@example.net"]
