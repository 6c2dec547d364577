"""The calendar of the weekly digest (delivery.md D9): which ISO week a reader's digest reports.

ISO 8601 weeks begin on Monday, and the year's first holds its first Thursday; a week is written
`2018-W17`. All instants are UTC; `weekday` is 1 for Monday to 7 for Sunday.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tracker.domain.errors import Refused
from tracker.domain.moments import at_local, local_date

_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_SEVEN_DAYS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class DueDigest:
    """A digest that is due: the week it reports, the first week it covers, since when it is due."""

    week: str
    covers_from: str
    due_at: datetime


def week_of(day: date) -> str:
    """The ISO week a day lies in."""
    year, week, _weekday = day.isocalendar()
    return f"{year:04d}-W{week:02d}"


def monday_of(week: str) -> date:
    """The first day of an ISO week. Raises Refused for a week that no year has."""
    match = _WEEK.fullmatch(week)
    try:
        if match is None:
            raise ValueError
        return date.fromisocalendar(int(match[1]), int(match[2]), 1)
    except ValueError:
        raise Refused(f"There is no week {week}; write it as 2018-W17.") from None


def following(week: str) -> str:
    """The week after."""
    return week_of(monday_of(week) + _SEVEN_DAYS)


def window(covers_from: str, week: str, where: ZoneInfo) -> tuple[datetime, datetime]:
    """The instants a digest reports: from its first Monday to the Monday after, local midnights."""
    start, end = monday_of(covers_from), monday_of(week) + _SEVEN_DAYS
    return at_local(start, time(0), where), at_local(end, time(0), where)


def due_at(week: str, weekday: int, at: time, where: ZoneInfo) -> datetime:
    """When the digest that reports `week` falls due: the named weekday of the week after it."""
    return at_local(monday_of(week) + _SEVEN_DAYS + timedelta(days=weekday - 1), at, where)


def newest_due(now: datetime, weekday: int, at: time, where: ZoneInfo) -> str:
    """The newest week whose digest is due at `now`."""
    week = week_of(local_date(now, where) - _SEVEN_DAYS)
    while due_at(week, weekday, at, where) > now:
        week = week_of(monday_of(week) - _SEVEN_DAYS)
    return week


def due_digest(
    now: datetime,
    where: ZoneInfo,
    weekday: int,
    at: time,
    *,
    last_week: str | None,
    reader_since: datetime,
) -> DueDigest | None:
    """The digest a reader must get now, if any: late rather than never, one for all missed weeks.

    `last_week` is the week of the reader's last digest. Who came after it fell due gets the next.
    """
    week = newest_due(now, weekday, at, where)
    due = due_at(week, weekday, at, where)
    if reader_since > due:
        return None
    if last_week is None:
        return DueDigest(week, week, due)
    if monday_of(last_week) >= monday_of(week):
        return None
    return DueDigest(week, following(last_week), due)
