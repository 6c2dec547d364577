"""From the parts of one date and the day it was said to the days it means."""

from __future__ import annotations

from datetime import date, timedelta

from tracker.testimony.dates import policy
from tracker.testimony.dates.feasts import hijri_year, resolve_feast
from tracker.testimony.dates.months import add_months, make_day, month_end
from tracker.testimony.dates.parts import Parts
from tracker.testimony.dates.reading import Interval

_INFERRED = frozenset({"year_inferred"})
_NONE: frozenset[str] = frozenset()


def resolve(parts: Parts, said_on: date) -> Interval | None:
    """Return the days meant, not yet cut at `said_on`; None when there are no such days."""
    if parts.which is not None and parts.which < 0:
        return None  # next March
    interval, unit = _plain(parts, said_on)
    if interval is not None and parts.either:
        interval = interval.flagged("ambiguous")
    if interval is not None and parts.misspelt:
        interval = interval.flagged("approximate")
    if interval is not None and parts.about:
        interval = policy.about(interval, unit)
    return interval


def year_of(parts: Parts, said_on: date) -> int | None:
    """Return the calendar year that was named, if one was."""
    if parts.year is not None:
        return parts.year
    if parts.years_ago is not None:
        return said_on.year - parts.years_ago
    return None


def _plain(parts: Parts, said_on: date) -> tuple[Interval | None, str]:
    """Return the days and the unit that "about" would widen them by ("" for none)."""
    if parts.fixed is not None:
        unit = {"day": "d", "month": "m", "year": "y"}.get(parts.fixed.precision, "")
        return parts.fixed, unit
    if parts.same is not None:
        return _same_time(parts, said_on), ""
    if parts.month is None and parts.day is None and parts.days_ago is not None:
        day = said_on - timedelta(days=parts.days_ago)
        for ago, unit in ((parts.years_ago, "y"), (parts.months_ago, "m")):
            day = policy.back(day, ago or 0, unit)  # "today last year"
        return Interval(day, day, "day"), "d"
    if parts.holiday is not None and parts.month is None:
        return resolve_feast(parts, year_of(parts, said_on), said_on)
    if parts.month is not None or parts.months_ago is not None:
        return _month(parts, said_on)
    if parts.day is not None:
        return _day_of_some_month(parts, said_on), "d"
    if parts.weeks_ago is not None or parts.weekday is not None:
        return _week(parts, said_on)
    if parts.weekends_ago is not None:
        return _weekend(parts.weekends_ago, said_on), ""
    if parts.season is not None:
        return _season(parts, said_on), ""
    return _year(parts, said_on)


def _same_time(parts: Parts, said_on: date) -> Interval | None:
    """Read "this time last year"; without a year it is no date."""
    if parts.years_ago is None:
        return None
    day = policy.back(said_on, parts.years_ago, "y")
    return policy.same_time(day, exact=parts.same == "d")


# --- months and their days ----------------------------------------------------------------------


def _month(parts: Parts, said_on: date) -> tuple[Interval | None, str]:
    flags = _NONE
    if parts.month is None:
        first = add_months(said_on.replace(day=1), -(parts.months_ago or 0))
        year, month = first.year, first.month
    else:
        month = parts.month
        named = year_of(parts, said_on)
        if named is None and parts.months_ago is not None:
            first = add_months(said_on.replace(day=1), -parts.months_ago)
            named = first.year if first.month == month else None
        if named is None:
            found = _newest_year(month, parts.day, said_on)
            if found is None:
                return None, ""
            named, flags = found, _INFERRED
        year = named
    interval, unit = _within_month(parts, year, month)
    if interval is None:
        return None, ""
    if parts.month is not None and not parts.says_year and parts.which in (1, 2):
        return _before(_last_named(interval, said_on), parts.which), unit
    return interval.flagged(*flags), unit


def _within_month(parts: Parts, year: int, month: int) -> tuple[Interval | None, str]:
    if make_day(year, month, 1) is None:
        return None, ""
    if parts.day is not None:
        start = make_day(year, month, parts.day)
        end = start if parts.last_day is None else make_day(year, month, parts.last_day)
        if end is None and parts.is_twenties:
            end = month_end(year, month)
        if start is None or end is None:
            return None, ""
        return Interval(start, end, "day" if start == end else "range"), "d"
    if parts.edge is not None:
        return policy.edge(parts.edge, date(year, month, 1), month_end(year, month)), ""
    if parts.parts:
        spans = [policy.part_of_month(year, month, part) for part in parts.parts]
        return Interval(min(spans)[0], max(spans)[1], "part"), ""
    last = month if parts.last_month is None else parts.last_month
    kind = "month" if last == month else "range"
    return Interval(date(year, month, 1), month_end(year, last), kind), "m"


def _newest_year(month: int, day: int | None, said_on: date) -> int | None:
    """Return the newest year in which that month, or that day of it, is not after `said_on`."""
    for year in range(said_on.year, said_on.year - 9, -1):
        first = make_day(year, month, day or 1)
        if first is not None and first <= said_on:
            return year
    return None


def _last_named(interval: Interval, said_on: date) -> Interval:
    """Read "last August": the newest, or if that was this year, that or the one before."""
    if interval.earliest is None or interval.earliest.year < said_on.year:
        return interval
    return Interval(
        add_months(interval.earliest, -12), interval.latest, "range", frozenset({"ambiguous"})
    )


def _before(interval: Interval, which: int) -> Interval:
    """Go from "last August" to "the August before last"."""
    if which < 2 or interval.earliest is None:
        return interval
    first, last = add_months(interval.earliest, -12), interval.latest
    last = month_end(last.year - 1, last.month)
    return Interval(first, last, interval.precision, interval.flags)


def _day_of_some_month(parts: Parts, said_on: date) -> Interval | None:
    """Read "the 14th", without a month: the newest one that is not after `said_on`."""
    for back in range(13):
        first = add_months(said_on.replace(day=1), -back)
        start = make_day(first.year, first.month, parts.day or 0)
        if start is not None and start <= said_on:
            end = make_day(first.year, first.month, parts.last_day or start.day)
            end = end or (month_end(first.year, first.month) if parts.is_twenties else start)
            kind = "day" if start == end else "range"
            return Interval(start, end, kind, _INFERRED)
    return None


# --- weeks --------------------------------------------------------------------------------------


def _week(parts: Parts, said_on: date) -> tuple[Interval | None, str]:
    monday = said_on - timedelta(days=said_on.weekday())
    if parts.weeks_ago is not None:
        start = monday - timedelta(weeks=parts.weeks_ago)
        if parts.weekday is not None:
            day = start + timedelta(days=parts.weekday)
            return Interval(day, day, "day"), "d"
        end = start + timedelta(days=6)
        if parts.parts:
            start, end = policy.part_of_span(start, end, parts.parts[0])
        return Interval(start, end, "week"), "w"
    back = (said_on.weekday() - (parts.weekday or 0)) % 7
    if parts.which == 2:
        day = monday + timedelta(days=(parts.weekday or 0) - 14)
        return Interval(day, day, "day"), "d"
    if parts.which == 1:
        day = said_on - timedelta(days=back or 7)
        if day >= monday:  # this week's, or the week before's
            before = day - timedelta(days=7)
            return Interval(before, day, "range", frozenset({"ambiguous"})), "d"
        return Interval(day, day, "day"), "d"
    day = said_on - timedelta(days=back)
    return Interval(day, day, "day"), "d"


def _weekend(back: int, said_on: date) -> Interval:
    monday = said_on - timedelta(days=said_on.weekday())
    start = monday + timedelta(days=5)
    if back or start > said_on:
        start -= timedelta(days=7)
    return Interval(start, start + timedelta(days=1), "week")


# --- seasons and years --------------------------------------------------------------------------


def _season(parts: Parts, said_on: date) -> Interval | None:
    name = parts.season or ""
    year = year_of(parts, said_on)
    flags = _NONE
    if year is not None:
        if make_day(year, 1, 1) is None:
            return None
        start, end = policy.season(year, name)
        if name == "winter" and parts.last_year == year + 1:
            start = date(year, 12, 1)  # "the winter of 2016-2017" is one winter
    else:
        start, end = policy.newest_season(said_on, name)
        flags = _INFERRED
        if parts.which == 2:
            start, end = policy.newest_season(said_on, name)
            begun_this_year = start.year == said_on.year
            if end >= said_on or (begun_this_year and name != "winter"):
                start = add_months(start, -12)
                end = add_months(end, -12)
            start, end = add_months(start, -12), month_end(end.year - 1, end.month)
        elif parts.which == 1 and end >= said_on:
            start, end = policy.newest_season(start - timedelta(days=1), name)
        elif parts.which == 1 and start.year == said_on.year:
            earlier = policy.newest_season(start - timedelta(days=1), name)[0]
            return Interval(earlier, end, "range", frozenset({"ambiguous"}))
        elif parts.which == 0 and start.year < said_on.year and name != "winter":
            return None  # this summer, said in spring: it is yet to come
    if parts.parts and year is not None and name == "winter" and parts.last_year is None:
        start, end = policy.part_of_winters(year, parts.parts[0], said_on)
    elif parts.parts:
        start, end = policy.part_of_span(start, end, parts.parts[0])
    return Interval(start, end, "season", flags)


def _year(parts: Parts, said_on: date) -> tuple[Interval | None, str]:
    year = year_of(parts, said_on)
    if year is None:
        return _part_of_newest(parts, said_on), ""
    if make_day(year, 1, 1) is None:
        return (None if parts.finer or parts.edge else hijri_year(parts, year)), ""
    if parts.edge is not None:
        return policy.edge(parts.edge, date(year, 1, 1), date(year, 12, 31)), ""
    if parts.parts:
        spans = [policy.part_of_year(year, part) for part in parts.parts]
        return Interval(min(spans)[0], max(spans)[1], "part"), ""
    last = year if parts.last_year is None else parts.last_year
    kind = "year" if last == year else "range"
    return Interval(date(year, 1, 1), date(last, 12, 31), kind), "y"


def _part_of_newest(parts: Parts, said_on: date) -> Interval | None:
    """Read "at the end of the year" without saying which: the newest one."""
    if not parts.parts or parts.part_unit is None:
        return None
    part = parts.parts[0]
    for back in range(13):
        if parts.part_unit == "y":
            start, end = policy.part_of_year(said_on.year - back, part)
        else:
            first = add_months(said_on.replace(day=1), -back)
            start, end = policy.part_of_month(first.year, first.month, part)
        if (end if part == "late" else start) <= said_on:
            return Interval(start, end, "part", _INFERRED)
    return None
