"""Dates, times, numbers and lists as people write them in the spoken language.

From CLDR by Babel, without its holes: days are never turned into months, and never printed as raw
unit names; Uyghur and Kazakh lists get their own "and". What is put into a line from right to left
stands apart in it (UAX 9).
"""

import calendar
import re
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel import dates as cldr
from babel.core import get_global
from babel.lists import format_list

from tracker.i18n.languages import LANGUAGES
from tracker.i18n.words import apart, ngettext, spoken
from tracker.i18n.words import gettext as _

_AND = {"kk": ("{}, {}", "{} және {}"), "ug": ("{}، {}", "{} ۋە {}")}
"""Between two items before the last, and before the last, where CLDR 48 has no "and" or English."""


_UYGHUR = {
    "long": "y-'يىلى' d-MMMM",
    "yMMMd": "y-'يىلى' d-MMMM",
    "yMMMM": "y-'يىلى' MMMM",
    "MMMMd": "d-MMMM",
}
"""As Uyghurs write them: CLDR 48 has four orders for one date, and its years stand bare."""

_YEAR_SIGN = re.compile(r"\sг\.")
"""Russian "г." behind a year: people leave it out; it doubles the full stop."""

_KEPT_SPACE = "\u00a0"
"""No line ends at it: of two dates in a narrow column each stays whole."""

_SPACE = re.compile(r"\s")
"""CLDR has thin ones too, at which a line ends."""

_JOINED = "\u2060"
"""Seen nowhere; no line ends at it."""

_BEFORE_SIGN = re.compile(r"(?<=\d)(?=[年月日])|(?<=[年月])(?=\d)")
"""Where a line could end within a Chinese date, which has no spaces."""

_KEPT_HYPHEN = "\u2011"
"""Looks like a hyphen; no line ends behind it. Uyghur joins a figure to its word by one."""


def _locale() -> Locale:
    return LANGUAGES[spoken()].locale


def _said(text: str) -> str:
    return _YEAR_SIGN.sub("", text)


@lru_cache(maxsize=8192)
def _day_text(code: str, form: str, day: date) -> str:
    """A day in the long style or by a skeleton of CLDR; held, for Babel is slow.

    From right to left it stands apart: behind a Latin name its figures would change places.
    """
    locale = LANGUAGES[code].locale
    if code == "ug" and form in _UYGHUR:
        text = cldr.format_date(day, _UYGHUR[form], locale)
        return _run_left(text.replace("-", _KEPT_HYPHEN))
    if form == "long":
        return _said(cldr.format_date(day, form, locale))
    return _said(cldr.format_skeleton(form, day, locale=locale))


def _run_left(text: str) -> str:
    """Isolated, from right to left, also where it begins with a figure or with another isolate."""
    return f"{_RIGHT_TO_LEFT}{text}{_END}"


def date_text(day: date) -> str:
    """``5 March 2018``."""
    return _day_text(spoken(), "long", day)


def whole_date_text(day: date) -> str:
    """The same for a sentence on a page, where no line ends within the date; a text message would
    be sent in the dearer alphabet for it."""
    return unbroken(date_text(day))


def short_date_text(day: date) -> str:
    """``5 Mar 2018``, for tables."""
    return _day_text(spoken(), "yMMMd", day)


def month_text(day: date) -> str:
    """``March 2018``, the month in which ``day`` lies."""
    return _day_text(spoken(), "yMMMM", day)


def year_text(day: date) -> str:
    """``2018``, the year in which ``day`` lies."""
    return _day_text(spoken(), "y", day)


def datetime_text(moment: datetime, zone: ZoneInfo) -> str:
    """``5 March 2018, 09:00 (GMT+06:00)``: an instant as the clocks of ``zone`` show it."""
    local = moment.astimezone(zone)
    text = _(
        "%(date)s, %(time)s (%(zone)s)",
        date=date_text(local.date()),
        time=time_text(moment, zone),
        zone=cldr.get_timezone_gmt(local, "long", _locale()),
    )
    return _run_left(text) if _mirrored() else text


def whole_datetime_text(moment: datetime, zone: ZoneInfo) -> str:
    """The same for a page: a line ends between day and time alone, so that neither is torn apart
    and no zone stands on a line of its own."""
    time = time_text(moment, zone)
    day, _space, zoned = unbroken(datetime_text(moment, zone)).partition(f"{_KEPT_SPACE}{time}")
    return f"{_BEFORE_SIGN.sub(_JOINED, day)} {time}{zoned}"


def clock_text(moment: datetime, zone: ZoneInfo) -> str:
    """``5 March 2018, 09:00``, for a page that says once whose clocks these are."""
    return _on_the_clock(date_text(moment.astimezone(zone).date()), moment, zone)


def short_clock_text(moment: datetime, zone: ZoneInfo) -> str:
    """``5 Mar 2018, 09:00``, for tables."""
    return _on_the_clock(short_date_text(moment.astimezone(zone).date()), moment, zone)


def _on_the_clock(day: str, moment: datetime, zone: ZoneInfo) -> str:
    text = _("%(date)s, %(time)s", date=day, time=time_text(moment, zone))
    return _run_left(text) if _mirrored() else text


def place_text(zone: ZoneInfo, moment: datetime) -> str:
    """``Almaty``: the place whose clocks are meant, in the spoken language where CLDR names it.

    In Uyghur it names no city: there the country stands for it, while all its clocks agree.
    """
    city: str = cldr.get_timezone_location(zone, locale=_locale(), return_city=True)
    land = get_global("zone_territories").get(zone.key, "")
    if not _mirrored() or zone.key in _locale().time_zones:
        return city
    clocks = {
        moment.astimezone(ZoneInfo(key)).utcoffset()
        for key in get_global("territory_zones").get(land, ())
    }
    return _locale().territories.get(land, city) if len(clocks) == 1 else city


def time_text(moment: datetime, zone: ZoneInfo) -> str:
    """``09:00``: an instant as the clocks of ``zone`` show it, always by 24 hours."""
    return moment.astimezone(zone).strftime("%H:%M")


def span_text(first: date, last: date) -> str:
    """``1–20 March 2018``: from one day to another, both included."""
    if spoken() == "ug":
        return _uyghur_span(first, last)
    return _said(cldr.format_interval(first, last, "yMMMMd", locale=_locale()))


def _uyghur_span(first: date, last: date) -> str:
    if first.year != last.year:
        return _run_left(f"{date_text(first)} – {date_text(last)}")
    if first.month != last.month:
        return _run_left(f"{date_text(first)} – {_day_text('ug', 'MMMMd', last)}")
    days = f"{_LEFT_TO_RIGHT}{first.day}–{last.day}{_END}"
    return date_text(last).replace(f" {last.day}{_KEPT_HYPHEN}", f" {days}{_KEPT_HYPHEN}")


def when_text(earliest: date | None, latest: date, *, approximate: bool = False) -> str:
    """When something happened, known to lie between two days, both included.

    One day, a whole month or year are named as such; else ``between 1 March 2018 and 20 March
    2018``, where no line ends within a date. ``earliest`` None is an open start. ``approximate``
    adds "about".
    """
    if earliest is None:
        return _("not after %(date)s", date=date_text(latest))
    named = _named(earliest, latest)
    if named is None:
        first, last = whole_date_text(earliest), whole_date_text(latest)
        if approximate:
            return _("about between %(first)s and %(last)s", first=first, last=last)
        return _("between %(first)s and %(last)s", first=first, last=last)
    return _("about %(date)s", date=named) if approximate else named


def _named(first: date, last: date) -> str | None:
    """The name of the day, month or year that the two days bound, or None."""
    if first == last:
        return date_text(first)
    if first.year != last.year or first.day != 1:
        return None
    if first.month == last.month and last == _month_end(last):
        return month_text(first)
    return year_text(first) if (first.month, last.month, last.day) == (1, 12, 31) else None


def short_when_text(earliest: date | None, latest: date) -> str:
    """The same for a narrow column: ``5 Mar 2018``, ``Mar 2018`` or ``2018``; else from bound to
    bound, ``1 Mar – 20 May 2018``, whole months and years as such: ``Dec 2025 – Feb 2026``. A line
    ends only between two dates, never within one.
    """
    if earliest is None:
        return _("not after %(date)s", date=unbroken(short_date_text(latest)))
    whole_months = earliest.day == 1 and latest == _month_end(latest)
    whole_years = whole_months and (earliest.month, latest.month) == (1, 12)
    form = "y" if whole_years else "yMMM" if whole_months else "yMMMd"
    text = _interval_text(spoken(), form, earliest, latest)
    return _BETWEEN.sub(lambda found: f"{found[1]} " if found[2] else f"{found[1]}\u200b", text)


_BETWEEN = re.compile(r"(\u00a0–|至)(\u00a0?)")
"""What stands between two dates of several words, and the space behind it."""


@lru_cache(maxsize=8192)
def _interval_text(code: str, form: str, first: date, last: date) -> str:
    if code == "ug":
        return unbroken(_short_uyghur_span(form, first, last))
    locale = LANGUAGES[code].locale
    return unbroken(_said(cldr.format_interval(first, last, form, locale=locale)))


def _short_uyghur_span(form: str, first: date, last: date) -> str:
    if form == "yMMMd":
        return date_text(first) if first == last else _uyghur_span(first, last)
    if form == "y":
        years = year_text(first) if first.year == last.year else f"{first.year}–{last.year}"
        return f"{_LEFT_TO_RIGHT}{years}{_END}"
    if (first.year, first.month) == (last.year, last.month):
        return month_text(first)
    if first.year == last.year:
        return _run_left(f"{month_text(first)} – {_day_text('ug', 'MMMM', last)}")
    return _run_left(f"{month_text(first)} – {month_text(last)}")


def _month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def days_text(at_least: int, at_most: int, is_more: bool = False) -> str:
    """``148–178 days``, ``89 days`` where both bounds are one, ``630+ days`` where it may be more
    (clock.md R3); never rounded."""
    figures = days_figures(at_least, at_most, is_more)
    if _mirrored() and not figures.isdigit():
        figures = f"{_LEFT_TO_RIGHT}{figures}{_END}"
    return ngettext("%(range)s day", "%(range)s days", at_most, range=figures)


def days_figures(at_least: int, at_most: int, is_more: bool = False) -> str:
    """``148–178``, ``89`` or ``630+``: the same without the word, to be shown left to right."""
    span = f"{at_least}" if at_least == at_most else f"{at_least}–{at_most}"
    return f"{span}+" if is_more else span


def after_text(days: int | None, months: int | None) -> str:
    """``after 14 days`` or ``after 3 months``: how long after the last contact (R4); one is given.

    For a policy; beside a date it would be read as "14 days from now" (`threshold_text`).
    """
    if days is not None:
        return ngettext("after %(n)s day", "after %(n)s days", days)
    return ngettext("after %(n)s month", "after %(n)s months", months or 0)


def threshold_text(days: int | None, months: int | None) -> str:
    """``14-day threshold`` or ``3-month threshold``: a step's name; one band may have several."""
    if days is not None:
        return ngettext("%(n)s-day threshold", "%(n)s-day threshold", days)
    return ngettext("%(n)s-month threshold", "%(n)s-month threshold", months or 0)


def unbroken(text: str) -> str:
    """The same with spaces at which no line ends, for a date or a span in a narrow column."""
    return _SPACE.sub(_KEPT_SPACE, text)


_LEFT_TO_RIGHT, _RIGHT_TO_LEFT, _END = "\u2066", "\u2067", "\u2069"
"""Isolates (UAX 9): on a right-to-left line a range of figures would show its greater end first."""


def _mirrored() -> bool:
    return LANGUAGES[spoken()].direction == "rtl"


def list_text(items: Sequence[str]) -> str:
    """``Amal, Bo and Cy``."""
    if _mirrored():
        items = [apart(item) for item in items]
    if spoken() not in _AND or len(items) < 2:
        return format_list(items, "standard", _locale())
    comma, last = _AND[spoken()]
    text = items[0]
    for item in items[1:-1]:
        text = comma.format(text, item)
    return last.format(text, items[-1])


def row_text(items: Sequence[str]) -> str:
    """``Amal, Bo, Cy``: the same without "and", where there is little room."""
    if _mirrored():
        items = [apart(item) for item in items]
    return {"ug": "، ", "zh_Hans": "、"}.get(spoken(), ", ").join(items)


_STAND_ALONE = ("kk", "ru")
"""Languages whose months are written otherwise without a day. Babel 2.18 answers for the others
with the names of whichever language was asked for first (it resolves CLDR's alias in place)."""


def month_names(*, short: bool = False) -> list[str]:
    """``January`` to ``December``, or ``Jan`` to ``Dec``, as they stand alone in a list."""
    names = cldr.get_month_names(
        "abbreviated" if short else "wide",
        "stand-alone" if spoken() in _STAND_ALONE else "format",
        _locale(),
    )
    return [names[month] for month in range(1, 13)]
