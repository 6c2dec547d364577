"""Brakes of our own on sending (D7): a clock that jumped, a storm of alerts. Pages say so.

A hold never loses anything: rows wait as they are, and what a person asked for still goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.exc import IntegrityError

from tracker.domain.moments import format_instant, parse_instant
from tracker.engine.desk import Desk
from tracker.engine.staff.audience import people_with_role
from tracker.engine.staff.notices import queue_notice
from tracker.store import figures
from tracker.store.health import HELD
from tracker.store.schema import Flag

CLOCK: Final = "clock"
STORM: Final = "storm"
STORM_LASTS: Final = timedelta(minutes=15)
STORM_WITHIN: Final = timedelta(minutes=1)
"""Ticks of several workers that are so near to each other are one."""

STORM_AT_LEAST: Final = 10
STORM_SHARE: Final = 0.3

BACK: Final = timedelta(minutes=1)
AHEAD: Final = timedelta(hours=1)
"""How far the wall clock may leave the one nobody can set."""

START_BACK: Final = timedelta(minutes=5)
"""The clocks of several machines may differ by so much."""

START_AHEAD: Final = timedelta(days=365)
"""Nobody leaves an instance switched off for longer without looking at it first."""


def held(desk: Desk) -> str | None:
    """Why sending is held now: `clock` or `storm`; None when it is not."""
    flag = desk.session.get(Flag, HELD)
    return reason(flag.value if flag else None, desk.now)


def reason(value: str | None, now: datetime) -> str | None:
    """What the flag's value says at `now`: `clock`, `storm`, or that nothing is held."""
    why, _, until = (value or "").partition(" ")
    return why if why and not (until and parse_instant(until) <= now) else None


def hold(desk: Desk, why: str, until: datetime | None = None) -> None:
    """Hold sending, for good or until then. A hold for a jumped clock is not made shorter."""
    value = f"{why} {format_instant(until)}" if until else why
    flag = desk.session.get(Flag, HELD)
    if flag is not None:
        if held(desk) == CLOCK:
            return
        flag.value, flag.set_at, flag.set_by = value, desk.now, None
        desk.session.flush()
    else:
        try:
            with desk.session.begin_nested():
                desk.session.add(Flag(name=HELD, value=value, set_at=desk.now))
        except IntegrityError:  # another worker was quicker, and says the same
            return
    desk.audit("sending.held", "instance", reason=why)


def release(desk: Desk) -> None:
    """A person's word, or a clock that came right: sending goes on.

    What was raised until now is let go with it, and makes no new storm (`is_storm`).
    """
    flag = desk.session.get(Flag, HELD)
    if flag is not None and held(desk) is not None:
        flag.value, flag.set_by = f"{STORM} {format_instant(desk.now)}", desk.person_id
        desk.session.flush()
        desk.audit("sending.released", "instance")


def is_let_go_by_a_person(desk: Desk) -> bool:
    """Whether the last hold was ended by somebody, not by its time or by another worker."""
    flag = desk.session.get(Flag, HELD)
    return flag is not None and flag.set_by is not None


def is_storm(desk: Desk, since: datetime) -> bool:
    """Whether all workers together raised more than max(10, 30 % of the open cases) at one tick.

    `since`: when this worker's tick began; what others raised in the minute before counts too. What
    was let go already does not, nor what people's own acts raise: no flood of reports is a storm
    that would hold back the alarms of others (S6).
    """
    since = min(since, desk.now - STORM_WITHIN)
    if (let_go := _let_go_at(desk)) is not None and since < let_go <= desk.now:
        since = let_go
    raised = figures.raised_by_workers(desk.session, since, desk.now + STORM_WITHIN)
    if raised <= STORM_AT_LEAST:
        return False
    return raised > STORM_SHARE * figures.open_cases(desk.session)


def _let_go_at(desk: Desk) -> datetime | None:
    """When the last hold ended: by a word, or by its time. None: there was none."""
    flag = desk.session.get(Flag, HELD)
    if flag is None:
        return None
    until = flag.value.partition(" ")[2]
    return parse_instant(until) if until else None


def hold_storm(desk: Desk) -> None:
    """Hold what a storm raised, and ask every supervisor, by a message that is not held."""
    hold(desk, STORM, desk.now + STORM_LASTS)
    queue_notice(desk, "hold", people_with_role(desk, "supervisor"))


def is_plausible(now: datetime, last: datetime | None) -> bool:
    """Whether the clock of a worker that starts can be right: not before what was written `last`,
    and not years after it."""
    return last is None or -START_BACK <= now - last <= START_AHEAD


@dataclass(slots=True)
class ClockGuard:
    """Compares the wall clock with one that nobody can set, from a running worker's first tick.

    `last`: what was written last before this worker began. A clock that was wrong then is right
    once it fits.
    """

    wall: datetime
    elapsed: float
    last: datetime | None = None

    def is_right(self, now: datetime, elapsed: float) -> bool:
        """Whether as much time has passed on both, give or take."""
        if not is_plausible(self.wall, self.last):
            if not is_plausible(now, self.last):
                return False
            self.wall, self.elapsed = now, elapsed
        passed = timedelta(seconds=elapsed - self.elapsed)
        return -BACK <= now - self.wall - passed <= AHEAD
