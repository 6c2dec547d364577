"""From a silent case to a message in somebody's hands (delivery.md D1–D3)."""

from __future__ import annotations

import json
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from tests.standins.office import SITE, START, Office
from tests.standins.provider import Provider
from tracker.domain.contact import ContactClass, Days
from tracker.engine.cases import cases, record
from tracker.engine.staff.trial import send_test_alert
from tracker.security.keys import KeyWithheld
from tracker.store.schema import ContactPoint, DataKeyRow, Flag, OutboxMessage, Person

PHONE = "+77015550101"


def test_a_due_case_is_told_to_its_caseworker_by_every_channel_at_once(
    office: Office, mail: Provider, sms: Provider
) -> None:
    """D2: one row for each contact point; email stands beside the text message from the start."""
    aigul = office.person("Aigul", "caseworker", phone=PHONE)
    office.silent_case(aigul, None)
    office.tick()
    assert [one.to for one in mail.taken] == ["aigul@example.net"]
    assert [one.to for one in sms.taken] == [PHONE]
    for row in office.rows():
        assert (row.state, row.handed_over_at, row.attempts) == ("accepted", START, 1)
        assert row.provider_id == f"{row.channel}-1"
        assert row.lease_owner is None
    assert mail.taken[0].reference != sms.taken[0].reference


def test_the_message_holds_a_sentence_a_reference_and_an_address_only(
    office: Office, sms: Provider
) -> None:
    """S4: the notice level."""
    office.silent_case(office.person("Aigul", "caseworker", phone=PHONE), None)
    office.tick()
    text = sms.taken[0].text
    sentence, reference, url = text.rsplit(" ", 2)
    assert sentence == "Please look at this page."
    assert reference == sms.taken[0].reference
    assert url.startswith(f"{SITE}/a/")


def test_the_reference_level_is_for_mail_alone(
    office: Office, mail: Provider, sms: Provider
) -> None:
    """S4: case reference, band and days, where it is allowed for this reader."""
    aigul = office.person("Aigul", "caseworker", phone=PHONE, disclosure="reference")
    case_id = office.silent_case(aigul, None)
    office.tick()
    with office.desk() as desk:
        ref = office.case(case_id, desk).ref
    assert f"Case {ref} (watch): silent for 8 days." in mail.taken[0].text
    assert ref not in sms.taken[0].text
    assert ref not in mail.taken[0].subject


def test_the_message_is_worded_in_the_language_of_its_reader_at_sending(
    office: Office, mail: Provider
) -> None:
    aigul = office.person("Aigul", "caseworker")
    office.silent_case(aigul, None)
    with office.desk() as desk:
        desk.session.get_one(Person, aigul).language = "ug"
    office.tick()
    assert mail.taken[0].language == "ug"
    assert 'dir="rtl"' in (mail.taken[0].html or "")


def test_what_was_resolved_before_the_claim_is_never_sent(office: Office, mail: Provider) -> None:
    """D3: still open? contact regained?"""
    case_id = office.silent_case(office.person("Aigul", "caseworker"), None)
    with office.desk() as desk:
        case = office.case(case_id, desk)
        record.report_contact(
            desk,
            case,
            occurred=Days(START.date(), START.date()),
            cls=ContactClass.DIRECT,
            details={},
            confirmed=True,
        )
    office.tick()
    assert not mail.asked
    assert [row.state for row in office.rows()] == ["cancelled"]


def test_acknowledged_a_colleague_of_another_role_is_still_told(
    office: Office, mail: Provider
) -> None:
    """D3, R10: acknowledging holds repetitions, not a step's first notice to another."""
    aigul = office.person("Aigul", "caseworker")
    berik = office.person("Berik", "supervisor")
    case_id = office.silent_case(aigul, berik, days=31)
    with office.desk() as desk:
        cases.acknowledge_unsigned(desk, office.case(case_id, desk), aigul)
    office.tick()
    assert [one.to for one in mail.taken] == ["berik@example.net"]
    assert office.row(person_id=aigul).error_code == "acknowledged"


def test_quiet_hours_move_a_message_and_never_lose_it(office: Office, mail: Provider) -> None:
    """D3: quiet hours of the recipient, in the recipient's zone."""
    night = {"quiet_from": time(20), "quiet_until": time(8), "zone_name": "Asia/Almaty"}
    office.clock.now = START + timedelta(hours=8)  # 22:00 in Almaty
    office.silent_case(office.person("Aigul", "caseworker", **night), None)
    office.tick()
    assert not mail.asked
    office.clock.move(hours=9, minutes=59)
    office.tick()
    assert not mail.asked
    office.clock.move(minutes=1)
    office.tick()
    assert len(mail.taken) == 1


def test_an_urgent_step_rings_at_night(office: Office, mail: Provider) -> None:
    """D3: urgent steps override quiet hours. The default policy's step after 75 days is urgent."""
    all_day = {"quiet_from": time(0), "quiet_until": time(23, 59)}
    office.silent_case(office.person("Aigul", "caseworker", **all_day), None, days=76)
    office.tick()
    assert len(mail.taken) == 1
    assert "today" in mail.taken[0].text


def test_sending_paused_keeps_everything_waiting(office: Office, mail: Provider) -> None:
    office.silent_case(office.person("Aigul", "caseworker"), None)
    with office.desk() as desk:
        desk.session.add(Flag(name="sending_paused", value="1", set_at=desk.now))
    office.tick()
    assert (office.row().state, mail.asked) == ("pending", [])
    with office.desk() as desk:
        desk.session.execute(delete(Flag))
    office.tick()
    assert office.row().state == "accepted"


def test_a_number_in_a_denied_country_is_never_called(
    office: Office, mail: Provider, sms: Provider
) -> None:
    """S5: +86 is built in. The mail beside it reaches the person, so nobody else is bothered."""
    office.silent_case(office.person("Aigul", "caseworker", phone="+8613800138000"), None)
    office.tick()
    assert (sms.asked, len(mail.taken)) == ([], 1)
    row = office.row(channel="sms")
    assert (row.state, row.error_code) == ("suppressed", "denied_country")


@pytest.mark.parametrize("column", ["disabled_at", "opted_out_at"])
def test_a_contact_point_that_went_bad_meanwhile_is_passed_over(
    office: Office, mail: Provider, sms: Provider, column: str
) -> None:
    """D3: opted out?"""
    office.silent_case(office.person("Aigul", "caseworker", phone=PHONE), None)
    with office.desk() as desk:
        point = desk.session.scalars(select(ContactPoint).filter_by(channel="sms")).one()
        setattr(point, column, desk.now)
    office.tick()
    assert (sms.asked, len(mail.taken)) == ([], 1)
    assert office.row(channel="sms").state == "suppressed"


def test_consent_withdrawn_before_the_claim_stops_the_consul(
    office: Office, mail: Provider
) -> None:
    """D3, R13: consent is asked again at the claim, whatever the row says."""
    aigul = office.person("Aigul", "caseworker")
    consul = office.person("Cem", "consular")
    office.silent_case(aigul, None)
    with office.desk() as desk:
        row = desk.session.scalars(select(OutboxMessage)).one()
        row.role = "consular"  # as if the consul had been told by the step, with consent
        row.person_id = consul
        row.contact_point_id = desk.session.scalars(
            select(ContactPoint.id).filter_by(person_id=consul)
        ).one()
    office.tick()
    assert not mail.asked
    assert (office.row().state, office.row().error_code) == ("cancelled", "no_consent")


def test_a_poison_row_keeps_its_error_and_holds_up_nobody(office: Office, mail: Provider) -> None:
    """D1: an exception while wording leaves the row waiting with its error."""
    aigul = office.person("Aigul", "caseworker")
    office.silent_case(aigul, None)
    with office.desk() as desk:
        bad = desk.session.scalars(select(OutboxMessage)).one()
        bad.reference = "not a reference"
    office.silent_case(aigul, None)
    office.tick()
    assert len(mail.taken) == 1
    waiting = office.row(state="retry_wait")
    assert waiting.error_code == "wording_failed_ValueError"
    for _ in range(8):
        office.clock.move(hours=1)
        office.tick()
    assert office.row(id=waiting.id).state == "dead"
    assert ("undelivered", aigul) in office.events()


def test_an_erased_recipient_gets_nothing(office: Office, mail: Provider) -> None:
    aigul = office.person("Aigul", "caseworker")
    office.silent_case(aigul, None)
    with office.desk() as desk:
        for key in desk.session.scalars(select(DataKeyRow).filter_by(owner_id=aigul)):
            key.wrapped = None
    office.tick()
    assert (mail.asked, office.row().error_code) == ([], "erased")


def test_the_worker_holds_no_key_to_names(office: Office) -> None:
    """S2"""
    with pytest.raises(KeyWithheld):
        office.worker().vault.new_data_key("content")


def test_a_test_alert_goes_through_the_real_outbox(
    office: Office, mail: Provider, sms: Provider
) -> None:
    """D10: to every contact point, quiet hours or not."""
    aigul = office.person(
        "Aigul", "caseworker", phone=PHONE, quiet_from=time(0), quiet_until=time(23, 59)
    )
    with office.desk() as desk:
        assert len(send_test_alert(desk, aigul)) == 2
    office.tick()
    assert "test message" in mail.taken[0].text
    assert sms.taken[0].text.startswith("This is a test message.")


def test_file_delivery_writes_a_mail_and_a_text_message(instance: Path, database_url: str) -> None:
    """cli.md: `instance/outbox/`, `.eml` and `.json`."""
    office = Office.opened(instance, database_url)
    office.silent_case(office.person("Aigul", "caseworker", phone=PHONE), None)
    office.tick()
    (eml,) = (instance / "outbox").glob("*.eml")
    assert b"To: aigul@example.net" in eml.read_bytes()
    facts = [json.loads(path.read_text()) for path in (instance / "outbox").glob("*.json")]
    assert {one["channel"] for one in facts} == {"email", "sms"}
    assert {one["to"] for one in facts} == {"aigul@example.net", PHONE}
    assert all(one["at"] == "2026-03-02T09:00:00Z" for one in facts)
    office.services.database.engine.dispose()


def test_no_channel_is_configured_so_nothing_is_quietly_filed(
    instance: Path, database_url: str
) -> None:
    """cli.md: a channel without settings is refused; the ladder goes on, and the bar is red."""
    office = Office.opened(instance, database_url, TRACKER_LANGUAGE="en")
    aigul = office.person("Aigul", "caseworker")
    berik = office.person("Berik", "supervisor")
    office.silent_case(aigul, berik)
    office.tick()
    assert {row.state for row in office.rows()} == {"refused"}
    assert {row.error_code for row in office.rows()} == {"not_configured"}
    assert office.alerts()[0].state == "undelivered"
    assert ("nobody_reached", None) in office.events()
    assert not (instance / "outbox").exists()
    with office.desk() as desk:
        points = desk.session.scalars(select(ContactPoint)).all()
        assert all(point.disabled_at is None for point in points), "the addresses are not to blame"
    office.services.database.engine.dispose()


def test_the_daily_part_of_a_tick_runs_once_a_day(office: Office) -> None:
    office.tick()
    assert office.clock.now.date() == date(2026, 3, 2)
    assert office.tick() == 0
