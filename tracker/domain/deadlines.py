"""Time limits that protect a right, counted from the earliest day it can have begun (domain.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tracker.domain.contact import Interval
from tracker.domain.moments import add_months

UN_URGENT_MONTHS = 3
"""WGEID-URG: the UN working group's urgent procedure takes a case for three months."""


@dataclass(frozen=True, slots=True)
class Window:
    """The last day on which something can be asked for, seen from `today`."""

    closes_on: date
    today: date

    @property
    def days_left(self) -> int:
        """Whole days until it closes; 0 on the last day, negative once it is over."""
        return (self.closes_on - self.today).days

    @property
    def is_open(self) -> bool:
        """Whether it can still be asked for today."""
        return self.days_left >= 0


def un_urgent_window(last: Interval, today: date) -> Window:
    """The window of the UN urgent procedure (WGEID-URG), in the case's zone.

    A right that expires counts from the earliest day of the last contact, so that a vague date
    never makes anybody late; calendar months, clamped to the month's end.
    """
    return Window(add_months(last.earliest, UN_URGENT_MONTHS), today)
