"""Feasts that families date by, with the days they fell on.

Ramadan, the other Hijri months and both Eids follow the Umm al-Qura calendar (package hijridate);
a month is taken from the day before, since its beginning differs by a day between countries and
it starts at sunset.
Feasts of the Chinese lunar calendar come from tyme4py. Nowruz is 21 March; Kazakhstan keeps
Nauryz from 21 to 23 March (law on public holidays).
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from hijridate import Hijri
from tyme4py.lunar import LunarDay, LunarMonth

Span = tuple[date, date]

_FIXED: dict[str, tuple[int, int, int]] = {  # month, day, length in days
    "new_year": (1, 1, 1),
    "new_year_holidays": (1, 1, 8),
    "new_years_eve": (12, 31, 1),
    "christmas_eve": (12, 24, 1),
    "christmas": (12, 25, 1),
    "orthodox_christmas": (1, 7, 1),
    "nowruz": (3, 21, 1),
    "nauryz": (3, 21, 3),
    "womens_day": (3, 8, 1),
    "may_day": (5, 1, 1),
    "victory_day": (5, 9, 1),
    "china_national_day": (10, 1, 1),
    "independence_day": (12, 16, 1),
}
_FIRST_GREGORIAN = 1600
_HIJRI_MONTH = "hijri_month_"
_QINGMING = (4, 4, 2)  # 4 or 5 April
_ISLAMIC = {"ramadan": (9, 1), "eid_fitr": (10, 1), "eid_adha": (12, 10)}
_LUNAR = {
    "spring_festival": (1, 1),
    "lantern": (1, 15),
    "dragon_boat": (5, 5),
    "mid_autumn": (8, 15),
}


@lru_cache(maxsize=2048)
def feasts(name: str, year: int) -> tuple[Span, ...]:
    """Return when the feast was kept in a year; a lunar one may come twice, or never.

    A year before 1600 is one of the Hijri calendar, in which only its own feasts are known.
    """
    if name == "eid":
        return tuple(sorted(feasts("eid_fitr", year) + feasts("eid_adha", year)))
    if year < _FIRST_GREGORIAN:
        span = _islamic(name, year)
        return (span,) if span else ()
    if name == "qingming":
        month, day, length = _QINGMING
        return (_days(date(year, month, day), length),)
    if name in _FIXED:
        month, day, length = _FIXED[name]
        return (_days(date(year, month, day), length),)
    if name in _ISLAMIC or name.startswith(_HIJRI_MONTH):
        hijri = (year - 622) * 33 // 32  # near enough; the years around it are tried too
        around = [_islamic(name, h) for h in range(hijri - 1, hijri + 3)]
        return tuple(span for span in around if span and span[0].year == year)
    if name == "spring_eve":
        return tuple(
            (start - timedelta(days=1), end - timedelta(days=1))
            for start, end in feasts("spring_festival", year)
        )
    if name.startswith("lunar_month_"):
        span = _lunar_month(year, int(name.removeprefix("lunar_month_")))
        return (span,) if span else ()
    lunar = _LUNAR.get(name) or _lunar_day(name)
    if lunar is not None and 1901 <= year <= 2198:
        try:
            first = _solar(LunarDay.from_ymd(year, *lunar))
        except ValueError:
            return ()  # the month had 29 days
        return ((first, first),)
    return ()


def _lunar_day(name: str) -> tuple[int, int] | None:
    """Read the name "lunar_8_15": month and day of the Chinese calendar."""
    if not name.startswith("lunar_"):
        return None
    month, _, day = name.removeprefix("lunar_").partition("_")
    if not (month.isdecimal() and day.isdecimal() and 1 <= int(month) <= 12):
        return None
    return (int(month), int(day)) if 1 <= int(day) <= 30 else None


def _days(first: date, length: int) -> Span:
    return first, first + timedelta(days=length - 1)


def _solar(day: LunarDay) -> date:
    solar = day.get_solar_day()
    return date(solar.get_year(), solar.get_month(), solar.get_day())


def hijri_span(year: int) -> Span | None:
    """Return the days of a year of the Umm al-Qura calendar, None outside its tables."""
    first, last = _islamic(_HIJRI_MONTH + "1", year), _islamic(_HIJRI_MONTH + "12", year)
    return None if first is None or last is None else (first[0], last[1])


def _islamic(name: str, hijri_year: int) -> Span | None:
    whole_month = name == "ramadan" or name.startswith(_HIJRI_MONTH)
    if name.startswith(_HIJRI_MONTH):
        month, day = int(name.removeprefix(_HIJRI_MONTH)), 1
    elif name in _ISLAMIC:
        month, day = _ISLAMIC[name]
    else:
        return None
    try:
        first = Hijri(hijri_year, month, day)
        start = date.fromisoformat(first.to_gregorian().isoformat())
        length = first.month_length()
    except (OverflowError, ValueError):
        return None  # outside the Umm al-Qura tables, 1343 to 1500
    if whole_month:
        return start - timedelta(days=1), start + timedelta(days=length - 1)
    return start, start


def _lunar_month(year: int, month: int) -> Span | None:
    """Return the days of a month of the Chinese lunar calendar, with its leap month if any."""
    if not (1901 <= year <= 2198 and 1 <= month <= 12):
        return None
    first = _solar(LunarDay.from_ymd(year, month, 1))
    following = LunarMonth.from_ym(year, month).next(1)
    while abs(following.get_month_with_leap()) == month:
        following = following.next(1)
    after = _solar(LunarDay.from_ymd(following.get_year(), following.get_month_with_leap(), 1))
    return first, after - timedelta(days=1)


def newest(name: str, said_on: date) -> Span | None:
    """Return the newest feast of that name that had begun on `said_on`."""
    for year in range(said_on.year, said_on.year - 3, -1):
        begun = [span for span in feasts(name, year) if span[0] <= said_on]
        if begun:
            return begun[-1]
    return None
