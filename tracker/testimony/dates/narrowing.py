"""A period that a second clause narrows: "last winter, before Nowruz".

Nothing becomes more exact than it was told: where it is open which feast is meant, the cut is made
at the one that leaves most of the period; a clause that does not fit the period narrows nothing,
nor does one that goes on ("before May he called often"). What stands after a feast narrows nothing
either: it may tell of the silence, and a start put too late would hold back alerts (R1).
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


def goes_on(tokens: list[Token], end: int) -> bool:
    """Tell whether words follow, so that the second date may belong to another clause."""
    behind = next((token for token in tokens[end:] if token.kind is not K.GLUE), None)
    return behind is not None and behind.kind is not K.PUNCT


def narrowed(period: Parts, bound: Parts, relation: Kind, said_on: date) -> Interval | None:
    """Return the days of the period before the other date; None where they do not fit."""
    whole = resolve(period, said_on)
    if whole is None or whole.earliest is None or whole.latest <= whole.earliest:
        return None
    if relation is K.AFTER:
        return whole
    meant = _meant(bound, whole, said_on)
    if any(one.earliest is not None and one.earliest > said_on for one in meant):
        return whole  # it lies ahead: all of the period is before it
    sides = [_side(relation, bound, found, said_on) for found in meant]
    fitting = [cut for side in sides if side is not None and (cut := _cut(whole, side))]
    return max(fitting, key=lambda cut: cut.latest - (cut.earliest or cut.latest), default=None)


def _side(relation: Kind, bound: Parts, found: Interval, said_on: date) -> Interval | None:
    """Return the days before; of two feasts that may be meant ("Eid") none is left out."""
    is_open = "ambiguous" in found.flags
    return apply(K.UNTIL if is_open else relation, bound, found, said_on)


def _meant(bound: Parts, whole: Interval, said_on: date) -> list[Interval]:
    """Return the days of the other date: one, or without a year those near the period."""
    if not bound.needs_year or whole.earliest is None:
        one = resolve(bound, said_on)
        return [] if one is None else [one]
    years = range(whole.earliest.year, whole.latest.year + 2)
    ahead = max(said_on, whole.latest + _NEAR)  # "this winter, before Nowruz", said before it
    found = [resolve(replace(bound, year=year), ahead) for year in years]
    return [
        each
        for each in found
        if each is not None
        and each.earliest is not None
        and each.earliest <= whole.latest + _NEAR
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
