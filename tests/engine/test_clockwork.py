"""Use cases and the clock: what is entered, what is told, what is kept (R1–R18, D1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.standins.office import START, Office
from tests.standins.provider import Provider
from tracker.domain.actor import Actor
from tracker.domain.contact import ContactClass, Interval, Silent
from tracker.domain.edtf import Days, parse_edtf
from tracker.domain.errors import Refused
from tracker.engine.cases import cases, record, sharing
from tracker.engine.clock.clockwork import last_contact, silent_days, together
from tracker.engine.desk import Desk
from tracker.engine.keeping.integrity import clock_faults
from tracker.store.people import find_by_email
from tracker.store.schema import Alert, Case, ConsularPost, ContactReport, PostMember, new_id

TODAY = START.date()


@pytest.fixture
def office(instance: Path, database_url: str) -> Iterator[Office]:
    office = Office.opened(
        instance, database_url, {"email": Provider("email"), "sms": Provider("sms")}
    )
    office.person("Aigul", "caseworker")
    yield office
    office.services.database.engine.dispose()


def opened(desk: Desk) -> Case:
    """A case of Aigul's."""
    return cases.open_case(desk, zone_name="UTC", caseworker_id=aigul(desk))


def aigul(desk: Desk) -> str:
    person = find_by_email(desk.session, desk.hmac("aigul@example.net"))
    assert person is not None
    return person.id


def told(
    desk: Desk, case: Case, days: str, *, confirmed: bool = True, first: bool = False
) -> ContactReport:
    return record.report_contact(
        desk,
        case,
        occurred=parse_edtf(days),
        cls=ContactClass.DIRECT,
        details={"means": "phone"},
        first_report=first,
        confirmed=confirmed,
    )


def kinds(desk: Desk, case: Case) -> list[tuple[str, int | None, str]]:
    rows = desk.session.scalars(
        select(Alert).where(Alert.case_id == case.id).order_by(Alert.raised_at, Alert.kind)
    )
    return [(row.kind, row.step, row.state) for row in rows]


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


def test_r2_a_first_report_starts_the_clock_the_moment_it_is_sent(office: Office) -> None:
    with office.desk() as desk:
        case = opened(desk)
        told(desk, case, ago(40), confirmed=False, first=True)
        assert silent_days(desk, case) == Silent(40, 40)
        assert ("step", 3, "triggered") in kinds(desk, case)
        assert case.band == "overdue"


def test_r2_a_rejected_first_report_falls_away_again(office: Office) -> None:
    with office.desk() as desk:
        case = opened(desk)
        report = told(desk, case, ago(40), confirmed=False, first=True)
        record.reject(desk, case, report, "Told about somebody else.")
        assert last_contact(desk, case) == Interval(TODAY, TODAY)


def test_r2_a_first_report_of_another_class_still_says_since_when(office: Office) -> None:
    with office.desk() as desk:
        case = opened(desk)
        report = told(desk, case, ago(40), confirmed=False, first=True)
        record.confirm(desk, case, report, cls=ContactClass.THIRD_PARTY)
        assert silent_days(desk, case) == Silent(40, 40)


def test_r18_an_interview_is_judged_as_a_whole(office: Office) -> None:
    """The oldest contact, typed first, raises no alarm that the newest takes back."""
    with office.desk() as desk:
        case = opened(desk)
        with together(desk, case):
            told(desk, case, "2019")
            told(desk, case, "2024-05")
            told(desk, case, ago(3))
        assert kinds(desk, case) == []
        assert silent_days(desk, case) == Silent(3, 3)


def test_r14_an_open_start_is_asked_back(office: Office) -> None:
    with office.desk() as desk:
        case = opened(desk)
        report = told(desk, case, "../2025", confirmed=False)
        with pytest.raises(Refused, match="earliest day"):
            record.confirm(desk, case, report)
        record.confirm(desk, case, report, bounds=Interval(date(2025, 1, 1), date(2025, 12, 31)))
        assert report.state == "confirmed"


def test_r14_a_decided_report_asks_nobody_any_more(office: Office) -> None:
    with office.desk() as desk:
        case = opened(desk)
        report = told(desk, case, ago(1), confirmed=False)
        assert ("to_confirm", None, "triggered") in kinds(desk, case)
        record.confirm(desk, case, report)
        assert ("to_confirm", None, "resolved") in kinds(desk, case)


def test_r14_after_a_day_the_supervisor_is_asked_too(office: Office) -> None:
    office.person("Serik", "supervisor")
    with office.desk() as desk:
        case = opened(desk)
        told(desk, case, ago(1), confirmed=False)
        case_id = case.id
    office.clock.move(hours=24)
    office.tick()
    with office.desk() as desk:
        asked = desk.session.scalars(
            select(Alert).where(Alert.case_id == case_id, Alert.kind == "to_confirm")
        ).all()
        assert sorted(alert.roles for alert in asked) == [
            ["caseworker"],
            ["caseworker", "supervisor"],
        ]


def test_r14_a_report_on_a_closed_case_is_asked_about_like_any_other(office: Office) -> None:
    """R15 ends what was open when the case was closed, not what a family reports later."""
    office.person("Serik", "supervisor")
    with office.desk() as desk:
        case = opened(desk)
        told(desk, case, ago(1), confirmed=False)
        cases.close(desk, case, "released", TODAY, "A letter.", "")
        assert kinds(desk, case) == [("to_confirm", None, "closed")]
    office.clock.move(hours=1)
    with office.desk() as desk:
        case = office.case(office.alerts()[0].case_id, desk)
        told(desk, case, ago(0), confirmed=False)
        assert kinds(desk, case)[1:] == [("to_confirm", None, "triggered")]
    office.tick()
    assert {row.state for row in office.rows(kind="alert")} == {"cancelled", "accepted"}
    office.clock.move(hours=24)
    office.tick()
    assert [one.state for one in office.alerts()] == ["closed", *["triggered"] * 3]


def test_r16_a_contact_in_the_future_is_refused_and_nothing_is_kept(office: Office) -> None:
    with office.desk() as desk:
        case_id = opened(desk).id
    with pytest.raises(Refused, match="cannot lie after"), office.desk() as desk:
        told(desk, desk.session.get_one(Case, case_id), ago(-1))
    with office.desk() as desk:
        assert desk.session.scalars(select(ContactReport)).all() == []


def test_s6_what_seemed_staged_is_called_direct_only_with_a_reason(office: Office) -> None:
    with office.desk() as desk:
        case = opened(desk)
        report = record.report_contact(
            desk,
            case,
            occurred=Days(TODAY, TODAY),
            cls=ContactClass.CONSTRAINED,
            details={"staged": "unsure"},
        )
        with pytest.raises(Refused, match="reason"):
            record.confirm(desk, case, report, cls=ContactClass.DIRECT)
        record.confirm(desk, case, report, cls=ContactClass.DIRECT, reason="She saw him herself.")
        assert silent_days(desk, case) == Silent(0, 0)


def test_r5_contact_resolves_and_r6_its_retraction_alarms_again(office: Office) -> None:
    with office.desk() as desk:
        case = opened(desk)
        told(desk, case, ago(20), first=True)
        report = told(desk, case, ago(1))
        assert ("step", 2, "resolved") in kinds(desk, case)
        assert case.band == "in_contact"
        record.retract(desk, case, report, "It was another man.")
        assert case.band == "watch"
        assert [row for row in kinds(desk, case) if row[2] == "triggered"] == [
            ("step", 2, "triggered")
        ]
        assert clock_faults(desk) == []


def test_r13_the_consul_is_told_once_the_family_consents_and_the_case_is_shared(
    office: Office,
) -> None:
    consul = office.person("Dee", "consular")
    with office.desk() as desk:
        post = ConsularPost(id=new_id(), created_at=desk.now)
        desk.safe.seal(post, "name", "Consulate")
        desk.session.add(post)
        desk.session.flush()
        desk.session.add(
            PostMember(id=new_id(), post_id=post.id, person_id=consul, since_at=desk.now)
        )
        case = opened(desk)
        enquirer = record.add_enquirer(desk, case, {"name": "Saltanat"})
        told(desk, case, ago(40), first=True)
        assert not sharing.consular_covered(desk, case)
        with pytest.raises(Refused, match="not consented"):
            sharing.share(desk, case, post.id, ["name"])
        sharing.record_consent(
            desk, case, enquirer, "consular", given=True, language="en", text_checked=True
        )
        desk.actor = Actor("person", aigul(desk), frozenset({"caseworker"}))
        shared = sharing.share(desk, case, post.id, ["name"])
        granted = [row for row in kinds(desk, case) if row[0] == "consent_granted"]
        assert granted == [("consent_granted", 3, "triggered")]
        sharing.unshare(desk, case, shared)
        assert not sharing.consular_covered(desk, case)


def test_r15_closing_needs_a_day_and_a_source(office: Office) -> None:
    with office.desk() as desk:
        case = opened(desk)
        with pytest.raises(Refused, match="source"):
            cases.close(desk, case, "released", TODAY, " ", "")
        with pytest.raises(Refused, match="day it happened"):
            cases.close(desk, case, "released", TODAY + timedelta(days=1), "his wife", "")
        cases.close(desk, case, "released", TODAY, "his wife", "Home at last.")
        assert (case.state, case.next_look_at) == ("closed", None)
        cases.reopen(desk, case, "It was a transfer.")
        assert case.state == "open"
        assert clock_faults(desk) == []
