"""So long before an event: "a month before his arrest in May", "sentenced in April, last call
four months earlier". The date is that of the event, and the contact lies before it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tracker.testimony.dates import neighbours
from tracker.testimony.dates.choose import Candidate
from tracker.testimony.dates.clauses import tells_more
from tracker.testimony.dates.duration import Duration
from tracker.testimony.dates.parts import Parts
from tracker.testimony.dates.reading import Interval
from tracker.testimony.dates.tokens import Kind, Token

K = Kind


def so_long_before(
    durations: list[Duration], event: int | None, found: Interval, open_start: Interval
) -> Interval:
    """Read "a month before his arrest in May": from a month before the first of May on.

    `event` is where the "before" stands; without a length of time at it the start stays open.
    """
    for duration in durations:
        if event in (duration.end, duration.end - 1):
            start = _back(duration, found)
            if start is not None:
                duration.dead = True
                return replace(open_start, earliest=start, precision="range")
    return open_start


def widened(
    candidates: list[Candidate], tokens: list[Token], durations: list[Duration]
) -> list[Candidate]:
    """Begin what may be meant as much earlier as a length of time says that no date stands by."""
    found = candidates
    for duration in durations:
        if duration.unit == "h":
            continue
        loose = not duration.dead and _is_loose(tokens, duration)
        found = [
            _begun_earlier(one, duration)
            if (loose and not _is_beside(tokens, one, duration))
            or _may_count(tokens, one, duration)
            else one
            for one in found
        ]
    return found


def is_only_relative(tokens: list[Token], parts: Parts, durations: list[Duration]) -> bool:
    """Find "in the autumn two years before he was sentenced": no year is to be had from it."""
    if not parts.needs_year:
        return False
    return any(
        parts.end + _is_comma(tokens, parts.end) == duration.first and _is_loose(tokens, duration)
        for duration in durations
        if not duration.dead
    )


def _is_comma(tokens: list[Token], index: int) -> bool:
    return index < len(tokens) and tokens[index].text == ","


def _is_loose(tokens: list[Token], duration: Duration) -> bool:
    """Tell whether it counts from something of which the text gives the date elsewhere, or not."""
    first, end = duration.first, duration.end
    if neighbours.is_relative(tokens, first, end, ago=duration.ago):
        return True
    behind = tokens[end - 1 : end + 1]
    if any(token.text == "earlier" for token in behind) and not duration.ago:
        return True
    leads = tokens[max(0, first - 2) : first]
    if len(leads) == 2 and leads[1].kind is K.BEFORE and neighbours.is_han(leads[1]):
        return leads[0].kind in (K.WORD, K.CLAUSE)  # "被抓前一个月"
    return False


def _is_beside(tokens: list[Token], date: Candidate, duration: Duration) -> bool:
    """Tell whether the date is the one meant: "in 2021, two months before the trial"."""
    between = tokens[date.end : duration.first]
    told = tokens[duration.end - 1 : duration.end + 1]
    beside = date.end <= duration.first and all(t.kind in (K.GLUE, K.PUNCT) for t in between)
    return beside and not any(token.text == "earlier" for token in told)


def _may_count(tokens: list[Token], date: Candidate, duration: Duration) -> bool:
    """Tell whether "önce" may mean before that day: "he was taken in March, bir hafta önce..."."""
    if not duration.ago or not tokens[duration.end - 1].post or duration.end <= date.end:
        return False
    return tells_more(tokens, date.first, date.end, duration.first, duration.end)


def _begun_earlier(candidate: Candidate, duration: Duration) -> Candidate:
    own = candidate.first <= duration.first < candidate.end
    start = None if own or candidate.weak else _back(duration, candidate.interval)
    if start is None:
        return candidate
    interval = replace(
        candidate.interval, earliest=start, flags=candidate.interval.flags | {"ambiguous"}
    )
    return replace(candidate, interval=interval)


def _back(duration: Duration, found: Interval) -> date | None:
    """The first day so long before the first one."""
    if found.earliest is None or duration.unit == "h":
        return None
    before = duration.interval(found.earliest)
    return None if before is None else before.earliest
