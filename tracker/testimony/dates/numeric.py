"""Dates in figures: 2018-01-22, 22.01.2018, 03/04/2018, 2018/01, and EDTF itself."""

from __future__ import annotations

import re
from datetime import date, timedelta

from tracker.testimony.dates import policy
from tracker.testimony.dates.months import make_day, month_end
from tracker.testimony.dates.reading import Interval

_END = r"(?![\d])"
_YEAR_FIRST = re.compile(rf"(\d{{4}})([-./])(\d{{1,2}})\2(\d{{1,2}}){_END}")
_YEAR_LAST = re.compile(rf"(\d{{1,2}})([-./ ])(\d{{1,2}})\2((?:19|20)\d\d|\d\d){_END}")
_BASIC = re.compile(rf"((?:19|20)\d\d)(\d\d)(\d\d){_END}")
_WEEK = re.compile(rf"(\d{{4}})-w(\d\d)(?:-([1-7]))?{_END}")
_YEAR_MONTH = re.compile(rf"((?:19|20)\d\d)([-./])(\d{{1,2}}){_END}(?![-./]\d)")
_MONTH_YEAR = re.compile(rf"(\d{{1,2}})([-./])((?:19|20)\d\d){_END}(?![-./]\d)")
_DAY_MONTH = re.compile(rf"(\d{{1,2}})([./])(\d{{1,2}}){_END}(?![-./:]\d)")
_CLOCK = re.compile(rf"\d{{1,2}}[:.]\d\d(?::\d\d)?(?: ?[ap]\.?m\b)|\d{{1,2}}:\d\d(?::\d\d)?{_END}")
_PHONE = re.compile(r"[\d][\d\-() ./]{6,28}\d")
_DOCUMENT = re.compile(
    r"(?:19|20)\d\d[-/](?!(?:19|20)\d\d(?!\d))\d{3,}(?:[-/.]?\w+)*"  # 2018/0417-A
    r"|(?:19|20)\d\d-\d\d?/\d+"
    r"|(?<=[(\[〔【])(?:19|20)\d\d[)\]〕】][^\s,。;，]{1,16}号"  # (2018)新01刑初字第4号
    r"|(?<=[#№])[\w./-]*\w|(?<=[#№] )[\w./-]*\w"
)
_DECIMAL = re.compile(r"(\d{1,3})[.,](\d)(?![\d])(?![.,/:-]\d)")
_ROMAN = re.compile(r"(\d{1,2})([-./ ]) ?([ivxіх]{1,4})(?:\2 ?)((?:19|20)\d\d|\d\d)(?!\d)")
_ROMAN_MONTHS = dict(
    zip(
        ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"),
        range(1, 13),
        strict=True,
    )
)
_EDTF_ONE = re.compile(
    r"(\d{4}|\d{3}x|\d\dxx)(?:-(\d\d|xx)(?:-(\d\d|xx))?)?([?~%])?", re.IGNORECASE
)


def _exact(day: date, *flags: str) -> Interval:
    return Interval(day, day, "day", frozenset(flags))


def _month(year: int, month: int) -> Interval | None:
    first = make_day(year, month, 1)
    return None if first is None else Interval(first, month_end(year, month), "month")


def _full_year(figures: str, said_on: date) -> int:
    year = int(figures)
    if len(figures) > 2:
        return year
    return year + (2000 if year <= said_on.year % 100 else 1900)


def _either_order(first: int, second: int, year: int, day_first: bool) -> Interval | None:
    """Read day and month in the one order, or in both: then from the one to the other."""
    orders = [(first, second)] if day_first else [(first, second), (second, first)]
    days = [d for day, month in orders if (d := make_day(year, month, day))]
    if not days and day_first:
        days = [d for d in (make_day(year, first, second),) if d]
    if not days:
        return None
    if min(days) == max(days):
        return _exact(days[0])
    return Interval(min(days), max(days), "range", frozenset({"ambiguous"}))


def read_figures(
    text: str, at: int, said_on: date, day_first: bool, short: bool
) -> tuple[Interval | None, int] | None:
    """Read a date in figures that starts at `at`; return it and where it ends.

    The interval is None for figures that are no date but must not be read as one (a time of day,
    a telephone number). `day_first`: 03/04/2018 is the 3rd of April; otherwise it may be either.
    `short`: 22.01 without a year is a day and a month here.
    """
    if m := _YEAR_FIRST.match(text, at):
        if day := make_day(int(m[1]), int(m[3]), int(m[4])):
            return _exact(day), m.end()
    elif (m := _YEAR_LAST.match(text, at)) and not (m[2] in " -" and len(m[4]) == 2):
        year = _full_year(m[4], said_on)
        found = _either_order(int(m[1]), int(m[3]), year, day_first or m[2] in ". ")
        if found and found.latest > said_on and found.earliest and found.earliest <= said_on:
            found = _exact(found.earliest)  # the other order lies in the future
        if found:
            return found, m.end()
    if m := _BASIC.match(text, at):
        if day := make_day(int(m[1]), int(m[2]), int(m[3])):
            return _exact(day), m.end()
    elif m := _WEEK.match(text, at):
        try:
            day = date.fromisocalendar(int(m[1]), int(m[2]), int(m[3] or 1))
        except ValueError:
            return None, m.end()
        return (_exact(day) if m[3] else Interval(day, day + timedelta(days=6), "week")), m.end()
    if (m := _ROMAN.match(text, at)) and (day := _roman(m, said_on)):
        return _exact(day), m.end()
    if m := _CLOCK.match(text, at):
        return None, m.end()
    if (m := _PHONE.match(text, at)) and _is_phone(m[0]):
        return None, m.end()
    if (m := _YEAR_MONTH.match(text, at)) and (found := _month(int(m[1]), int(m[3]))):
        return found, m.end()
    if (m := _MONTH_YEAR.match(text, at)) and (found := _month(int(m[3]), int(m[1]))):
        return found, m.end()
    if (m := _DAY_MONTH.match(text, at)) and (
        found := _short(int(m[1]), int(m[3]), m[0], said_on, day_first, short)
    ):
        return found, m.end()
    return None


def read_broken(text: str, at: int, said_on: date) -> int | None:
    """Return where figures end that were meant as a date no calendar has: 31.04.2018, 13/2018.

    Passed over, they would leave "2018", whose last day is later than any that was meant. Two
    years (2016-17) are none of these.
    """
    if m := _YEAR_FIRST.match(text, at):
        return m.end() if 1900 <= int(m[1]) <= 2199 else None
    if (m := _YEAR_LAST.match(text, at)) and len(m[4]) == 4 and m[2] != " ":
        return m.end()
    if m := _YEAR_MONTH.match(text, at):
        first, second = int(m[1]) % 100, int(m[3])
        return None if first < second <= said_on.year % 100 + 1 else m.end()
    return m.end() if (m := _MONTH_YEAR.match(text, at)) else None


def _short(
    first: int, second: int, figures: str, said_on: date, day_first: bool, short: bool
) -> Interval | None:
    """Read 22.01 or 1/22 as the newest such day; only where figures can hardly be anything else."""
    whole = short and (len(figures) == 5 or "/" in figures)
    if not whole:
        return None
    found = []
    orders = (
        [(first, second)] if day_first or "." in figures else [(first, second), (second, first)]
    )
    for day, month in orders:
        for year in (said_on.year, said_on.year - 1):
            if (d := make_day(year, month, day)) and d <= said_on:
                found.append(d)
                break
    if not found:
        return None
    if min(found) == max(found):
        return _exact(found[0], "year_inferred")
    return Interval(min(found), max(found), "range", frozenset({"year_inferred", "ambiguous"}))


def _roman(found: re.Match[str], said_on: date) -> date | None:
    """Read 12.IV.2018, with Latin or Cyrillic letters for the month."""
    month = _ROMAN_MONTHS.get(found[3].replace("і", "i").replace("х", "x"))
    return make_day(_full_year(found[4], said_on), month, int(found[1])) if month else None


def read_document(text: str, at: int) -> int | None:
    """Return where the number of a file, case or document ends, if one starts at `at`."""
    found = _DOCUMENT.match(text, at)
    return None if found is None else found.end()


def read_decimal(text: str, at: int) -> tuple[float, int] | None:
    """Read "3,5" or "2.5" to the nearest half, and say where it ends."""
    found = _DECIMAL.match(text, at)
    if found is None:
        return None
    return round((int(found[1]) + int(found[2]) / 10) * 2) / 2, found.end()


def _is_phone(figures: str) -> bool:
    groups = re.findall(r"\d+", figures)
    digits = sum(len(group) for group in groups)
    years = [g for g in groups if len(g) == 4 and g[:2] in ("19", "20")]
    return digits >= 9 and len(years) < 2


def read_edtf(text: str, said_on: date) -> Interval | None:
    """Read a whole text that is EDTF itself: 2017~, 2017-24, 201X, 2017-10/2018-01, ../2018-01.

    Returns None when it is not EDTF, or when a date in it has no end.
    """
    text = text.strip().strip("[]{}")
    if not text or not set(text) <= set("0123456789-/.?~%xX"):
        return None
    for mark in ("/", ".."):
        start, found, end = text.partition(mark)
        if (mark == "/" and found) or (mark == ".." and found and "/" not in text):
            if end in ("", "..") and start:  # open end: from then until it was said
                first = _edtf_one(start)
                end_of_talk = Interval(said_on, said_on, "day")
                return None if first is None else _join(first, end_of_talk)
            last = _edtf_one(end)
            if last is None:
                return None
            if start in ("", ".."):
                return Interval(None, last.latest, "open", last.flags)
            first = _edtf_one(start)
            return None if first is None else _join(first, last)
    return _edtf_one(text)


def _join(first: Interval, last: Interval) -> Interval | None:
    if first.earliest is None or first.earliest > last.latest:
        return None
    return Interval(first.earliest, last.latest, "range", first.flags | last.flags)


def _edtf_one(text: str) -> Interval | None:
    m = _EDTF_ONE.fullmatch(text)
    if m is None:
        return None
    figures = m[1].lower()
    first_year = int(figures.replace("x", "0"))
    last_year = int(figures.replace("x", "9"))
    if not 1900 <= first_year <= 2199 or last_year > 2199:
        return None
    found: Interval | None
    unit = "y"
    month, day = (m[2] or "xx").lower(), (m[3] or "xx").lower()
    if month == "xx" or first_year != last_year:
        found = Interval(date(first_year, 1, 1), date(last_year, 12, 31), "year")
    elif month in ("21", "22", "23", "24"):
        name = ("spring", "summer", "autumn", "winter")[int(month) - 21]
        found, unit = Interval(*policy.season(first_year, name), "season"), ""
    elif day == "xx":
        found, unit = _month(first_year, int(month)), "m"
    else:
        one = make_day(first_year, int(month), int(day))
        found, unit = (None if one is None else _exact(one)), "d"
    if found is None:
        return None
    if m[4] in ("~", "%"):
        return policy.about(found, unit)
    return found.flagged("approximate") if m[4] or "x" in text.lower() else found
