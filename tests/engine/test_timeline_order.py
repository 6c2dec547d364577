"""A case's timeline: what happened at one instant stands in the order in which it happened."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.standins.office import Office
from tracker.domain.actor import OPERATOR, Actor
from tracker.domain.contact import ContactClass, Days
from tracker.engine.cases import cases, record, sharing
from tracker.engine.cases.timeline import Entry, entries
from tracker.store.schema import Alert, AuditRow


def _named(entry: Entry) -> str:
    row = entry.row
    if isinstance(row, Alert):
        return f"alert {row.kind} {row.step or ''}".strip()
    return row.act if isinstance(row, AuditRow) else entry.what


@pytest.mark.parametrize("attempt", range(3))  # ids are drawn: none of them decides
def test_what_happened_at_one_instant_is_told_in_its_order(office: Office, attempt: int) -> None:
    """The clock stands still, as a demonstration's does; the worker looks in between."""
    aigul = office.person(f"Aigul{attempt}", "caseworker")
    case_id = office.silent_case(aigul, None, days=1)
    office.clock.now += timedelta(days=13)
    office.tick()
    with office.desk() as desk:
        case = office.case(case_id, desk)
        cases.acknowledge(desk, case)
        desk.actor = Actor("person", aigul, frozenset({"caseworker"}))
        enquirer = record.add_enquirer(desk, case, {"name": "An aunt"}, language="en")
        for given in (True, False):  # the second is put a moment later
            sharing.record_consent(
                desk, case, enquirer, "consular", given=given, language="en", text_checked=True
            )
        record.add_statement(desk, case, "place", {"text": "A camp"})
        today = desk.now.date()
        record.report_contact(
            desk,
            case,
            occurred=Days(today - timedelta(days=10), today - timedelta(days=10)),
            cls=ContactClass.DIRECT,
            details={"words": "He called."},
            confirmed=True,
        )
        cases.close(desk, case, "released", today, "the mother", "At home.")
        cases.reopen(desk, case, "It was somebody else.")
    office.tick()
    with office.services.reading(OPERATOR) as desk:
        told = entries(desk, office.case(case_id, desk))
    since = office.clock.now
    at_once = [_named(each) for each in reversed(told) if each.at >= since]
    assert at_once == [
        "alert step 2",
        "alert.acknowledged",
        "consent",
        "consent",
        "statement",
        "statement",
        "case.closed",
        "alert closed",
        "case.reopened",
        "alert step 1",
    ]
    (two_weeks,) = (each for each in told if _named(each) == "alert step 2")
    assert [event.kind for event in two_weeks.events] == ["triggered", "acknowledged", "closed"]
