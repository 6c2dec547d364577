"""The one visible table of what vague words mean in days.

Every number a deployment may want to change stands here, and nowhere else. The rule behind all of
them: never a day after the words were said, and never later than was meant.

    words                              reading
    ---------------------------------  ------------------------------------------------------------
    N units ago, for N units           plus or minus half a unit (SLACK); days exactly
    half a year                        five to seven months
    N and a half units                 plus or minus a quarter of a unit (HALF_SLACK)
    more than N, at least N            (N, N+1]; of N and a half: up to the next whole unit
    nearly N                           half a unit short of N
    less than N                        (0, N)
    few, several                       FEW (2 to 6) units
    ten-odd, twenty-odd                11 to 19, 21 to 29 units
    early, mid, late in a year         January-April, May-August, September-December
    early, mid, late in a month        1-10, 11-20, 21-end
    half, quarter of a year            its six, its three months
    spring, summer, autumn             March-May, June-August, September-November
    winter of year Y                   January Y to February Y+1 (both winters)
    winter, no year                    the newest December-February that has begun
    a date without a year              the newest one that is not after the day it was said
    about a date                       plus or minus one of its unit; a day: ABOUT_DAYS
    about a part or a season           as it is: it is vague already
    before X, until X                  open start, to the day before X, to the end of X
    before the end of X                open start, to the end of X
    after X                            from the day after X to the day it was said
    before the arrest in X             open start, to the end of X: the arrest was any day of it
    a month before the arrest in X     from a month before X to the end of X
    after the release in X             from the start of X to the day it was said
    not before X                       from the start of X to the day it was said
    before or after X                  nothing
    before, after one of two (winters  to the last that may be meant, from the first
      of a year, Eid, 03/04/2018)
    since X                            X itself: then he was last heard from
    on the eve of X                    the day before X
    this time last year                SAME_TIME months around that day a year ago; "today": the day
    a feast                            its first day (Ramadan, lunar months: from first to last)
    during a feast, its days           FEAST_DAYS: three days of Eid al-Fitr and four of Eid al-Adha
                                       (both as the law of Turkey counts them, No. 2429, without
                                       the eve); Nowruz 21-23 March (Kazakhstan); Chinese New Year
                                       from its eve to the 7th, 1-7 October and 1-3 May (State
                                       Council's holidays); 1-3 January
    the New Year holidays              1-8 January, as the law of Russia has them (Labour Code,
                                       article 112); elsewhere they end sooner: after them is from
                                       the 4th on
    a misspelt month                   the month it must have been; of two as near, both
    03/04/2018 in English              from the one reading to the other
    X or Y, several dates              from the first to the last
    a year and a date in it            the date; where each is told of in a clause of its own
                                       ("he called in 2017, in October he was taken"): the year
    31 April, 13/2018, 12 Foo 2018     nothing: what is left of it would be the year
"""

from __future__ import annotations

from datetime import date, timedelta

from tracker.testimony.dates.months import add_months, month_end
from tracker.testimony.dates.reading import Interval

FEW = (2, 6)
ABOUT_DAYS = 3
SAME_TIME = 1
FEAST_DAYS = {  # feast -> days before and after its first day
    "eid_fitr": (0, 2),
    "eid_adha": (0, 3),
    "eid": (0, 2),
    "spring_festival": (1, 6),
    "nowruz": (0, 2),
    "new_year": (0, 2),
    "may_day": (0, 2),
    "china_national_day": (0, 6),
}
SHORTEST = {"new_year_holidays": 3}
"""Days of a feast where it is shortest, if its length differs by country."""

EARLY_MID_LATE_MONTH = ((1, 10), (11, 20), (21, 31))
EARLY_MID_LATE_YEAR = ((1, 4), (5, 8), (9, 12))
SEASON_STARTS = {"spring": 3, "summer": 6, "autumn": 9, "winter": 12}

# unit -> (months, days) of one unit, of half a unit (slack), of a quarter (slack of N and a half)
UNIT = {"d": (0, 1), "w": (0, 7), "m": (1, 0), "y": (12, 0), "decade": (120, 0)}
SLACK = {"d": (0, 0), "w": (0, 3), "m": (0, 15), "y": (6, 0), "decade": (60, 0)}
HALF_SLACK = {"d": (0, 0), "w": (0, 3), "m": (0, 7), "y": (3, 0), "decade": (30, 0)}
HALF_YEAR_SLACK_MONTHS = 1
PRECISION = {"d": "day", "w": "week", "m": "month", "y": "year", "decade": "year"}
MOST = {"d": 40000, "w": 5200, "m": 1200, "y": 100, "decade": 10}  # more is no memory of a family


def back(day: date, count: float, unit: str) -> date:
    """Go `count` units back from `day`; half a month is 15 days, half a week 3 (rounded up)."""
    months, days = UNIT[unit]
    whole = int(count)
    if months > 1:
        return add_months(day, -round(months * count))  # 30 months at once: 29 February stays
    result = add_months(day, -whole * months) - timedelta(days=whole * days)
    if count == whole:
        return result
    return result - timedelta(days=15 if months else round(days * (count - whole)))


def _shift(day: date, slack: tuple[int, int], sign: int) -> date:
    return add_months(day, sign * slack[0]) + timedelta(days=sign * slack[1])


def ago(said_on: date, count: float, unit: str, mode: str = "") -> Interval | None:
    """Say when "`count` units ago" (or "for `count` units") was, seen from `said_on`.

    `mode`: "" plain, "more", "less" (less than), "nearly", "about". None when it is out of reach.
    """
    if not 0 < count <= MOST[unit]:
        return None
    kind = PRECISION[unit]
    whole = int(count)
    half = count != whole
    point = back(said_on, count, unit)
    if mode == "more":
        start = back(said_on, whole + 1, unit) + timedelta(days=1)
        return Interval(start, point, kind, frozenset({"more_than"}))
    if mode == "less":
        start = min(point + timedelta(days=1), said_on)
        return Interval(start, said_on, kind, frozenset({"less_than"}))
    if half and whole == 0 and unit == "y":
        slack = (HALF_YEAR_SLACK_MONTHS, 0)
    else:
        slack = (HALF_SLACK if half else SLACK)[unit]
    if mode == "nearly":
        return Interval(point, _shift(point, slack, 1), kind, frozenset({"less_than"}))
    if mode == "about" and unit == "d":
        slack = (0, ABOUT_DAYS)
    flags = frozenset({"approximate"} if mode == "about" else ())
    return Interval(_shift(point, slack, -1), _shift(point, slack, 1), kind, flags)


def ago_between(said_on: date, low: float, high: float, unit: str) -> Interval | None:
    """Say when "`low` to `high` units ago" was."""
    near, far = ago(said_on, low, unit), ago(said_on, high, unit)
    if near is None or far is None:
        return None
    return Interval(far.earliest, near.latest, PRECISION[unit], frozenset({"approximate"}))


def few_ago(said_on: date, unit: str, low: int = FEW[0], high: int = FEW[1]) -> Interval | None:
    """Say when "a few units ago" was: FEW units, without slack."""
    if unit == "decade":
        return None
    earliest, latest = back(said_on, high, unit), back(said_on, low, unit)
    return Interval(earliest, latest, PRECISION[unit], frozenset({"approximate"}))


def part_of_month(year: int, month: int, part: str) -> tuple[date, date]:
    """Give the days of "early March", "the second half of March"."""
    end = month_end(year, month)
    first, last = {
        "early": EARLY_MID_LATE_MONTH[0],
        "mid": EARLY_MID_LATE_MONTH[1],
        "late": EARLY_MID_LATE_MONTH[2],
        "half1": (1, 15),
        "half2": (16, 31),
    }.get(part, (1, 31))
    return date(year, month, first), min(end, date(year, month, min(last, end.day)))


def part_of_year(year: int, part: str) -> tuple[date, date]:
    """Give the days of "late 2017", "the second half of 2017", "the first quarter of 2017"."""
    first, last = {
        "early": EARLY_MID_LATE_YEAR[0],
        "mid": EARLY_MID_LATE_YEAR[1],
        "late": EARLY_MID_LATE_YEAR[2],
        "half1": (1, 6),
        "half2": (7, 12),
        "quarter1": (1, 3),
        "quarter2": (4, 6),
        "quarter3": (7, 9),
        "quarter4": (10, 12),
    }.get(part, (1, 12))
    return date(year, first, 1), month_end(year, last)


def part_of_span(start: date, end: date, part: str) -> tuple[date, date]:
    """Give the third or half of any other stretch of days (a season, Ramadan, a week)."""
    days = (end - start).days + 1
    third, half = days // 3, days // 2
    return {
        "early": (start, start + timedelta(days=third - 1 if third else 0)),
        "mid": (start + timedelta(days=third), end - timedelta(days=third)),
        "late": (end - timedelta(days=third - 1 if third else 0), end),
        "half1": (start, start + timedelta(days=max(half - 1, 0))),
        "half2": (start + timedelta(days=half), end),
    }.get(part, (start, end))


def season(year: int, name: str) -> tuple[date, date]:
    """Give the days of a season of a year; winter of a year is both its winters."""
    if name == "winter":
        return date(year, 1, 1), month_end(year + 1, 2)
    start = SEASON_STARTS[name]
    return date(year, start, 1), month_end(year, start + 2)


def part_of_winters(year: int, part: str, said_on: date) -> tuple[date, date]:
    """Give the days of "late in the winter of 2017": from that of its first winter on to that of
    its second one, if that has begun on `said_on`."""
    new_year, spring = date(year, 1, 1), month_end(year, 2)
    first = part_of_span(date(year - 1, 12, 1), spring, part)
    second = part_of_span(date(year, 12, 1), month_end(year + 1, 2), part)
    if second[0] <= said_on:
        return max(first[0], new_year), second[1]
    return max(first[0], new_year), first[1] if first[1] >= new_year else spring


def newest_season(said_on: date, name: str) -> tuple[date, date]:
    """Give the newest season of that name that has begun on `said_on`, without a year named."""
    start = SEASON_STARTS[name]
    year = said_on.year if date(said_on.year, start, 1) <= said_on else said_on.year - 1
    first = date(year, start, 1)
    end = add_months(first, 2)
    return first, month_end(end.year, end.month)


def edge(place: tuple[int, str, int], start: date, end: date) -> Interval | None:
    """Give the first, third or last (-1) days, weeks, months or weekday of a stretch of days."""
    number, unit, count = place
    if unit.startswith("wd"):
        return _nth_weekday(number, int(unit[2:]), start, end)
    if unit == "m":
        if (end - start).days < 40 or number == 0 or abs(number) + count > 13:
            return None
        first = add_months(start, number - 1 if number > 0 else 12 - count)
        last = add_months(first, count - 1)
        return Interval(first, month_end(last.year, last.month), "month" if count == 1 else "part")
    days = UNIT[unit][1] * count
    if number < 0:
        first = end - timedelta(days=days - 1)
        return None if first < start else Interval(first, end, "part" if days > 1 else "day")
    first = start + timedelta(days=(number - 1) * UNIT[unit][1])
    last = min(first + timedelta(days=days - 1), end)
    if first > end or number < 1:
        return None
    return Interval(first, last, "part" if days > 1 else "day")


def _nth_weekday(number: int, weekday: int, start: date, end: date) -> Interval | None:
    if number < 0:
        day = end - timedelta(days=(end.weekday() - weekday) % 7)
    else:
        day = start + timedelta(days=(weekday - start.weekday()) % 7 + 7 * (number - 1))
    return Interval(day, day, "day") if start <= day <= end else None


def same_time(day: date, *, exact: bool) -> Interval:
    """Give the days of "this time last year": SAME_TIME months around; exactly: the day."""
    if exact:
        return Interval(day, day, "day")
    around = frozenset({"approximate"})
    return Interval(add_months(day, -SAME_TIME), add_months(day, SAME_TIME), "range", around)


def about(interval: Interval, unit: str) -> Interval:
    """Widen a date said with "about": one of its own unit on each side, a day by ABOUT_DAYS."""
    start, end = interval.earliest, interval.latest
    if start is not None:
        if unit == "y":
            start, end = start.replace(year=start.year - 1), end.replace(year=end.year + 1)
        elif unit == "m":
            start = add_months(start, -1)
            after = add_months(end.replace(day=1), 1)
            end = month_end(after.year, after.month)
        elif unit in ("d", "w"):
            gap = timedelta(days=ABOUT_DAYS if unit == "d" else 7)
            start, end = start - gap, end + gap
    return Interval(start, end, interval.precision, interval.flags | {"approximate"})
