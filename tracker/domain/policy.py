"""Escalation policies: the steps, when they fall due, and when a policy is refused (R4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from tracker.domain.contact import Interval
from tracker.domain.moments import add_months, at_local, months_in_days


class Band(StrEnum):
    """How grave a silence is, as the queue shows it."""

    IN_CONTACT = "in_contact"
    WATCH = "watch"
    OVERDUE = "overdue"
    CRITICAL = "critical"


class CountsFrom(StrEnum):
    """The bound of the last contact from which steps count (R4)."""

    EARLIEST = "earliest"
    LATEST = "latest"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a policy. Exactly one of `after_days` and `after_months` is given."""

    number: int
    notify: tuple[str, ...]
    after_days: int | None = None
    after_months: int | None = None
    repeat_every_days: int | None = None
    max_repeats: int | None = None
    ack_within_hours: int | None = None
    then: tuple[str, ...] = ()
    band: Band | None = None
    urgent: bool = False

    def due_on(self, anchor: date) -> date:
        """The local day on which this step falls due for an anchor."""
        return _due_on(self.after_days, self.after_months, anchor)

    def counted_from(self, day: date) -> date:
        """An anchor for which this step falls due on that day; of the few days that a short month
        makes fall due together, one."""
        if self.after_days is not None:
            return day - timedelta(days=self.after_days)
        assert self.after_months is not None
        return add_months(day, -self.after_months)

    def delay_in_days(self) -> tuple[int, int]:
        """The fewest and the most days from any anchor to this step."""
        if self.after_days is not None:
            return self.after_days, self.after_days
        assert self.after_months is not None
        return months_in_days(self.after_months)


@dataclass(frozen=True, slots=True)
class Policy:
    """An ordered list of steps with the rules they share. `at` is a local time of day."""

    steps: tuple[Step, ...]
    at: time = time(9)
    counts_from: CountsFrom = CountsFrom.EARLIEST
    resets: frozenset[str] = frozenset({"direct"})
    needs_consent: frozenset[str] = frozenset()
    ack_lasts_days: int | None = None

    def anchor(self, last: Interval) -> date:
        """The day that steps count from (R4)."""
        return last.earliest if self.counts_from is CountsFrom.EARLIEST else last.latest

    def due_at(self, step: Step, anchor: date, where: ZoneInfo) -> datetime:
        """The instant at which a step falls due (R4), in UTC."""
        return _due_at(step.after_days, step.after_months, anchor, self.at, where)

    def step(self, number: int) -> Step:
        """The step with that number. Raises KeyError when the policy has none."""
        for step in self.steps:
            if step.number == number:
                return step
        raise KeyError(number)

    def band_of(self, fired: Mapping[int, object]) -> Band:
        """The band of a case whose fired (or passed over) steps are the keys of `fired`."""
        band = Band.IN_CONTACT
        for step in self.steps:
            if step.number in fired:
                band = step.band or Band.WATCH
        return band


def _due_on(days: int | None, months: int | None, anchor: date) -> date:
    if days is not None:
        return anchor + timedelta(days=days)
    assert months is not None
    return add_months(anchor, months)


@lru_cache(maxsize=8192)
def _due_at(
    days: int | None, months: int | None, anchor: date, at: time, where: ZoneInfo
) -> datetime:
    """In a storm many cases ask for the same few instants."""
    return at_local(_due_on(days, months, anchor), at, where)


def misordered(steps: tuple[Step, ...]) -> int | None:
    """The index of the first step that might not fall due strictly after the one before it (R4)."""
    for index in range(1, len(steps)):
        before, after = steps[index - 1], steps[index]
        if before.after_months is not None and after.after_months is not None:
            later = after.after_months > before.after_months
        else:
            later = after.delay_in_days()[0] > before.delay_in_days()[1]
        if not later:
            return index
    return None
