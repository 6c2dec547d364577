"""The queue of a desk: cases by band, the longest silence first, a page at a time.

Every query starts from `visible_cases` (S9). The order is (band, due time of the first step, id),
which the indexes of `cases` hold: a page is read band after band, and the next one begins behind
a case, not at a number. Cases are counted when they change (`case_counts`), not when they are read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    false,
    func,
    literal,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session

from tracker.domain.actor import Actor
from tracker.domain.policy import Band
from tracker.store.cases import visible_cases, visible_counts
from tracker.store.schema import Case, CaseCount, PersonName, is_id
from tracker.store.waits import cases_where

BANDS: Final = (Band.CRITICAL, Band.OVERDUE, Band.WATCH, Band.IN_CONTACT)
"""Bands in the order of the queue."""

VIEWS: Final = ("open", "mine", "unassigned", "snoozed", "closed")
NOBODY: Final = "nobody"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the queue is asked for. `owner` is a person's id, or `nobody`; `waits` one of
    `waits.WAITS`."""

    view: str = "open"
    band: str | None = None
    owner: str | None = None
    waits: str | None = None


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
    query = _filtered(session, visible_cases(actor), actor, wanted, now)
    if only is not None:
        query = query.where(Case.id.in_(list(only)))
    query = query.order_by(Case.silent_rank, Case.id)
    found: list[Case] = []
    for band in BANDS if after is None else BANDS[BANDS.index(Band(after.band)) :]:
        if wanted.band not in (None, str(band)) or len(found) == limit:
            continue
        rows = query.where(Case.band == str(band)).limit(limit - len(found))
        if after is not None and after.band == band:
            rows = rows.where(tuple_(Case.silent_rank, Case.id) > (after.silent_rank, after.id))
        found += session.scalars(rows)
    return found


def count_by_band(session: Session, actor: Actor, wanted: Wanted, now: datetime) -> dict[str, int]:
    """How many cases of a view stand in each band, whatever band is chosen."""
    counts, where = visible_counts(actor), _kept(actor, wanted)
    query = _by_band(session, actor, wanted, now)
    if counts is not None and where is not None:
        query = counts.where(where).with_only_columns(CaseCount.band, func.sum(CaseCount.number))
        query = query.group_by(CaseCount.band)
    found = {str(band): int(number) for band, number in session.execute(query)}
    return {str(band): found.get(str(band), 0) for band in BANDS}


def count(
    session: Session, actor: Actor, wanted: Wanted, now: datetime
) -> tuple[dict[str, int], dict[str, int]]:
    """As `count_by_band`; and how many cases each view holds, whatever else is chosen.

    Every page of the queue says both, so they are asked at once where they are kept.
    """
    counts = visible_counts(actor)
    if counts is None:
        views = {view: count_by_band(session, actor, Wanted(view), now) for view in VIEWS}
        bands = count_by_band(session, actor, wanted, now)
        return bands, {view: sum(found.values()) for view, found in views.items()}
    asked = {view: _kept(actor, Wanted(view)) for view in VIEWS} | {"": _kept(actor, wanted)}
    kept = {what: where for what, where in asked.items() if where is not None}
    sums: list[Any] = [
        func.sum(case((where, CaseCount.number), else_=0)) for where in kept.values()
    ]
    parts: list[Select[Any]] = [
        counts.group_by(CaseCount.band).with_only_columns(literal("kept"), CaseCount.band, *sums)
    ]
    for what in asked.keys() - kept.keys():
        rows = _by_band(session, actor, Wanted(what) if what else wanted, now).subquery()
        none = [literal(0)] * (len(sums) - 1)
        parts.append(select(literal(what), rows.c[0], rows.c[1], *none))
    found = {what: dict.fromkeys(map(str, BANDS), 0) for what in asked}
    for what, band, *numbers in session.execute(union_all(*parts)):
        for name, number in zip(kept if what == "kept" else [what], numbers, strict=False):
            found[name][band] += int(number)
    bands = found.pop("")
    return bands, {view: sum(found[view].values()) for view in VIEWS}


def _by_band(session: Session, actor: Actor, wanted: Wanted, now: datetime) -> Select[str, int]:
    """The same counted one by one."""
    everything = replace(wanted, band=None)
    query = _filtered(session, visible_cases(actor), actor, everything, now)
    return query.with_only_columns(Case.band, func.count()).group_by(Case.band)


def count_by_owner(session: Session, actor: Actor) -> dict[str, dict[str, int]]:
    """How many open cases of each caseworker stand in each band; "" are nobody's.

    Only for an actor whose counts are kept: a supervisor's are.
    """
    kept = visible_counts(actor)
    if kept is None:
        return {}
    counted = kept.where(CaseCount.state == "open").with_only_columns(
        CaseCount.caseworker_id, CaseCount.band, CaseCount.number
    )
    found: dict[str, dict[str, int]] = {}
    for owner, band, number in session.execute(counted):
        found.setdefault(owner, dict.fromkeys(map(str, BANDS), 0))[band] = int(number)
    return found


def _kept(actor: Actor, wanted: Wanted) -> ColumnElement[bool] | None:
    """Which kept counts are a view's; None where they are not kept: a snooze ends without anything
    being written."""
    if wanted.view not in ("open", "mine", "unassigned", "closed") or wanted.waits is not None:
        return None
    wheres = [CaseCount.state == ("closed" if wanted.view == "closed" else "open")]
    for owner in (wanted.owner, {"mine": actor.id, "unassigned": NOBODY}.get(wanted.view)):
        if owner is not None:
            wheres.append(CaseCount.caseworker_id == ("" if owner == NOBODY else owner))
    return and_(*wheres)


def every_case(
    session: Session, actor: Actor, today: date, at_once: int = 500
) -> Iterator[list[Case]]:
    """All cases an actor may see, some at a time: the open ones first, in the queue's order."""
    query = visible_cases(actor, today).order_by(Case.silent_rank, Case.id).limit(at_once)
    for state in ("open", "closed"):
        for band in BANDS:
            rows = query.where(Case.state == state, Case.band == str(band))
            page = session.scalars(rows).all()
            while page:
                yield list(page)
                last = (page[-1].silent_rank, page[-1].id)
                page = session.scalars(rows.where(tuple_(Case.silent_rank, Case.id) > last)).all()


def some_owners(session: Session, actor: Actor, most: int) -> list[str]:
    """The ids of so many of those who have a case that this actor sees, each once."""
    found = owners(actor)
    return list(session.scalars(found.group_by(found.selected_columns[0]).limit(most)))


def owners(actor: Actor) -> Select[str]:
    """The ids of everybody who has a case that this actor sees; some come several times."""
    counts = visible_counts(actor)
    if counts is not None:
        kept = counts.where(CaseCount.caseworker_id != "")
        return kept.with_only_columns(CaseCount.caseworker_id)
    mine = visible_cases(actor).where(Case.caseworker_id.is_not(None))
    return mine.with_only_columns(Case.caseworker_id)


def is_owner(session: Session, actor: Actor, person_id: str) -> bool:
    """Whether somebody has a case that this actor sees. Whatever is no id is nobody's."""
    if not is_id(person_id):
        return False
    found = owners(actor)
    counted = found.selected_columns[0]
    return session.scalars(found.where(counted == person_id).limit(1)).first() is not None


def visible_ids(session: Session, actor: Actor) -> list[str]:
    """The ids of every case this actor sees."""
    return list(session.scalars(visible_cases(actor).with_only_columns(Case.id)))


def names_of_cases(session: Session, case_ids: Collection[str]) -> list[PersonName]:
    """Every standing name of these cases' sought persons, the one shown first first."""
    return list(
        session.scalars(
            select(PersonName)
            .where(PersonName.case_id.in_(list(case_ids)), PersonName.withdrawn_at.is_(None))
            .order_by(PersonName.case_id, PersonName.position, PersonName.id)
        )
    )


def _filtered(
    session: Session, query: Select[Case], actor: Actor, wanted: Wanted, now: datetime
) -> Select[Case]:
    query = query.where(_view(actor, wanted.view, now))
    if wanted.waits is not None:
        query = query.where(Case.id.in_(cases_where(session, wanted.waits, now)))
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
            # said so that no index holds it: few are snoozed, and `ix_cases_snoozed` has them all
            return and_(Case.state.concat("") == "open", Case.snoozed_until > now)
        case "closed":
            return Case.state == "closed"
        case _:
            return false()
