"""Extended Date/Time Format (ISO 8601-2, EDTF levels 0 and 1): text to an interval of days.

Read: `2018-01-22`, `2018-01`, `2018`, `2018-01-XX`, `2018-XX`, `201X`, seasons `2018-21`…`24`,
a qualifier `~ ? %` behind any of them, and `A/B` with an open or unknown end (`..` or nothing).
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

_QUALIFIERS = "~?%"
_PART = re.compile(r"(?P<y>\d{4}|\d{3}X|\d{2}XX)(?:-(?P<m>\d{2}|XX)(?:-(?P<d>\d{2}|XX))?)?\Z")
_SEASONS = {21: (3, 5), 22: (6, 8), 23: (9, 11), 24: (12, 2)}


@dataclass(frozen=True, slots=True)
class Days:
    """An interval of days, both inclusive; `None` is an open start or an open end."""

    earliest: date | None
    latest: date | None


def parse_edtf(text: str) -> Days:
    """The days an EDTF text speaks of. Raises ValueError with a sentence for anything else."""
    if "/" not in text:
        first, last = _single(text)
        return Days(first, last)
    start, _, end = text.partition("/")
    if "/" in end:
        raise ValueError("an interval has one slash, as 2017-10/2018-01")
    earliest = None if start in ("", "..") else _single(start)[0]
    latest = None if end in ("", "..") else _single(end)[1]
    if earliest is None and latest is None:
        raise ValueError("an interval needs at least one end, as ../2017")
    if earliest is not None and latest is not None and earliest > latest:
        raise ValueError("the interval ends before it begins")
    return Days(earliest, latest)


def _single(text: str) -> tuple[date, date]:
    match = _PART.match(text[:-1] if text and text[-1] in _QUALIFIERS else text)
    if match is None or not text.isascii():
        raise ValueError("write a date as 2018-01-22, 2018-01, 2018 or 2017-10/2018-01")
    year, month, day = match["y"], match["m"], match["d"]
    low, high = int(year.replace("X", "0")), int(year.replace("X", "9"))
    if low != high and month is not None:
        raise ValueError("a decade or century has no month")
    if low < 1:
        raise ValueError("there is no year 0 here")
    if month is None or month == "XX":
        if day is not None and day != "XX":
            raise ValueError("a day needs its month")
        return date(low, 1, 1), date(high, 12, 31)
    if int(month) in _SEASONS and day is None:
        first, last = _SEASONS[int(month)]
        end_year = low + (last < first)
        return date(low, first, 1), _month_end(end_year, last)
    if not 1 <= int(month) <= 12:
        raise ValueError(f"there is no month {month}")
    if day is None or day == "XX":
        return date(low, int(month), 1), _month_end(low, int(month))
    try:
        exact = date(low, int(month), int(day))
    except ValueError:
        raise ValueError(f"there is no day {year}-{month}-{day}") from None
    return exact, exact


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def to_edtf(earliest: date | None, latest: date, *, approximate: bool = False) -> str:
    """The shortest EDTF text for an interval: a day, a month, a year, or `A/B`."""
    mark = "~" if approximate else ""
    if earliest is None:
        return f"../{latest.isoformat()}{mark}"
    if earliest == latest:
        return latest.isoformat() + mark
    if earliest.year == latest.year:
        if earliest == date(latest.year, 1, 1) and latest == date(latest.year, 12, 31):
            return f"{latest.year:04d}{mark}"
        if (
            earliest.month == latest.month
            and earliest.day == 1
            and latest == _month_end(latest.year, latest.month)
        ):
            return f"{latest.year:04d}-{latest.month:02d}{mark}"
    return f"{earliest.isoformat()}{mark}/{latest.isoformat()}{mark}"
