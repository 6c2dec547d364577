"""Querying cases. Every query starts from `visible_cases`: what an actor may see at all (S9)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy import ColumnElement, Select, case, exists, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from tracker.domain.actor import Actor
from tracker.domain.moments import days_elsewhere
from tracker.store.schema import EVERYBODY, Case, Enquirer, Merge, Share


class OfCase(Protocol):
    """A row that belongs to a case."""

    @property
    def case_id(self) -> Any:
        """The case's id."""


Row = TypeVar("Row", bound=OfCase)

MERGED = "merged"
"""State of a case whose record stands in another one since: as if absent, but for its reference."""

ERASED = "erased"
"""The state of a case whose keys are destroyed: a row of ids is left of it."""

_HIDDEN = (ERASED, MERGED)


def visible_cases(actor: Actor, now: datetime | None = None) -> Select[Case]:
    """The cases an actor may see; others are as if absent (safety.md, "Who may").

    A supervisor sees all, a caseworker their own and those of whom they stand in for, a member of a
    post those shared with it (at `now` still, where one is given), a family its own, the worker and
    an operator at the machine all. Nobody else sees any. An erased case nobody sees (S18), and one
    that was merged into another is seen there.
    """
    kept = select(Case).where(Case.state.not_in(_HIDDEN))
    if actor.kind in ("worker", "operator"):
        return kept
    if actor.kind == "family":
        return kept.where(exists().where(Enquirer.case_id == Case.id, Enquirer.id == actor.id))
    if actor.kind != "person":
        return kept.where(false())
    if actor.has("supervisor"):
        return kept
    allowed = []
    if actor.has("caseworker"):
        allowed.append(_one_of(Case.caseworker_id, actor.own))
    if actor.has("consular") and actor.posts:
        shared = select(Share.case_id).where(
            Share.post_id.in_(sorted(actor.posts)), Share.ended_at.is_(None)
        )
        if now is not None:
            there = aliased(Case)
            shared = shared.join(there, there.id == Share.case_id).where(lasts(there, now))
        allowed.append(Case.id.in_(shared))  # begun with: they are few beside all cases
    return kept.where(or_(false(), *allowed))


def lasts(of: type[Case], now: datetime) -> ColumnElement[bool]:
    """Whether a share's last day has not passed where its case is; `of`: that case, in a query
    from shares. The families were promised a day of theirs, and no hour more."""
    elsewhere = [(of.zone_name.in_(names), day) for day, names in days_elsewhere(now).items()]
    today = case(*elsewhere, else_=now.date())
    return or_(Share.until_on.is_(None), Share.until_on >= today)


def hidden_ids() -> Select[str]:
    """The cases that nobody sees; but for these, a supervisor sees all."""
    return select(Case.id).where(Case.state.in_(_HIDDEN))


def counted_under(actor: Actor) -> frozenset[str] | None:
    """Under whose names exactly the cases that an actor may see are counted (`CaseCount`); None
    where they are not kept counted so."""
    if actor.kind in ("worker", "operator"):
        return frozenset({EVERYBODY})
    if actor.kind != "person":
        return None
    if actor.has("supervisor"):
        return frozenset({EVERYBODY})
    if actor.has("consular") and actor.posts:
        return None
    return actor.own - {""} if actor.has("caseworker") else frozenset()  # "" are nobody's


def _one_of(column: InstrumentedAttribute[Any], ids: frozenset[str]) -> ColumnElement[bool]:
    """Said as an equality for one, as an index likes it best."""
    return column == next(iter(ids)) if len(ids) == 1 else column.in_(sorted(ids))


def is_seen(
    actor: Actor, case_id: InstrumentedAttribute[Any], *also: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Whether an actor sees the case of a row, and more about it.

    Where they see nearly all, it is asked row by row: the database begins with what waits, which
    is little, and never with the cases.
    """
    seen = visible_cases(actor).with_only_columns(Case.id).where(*also)
    if actor.has("supervisor"):
        return seen.where(Case.id == case_id).exists()
    return case_id.in_(seen)


def with_cases(session: Session, actor: Actor, rows: Iterable[Row]) -> list[tuple[Row, Case]]:
    """Each row with its case, in their order."""
    found = list(rows)
    ids = {row.case_id for row in found}
    cases = {
        case.id: case for case in session.scalars(visible_cases(actor).where(Case.id.in_(ids)))
    }
    return [(row, cases[row.case_id]) for row in found if row.case_id in cases]


def find_case(session: Session, actor: Actor, ref: str, now: datetime | None = None) -> Case | None:
    """The case with that reference, if this actor may see it; of a merged one, where it stands."""
    found = session.scalars(visible_cases(actor, now).where(Case.ref == ref)).one_or_none()
    if found is not None:
        return found
    merged = session.scalars(select(Case).filter_by(ref=ref, state=MERGED)).one_or_none()
    if merged is None:
        return None
    kept = visible_cases(actor, now).where(Case.id == merged_into(session, merged.id))
    return session.scalars(kept).one_or_none()


def merged_into(session: Session, case_id: str) -> str:
    """The case in which this one's record stands; itself when it was never merged."""
    query = select(Merge.case_id).where(Merge.other_id == case_id, Merge.undone_at.is_(None))
    while (following := session.scalars(query).one_or_none()) is not None:
        case_id = following
        query = select(Merge.case_id).where(Merge.other_id == case_id, Merge.undone_at.is_(None))
    return case_id
