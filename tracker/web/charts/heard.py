"""An account that somebody was heard from, and months as numbers to count with."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Heard:
    """One account that the person was heard from, as the calendar sees it.

    It happened between `earliest` and `latest` (both included, local dates). `direct` is true when
    it is confirmed and counts for the clock (clock.md R1); news through others, or news not yet
    confirmed, is not.
    """

    earliest: date
    latest: date
    direct: bool = True

    def __post_init__(self) -> None:
        if self.latest < self.earliest:
            raise ValueError(f"a contact cannot end ({self.latest}) before it began")


def month_of(day: date) -> int:
    """A month as a number; neighbours differ by one."""
    return day.year * 12 + day.month - 1


@lru_cache(maxsize=1024)
def last_day(index: int) -> date:
    """The last day of a month that `month_of` numbered."""
    year, month = divmod(index + 1, 12)
    return date.fromordinal(date(year, month + 1, 1).toordinal() - 1)
