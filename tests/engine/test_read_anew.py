"""Whoever decides about a case looks at it once nobody else can change it (R12, R14, R15, S18).

What another person committed between reading and deciding is written past the session here: so it
stands in the database and not yet in what the act was given.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.standins.office import Office
from tracker.domain.contact import ContactClass, Days
from tracker.domain.errors import Refused
from tracker.engine.cases import bulk, cases, family, merging, record
from tracker.engine.clock import snoozing
from tracker.engine.desk import Desk
from tracker.engine.keeping import retention
from tracker.store.schema import Case, ContactReport, Merge

WHY = "They told us."
HOME = {"reason": "released", "on": date(2026, 3, 2), "source": "A letter.", "words": ""}


def meanwhile(desk: Desk, row: Any, **values: Any) -> None:
    """Somebody else's commit, of which `row` as it was read knows nothing."""
    kind = type(row)
    desk.session.flush()
    desk.session.execute(
        update(kind)
        .where(kind.id == row.id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def a_report(desk: Desk, case: Case, *, confirmed: bool) -> ContactReport:
    day = desk.now.date()
    return record.report_contact(
        desk,
        case,
        occurred=Days(day, day),
        cls=ContactClass.DIRECT,
        details={},
        confirmed=confirmed,
    )


@pytest.mark.parametrize(
    "act",
    [
        lambda desk, case: cases.snooze(desk, case, desk.now + timedelta(days=3), WHY),
        lambda desk, case: bulk.snooze(desk, [case], (desk.now + timedelta(days=3)).date(), WHY),
        lambda desk, case: cases.acknowledge(desk, case, WHY),
        lambda desk, case: cases.close(desk, case, **HOME),
    ],
    ids=["snooze", "bulk snooze", "acknowledge", "close"],
)
def test_r15_a_case_closed_at_that_instant_is_neither_held_nor_closed_again(
    office: Office, act: Callable[[Desk, Case], object]
) -> None:
    aigul = office.person("Aigul", "caseworker")
    case_id = office.silent_case(aigul, None)
    with office.desk() as desk:
        case = office.case(case_id, desk)
        meanwhile(desk, case, state="closed", closed_at=desk.now)
        assert case.state == "open", "as it was read"
        with pytest.raises(Refused, match="closed already"):
            act(desk, case)


def test_r12_a_snooze_that_another_ended_is_not_ended_twice(office: Office) -> None:
    case_id = office.silent_case(office.person("Aigul", "caseworker"), None)
    with office.desk() as desk:
        case = office.case(case_id, desk)
        cases.snooze(desk, case, desk.now + timedelta(days=3), WHY)
        meanwhile(desk, case, snoozed_until=None)
        with pytest.raises(Refused, match="not snoozed"):
            snoozing.end_snooze(desk, case)


@pytest.mark.parametrize(
    ("was", "by_another", "act"),
    [
        (False, "rejected", lambda *it: record.confirm(*it)),
        (False, "confirmed", lambda *it: record.reject(*it, WHY)),
        (True, "retracted", lambda *it: record.retract(*it, WHY)),
    ],
    ids=["confirm", "reject", "retract"],
)
def test_r14_a_report_is_decided_once(
    office: Office,
    was: bool,
    by_another: str,
    act: Callable[[Desk, Case, ContactReport], None],
) -> None:
    case_id = office.silent_case(office.person("Aigul", "caseworker"), None)
    with office.desk() as desk:
        case = office.case(case_id, desk)
        report = a_report(desk, case, confirmed=was)
        meanwhile(desk, report, state=by_another)
        with pytest.raises(Refused):
            act(desk, case, report)


def test_a_case_is_merged_once_and_parted_once(office: Office) -> None:
    aigul = office.person("Aigul", "caseworker")
    ids = [office.silent_case(aigul, None) for _ in range(3)]
    with office.desk() as desk:
        one, two, three = (office.case(each, desk) for each in ids)
        row = merging.merge(desk, one, two, WHY)
        meanwhile(desk, three, state="merged")
        with pytest.raises(Refused, match="merged already"):
            merging.merge(desk, one, three, WHY)
        meanwhile(desk, row, undone_at=desk.now)
        with pytest.raises(Refused, match="taken back already"):
            merging.undo(desk, one, row, WHY)
        assert desk.session.scalars(select(Merge.id)).all() == [row.id]


def test_s6_who_withdrew_at_that_instant_is_not_made_reachable(office: Office) -> None:
    case_id = office.silent_case(office.person("Aigul", "caseworker"), None)
    with office.desk() as desk:
        who = record.add_enquirer(desk, office.case(case_id, desk), {"name": "Saltanat"})
        meanwhile(desk, who, withdrawn_at=desk.now, reachable=False)
        with pytest.raises(Refused, match="withdrawn"):
            family.change_reach(desk, who, {}, protected=False, reachable=True)


def test_s18_who_is_erased_at_that_instant_does_not_stay_by_half(office: Office) -> None:
    case_id = office.silent_case(office.person("Aigul", "caseworker"), None)
    with office.desk() as desk:
        case = office.case(case_id, desk)
        who = record.add_enquirer(desk, case, {"name": "Saltanat"})
        family.withdraw(desk, who, case)
        meanwhile(desk, who, erased_at=desk.now)
        with pytest.raises(Refused, match="deleted"):
            retention.stay(desk, case, who, WHY)
