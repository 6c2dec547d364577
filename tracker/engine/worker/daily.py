"""What the worker does once a calendar day (UTC): what has expired stops counting, and goes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from tracker.domain.actor import WORKER
from tracker.engine.cases import sharing
from tracker.engine.clock import policies
from tracker.engine.desk import Desk
from tracker.engine.power import Power
from tracker.engine.pulse import beat
from tracker.engine.staff import api_tokens, brakes
from tracker.engine.staff.visits import real_now
from tracker.store import inbound, sessions
from tracker.store.health import DAILY, DAILY_FAILED
from tracker.store.pulses import drop_pulse, pulses_of

KEEP_SESSIONS: Final = timedelta(days=1)
"""S18: ended sessions are kept this long."""

TRY_AGAIN_AFTER: Final = timedelta(hours=1)
"""A day's chores of which one failed are done again after this long; each may be done twice."""

log = logging.getLogger(__name__)


def is_due(now: datetime, done_at: datetime | None, failed_at: datetime | None) -> bool:
    """Whether the chores are due, last done and last failed at these instants."""
    if done_at is None or done_at.date() != now.date():
        return True
    return failed_at is not None and not failed_at <= now < failed_at + TRY_AGAIN_AFTER


def run(services: Power) -> int:
    """Do each chore in a transaction of its own; how many cases were touched.

    One that fails costs the others nothing, nor is it tried at every tick: it is named in the
    log and to `tracker doctor` until it succeeds. The day counts as done only at the end, so
    whatever kills the worker keeps no chore from being done. Raises an ExceptionGroup of what
    failed.
    """
    done, failed = 0, dict[str, Exception]()
    for name, chore in CHORES.items():
        try:
            with services.desk(WORKER) as desk:
                if not _is_due(desk):  # another worker was quicker
                    return done
                done += chore(desk) or 0
        except Exception as error:  # one must not keep the others
            log.error("a chore of the day failed: %s: %s", name, type(error).__name__)
            failed[name] = error
    with services.desk(WORKER) as desk:
        beat(desk, DAILY)
        if failed:
            said = (f"{name}: {type(error).__name__}" for name, error in failed.items())
            beat(desk, DAILY_FAILED, ", ".join(said))
        else:
            drop_pulse(desk.session, DAILY_FAILED)
    if failed:
        raise ExceptionGroup("chores of the day failed", list(failed.values()))
    return done


def _is_due(desk: Desk) -> bool:
    found = pulses_of(desk.session, (DAILY, DAILY_FAILED))
    done, failed = found.get(DAILY), found.get(DAILY_FAILED)
    done_at = None if done is None else done.at
    return is_due(desk.now, done_at, None if failed is None else failed.at)


def _forget_answers(desk: Desk) -> None:
    inbound.forget(desk.session, desk.now - inbound.KEEP)


def _forget_sessions(desk: Desk) -> None:
    sessions.forget(desk.session, real_now(desk) - KEEP_SESSIONS)


CHORES: Final[Mapping[str, Callable[[Desk], int | None]]] = {
    "shares and consents": sharing.expire,
    "policies": policies.begin_moving,
    "brakes": brakes.forget,
    "answers": _forget_answers,
    "sessions": _forget_sessions,
    "api tokens": api_tokens.forget,
}
"""In order; their names stand in the log and in what `tracker doctor` says."""
