"""How soon alerts are acknowledged: the middle one and the slowest, as ranges of time.

A middle over a few alerts is no measurement to the minute, so it is told as the range it lies in.
An alert that nobody acknowledged yet took at least as long as it has lain, and nobody knows how
much longer: leaving those out would make a desk look the quicker the more it lets lie.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Final

BOUNDS: Final = tuple(timedelta(hours=hours) for hours in (1, 2, 4, 12, 24, 48, 96, 168, 336))
"""Ends of the ranges: hours in the first day, then 2, 4, 7 and 14 days."""


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


def place_of(lasted: timedelta) -> int:
    """Which of the ranges a time lies in: how many of the bounds it has reached."""
    return bisect_right(BOUNDS, lasted)


def answering(counted: Mapping[tuple[int, bool], int]) -> Answering:
    """The middle one and the slowest of alerts counted by `place_of` their time, and whether they
    were acknowledged; of an even number the middle spans two.

    The time of one that was not is for how long it was not. The middle is at least what it were if
    all were acknowledged now, and less than what it were if those that were not never are. While
    one waits, nobody knows how slow the slowest will be.
    """
    alerts = sum(counted.values())
    if not alerts:
        return Answering(0, 0, None, None)
    slowest = max(place for place, _acknowledged in counted)
    unanswered = sum(number for (_, acknowledged), number in counted.items() if not acknowledged)
    low, _either = _at(sorted(counted), counted, (alerts - 1) // 2)
    high = _at(sorted(counted, key=lambda one: (not one[1], one[0])), counted, alerts // 2)
    return Answering(
        alerts=alerts,
        unanswered=unanswered,
        middle=Range(_begin(low), _end(*high)),
        slowest=Range(_begin(slowest), None if unanswered else _end(slowest, acknowledged=True)),
    )


def _at(
    order: Iterable[tuple[int, bool]], counted: Mapping[tuple[int, bool], int], place: int
) -> tuple[int, bool]:
    """The one that stands at this place when all are put into this order."""
    return next(islice((one for one in order for _each in range(counted[one])), place, None))


def _begin(place: int) -> timedelta:
    return BOUNDS[place - 1] if place else timedelta(0)


def _end(place: int, acknowledged: bool) -> timedelta | None:
    return BOUNDS[place] if acknowledged and place < len(BOUNDS) else None
