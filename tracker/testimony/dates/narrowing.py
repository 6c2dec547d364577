"""A period that a second clause narrows: "last winter, before Nowruz", "in 2018, after Ramadan".

Nothing becomes more exact than it was told: where it is open which feast is meant, the cut is made
at the one that leaves most of the period; a clause that does not fit the period narrows nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from tracker.testimony.dates.parts import Parts
from tracker.testimony.dates.reading import Interval
from tracker.testimony.dates.relations import Around, apply
from tracker.testimony.dates.resolve import resolve
from tracker.testimony.dates.tokens import Kind, Token

K = Kind
_BETWEEN = ",،、，—–("
_NEAR = timedelta(days=92)
"""Without a year the feast is the one in the period or within a season of it."""


def is_narrowed(tokens: list[Token], period: Parts, at: Around, bound: Parts, by: Around) -> bool:
    """Tell whether the second date stands right behind the first, as before, until or after it."""
    plain = at.relation is None and not (at.since or at.between or by.since or by.between)
    between = tokens[period.end : by.first]
    return (
        plain
        and by.relation in (K.BEFORE, K.UNTIL, K.AFTER)
        and period.case not in ("abl", "lim")
        and all(t.kind is K.GLUE or (t.kind is K.PUNCT and t.text in _BETWEEN) for t in between)
    )


def narrowed(period: Parts, bound: Parts, relation: Kind, said_on: date) -> Interval | None:
    """Return the days of the period on that side of the other date; None where they do not fit."""
    whole = resolve(period, said_on)
    if whole is None or whole.earliest is None or whole.latest <= whole.earliest:
        return None
    cuts = [
        _cut(whole, side)
        for found in _meant(bound, whole, said_on)
        if (side := _side(relation, bound, found, said_on)) is not None
    ]
    fitting = [cut for cut in cuts if cut is not None]
    return max(fitting, key=lambda cut: cut.latest - (cut.earliest or cut.latest), default=None)


def _side(relation: Kind, bound: Parts, found: Interval, said_on: date) -> Interval | None:
    """Return the days on that side; of two feasts that may be meant ("Eid") none is left out."""
    if "ambiguous" not in found.flags:
        return apply(relation, bound, found, said_on)
    if relation is K.AFTER:
        return Interval(found.earliest, said_on, "range", found.flags)
    return apply(K.UNTIL, bound, found, said_on)


def _meant(bound: Parts, whole: Interval, said_on: date) -> list[Interval]:
    """Return the days of the other date: one, or without a year those near the period."""
    if not bound.needs_year or whole.earliest is None:
        one = resolve(bound, said_on)
        return [] if one is None else [one]
    years = range(whole.earliest.year, whole.latest.year + 2)
    found = [resolve(replace(bound, year=year), said_on) for year in years]
    return [
        each
        for each in found
        if each is not None
        and each.earliest is not None
        and each.earliest <= min(said_on, whole.latest + _NEAR)
        and each.latest >= whole.earliest - _NEAR
    ]


def _cut(whole: Interval, side: Interval) -> Interval | None:
    """Return the days of both; None where there are none."""
    earliest = max(filter(None, (whole.earliest, side.earliest)))
    latest = min(whole.latest, side.latest)
    if earliest > latest:
        return None
    if (earliest, latest) == (whole.earliest, whole.latest):
        return whole
    return Interval(earliest, latest, "part", whole.flags | side.flags)
