"""`tracker replay --case`: the record, replayed, tells what really was told."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from tests.standins.office import Office
from tracker.domain.contact import ContactClass
from tracker.domain.edtf import Days
from tracker.domain.replaying import read_document
from tracker.engine.cases import cases, record
from tracker.engine.clock.case_history import document_of
from tracker.engine.clock.replay import replay
from tracker.store.schema import Case, ContactReport


def pass_days(office: Office, days: int) -> None:
    """Time passes, and the worker looks whenever something falls due."""
    end = office.clock.now + timedelta(days=days)
    while True:
        with office.desk() as desk:
            due = desk.session.scalar(select(Case.next_look_at))
        if due is None or due >= end:
            break
        office.clock.now = max(due, office.clock.now)
        office.tick()
    office.clock.now = end


def test_a_replayed_case_tells_what_was_told(office: Office) -> None:
    aigul, bota = office.person("Aigul", "caseworker"), office.person("Bota", "supervisor")
    case_id = office.silent_case(aigul, bota, days=3)
    pass_days(office, 12)
    with office.desk() as desk:
        cases.acknowledge(desk, office.case(case_id, desk))
    pass_days(office, 10)
    with office.desk() as desk:
        case = office.case(case_id, desk)
        today = desk.now.date()
        record.report_contact(
            desk,
            case,
            occurred=Days(today - timedelta(days=2), today),
            cls=ContactClass.DIRECT,
            details={},
        )
    pass_days(office, 1)
    with office.desk() as desk:
        report = desk.session.scalars(select(ContactReport)).one()
        record.confirm(desk, office.case(case_id, desk), report)
    pass_days(office, 40)
    with office.desk() as desk:
        report = desk.session.scalars(select(ContactReport)).one()
        record.retract(desk, office.case(case_id, desk), report, "it was somebody else")
    pass_days(office, 5)
    with office.desk() as desk:
        until = desk.now + timedelta(days=20)
        cases.snooze(desk, office.case(case_id, desk), until, "the family asked")
    pass_days(office, 30)
    with office.desk() as desk:
        case = office.case(case_id, desk)
        cases.close(desk, case, "released", date(2026, 6, 1), "the family", "")
    pass_days(office, 3)
    with office.desk() as desk:
        document = document_of(desk, office.case(case_id, desk))
    told = replay(read_document(document), office.services.settings)
    lines = sorted((line.at, str(line.notice.kind), line.notice.step) for line in told)
    raised = sorted(
        (alert.raised_at, alert.kind, alert.step)
        for alert in office.alerts()
        if alert.kind != "to_confirm"
    )
    assert lines == raised
    assert {kind for _at, kind, _step in lines} >= {"step", "resolved", "closed", "repeat"}


def test_r15_each_closing_is_replayed_with_its_own_reason(office: Office) -> None:
    aigul = office.person("Aigul", "caseworker")
    case_id = office.silent_case(aigul, None, days=3)
    for reason in ("released", "found"):
        pass_days(office, 1)
        with office.desk() as desk:
            case = office.case(case_id, desk)
            cases.close(desk, case, reason, desk.now.date(), "the family", "")
        pass_days(office, 1)
        with office.desk() as desk:
            cases.reopen(desk, office.case(case_id, desk), "it was somebody else")
    with office.desk() as desk:
        (told,) = document_of(desk, office.case(case_id, desk))["cases"]
    reasons = [event["reason"] for event in told["events"] if event["type"] == "close"]
    assert reasons == ["released", "found"]
