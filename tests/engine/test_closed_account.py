"""A wrong password at a provider: no row dies of it, people are told otherwise (D4, D6, D7)."""

from __future__ import annotations

import pytest

from tests.standins.office import Office
from tests.standins.provider import Provider
from tracker.domain.actor import OPERATOR
from tracker.domain.delivery import Fault, Outcome, SendResult
from tracker.engine.keeping.alarms import Alarm, ringing

CLOSED = SendResult(Outcome.NOT_SENT, code="20003", fault=Fault.ACCOUNT)
DOWN = SendResult(Outcome.NOT_SENT, code="connect_ConnectionRefusedError")
PHONE = "+77015550101"


def live(office: Office, minutes: int) -> None:
    """So many minutes, ticked through."""
    for _ in range(minutes):
        office.tick()
        office.clock.move(minutes=1)


def rings(office: Office) -> set[Alarm]:
    with office.services.reading(OPERATOR) as desk:
        return set(ringing(desk, ()))


def test_d4_a_closed_account_ends_no_row_and_goes_on_when_it_is_mended(
    office: Office, mail: Provider
) -> None:
    """Tried by one row every five minutes, however long it lasts; said in red at once."""
    aigul = office.person("Aigul", "caseworker")
    for _ in range(3):
        office.silent_case(aigul, None)
    mail.answers = [CLOSED] * 1000
    office.tick()
    assert Alarm.PROVIDER in rings(office)
    first = len(mail.asked)
    live(office, 120)
    assert {row.state for row in office.rows(kind="alert")} <= {"pending", "retry_wait"}
    assert len(mail.asked) - first <= 24 + 1
    mail.answers = []
    live(office, 8)
    assert {row.state for row in office.rows(kind="alert")} == {"accepted"}
    assert set(mail.times().values()) == {1}
    assert Alarm.PROVIDER not in rings(office)


@pytest.mark.parametrize("trouble", [CLOSED, DOWN], ids=["wrong password", "nobody answers"])
def test_d6_who_waits_behind_a_provider_is_made_up_for_in_time(
    office: Office, mail: Provider, sms: Provider, trouble: SendResult
) -> None:
    """No other way to the caseworker within ten minutes: the supervisor, by what works."""
    aigul = office.person("Aigul", "caseworker")
    berik = office.person("Berik", "supervisor", phone=PHONE)
    for _ in range(7):
        office.silent_case(aigul, berik)
    mail.answers = [trouble] * 1000
    live(office, 9)
    assert not sms.taken
    live(office, 4)
    assert {one.to for one in sms.taken} == {PHONE}
    assert len(sms.taken) == 7
    waiting = office.rows(person_id=aigul, channel="email")
    assert {row.state for row in waiting} <= {"pending", "retry_wait", "dead"}
    live(office, 120)
    assert len(sms.taken) == 7, "once"
    undelivered = [who for kind, who in office.events() if kind == "undelivered" and who == aigul]
    assert len(undelivered) == 7, "said once"


def test_d6_who_was_reached_in_another_way_is_not_handed_up(
    office: Office, mail: Provider, sms: Provider
) -> None:
    """Mail stands beside the text message: one closed account takes nothing from the other."""
    office.silent_case(
        office.person("Aigul", "caseworker", phone=PHONE), office.person("Berik", "supervisor")
    )
    sms.answers = [CLOSED] * 100
    live(office, 30)
    assert [one.to for one in mail.taken] == ["aigul@example.net"]
    assert office.row(channel="sms").state == "retry_wait"
    assert [alert.state for alert in office.alerts()] == ["triggered"]


def test_d6_both_accounts_closed_is_counted_and_goes_up_to_the_administrator(
    office: Office, mail: Provider, sms: Provider
) -> None:
    """What waits elsewhere behind a closed account reaches nobody, and is no reason to be calm."""
    office.person("Omar", "administrator")
    office.silent_case(
        office.person("Aigul", "caseworker", phone=PHONE), office.person("Berik", "supervisor")
    )
    mail.answers, sms.answers = [CLOSED] * 1000, [CLOSED] * 1000
    live(office, 40)
    assert [alert.state for alert in office.alerts()] == ["undelivered"]
    assert Alarm.UNDELIVERED in rings(office)
    assert {row.role for row in office.rows(kind="alert")} == {
        "caseworker",
        "supervisor",
        "administrator",
    }
    mail.answers, sms.answers = [], []
    live(office, 20)
    assert {row.state for row in office.rows(kind="alert")} == {"accepted"}, "none was lost"


def test_d3_what_waited_is_asked_again_before_it_goes(office: Office, mail: Provider) -> None:
    """A case closed meanwhile is told to nobody."""
    case_id = office.silent_case(office.person("Aigul", "caseworker"), None)
    mail.answers = [CLOSED] * 1000
    live(office, 10)
    with office.desk() as desk:
        alert = office.alerts(case_id=case_id)[0]
        desk.session.get_one(type(alert), alert.id).state = "closed"
    mail.answers = []
    live(office, 15)
    assert office.row().state == "cancelled"
    assert not mail.taken
