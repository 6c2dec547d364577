"""How soon alerts are acknowledged: the middle one and the slowest, as ranges of time.

A middle over a few alerts is no measurement to the minute, so it is told as the range it lies in.
An alert that nobody acknowledged yet took at least as long as it has lain, and nobody knows how
much longer: leaving those out would make a desk look the quicker the more it lets lie.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

BOUNDS: Final = tuple(timedelta(hours=hours) for hours in (1, 2, 4, 12, 24, 48, 96, 168, 336))
"""Ends of the ranges: hours in the first day, then 2, 4, 7 and 14 days."""


@dataclass(frozen=True, slots=True)
class Took:
    """One alert: how long until it was acknowledged, or for how long it was not."""

    lasted: timedelta
    acknowledged: bool


@dataclass(frozen=True, slots=True)
class Range:
    """At least so long, and less than so long; `below` None: nobody knows how much longer."""

    at_least: timedelta
    below: timedelta | None


@dataclass(frozen=True, slots=True)
class Answering:
    """What a number of alerts show. The ranges are None where there was no alert."""

    alerts: int
    unanswered: int
    middle: Range | None
    slowest: Range | None


def answering(times: Sequence[Took]) -> Answering:
    """The middle one and the slowest of these; of an even number the middle spans two.

    The middle is at least what it were if all were acknowledged now, and less than what it were if
    those that were not never are. While one waits, nobody knows how slow the slowest will be.
    """
    if not times:
        return Answering(0, 0, None, None)
    low = sorted(took.lasted for took in times)[(len(times) - 1) // 2]
    high = sorted(times, key=lambda took: (not took.acknowledged, took.lasted))[len(times) // 2]
    slowest = max(took.lasted for took in times)
    unanswered = sum(not took.acknowledged for took in times)
    return Answering(
        alerts=len(times),
        unanswered=unanswered,
        middle=Range(_begin(low), _end(high)),
        slowest=Range(_begin(slowest), None if unanswered else _end(Took(slowest, True))),
    )


def _begin(lasted: timedelta) -> timedelta:
    place = bisect_right(BOUNDS, lasted)
    return BOUNDS[place - 1] if place else timedelta(0)


def _end(took: Took) -> timedelta | None:
    place = bisect_right(BOUNDS, took.lasted)
    return BOUNDS[place] if took.acknowledged and place < len(BOUNDS) else None
