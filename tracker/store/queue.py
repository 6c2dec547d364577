"""The queue of a desk: cases by band, the longest silence first, a page at a time.

Every query starts from `visible_cases` (S9). The order is (band, due time of the first step, id),
which the index `ix_cases_queue` holds; the next page begins behind a case, not at a number.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy import case as sql_case
from sqlalchemy.orm import Session

from tracker.domain.actor import Actor
from tracker.domain.policy import Band
from tracker.store.cases import visible_cases
from tracker.store.schema import Case, PersonName

BANDS: Final = (Band.CRITICAL, Band.OVERDUE, Band.WATCH, Band.IN_CONTACT)
"""Bands in the order of the queue."""

VIEWS: Final = ("open", "mine", "unassigned", "snoozed", "closed")
NOBODY: Final = "nobody"

_BAND_NUMBERS = {str(band): number for number, band in enumerate(BANDS)}
_RANK = sql_case(_BAND_NUMBERS, value=Case.band, else_=9)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the queue is asked for. `owner` is a person's id, or `nobody`."""

    view: str = "open"
    band: str | None = None
    owner: str | None = None


def page_of_cases(
    session: Session,
    actor: Actor,
    wanted: Wanted,
    now: datetime,
    *,
    only: Collection[str] | None = None,
    after: Case | None = None,
    limit: int = 50,
) -> list[Case]:
    """One page of the queue; ask for one more than is shown to know whether there is another."""
    query = _filtered(visible_cases(actor), actor, wanted, now)
    if only is not None:
        query = query.where(Case.id.in_(list(only)))
    if after is not None:
        query = query.where(_behind(after))
    return list(session.scalars(query.order_by(_RANK, Case.silent_rank, Case.id).limit(limit)))


def count_by_band(session: Session, actor: Actor, wanted: Wanted, now: datetime) -> dict[str, int]:
    """How many cases of a view stand in each band, whatever band is chosen."""
    query = _filtered(visible_cases(actor), actor, Wanted(wanted.view, None, wanted.owner), now)
    counted = query.with_only_columns(Case.band, func.count()).group_by(Case.band)
    found = {str(band): int(number) for band, number in session.execute(counted)}
    return {str(band): found.get(str(band), 0) for band in BANDS}


def count_by_view(session: Session, actor: Actor, now: datetime) -> dict[str, int]:
    """How many cases each view holds."""
    found = {}
    for view in VIEWS:
        query = _filtered(visible_cases(actor), actor, Wanted(view), now)
        found[view] = session.scalar(query.with_only_columns(func.count())) or 0
    return found


def owners(session: Session, actor: Actor) -> list[str]:
    """The ids of everybody who has a case that this actor sees."""
    query = visible_cases(actor).with_only_columns(Case.caseworker_id).distinct()
    return [owner for owner in session.scalars(query) if owner is not None]


def visible_ids(session: Session, actor: Actor) -> list[str]:
    """The ids of every case this actor sees."""
    return list(session.scalars(visible_cases(actor).with_only_columns(Case.id)))


def names_of_cases(session: Session, case_ids: Collection[str]) -> list[PersonName]:
    """Every name of these cases' sought persons, the one shown first first."""
    return list(
        session.scalars(
            select(PersonName)
            .where(PersonName.case_id.in_(list(case_ids)))
            .order_by(PersonName.case_id, PersonName.position, PersonName.id)
        )
    )


def _filtered(query: Select[Case], actor: Actor, wanted: Wanted, now: datetime) -> Select[Case]:
    query = query.where(_view(actor, wanted.view, now))
    if wanted.band is not None:
        query = query.where(Case.band == wanted.band)
    if wanted.owner == NOBODY:
        query = query.where(Case.caseworker_id.is_(None))
    elif wanted.owner is not None:
        query = query.where(Case.caseworker_id == wanted.owner)
    return query


def _view(actor: Actor, view: str, now: datetime) -> ColumnElement[bool]:
    is_open = Case.state == "open"
    match view:
        case "open":
            return is_open
        case "mine":
            return and_(is_open, Case.caseworker_id == actor.id)
        case "unassigned":
            return and_(is_open, Case.caseworker_id.is_(None))
        case "snoozed":
            return and_(is_open, Case.snoozed_until > now)
        case "closed":
            return Case.state == "closed"
        case _:
            return false()


def _behind(case: Case) -> ColumnElement[bool]:
    rank = BANDS.index(Band(case.band))
    same_band = Case.band == case.band
    return or_(
        rank < _RANK,
        and_(same_band, Case.silent_rank > case.silent_rank),
        and_(same_band, Case.silent_rank == case.silent_rank, Case.id > case.id),
    )
