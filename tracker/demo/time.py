"""Moving the demonstration's clock: from one instant at which something is due to the next."""

from __future__ import annotations

import fcntl
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from tracker.bootstrap import Services
from tracker.domain.actor import WORKER
from tracker.domain.delivery import UNSENT
from tracker.domain.digest import due_at, following, newest_due
from tracker.domain.errors import Refused
from tracker.domain.moments import format_instant, zone
from tracker.engine.desk import Desk
from tracker.engine.digests.digest import readers
from tracker.engine.worker.tick import tick
from tracker.settings import Settings
from tracker.store.schema import Case, OutboxMessage

AT_MOST_TICKS = 2000
"""A guard against a clock that does not get anywhere."""


def set_clock(path: Path, now: datetime) -> None:
    """Write the instant the demonstration lives in."""
    part = path.with_suffix(".part")
    part.write_text(format_instant(now), encoding="ascii")
    part.replace(path)


def advance(services: Services, clock: Path, target: datetime) -> int:
    """Move the clock to `target`, stopping wherever something falls due; the number of ticks."""
    ticks = reach(services, clock, target)
    tick(services)
    return ticks + 1


def reach(services: Services, clock: Path, target: datetime) -> int:
    """As `advance`, but at `target` itself nothing is looked at yet."""
    ticks = 0
    while ticks < AT_MOST_TICKS:
        due = _next_due(services, services.clock())
        if due is None or due > target:
            break
        set_clock(clock, due)
        tick(services)
        ticks += 1
    set_clock(clock, target)
    return ticks


def move(services: Services, step: timedelta) -> datetime:
    """Move the demonstration's clock on by `step`, doing all that falls due; the instant reached.

    One at a time: two who press at once move it twice. Raises Refused outside a demonstration.
    """
    clock = services.settings.clock_file
    if clock is None or not services.settings.demo:
        raise Refused("Only a demonstration's clock can be moved.")
    with clock.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        target = services.clock() + step
        advance(services, clock, target)
    return target


def _next_due(services: Services, now: datetime) -> datetime | None:
    with services.reading(WORKER) as desk:
        looks = [
            desk.session.scalar(
                select(func.min(Case.next_look_at)).where(Case.set_aside_at.is_(None))
            ),
            desk.session.scalar(
                select(func.min(OutboxMessage.available_at)).where(
                    OutboxMessage.state.in_(sorted(UNSENT)),
                    OutboxMessage.available_at > now,
                )
            ),
            *(_next_digest(desk.settings, now, name) for name in _zones(desk)),
        ]
    later = [look for look in looks if look is not None]
    return max(min(later), now + timedelta(seconds=1)) if later else None


def _zones(desk: Desk) -> set[str]:
    return {person.zone_name for person in readers(desk)}


def _next_digest(settings: Settings, now: datetime, zone_name: str) -> datetime:
    where = zone(zone_name)
    newest = newest_due(now, settings.digest_weekday, settings.digest_at, where)
    return due_at(following(newest), settings.digest_weekday, settings.digest_at, where)
