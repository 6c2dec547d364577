"""A day before one said earlier: "they came on 14 May 2017; the evening before he had called"."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from tracker.testimony.dates.choose import Candidate
from tracker.testimony.dates.duration import Duration
from tracker.testimony.dates.parts import Parts
from tracker.testimony.dates.reading import Interval
from tracker.testimony.dates.relations import Around
from tracker.testimony.dates.resolve import resolve
from tracker.testimony.dates.tokens import Kind, Token

K = Kind
_DAY = timedelta(days=1)
_HOURS = ("evening", "night", "morning", "afternoon")
_POINTS_BACK = ("that", "yesterday")


def eves(
    tokens: list[Token],
    dates: list[tuple[Parts, Around]],
    durations: list[Duration],
    said_on: date,
) -> list[Candidate]:
    """The days before a day that the same text named; what they are made of is marked dead.

    "The evening before", with no such day in the text, says nothing; "the evening before" of a
    language that also says it for yesterday means yesterday then.
    """
    found = []
    for first, end in _said(tokens, dates, durations):
        anchor = _named_before(dates, first, said_on)
        if anchor is None:
            if tokens[first].value == "yesterday":
                found.append(Candidate(_on(said_on - _DAY), first, end))
            continue
        parts, day = anchor
        parts.dead = True
        for duration in durations:
            duration.dead = duration.dead or first <= duration.first < end
        found.append(Candidate(_on(day - _DAY, "ambiguous"), first, end))
    return found


def _said(
    tokens: list[Token], dates: list[tuple[Parts, Around]], durations: list[Duration]
) -> Iterator[tuple[int, int]]:
    """Where a day before is spoken of without a date beside it: first token, and the end."""
    for index, token in enumerate(tokens):
        beside = any(around.first <= index < around.end for _, around in dates)
        if token.kind is K.EVE and not beside and (token.post or token.value in _POINTS_BACK):
            yield index, index + 1
        hour = tokens[index - 1] if index else None
        if token.kind is K.BEFORE and not token.post and hour is not None:
            closed = index + 1 == len(tokens) or tokens[index + 1].kind is K.PUNCT
            if closed and (hour.text in _HOURS or (hour.kind, hour.value) == (K.UNIT, "d")):
                yield index - 1, index + 1
    for duration in durations:
        one_day = duration.unit == "d" and duration.low == 1 and duration.high is None
        if one_day and duration.ago and not duration.dead and not duration.mode:
            yield duration.first, duration.end


def _named_before(
    dates: list[tuple[Parts, Around]], index: int, said_on: date
) -> tuple[Parts, date] | None:
    """The nearest day of a calendar that was named before the token at `index`."""
    for parts, around in reversed(dates):
        if parts.end > index or parts.dead or around.relation is not None:
            continue
        if parts.day is None and parts.fixed is None:
            continue
        found = resolve(parts, said_on)
        if found is not None and found.earliest == found.latest:
            return parts, found.latest
    return None


def _on(day: date, *flags: str) -> Interval:
    return Interval(day, day, "day", frozenset(flags))
