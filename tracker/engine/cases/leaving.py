"""Somebody leaves, or is away for long: all that is theirs goes to others, a batch at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select

from tracker.domain.errors import Refused
from tracker.engine.cases import cases
from tracker.engine.clock.clockwork import hold_all
from tracker.engine.desk import Desk
from tracker.engine.staff.audience import contact_points
from tracker.engine.staff.notices import queue_at
from tracker.i18n.words import _
from tracker.store.cases import visible_cases
from tracker.store.people import roles_of
from tracker.store.schema import AuditRow, Case, OutboxMessage, Person

GIVEN: Final = "cases_given"
"""The kind of message that says to somebody: so many cases are yours now."""

BATCH: Final = 500
"""Cases of one transaction: all that one person ever has; of more, others can write in between."""


@dataclass(frozen=True, slots=True)
class Belongings:
    """How many cases are a person's, open or closed, and in how many they are the supervisor."""

    cases: int
    leads: int
    stands_in_for: tuple[str, ...]  # whose deputy they are, by id

    def __bool__(self) -> bool:
        """Whether there is anything to hand over."""
        return bool(self.cases or self.leads)


def belongings(desk: Desk, person_id: str) -> Belongings:
    """What is a person's. Cases are counted as the asking supervisor sees them."""

    def count(column: object) -> int:
        query = visible_cases(desk.actor).where(column == person_id)  # type: ignore[arg-type]
        return desk.session.scalar(query.with_only_columns(func.count())) or 0

    for_whom = select(Person.id).where(Person.deputy_id == person_id, Person.active)
    return Belongings(
        count(Case.caseworker_id),
        count(Case.supervisor_id),
        tuple(desk.session.scalars(for_whom.order_by(Person.id))),
    )


def _tell_successor(desk: Desk, person_id: str, to_id: str) -> None:
    """One message to whoever is given all that is a person's, before it is given: how much it is.

    None where there is nothing, and to who takes it over themselves.
    """
    theirs = belongings(desk, person_id)
    leads = theirs.leads if "supervisor" in roles_of(desk.session, to_id) else 0
    if not (theirs.cases or leads) or to_id in (person_id, desk.person_id):
        return
    desk.audit("cases.given", "person", to_id, of=person_id, cases=theirs.cases or leads)
    for point in contact_points(desk.session, to_id):
        queue_at(desk, GIVEN, point, urgent=False)
    desk.session.flush()


def given(desk: Desk, row_id: str) -> int:
    """Of how many cases such a message speaks."""
    row = desk.session.get_one(OutboxMessage, row_id)
    said = select(AuditRow).where(
        AuditRow.at == row.created_at,
        AuditRow.act == "cases.given",
        AuditRow.object_id == row.person_id,
    )
    found = desk.session.scalars(said.order_by(AuditRow.seq.desc())).first()
    return int((found.detail or {})["cases"]) if found is not None else 1


def hand_over_batch(
    desk: Desk, person_id: str, to_id: str, reason: str, *, is_first: bool = False
) -> int:
    """Give some of a person's cases to another; how many, 0 when none is left. With the first of
    them the other one is told.

    Where the person was a case's supervisor the other one is from now on, if a supervisor; else
    all supervisors are. Raises Refused as `cases.hand_over` does, and for the person themselves.
    """
    if person_id == to_id:
        raise Refused(_("This person has the case already. Choose somebody else."))
    theirs = visible_cases(desk.actor).where(Case.caseworker_id == person_id)
    found = list(desk.session.scalars(theirs.order_by(Case.id).limit(BATCH)))
    led = visible_cases(desk.actor).where(Case.supervisor_id == person_id)
    leads = list(desk.session.scalars(led.order_by(Case.id).limit(BATCH)))
    hold_all(desk, {*found, *leads})  # before the first audit row
    if is_first:
        _tell_successor(desk, person_id, to_id)
    for case in found:
        cases.hand_over(desk, case, to_id, reason)
    lead = to_id if "supervisor" in roles_of(desk.session, to_id) else None
    for case in leads:
        cases.assign(desk, case, caseworker_id=case.caseworker_id, supervisor_id=lead)
    desk.session.flush()
    return len(found) + len(leads)
