"""What one worker remembers from tick to tick, so that an idle tick asks little (D10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from tracker.engine.clock import watch
from tracker.engine.desk import Desk
from tracker.engine.keeping import retention
from tracker.engine.sending.holds import CLOCK, reason
from tracker.engine.worker import daily
from tracker.store.health import DAILY, DAILY_FAILED, HELD, MOVING

BEAT_AT_LEAST: Final = timedelta(seconds=30)
"""A worker that has nothing to do and nothing to say shows itself this often."""

TURN_SECONDS: Final = 0.5
"""Deciding gives way to sending after about so long: the first message of a storm waits no more."""

QUARTER: Final = 15 * 60
"""The clocks of all zones differ by whole quarters of an hour."""


@dataclass(frozen=True, slots=True)
class Needed:
    """What a tick has to do. A worker that knows nothing yet does all."""

    in_doubt: bool  # the clock: nothing may be decided by it (D7)
    daily: bool
    cases: bool
    messages: bool
    lost: bool
    moving: bool  # cases to a policy's new version (R17)
    digests: bool
    erasing: bool


@dataclass(slots=True)
class Memory:
    """One worker's. Nothing is lost with it: a new one asks for everything again."""

    digests_looked: int | None = None
    beat_at: datetime | None = None
    beat_detail: str | None = None
    batch: int = 100

    def needed(self, desk: Desk) -> Needed:
        """Ask the record, with one short question, what there is to do now."""
        today = desk.now.date()
        pulses = (DAILY, DAILY_FAILED, retention.PULSE)
        waiting = watch.waiting(desk, (HELD, MOVING), pulses)
        hold, moving = waiting.flags
        done_at, failed_at, erased_at = waiting.pulses
        return Needed(
            in_doubt=reason(hold, desk.now) == CLOCK,
            daily=daily.is_due(desk.now, done_at, failed_at),
            cases=waiting.cases,
            messages=waiting.messages,
            lost=waiting.lost,
            moving=moving is not None,
            digests=self.may_be_digests(desk.now, desk.settings.digest_at),
            erasing=erased_at is None or erased_at.date() != today,
        )

    def may_be_digests(self, now: datetime, at: time) -> bool:
        """Whether a digest may have fallen due since they were last looked for."""
        return self.digests_looked != slot(now, at)

    def must_beat(self, now: datetime, detail: str | None) -> bool:
        """Whether it is time to show that we live, or there is something new to say."""
        last, said = self.beat_at, self.beat_detail
        if last is not None and said == detail and last <= now < last + BEAT_AT_LEAST:
            return False
        self.beat_at, self.beat_detail = now, detail
        return True

    def took(self, cases: int, seconds: float) -> None:
        """Learn from a batch how many cases fit into one turn."""
        if cases == self.batch:
            fits = int(cases * TURN_SECONDS / max(seconds, 0.001))
            self.batch = max(20, min(watch.BATCH, fits, self.batch * 2))


def slot(now: datetime, at: time) -> int:
    """Which quarter of an hour it is, counted so that digests, sent at `at`, fall due where one
    begins.

    A digest falls due at one local time of day in every zone; in between nobody can be due
    who was not before, but for people who came or moved: they are found a quarter later.
    """
    return int(now.timestamp() - at.minute * 60 - at.second) // QUARTER
