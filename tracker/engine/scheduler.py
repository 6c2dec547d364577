"""The worker: APScheduler as a ticker and nothing more; all memory is in our tables (D10).

A tick decides and sends in turns, so that the first message of a storm leaves while the rest is
still being decided. It never stands still on one bad part: each part fails alone.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, timedelta
from typing import Final

from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.orm import Session

from tracker.domain.actor import WORKER
from tracker.domain.clock import monotonic, system_clock
from tracker.domain.delivery import HEARTBEAT, Envelope
from tracker.domain.mailbox import MailboxClosed
from tracker.engine import api_tokens, brakes, retention, sharing
from tracker.engine.claims import PAUSED
from tracker.engine.desk import Desk
from tracker.engine.digest import make_due
from tracker.engine.dispatch import Sender, dispatch_batch, drain, reconcile_batch
from tracker.engine.follow import follow_batch
from tracker.engine.hands import hands
from tracker.engine.holds import CLOCK, ClockGuard, held, hold, hold_storm, is_storm, release
from tracker.engine.mailbox import read_mailbox
from tracker.engine.pace import DAILY, Memory, Needed
from tracker.engine.power import Power
from tracker.engine.pulse import beat, leave_lease, take_lease
from tracker.engine.visits import real_now
from tracker.engine.watch import watch_batch
from tracker.store import drafts, inbound, sessions
from tracker.store.health import flag
from tracker.store.schema import Pulse

TICK_SECONDS: Final = 10
DEMO_TICK_SECONDS: Final = 1
"""In a demo somebody watches, and moves the clock."""

LATE_AFTER_SECONDS: Final = 300
"""A tick that has not ended after so long hangs: the process ends, and is started again."""

EXIT_LATE: Final = 70
PING_SECONDS: Final = 60
"""How often the operator's own watch is told that we live."""

KEEP_SESSIONS: Final = timedelta(days=1)
"""S18: ended sessions are kept this long."""

MAILBOX_SECONDS: Final = 30
"""How often bounces and answers by mail are fetched."""

_WAIT_FOR_LEASE_SECONDS = 2.0
_ROUNDS_BETWEEN_BEATS = 20

log = logging.getLogger(__name__)
Part = Callable[[Power, Sender, Callable[[], bool], Memory], int]


def tick(
    services: Power,
    sender: Sender | None = None,
    stop: Callable[[], bool] = lambda: False,
    memory: Memory | None = None,
) -> int:
    """Do everything that is due now, in this thread; how much there was.

    Each part runs though another failed; then an ExceptionGroup of what failed is raised. While
    the clock is in doubt nothing is decided by it: what fired a year ahead was lost for a year.
    `memory` is the worker's, from its earlier ticks.
    """
    sender, memory = sender or Sender(), memory or Memory()
    done, errors = 0, []
    with services.reading(WORKER) as desk:
        needed = memory.needed(desk)
        parts = IN_DOUBT if held(desk) == CLOCK else PARTS
    for part in parts:
        if part in _REASONS and not _REASONS[part](needed, done):
            continue
        try:
            done += part(services, sender, stop, memory)
        except Exception as error:  # the other parts must run
            errors.append(error)
    detail = ",".join(sorted({type(error).__name__ for error in errors})) or None
    if memory.must_beat(services.clock(), detail):
        with services.desk(WORKER) as desk:
            beat(desk, detail=detail)
            drafts.forget(desk.session, real_now(desk))  # S18: a day, to the half minute
    if errors:
        raise ExceptionGroup("parts of a tick failed", errors)
    return done


def _daily(services: Power, _sender: Sender, _stop: Callable[[], bool], _memory: Memory) -> int:
    """Once a calendar day (UTC): what has expired stops counting."""
    with services.desk(WORKER) as desk:
        if not _is_new_day(desk.session, desk):
            return 0
        beat(desk, DAILY)
        brakes.forget(desk)
        inbound.forget(desk.session, desk.now - inbound.KEEP)
        sessions.forget(desk.session, real_now(desk) - KEEP_SESSIONS)
        api_tokens.forget(desk)
        return sharing.expire(desk)


def _is_new_day(session: Session, desk: Desk) -> bool:
    last = session.get(Pulse, DAILY)
    return last is None or last.at.date() != desk.now.date()


def _decide_and_send(
    services: Power, sender: Sender, stop: Callable[[], bool], memory: Memory
) -> int:
    """Deciding and sending take turns until nothing is due."""
    done = rounds = 0
    raised: list[str] = []
    braked = sender.brakes and not services.settings.demo
    while not stop():
        with services.desk(WORKER) as desk:
            begun = monotonic()
            looked = watch_batch(desk, memory.batch, raised)
            memory.took(looked, monotonic() - begun)
            if braked and looked and held(desk) is None and is_storm(desk, len(raised)):
                hold_storm(desk)
        sent = dispatch_batch(services, sender)
        done += looked + sent
        if not looked and not sent:
            break
        rounds += 1
        if rounds % _ROUNDS_BETWEEN_BEATS == 0:
            with services.desk(WORKER) as desk:
                beat(desk)
    return done


def _send(services: Power, sender: Sender, stop: Callable[[], bool], _memory: Memory) -> int:
    """What a person asked for goes out, whatever holds the alerts."""
    sent = 0
    while not stop() and (batch := dispatch_batch(services, sender)):
        sent += batch
    return sent


def _look_for_lost(
    services: Power, _sender: Sender, _stop: Callable[[], bool], _memory: Memory
) -> int:
    return reconcile_batch(services) + follow_batch(services)


def _digests(services: Power, sender: Sender, stop: Callable[[], bool], memory: Memory) -> int:
    """Decide and send the weekly digests, after the alerts they report."""
    with services.reading(WORKER) as desk:
        slot = memory.slot(desk)
    made = make_due(services)
    memory.digests_looked = slot  # not so when one failed: it is tried again at the next tick
    while made and not stop() and dispatch_batch(services, sender):
        pass
    return made


def _erase(services: Power, _sender: Sender, _stop: Callable[[], bool], _memory: Memory) -> int:
    return retention.run(services)


PARTS: Final[tuple[Part, ...]] = (_daily, _look_for_lost, _decide_and_send, _digests, _erase)
"""What a tick does, in order."""

IN_DOUBT: Final[tuple[Part, ...]] = (_send,)
"""What a tick does while the clock is in doubt (D7)."""

_REASONS: Final[Mapping[Part, Callable[[Needed, int], bool]]] = {
    _daily: lambda needed, _done: needed.daily,
    _decide_and_send: lambda needed, done: needed.work or needed.daily or done > 0,
    _digests: lambda needed, _done: needed.digests,
    _erase: lambda needed, _done: needed.erasing,
}
"""When there is reason for a part, from what is needed and what was done before it; else always."""


def run_worker(services: Power, stop: threading.Event) -> None:
    """Tick until `stop` is set; then finish what was begun (SIGTERM drains).

    On SQLite one worker ticks and others wait for its lease to end. When a tick hangs the process
    ends with status 70, for its supervisor to start again.
    """
    with hands() as pool:
        sender = Sender(hands=pool)
        if not _get_lease(services, sender, stop):
            return
        seconds = DEMO_TICK_SECONDS if services.settings.demo else TICK_SECONDS
        run = _Run(services, sender, stop)
        ticker = BackgroundScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        ticker.add_job(
            run.tick, "interval", seconds=seconds, id="tick", next_run_time=system_clock()
        )
        if HEARTBEAT in services.channels and not services.settings.demo:
            ticker.add_job(run.ping, "interval", seconds=PING_SECONDS, id="ping")
        if services.mailbox is not None and not services.settings.demo:
            ticker.add_job(run.read_mail, "interval", seconds=MAILBOX_SECONDS, id="mailbox")
        ticker.start()
        while not stop.wait(1.0):
            if monotonic() - run.ended > LATE_AFTER_SECONDS:
                log.critical("a tick hangs; the worker ends so that it is started again")
                os._exit(EXIT_LATE)
        ticker.shutdown(wait=True)
        _leave(services, sender)


class _Run:
    """The ticks of one worker; never raises."""

    def __init__(self, services: Power, sender: Sender, stop: threading.Event) -> None:
        self._services = services
        self._sender = sender
        self._stop = stop
        self.ended = monotonic()
        self.well = False
        self._guard = ClockGuard(services.clock(), monotonic())
        self._clock_was_right = True
        self._memory = Memory()

    def _is_told_to_stop(self) -> bool:
        """Asked between batches: a long tick that gets on does not hang, a jumped clock ends it."""
        self.ended = monotonic()
        return self._stop.is_set() or self._is_clock_right() != self._clock_was_right

    def tick(self) -> None:
        """One tick. What goes wrong is logged by its type alone: words may hold names."""
        well = False
        try:
            if _has_lease(self._services, self._sender):
                self._mind_the_clock()
                tick(self._services, self._sender, self._is_told_to_stop, self._memory)
            well = True
        except ExceptionGroup as group:
            for error in group.exceptions:
                log.error("part of a tick failed: %s", type(error).__name__)
        except Exception as error:  # the next tick must come
            log.error("a tick failed: %s", type(error).__name__)
        finally:
            self.well, self.ended = well, monotonic()

    def _mind_the_clock(self) -> None:
        """A wall clock that jumped holds sending; one that came right lets it go on (D7)."""
        right = self._is_clock_right()
        if right == self._clock_was_right:
            return
        with self._services.desk(WORKER) as desk:
            if not right:
                log.critical("the clock jumped; sending is held until somebody looks")
                hold(desk, CLOCK)
            elif held(desk) == CLOCK:
                release(desk)
        self._clock_was_right = right

    def _is_paused(self) -> bool:
        """A restored instance is paused until a person has looked: nobody may think all is well."""
        try:
            with self._services.reading(WORKER) as desk:
                return flag(desk.session, PAUSED) is not None
        except Exception as error:  # who cannot ask cannot say that all is well
            log.error("whether sending is paused is unknown: %s", type(error).__name__)
            return True

    def _is_clock_right(self) -> bool:
        """A demo's clock may jump as it likes."""
        demo = self._services.settings.demo
        return demo or self._guard.is_right(self._services.clock(), monotonic())

    def read_mail(self) -> None:
        """Bounces and answers, beside the ticks: a mail server that hangs holds up no alert.

        Not while sending is paused: a restored copy must not empty the mailbox of the original.
        """
        if self._is_paused():
            return
        try:
            read_mailbox(self._services, self._sender.owner)
        except MailboxClosed as closed:
            log.error("the mailbox cannot be read: %s", closed)
        except Exception as error:  # it is given again
            log.error("a mail could not be taken: %s", type(error).__name__)

    def ping(self) -> None:
        """Tell the operator's watch that we live: only while ticks end, end well, and may send."""
        if not self.well or monotonic() - self.ended > PING_SECONDS or self._is_paused():
            return
        channel = self._services.channels[HEARTBEAT]
        nothing = Envelope("", HEARTBEAT, "", "", "", "", self._services.clock())
        result = channel.send(nothing)
        log.debug("ping: %s", result.outcome)


def _get_lease(services: Power, sender: Sender, stop: threading.Event) -> bool:
    while not stop.is_set():
        try:
            if _has_lease(services, sender):
                return True
        except Exception as error:  # the database may come up later than we do
            log.error("no lease yet: %s", type(error).__name__)
        stop.wait(_WAIT_FOR_LEASE_SECONDS)
    return False


def _has_lease(services: Power, sender: Sender) -> bool:
    """On PostgreSQL any number of workers tick; on SQLite the one with the lease."""
    if not services.database.is_sqlite:
        return True
    with services.desk(WORKER) as desk:
        return take_lease(desk, sender.owner)


def _leave(services: Power, sender: Sender) -> None:
    try:
        drain(services, sender)
    except Exception as error:  # what is not written down is found again by its lease
        log.error("results were not written down: %s", type(error).__name__)
    try:
        with services.desk(WORKER) as desk:
            leave_lease(desk, sender.owner)
    except Exception as error:  # it ends by itself
        log.error("the lease was not given back: %s", type(error).__name__)
