"""The queue of a desk: cases by band, the longest silence first, a page at a time.

Every query starts from `visible_cases` (S9). The order is (band, due time of the first step, id),
which the indexes of `cases` hold: a page is read band after band, and the next one begins behind
a case, not at a number. Cases are counted when they change (`case_counts`), not when they are read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeVar

from sqlalchemy import ColumnElement, Select, and_, case, false, func, select, tuple_
from sqlalchemy.orm import Session

from tracker.domain.actor import Actor
from tracker.domain.policy import Band
from tracker.store.cases import ERASED, MERGED, counted_under, visible_cases
from tracker.store.schema import EVERYBODY, Case, CaseCount, is_id
from tracker.store.waits import ALERTS, asked_lately, cases_where

BANDS: Final = (Band.CRITICAL, Band.OVERDUE, Band.WATCH, Band.IN_CONTACT)
"""Bands in the order of the queue."""

VIEWS: Final = ("open", "mine", "unassigned", "snoozed", "closed")
NOBODY: Final = "nobody"

Row = TypeVar("Row")

_PLACE: Final = case({str(band): place for place, band in enumerate(BANDS)}, value=Case.band)


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
    """One page of the queue; ask for one more than is shown to know whether there is another.

    `only`: cases to which it is narrowed, few of them.
    """
    query, few = _asked(session, actor, wanted, now, only)
    if few:
        return _sorted(session, query, after, limit)
    if wanted.waits is None:
        return _walked(session, query, wanted, after, limit)
    ids = _walked(session, query.with_only_columns(Case.id), wanted, after, limit)
    cases = {case.id: case for case in session.scalars(select(Case).where(Case.id.in_(ids)))}
    return [cases[case_id] for case_id in ids]


def _walked(
    session: Session, query: Select[Row], wanted: Wanted, after: Case | None, limit: int
) -> list[Row]:
    """Band after band, as the indexes hold the order: so far as the page goes and no farther."""
    query = query.order_by(Case.silent_rank, Case.id)
    found: list[Row] = []
    for band in BANDS if after is None else BANDS[BANDS.index(Band(after.band)) :]:
        if wanted.band not in (None, str(band)) or len(found) == limit:
            continue
        rows = query.where(Case.band == str(band)).limit(limit - len(found))
        if after is not None and after.band == band:
            rows = rows.where(tuple_(Case.silent_rank, Case.id) > (after.silent_rank, after.id))
        found += session.scalars(rows)
    return found


def _sorted(session: Session, query: Select[Case], after: Case | None, limit: int) -> list[Case]:
    """Of a few cases, which are put into order first, and opened when they are known."""
    order = (_PLACE, Case.silent_rank, Case.id)
    if after is not None:
        place = BANDS.index(Band(after.band))
        query = query.where(tuple_(*order) > (place, after.silent_rank, after.id))
    ids = list(session.scalars(query.with_only_columns(Case.id).order_by(*order).limit(limit)))
    return list(session.scalars(select(Case).where(Case.id.in_(ids)).order_by(*order)))


def count_by_band(session: Session, actor: Actor, wanted: Wanted, now: datetime) -> dict[str, int]:
    """How many cases of a view stand in each band, whatever band is chosen."""
    return _count(session, actor, {"": wanted}, now)[""]


def count(
    session: Session, actor: Actor, wanted: Wanted, now: datetime
) -> tuple[dict[str, int], dict[str, int]]:
    """As `count_by_band`; and how many cases each view holds, whatever else is chosen."""
    asked = {view: Wanted(view) for view in VIEWS} | {"": wanted}
    found = _count(session, actor, asked, now)
    return found.pop(""), {view: sum(bands.values()) for view, bands in found.items()}


def _count(
    session: Session, actor: Actor, asked: Mapping[str, Wanted], now: datetime
) -> dict[str, dict[str, int]]:
    """By band, for each that is asked. Those that are kept counted are read at once."""
    found = {what: dict.fromkeys(map(str, BANDS), 0) for what in asked}
    kept = {what: under for what, one in asked.items() if (under := _kept(actor, one)) is not None}
    names = frozenset[str]().union(*kept.values())
    counts = (CaseCount.caseworker_id, CaseCount.state, CaseCount.band, CaseCount.number)
    query = select(*counts).where(CaseCount.caseworker_id.in_(names))
    for owner, state, band, number in session.execute(query) if names else ():
        for what, under in kept.items():
            wanted = "closed" if asked[what].view == "closed" else "open"
            if owner in under and state == wanted:
                found[what][band] += number
    for what in asked.keys() - kept.keys():
        for band, number in session.execute(_by_band(session, actor, asked[what], now)):
            found[what][band] = int(number)
    return found


def _kept(actor: Actor, wanted: Wanted) -> frozenset[str] | None:
    """Under whose names the cases of a view are kept counted; None where they are not: a snooze
    ends without anything being written."""
    under = counted_under(actor)
    if under is None or wanted.view == "snoozed" or wanted.waits is not None:
        return None
    for owner in (wanted.owner, {"mine": actor.id, "unassigned": NOBODY}.get(wanted.view)):
        if owner is not None:
            one = frozenset({"" if owner == NOBODY else owner})
            under = one if EVERYBODY in under else under & one
    return under


def _by_band(session: Session, actor: Actor, wanted: Wanted, now: datetime) -> Select[str, int]:
    """The same counted one by one."""
    query, _few = _asked(session, actor, replace(wanted, band=None), now)
    if wanted.waits in ALERTS and _is_of_all(actor, wanted):
        query = query.where(Case.band.in_(BANDS))  # so that `ix_cases_asked` is entered at each
    return query.with_only_columns(Case.band, func.count()).group_by(Case.band)


def count_by_owner(session: Session, actor: Actor) -> dict[str, dict[str, int]]:
    """How many open cases of each caseworker stand in each band; "" are nobody's.

    Only for an actor whose counts are kept: a supervisor's are.
    """
    under = counted_under(actor)
    if under is None:
        return {}
    counts = (CaseCount.caseworker_id, CaseCount.band, CaseCount.number)
    query = select(*counts).where(_is_of_an_owner(under), CaseCount.state == "open")
    found: dict[str, dict[str, int]] = {}
    for owner, band, number in session.execute(query.where(CaseCount.number > 0)):
        found.setdefault(owner, dict.fromkeys(map(str, BANDS), 0))[band] = number
    return found


def _is_of_an_owner(under: frozenset[str]) -> ColumnElement[bool]:
    """Whether a count is of one caseworker's cases, or of nobody's; not of everybody's together."""
    if EVERYBODY in under:
        return CaseCount.caseworker_id != EVERYBODY
    return CaseCount.caseworker_id.in_(under)


def some_owners(session: Session, actor: Actor, most: int) -> list[str]:
    """The ids of so many of those who have a case that this actor sees, each once."""
    found = owners(actor)
    return list(session.scalars(found.group_by(found.selected_columns[0]).limit(most)))


def owners(actor: Actor) -> Select[str]:
    """The ids of everybody who has a case that this actor sees; some come several times."""
    under = counted_under(actor)
    if under is not None:
        kept = select(CaseCount.caseworker_id).where(_is_of_an_owner(under), CaseCount.number > 0)
        return kept.where(CaseCount.caseworker_id != "", CaseCount.state.not_in((ERASED, MERGED)))
    mine = visible_cases(actor).where(Case.caseworker_id.is_not(None))
    return mine.with_only_columns(Case.caseworker_id)


def is_owner(session: Session, actor: Actor, person_id: str) -> bool:
    """Whether somebody has a case that this actor sees. Whatever is no id is nobody's."""
    if not is_id(person_id):
        return False
    found = owners(actor)
    counted = found.selected_columns[0]
    return session.scalars(found.where(counted == person_id).limit(1)).first() is not None


def visible_ids(session: Session, actor: Actor, now: datetime | None = None) -> list[str]:
    """The ids of every case this actor sees."""
    return list(session.scalars(visible_cases(actor, now).with_only_columns(Case.id)))


def _asked(
    session: Session,
    actor: Actor,
    wanted: Wanted,
    now: datetime,
    only: Collection[str] | None = None,
) -> tuple[Select[Case], bool]:
    """The cases that are asked for; and whether few are begun with, whose order no index holds.

    What waits is few beside all cases, and many beside one person's: there each is asked whether
    it waits in it. Alerts of the last weeks are nearly as many as the cases, and stand beside
    them.
    """
    query = visible_cases(actor).where(_view(actor, wanted.view, now))
    if wanted.band is not None:
        query = query.where(Case.band == wanted.band)
    if wanted.owner == NOBODY:
        query = query.where(Case.caseworker_id.is_(None))
    elif wanted.owner is not None:
        query = query.where(Case.caseworker_id == wanted.owner)
    if only is not None:
        query = _of_few(query, select(Case.id).where(Case.id.in_(list(only))))
    if wanted.waits is None:
        return query, only is not None
    if wanted.waits in ALERTS:
        few = only is not None or not _is_of_all(actor, wanted)
        return query.where(asked_lately(wanted.waits, now, few=few)), only is not None
    waiting = cases_where(session, wanted.waits, now)
    if only is not None or _is_of_one(actor, wanted):
        its_case = waiting.selected_columns[0] == Case.id
        return query.where(waiting.where(its_case).correlate(Case).exists()), only is not None
    return _of_few(query, waiting), True


def _is_of_one(actor: Actor, wanted: Wanted) -> bool:
    """Whether one person's cases are asked for, or a few people's, however many there are."""
    one = wanted.owner not in (None, NOBODY) or wanted.view == "mine"
    return one or EVERYBODY not in (counted_under(actor) or ())


def _is_of_all(actor: Actor, wanted: Wanted) -> bool:
    """Whether everybody's cases are asked for, of a view that is narrowed by nothing else."""
    whole = wanted.owner is None and wanted.view in ("open", "closed")
    return whole and not _is_of_one(actor, wanted)


def _of_few(query: Select[Case], ids: Select[str]) -> Select[Case]:
    """Those of a query with these ids, found by them: SQLite would go through the others too."""
    few = ids.distinct().cte().prefix_with("MATERIALIZED")
    return query.join(few, few.c[0] == Case.id)


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
