"""Could two records be one person? Reasons for and against, for a person to weigh.

The score adds weights of evidence (natural logarithms of how much more often the fact is seen
between two records of one person than between two people of one region) to a low starting
belief, as Fellegi and Sunter proposed in 1969. The weights are set by judgement and named below;
no fact but the names is required, and an unknown fact counts neither way.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from tracker.testimony.names.compare import LIKELY, SAME, compare
from tracker.testimony.names.index import NameIndex

__all__ = ["Fact", "Likeness", "Person", "Reason", "duplicates", "possible_same"]

Fact = Literal["name", "born", "place", "relative", "detained"]

_START = -3.0
_NAME_EXACT, _NAME_LIKELY, _NAME_SAME, _NAME_OTHER = 3.5, 3.0, 1.8, -5.0
_FULL_NAME = 1.0  # two words agreeing say more than one
_BORN_SAME, _BORN_NEAR, _BORN_OTHER = 2.0, 1.2, -3.0
_BORN_SLACK = 1  # years: ages are told in whole years, and some count from one
_PLACE_SAME, _PLACE_OTHER = 1.5, -1.0
_RELATIVE_SAME = 2.5
_DETAINED_SAME, _DETAINED_OTHER = 1.2, -0.8
_NEIGHBOURS = 30


@dataclass(frozen=True)
class Person:
    """What is known of one person, as plain values; every field but ``names`` may be empty.

    ``names``: every name used (legal, nickname, other spellings). ``born``: first and last
    possible year. ``places`` and ``relatives``: names of places and of kin. ``detained``: first
    and last possible day of being taken (None: open at that side).
    """

    names: tuple[str, ...]
    born: tuple[int, int] | None = None
    places: tuple[str, ...] = ()
    relatives: tuple[str, ...] = ()
    detained: tuple[date | None, date | None] | None = None


@dataclass(frozen=True)
class Reason:
    """One fact that speaks for (``weight`` > 0) or against: its kind and both sides as written."""

    fact: Fact
    a: str
    b: str
    weight: float


@dataclass(frozen=True)
class Likeness:
    """How far two records look like one person: ``score`` 0–1, reasons strongest first."""

    score: float
    for_: tuple[Reason, ...]
    against: tuple[Reason, ...]


def possible_same(a: Person, b: Person) -> Likeness:
    """Weigh two records; symmetric. Never a verdict: staff decide *same / not the same*."""
    reasons = [
        reason
        for reason in (_names(a, b), _born(a, b), _places(a, b), _relatives(a, b), _detained(a, b))
        if reason is not None
    ]
    belief = _START + sum(reason.weight for reason in reasons)
    strongest = sorted(reasons, key=lambda reason: -abs(reason.weight))
    return Likeness(
        round(1 / (1 + math.exp(-belief)), 4),
        tuple(reason for reason in strongest if reason.weight > 0),
        tuple(reason for reason in strongest if reason.weight < 0),
    )


def duplicates(
    people: Iterable[tuple[str, Person]], at_least: float = 0.5
) -> list[tuple[str, str, Likeness]]:
    """Pairs of keys whose records score ``at_least``, best first; each pair once."""
    records = dict(people)
    index = NameIndex((key, name) for key, person in records.items() for name in person.names)
    order = {key: number for number, key in enumerate(records)}
    found: dict[tuple[str, str], Likeness] = {}
    for key, person in records.items():
        for name in person.names:
            for other, score, _ in index.search(name, _NEIGHBOURS):
                if score < SAME or order[other] == order[key]:
                    continue
                pair = (key, other) if order[key] < order[other] else (other, key)
                if pair not in found:
                    found[pair] = possible_same(records[pair[0]], records[pair[1]])
    kept = [(a, b, likeness) for (a, b), likeness in found.items() if likeness.score >= at_least]
    return sorted(kept, key=lambda item: (-item[2].score, order[item[0]], order[item[1]]))


def _closest(a: Iterable[str], b: Iterable[str]) -> tuple[float, str, str]:
    others = tuple(b)
    pairs = ((compare(x, y).score, x, y) for x in a for y in others)
    return max(pairs, default=(0.0, "", ""))


def _names(a: Person, b: Person) -> Reason:
    score, x, y = _closest(a.names, b.names)
    if score < SAME:
        return Reason("name", x, y, _NAME_OTHER)
    weight = _NAME_SAME
    if score >= LIKELY:
        weight = _NAME_EXACT if score >= 0.97 else _NAME_LIKELY
        if min(len(x.split()), len(y.split())) > 1 or "·" in x + y:
            weight += _FULL_NAME
    return Reason("name", x, y, weight)


def _born(a: Person, b: Person) -> Reason | None:
    if a.born is None or b.born is None:
        return None
    apart = max(a.born[0] - b.born[1], b.born[0] - a.born[1], 0)
    weight = _BORN_OTHER
    if apart <= _BORN_SLACK:
        exact = apart == 0 and a.born[0] == a.born[1] and b.born[0] == b.born[1]
        weight = _BORN_SAME if exact else _BORN_NEAR
    return Reason("born", _years(a.born), _years(b.born), weight)


def _years(born: tuple[int, int]) -> str:
    return str(born[0]) if born[0] == born[1] else f"{born[0]}/{born[1]}"


def _places(a: Person, b: Person) -> Reason | None:
    if not a.places or not b.places:
        return None
    score, x, y = _closest(a.places, b.places)
    return Reason("place", x, y, _PLACE_SAME if score >= LIKELY else _PLACE_OTHER)


def _relatives(a: Person, b: Person) -> Reason | None:
    score, x, y = _closest(a.relatives, b.relatives)
    # Different relatives named are no reason against: people have many.
    return Reason("relative", x, y, _RELATIVE_SAME) if score >= LIKELY else None


def _detained(a: Person, b: Person) -> Reason | None:
    if a.detained is None or b.detained is None:
        return None
    start = max(a.detained[0] or date.min, b.detained[0] or date.min)
    end = min(a.detained[1] or date.max, b.detained[1] or date.max)
    weight = _DETAINED_SAME if start <= end else _DETAINED_OTHER
    return Reason("detained", _days(a.detained), _days(b.detained), weight)


def _days(span: tuple[date | None, date | None]) -> str:
    """The span in EDTF: ``e/l``, ``../l``, ``e/..``."""
    first, last = (day.isoformat() if day else ".." for day in span)
    return first if first == last else f"{first}/{last}"
