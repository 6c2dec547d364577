"""Instants, days and zones: the small arithmetic the rules are written in.

An instant (`_at`) is aware and in UTC; a day (`_on`) is a date in some named zone.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from tracker.domain.errors import Refused


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The IANA time zone called `name`. Raises Refused for a name nobody knows."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Refused(f"There is no time zone {name!r}; use a name like Asia/Almaty.") from error


def zone_of_hours(name: str) -> ZoneInfo:
    """The zone of somebody's own hours, which hold back nothing: UTC where this machine no longer
    knows it."""
    try:
        return zone(name)
    except Refused:
        return zone("UTC")


def parse_instant(text: str) -> datetime:
    """An ISO 8601 instant with its offset, in UTC. Raises ValueError without an offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("an instant needs its offset, as 2018-01-05T10:00:00Z")
    return moment.astimezone(UTC)


def format_instant(moment: datetime) -> str:
    """`2018-01-05T10:00:00Z`; fractions of a second only where there are any."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def local_date(moment: datetime, where: ZoneInfo) -> date:
    """The calendar day of an instant in a zone."""
    return moment.astimezone(where).date()


def days_elsewhere(moment: datetime) -> Mapping[date, list[str]]:
    """Where it is another day than in UTC: names of zones by their day, of which there are two at
    most. A zone that is not named has UTC's day."""
    return _days_elsewhere(int(moment.timestamp()) // _QUARTER)


_QUARTER = 15 * 60  # all zones' days begin on one


@lru_cache(maxsize=2)
def _days_elsewhere(quarter: int) -> Mapping[date, list[str]]:
    moment, found = (
        datetime.fromtimestamp(quarter * _QUARTER, UTC),
        defaultdict[date, list[str]](list),
    )
    for name in sorted(available_timezones()):
        found[local_date(moment, zone(name))].append(name)
    return {day: names for day, names in found.items() if day != moment.date()}


def at_local(day: date, at: time, where: ZoneInfo) -> datetime:
    """The instant of a local time (clock.md R4).

    A local time that does not exist moves forward by the gap; one that comes twice is the first:
    both are what fold=0 means in PEP 495.
    """
    return datetime.combine(day, at, where).astimezone(UTC)


def add_months(day: date, months: int) -> date:
    """Calendar months later, clamped to the month's end (clock.md R4)."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month0 + 1)[1]
    return date(year, month0 + 1, min(day.day, last))


@lru_cache(maxsize=256)
def months_in_days(months: int) -> tuple[int, int]:
    """The fewest and the most days that `months` calendar months can take, over all anchors.

    The Gregorian calendar repeats its leap years every four years but for the centuries; anchors
    in a plain stretch and in the stretch that reaches over 1900 together show every length, for
    spans up to a hundred years.
    """
    fewest, most = 36_600, 0
    for first, last in ((1996, 2005), (1900 - months // 12 - 1, 1901)):
        day = date(first, 1, 1)
        while day.year < last:
            span = (add_months(day, months) - day).days
            fewest, most = min(fewest, span), max(most, span)
            day += timedelta(days=1)
    return fewest, most
