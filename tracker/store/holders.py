"""Who stands behind open cases without being able to act: no account any more, or not the role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from tracker.domain.actor import DESK
from tracker.store.schema import Case, Person, PersonRole

Column = InstrumentedAttribute[str | None]

_LEADS = ("supervisor",)


@dataclass(frozen=True, slots=True)
class Unfit:
    """Open cases by what is wrong with them, and the ids of those people, each once."""

    owners: int
    supervisors: int
    deputies: int
    people: tuple[str, ...]

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.people)


def unfit(session: Session, today: date) -> Unfit:
    """Open cases whose owner, supervisor, or deputy of one of them who is away today, has a closed
    account, one past its last day, or not the role by which the case is open to them.

    Such alerts go on to all supervisors, or to somebody who cannot open the case (D6).
    """
    owners = _held(session, Case.caseworker_id.not_in(_fit(DESK, today)), Case.caseworker_id)
    leads = _held(session, Case.supervisor_id.not_in(_fit(_LEADS, today)), Case.supervisor_id)
    deputies: dict[str, int] = {}
    for column, roles in ((Case.caseworker_id, DESK), (Case.supervisor_id, _LEADS)):
        away = _held(session, column.in_(_away(roles, today)), column)
        for person_id, count in away.items():
            deputies[person_id] = deputies.get(person_id, 0) + count
    people = tuple(sorted({*owners, *leads, *deputies}))
    return Unfit(sum(owners.values()), sum(leads.values()), sum(deputies.values()), people)


def _held(session: Session, wrong: ColumnElement[bool], column: Column) -> dict[str, int]:
    """How many open cases each of them has."""
    query = select(column, func.count()).where(Case.state == "open", wrong).group_by(column)
    return {str(person): number for person, number in session.execute(query)}


def _fit(roles: tuple[str, ...], today: date) -> ScalarSelect[str]:
    """The ids of those who can act by one of these roles."""
    held = exists().where(PersonRole.person_id == Person.id, PersonRole.role.in_(roles))
    lasts = or_(Person.expires_on.is_(None), Person.expires_on >= today)
    return select(Person.id).where(Person.active, lasts, held).scalar_subquery()


def _away(roles: tuple[str, ...], today: date) -> ScalarSelect[str]:
    """The ids of those on leave whose deputy cannot act by one of these roles."""
    on_leave = and_(
        Person.leave_from_on <= today,
        or_(Person.leave_until_on.is_(None), Person.leave_until_on >= today),
    )
    wrong = Person.deputy_id.not_in(_fit(roles, today))
    return select(Person.id).where(on_leave, wrong).scalar_subquery()
