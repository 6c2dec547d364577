"""Pairs of cases that may be of one person, and how far the comparing has come."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from tracker.domain.actor import Actor
from tracker.store.cases import is_seen
from tracker.store.names import CHANGING_ACTS
from tracker.store.schema import AuditRow, Case, Flag, PossibleSame, new_id

_COMPARED = "names_compared"
"""The flag that holds the number of the last act of the trail whose names were compared."""

_COMPARED_AFTER = (*CHANGING_ACTS, "statement.withdrawn", "statement.restored")
"""Acts after which a case is compared anew, besides `name.…`: a wrong birth year kept it apart."""


def find(session: Session, case_id: str, other_id: str) -> PossibleSame | None:
    """The pair, whichever of the two is named first."""
    first, second = sorted((case_id, other_id))
    return session.scalars(
        select(PossibleSame).filter_by(case_id=first, other_id=second)
    ).one_or_none()


def add(session: Session, case_id: str, other_id: str, now: datetime) -> PossibleSame:
    """A new pair that waits for somebody."""
    first, second = sorted((case_id, other_id))
    row = PossibleSame(id=new_id(), case_id=first, other_id=second, state="open", found_at=now)
    session.add(row)
    session.flush()
    return row


def waiting(
    session: Session, actor: Actor, case_id: str | None, limit: int
) -> list[tuple[PossibleSame, Case, Case]]:
    """Pairs nobody has decided and of which this actor sees both cases, the newest first."""
    one, other = aliased(Case), aliased(Case)
    query = (
        select(PossibleSame, one, other)
        .join(one, one.id == PossibleSame.case_id)
        .join(other, other.id == PossibleSame.other_id)
        .where(
            PossibleSame.state.in_(("open", "later")),
            is_seen(actor, PossibleSame.case_id),
            is_seen(actor, PossibleSame.other_id),
        )
        .order_by(PossibleSame.found_at.desc(), PossibleSame.id)
        .limit(limit)
    )
    if case_id is not None:
        query = query.where(or_(PossibleSame.case_id == case_id, PossibleSame.other_id == case_id))
    return [(row, first, second) for row, first, second in session.execute(query)]


def undecided(session: Session, case_id: str) -> list[tuple[PossibleSame, Case, Case]]:
    """The pairs with this case that nobody has looked at."""
    one, other = aliased(Case), aliased(Case)
    query = (
        select(PossibleSame, one, other)
        .join(one, one.id == PossibleSame.case_id)
        .join(other, other.id == PossibleSame.other_id)
        .where(
            PossibleSame.state == "open",
            or_(PossibleSame.case_id == case_id, PossibleSame.other_id == case_id),
        )
    )
    return [(row, first, second) for row, first, second in session.execute(query)]


def compared(session: Session) -> int:
    """The act of the trail up to which names were compared; 0 before the first."""
    flag = session.get(Flag, _COMPARED)
    return int(flag.value) if flag else 0


def set_compared(session: Session, seq: int, now: datetime) -> None:
    """Names were compared up to this act."""
    flag = session.get(Flag, _COMPARED)
    if flag is None:
        flag = Flag(name=_COMPARED, value="", set_at=now)
        session.add(flag)
    flag.value, flag.set_at = str(seq), now
    session.flush()


def named_since(session: Session, seq: int, limit: int) -> list[tuple[str, int]]:
    """Cases to compare after act `seq`, each with its last act that asks for it, in that order."""
    last = func.max(AuditRow.seq)
    query = (
        select(AuditRow.case_id, last)
        .where(
            AuditRow.seq > seq,
            AuditRow.case_id.is_not(None),
            or_(AuditRow.act.startswith("name."), AuditRow.act.in_(_COMPARED_AFTER)),
        )
        .group_by(AuditRow.case_id)
        .order_by(last)
        .limit(limit)
    )
    return [(case_id, number) for case_id, number in session.execute(query) if case_id]
