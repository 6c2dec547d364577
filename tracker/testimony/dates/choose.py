"""Choose among the stretches of days that a text may mean, or join them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tracker.testimony.dates.clauses import tells_more
from tracker.testimony.dates.reading import Interval
from tracker.testimony.dates.tokens import Kind, Token

K = Kind
_YEAR = 366  # days
_SEVERAL_YEARS = {"year_inferred", "ambiguous"}
"""Flags of a date of which it is open which year's it is."""


@dataclass(slots=True)
class Candidate:
    """A stretch of days that the tokens from `first` to before `end` may mean."""

    interval: Interval
    first: int
    end: int
    weak: bool = False


def choose(candidates: list[Candidate], tokens: list[Token], said_on: date) -> Candidate | None:
    """Choose or join the candidates; cut at the day it was said; None when nothing is left."""
    possible = [
        candidate
        for candidate in candidates
        if candidate.interval.earliest is None or candidate.interval.earliest <= said_on
    ]
    if any(not candidate.weak for candidate in possible):
        possible = [candidate for candidate in possible if not candidate.weak]
    if not possible:
        return None
    if len(possible) > 1:
        possible = _nearest_to_cue(possible, tokens)
        possible = _told_with_silence(possible, tokens)
    result = possible[0]
    for other in possible[1:]:
        apart = tells_more(tokens, result.first, result.end, other.first, other.end)
        result = _join(result, other, apart=apart)
    interval = result.interval
    if interval.latest > said_on:
        interval = Interval(
            interval.earliest, said_on, interval.precision, interval.flags | {"unfinished"}
        )
    return Candidate(interval, result.first, result.end)


def _nearest_to_cue(candidates: list[Candidate], tokens: list[Token]) -> list[Candidate]:
    """Keep the one that stands with "last heard", when there is such a word."""
    for index, token in enumerate(tokens):
        if token.kind is K.CUE:
            nearest = min(
                candidates,
                key=lambda c: (
                    _parted(tokens, c, index),
                    min(abs(c.first - index), abs(c.end - 1 - index)),
                ),
            )
            return [nearest]
    return candidates


def _told_with_silence(candidates: list[Candidate], tokens: list[Token]) -> list[Candidate]:
    """Keep those whose clause says that there was silence, when others' clauses do not.

    "She was sentenced in March 2018, but we have heard nothing since November 2016." But "he
    called in March and disappeared in May": the earlier may be the contact, and stays.
    """
    silent = [c for c in candidates if any(t.kind is K.NEGATION for t in _clause(tokens, c))]
    if not silent or len(silent) == len(candidates):
        return candidates
    if not any(_is_said_since(_clause(tokens, c)) for c in silent):
        start = min(_start(c) for c in silent)
        silent = [c for c in candidates if c in silent or _start(c) < start]
    return [Candidate(c.interval.flagged("ambiguous"), c.first, c.end, weak=c.weak) for c in silent]


def _start(candidate: Candidate) -> date:
    return candidate.interval.earliest or date.min


def _is_said_since(clause: list[Token]) -> bool:
    """Find "nothing since March": the silence itself is dated, not what was before it."""
    return any(t.kind in (K.SINCE, K.AFTER) or t.case == "abl" for t in clause)


def _clause(tokens: list[Token], candidate: Candidate) -> list[Token]:
    first, end = candidate.first, candidate.end
    while first > 0 and tokens[first - 1].kind not in (K.PUNCT, K.AND):
        first -= 1
    while end < len(tokens) and tokens[end].kind not in (K.PUNCT, K.AND):
        end += 1
    return tokens[first:end]


def _parted(tokens: list[Token], candidate: Candidate, index: int) -> bool:
    """Tell whether a mark parts the candidate from the word at `index`."""
    if candidate.first <= index < candidate.end:
        return False
    between = (
        tokens[candidate.end : index] if candidate.end <= index else tokens[index : candidate.first]
    )
    return any(
        token.kind is K.AND or (token.kind is K.PUNCT and token.text != ":") for token in between
    )


def _is_years(interval: Interval) -> bool:
    """Tell whether a date without a year may be that of more than one year in the interval."""
    return interval.earliest is not None and (interval.latest - interval.earliest).days > _YEAR


def _join(one: Candidate, other: Candidate, *, apart: bool) -> Candidate:
    """The narrower of two that agree, else from the start of the one to the end of the other.

    `apart`: they stand in clauses of their own, so that neither says of the other which days.
    """
    first, end = min(one.first, other.first), max(one.end, other.end)
    for narrow, wide in ((one.interval, other.interval), (other.interval, one.interval)):
        if "more_than" in narrow.flags and "less_than" in wide.flags:
            both = Interval(wide.earliest, narrow.latest, "range", narrow.flags | wide.flags)
            return Candidate(both, first, end)  # "more than six months, less than a year"
        if narrow.within(wide):
            guessed = "year_inferred" in narrow.flags - wide.flags and _is_years(wide)
            either = apart or guessed or wide.flags >= _SEVERAL_YEARS
            return Candidate(wide.flagged("ambiguous") if either else narrow, first, end)
    starts = [c.interval.earliest for c in (one, other)]
    known = [start for start in starts if start is not None]
    earliest = min(known) if len(known) == 2 else None
    latest = max(one.interval.latest, other.interval.latest)
    flags = one.interval.flags | other.interval.flags | {"ambiguous"}
    return Candidate(Interval(earliest, latest, "range", flags), first, end)
