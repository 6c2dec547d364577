"""From a feast that was named, and what was said of it, to the days it means."""

from __future__ import annotations

from datetime import date, timedelta

from tracker.testimony.dates import holidays, policy
from tracker.testimony.dates.parts import Parts
from tracker.testimony.dates.reading import Interval

_ISLAMIC = ("ramadan", "eid_fitr", "eid_adha", "hijri_month_")
_LONG = 15  # a feast that is longer is a month: its third day is one of its own
_NEXT_DAYS = 7  # days of a feast that people count


def resolve_feast(parts: Parts, year: int | None, said_on: date) -> tuple[Interval | None, str]:
    """Return the days of the feast in `year`, else of the newest; and the unit "about" widens by.

    A year before 1600 is one of the Hijri calendar.
    """
    name = parts.holiday or ""
    flags = {"approximate"} if name.startswith(_ISLAMIC) else set()
    if year is not None:
        spans = list(holidays.feasts(name, year))
    else:
        newest = holidays.newest(name, said_on)
        if newest is not None and parts.which == 2:
            newest = holidays.newest(name, newest[0] - timedelta(days=1))
        spans = [newest] if newest else []
        flags.add("year_inferred")
        if name == "eid" and newest:
            both = (holidays.newest("eid_fitr", said_on), holidays.newest("eid_adha", said_on))
            spans = sorted(span for span in both if span)
    if not spans:
        return None, ""
    if len(spans) > 1:
        flags.add("ambiguous")
    if parts.edge is not None:
        cut = _edge(parts.edge, spans[-1])
        return (None if cut is None else cut.flagged(*flags)), ""
    if parts.during:
        spans = [_whole(name, span) for span in spans]
    start, end = spans[0][0], spans[-1][1]
    for part in parts.parts[:1]:
        start, end = policy.part_of_span(start, end, part)
    kind = "day" if start == end else "part"
    return Interval(start, end, kind, frozenset(flags)), "d"


def _edge(place: tuple[int, str, int], span: tuple[date, date]) -> Interval | None:
    """Read "the second day of Eid", "the last Friday of Ramadan"."""
    start, end = span
    if (end - start).days < _LONG:
        end = start + timedelta(days=_NEXT_DAYS - 1)
        if place[0] < 0 or place[1] == "m":
            return None
    elif place[0] > 0:
        start += timedelta(days=1)  # Ramadan is kept from its eve on, but counted from its day
    return policy.edge(place, start, end)


def _whole(name: str, span: tuple[date, date]) -> tuple[date, date]:
    before, after = policy.FEAST_DAYS.get(name, (0, 0))
    start, end = span
    if start != end:
        return span
    return start - timedelta(days=before), end + timedelta(days=after)


def hijri_year(parts: Parts, year: int) -> Interval | None:
    """Return the days of a year of the Hijri calendar, or of the part of it that was said."""
    span = holidays.hijri_span(year)
    if span is None:
        return None
    start, end = span
    for part in parts.parts[:1]:
        start, end = policy.part_of_span(start, end, part)
    return Interval(start, end, "year", frozenset({"approximate"}))
