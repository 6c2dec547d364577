"""What the date reader gives back: an interval of days, its EDTF form, and how sure it is."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import date

FLAGS = frozenset(
    {"year_inferred", "approximate", "more_than", "less_than", "ambiguous", "unfinished"}
)


@dataclass(frozen=True, slots=True)
class Interval:
    """Days from `earliest` to `latest`, both included; `earliest` None means an open start."""

    earliest: date | None
    latest: date
    precision: str
    flags: frozenset[str] = frozenset()

    def flagged(self, *flags: str) -> Interval:
        """Return the same days with more flags."""
        return Interval(self.earliest, self.latest, self.precision, self.flags | set(flags))

    def within(self, other: Interval) -> bool:
        """Tell whether every day of this interval is one of the other's."""
        if self.latest > other.latest:
            return False
        if other.earliest is None:
            return True
        return self.earliest is not None and self.earliest >= other.earliest


@dataclass(frozen=True, slots=True)
class Reading:
    """How a family's words about a date were understood, on the day they were said.

    `edtf`, `earliest` and `latest` are all None when there is no date in the words or it was not
    understood. An open start ("before 2017") has a `latest` but no `earliest`.
    `precision` is one of day, week, month, part, season, year, range, open, none.
    `flags`: `year_inferred` (no year was named), `approximate` (about, few, 2-3),
    `more_than`, `less_than`, `ambiguous` (the span of several readings), `unfinished` (the period
    named was not over on the day it was said, and is cut there).
    `span` gives the first and the end index of the understood words in `text`.
    """

    text: str
    edtf: str | None = None
    earliest: date | None = None
    latest: date | None = None
    precision: str = "none"
    flags: frozenset[str] = field(default_factory=frozenset)
    span: tuple[int, int] | None = None


def edtf_of(interval: Interval) -> str:
    """Write an interval as EDTF (ISO 8601-2): day, month, year, `start/end` or `../end`.

    Only these forms are written, because EDTF libraries disagree about all others.
    """
    first, last = interval.earliest, interval.latest
    if first is None:
        return f"../{last.isoformat()}"
    if first == last:
        return first.isoformat()
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        return f"{first.year}" if first.year == last.year else f"{first.year}/{last.year}"
    month_end = calendar.monthrange(first.year, first.month)[1]
    if first.day == 1 and last == first.replace(day=month_end):
        return f"{first:%Y-%m}"
    return f"{first.isoformat()}/{last.isoformat()}"


def as_json(reading: Reading) -> dict[str, object]:
    """Give a reading as `tracker dates parse` prints it: text, edtf, earliest, latest, flags."""
    return {
        "text": reading.text,
        "edtf": reading.edtf,
        "earliest": reading.earliest.isoformat() if reading.earliest else None,
        "latest": reading.latest.isoformat() if reading.latest else None,
        "flags": sorted(reading.flags),
    }
