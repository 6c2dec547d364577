"""Two things said of one time: a range, "two weeks before Nowruz", "two years ago in May"."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from tracker.testimony.dates import policy
from tracker.testimony.dates.duration import Duration
from tracker.testimony.dates.months import add_months, month_end
from tracker.testimony.dates.parts import Parts
from tracker.testimony.dates.reading import Interval
from tracker.testimony.dates.resolve import resolve, year_of

NEAR = 45
"""Days within which a season or month is the one that "a year and a half ago" means."""


def span(first: Parts, second: Parts, said_on: date) -> Interval | None:
    """Return the days from the first date to the end of the second; what one lacks, both share."""
    first, second = replace(first), replace(second)
    if second.day is not None and second.month is None and second.months_ago is None:
        second.month, second.months_ago = first.month, first.months_ago
    if first.day is not None and first.month is None and first.months_ago is None:
        first.month, first.months_ago = second.month, second.months_ago
    borrowed = ""
    if second.says_year and first.needs_year:
        first.year = year_of(second, said_on)
        borrowed = "first"
    elif first.says_year and second.needs_year:
        second.year = year_of(first, said_on)
        borrowed = "second"
    end = resolve(second, said_on)
    if end is None:
        return None
    limit = end.latest if first.needs_year else said_on
    start = resolve(first, min(limit, said_on))
    if start is None or start.earliest is None:
        return None
    earliest, latest = start.earliest, end.latest
    if earliest > latest and borrowed == "first":
        earliest = add_months(earliest, -12)
    elif earliest > latest and borrowed == "second":
        latest = add_months(latest, 12)
    if earliest > latest:
        earliest, latest = (end.earliest or latest), start.latest
    return Interval(earliest, latest, "range", start.flags | end.flags)


def anchored(
    duration: Duration,
    direction: int,
    parts: Parts,
    said_on: date,
    *,
    base: Interval | None = None,
    whole: bool = False,
) -> Interval | None:
    """Read "two weeks before Nowruz" (direction -1) and "three days after it" (1).

    `base` is the date's interval where more than its own words tell it; `whole`: all of "the week
    after it" is meant.
    """
    base = base or resolve(parts, said_on)
    if (
        base is None
        or base.earliest is None
        or base.earliest > said_on
        or duration.mode not in ("", "about")
    ):
        return None
    if direction < 0:
        found = duration.interval(base.earliest)
        return None if found is None else found.flagged(*base.flags)
    length = (said_on - policy.back(said_on, duration.low, duration.unit)).days
    around = duration.interval(said_on)
    if around is None or around.earliest is None or duration.few or duration.high is not None:
        return None
    slack = (said_on - around.earliest).days - length
    after = parts.holiday is not None and "ambiguous" not in base.flags
    start = base.latest if after else base.earliest
    earliest = start + timedelta(days=1 if whole else length - slack)
    latest = base.latest + timedelta(days=length + slack)
    return Interval(earliest, max(earliest, latest), "range", base.flags)


def counted_from_now(duration: Duration, parts: Parts, said_on: date) -> Interval | None:
    """Read "a week ago today", "two years ago this spring", "a year ago at this time".

    None when the date that stands by the length of time is not one of these days.
    """
    day = policy.back(said_on, duration.low, duration.unit)
    if parts.same is not None:
        return policy.same_time(day, exact=parts.same == "d")
    if parts.only_today:
        return Interval(day, day, "day")
    near = parts.which == 0 or 1 in (parts.days_ago, parts.months_ago, parts.weeks_ago)
    near = near or 0 in (parts.months_ago, parts.weeks_ago)
    if not near or parts.says_year or duration.low != int(duration.low):
        return None
    if parts.season is not None:
        return resolve(replace(parts, which=None, year=day.year), said_on)
    base = resolve(parts, said_on)
    counted = ("y", "m") if parts.days_ago is None else ("y", "m", "w")
    if base is None or base.earliest is None or duration.unit not in counted:
        return None
    first = policy.back(base.earliest, duration.low, duration.unit)
    if parts.months_ago is not None and parts.day is None:
        return Interval(first, month_end(first.year, first.month), base.precision)
    last = first + (base.latest - base.earliest)
    return Interval(first, last, base.precision, base.flags)


def weekday_by(weekday: int, direction: int, parts: Parts, said_on: date) -> Interval | None:
    """Read "the Friday before Nowruz" (direction -1) and "the Sunday after it" (1)."""
    base = resolve(parts, said_on)
    if base is None or base.earliest is None or base.earliest > said_on:
        return None
    if direction < 0:
        back = (base.earliest.weekday() - weekday - 1) % 7 + 1
        day = base.earliest - timedelta(days=back)
    else:
        day = base.latest + timedelta(days=(weekday - base.latest.weekday() - 1) % 7 + 1)
    return Interval(day, day, "day", base.flags)


def weekday_of_week(duration: Duration, parts: Parts, said_on: date) -> Interval | None:
    """Read "two weeks ago on Wednesday": in that week, or the one nearest to two weeks ago."""
    weeks = int(duration.low)
    if weeks != duration.low or parts.weekday is None or duration.few or duration.high is not None:
        return duration.interval(said_on)
    if parts.which == 1:  # "a week ago last Sunday"
        last = resolve(parts, said_on)
        day = None if last is None else last.latest - timedelta(weeks=weeks)
        return None if day is None else Interval(day, day, "day")
    point = said_on - timedelta(weeks=weeks)
    in_week = point + timedelta(days=parts.weekday - point.weekday())
    nearest = point + timedelta(days=(parts.weekday - point.weekday() + 3) % 7 - 3)
    if in_week == nearest:
        return Interval(in_week, in_week, "day")
    days = sorted((in_week, nearest))
    return Interval(days[0], days[1], "range", frozenset({"ambiguous"}))


def years_ago_in(duration: Duration, parts: Parts, said_on: date) -> Interval | None:
    """Read "two years ago in May": May of that calendar year, or of the one two years back."""
    years = int(duration.low)
    if years != duration.low or years < 1:
        return None
    by_calendar = resolve(replace(parts, year=said_on.year - years), said_on)
    if by_calendar is None or by_calendar.earliest is None:
        return None
    point = policy.back(said_on, years, "y")
    around = [resolve(replace(parts, year=point.year + n), said_on) for n in (-1, 0, 1)]
    by_length = min(
        (found for found in around if found is not None and found.earliest is not None),
        key=lambda found: abs((found.latest - point).days),
    )
    if by_length.earliest is None:
        return by_calendar
    if by_length.earliest == by_calendar.earliest:
        return by_calendar
    return Interval(
        min(by_length.earliest, by_calendar.earliest),
        max(by_length.latest, by_calendar.latest),
        "range",
        frozenset({"ambiguous"}),
    )


def nearest_to(duration: Duration, parts: Parts, said_on: date) -> Interval | None:
    """Read "a year and a half ago, in winter": the winter that lies nearest to that time.

    None when none lies within NEAR of it, so that one of the two was told wrongly.
    """
    around = duration.interval(said_on)
    if around is None or around.earliest is None:
        return None
    years = range(around.earliest.year - 1, around.latest.year + 2)
    one_winter = parts.season == "winter"
    near: list[tuple[int, Interval]] = []
    for year in years:
        last = year + 1 if one_winter else None
        found = resolve(replace(parts, year=year, last_year=last), said_on)
        if found is not None and found.earliest is not None and found.earliest <= said_on:
            gap = max((found.earliest - around.latest).days, (around.earliest - found.latest).days)
            near.append((max(gap, 0), found))
    least = min((gap for gap, _ in near), default=NEAR + 1)
    if least > NEAR:
        return None
    meant = [found for gap, found in near if gap == least]
    earliest = min(found.earliest for found in meant if found.earliest is not None)
    flags = around.flags | ({"ambiguous"} if len(meant) > 1 else set())
    latest = max(found.latest for found in meant)
    return Interval(earliest, latest, meant[0].precision, frozenset(flags))


def anniversary(duration: Duration, parts: Parts, said_on: date) -> Interval | None:
    """Read "it will be two years in March": the coming March, two years back.

    "It was two years in March", "two years this March": two years before that March.
    """
    years = int(duration.low)
    if years != duration.low or years < 1 or duration.mode or duration.few:
        return None
    if parts.says_year or parts.months_ago is not None:
        coming = resolve(parts, said_on)
    elif parts.which == 0:
        coming = resolve(replace(parts, which=None, year=said_on.year), said_on)
    else:
        coming = newest = resolve(parts, said_on)
        if newest is None or newest.earliest is None:
            return None
        if duration.future and newest.latest < said_on:
            coming = resolve(replace(parts, year=newest.earliest.year + 1), said_on)
    if coming is None or coming.earliest is None:
        return None
    back = -12 * years
    return Interval(
        add_months(coming.earliest, back), add_months(coming.latest, back), coming.precision
    )
