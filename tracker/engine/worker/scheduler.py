"""The worker: APScheduler as a ticker and nothing more; all memory is in our tables (D10)."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import Final

from apscheduler.schedulers.background import BackgroundScheduler

from tracker.domain.actor import WORKER
from tracker.domain.clock import elapsed, monotonic, system_clock
from tracker.domain.delivery import HEARTBEAT, Envelope
from tracker.domain.mailbox import MailboxClosed
from tracker.engine.power import Power
from tracker.engine.pulse import has_lease, leave_lease, take_lease
from tracker.engine.sending.dispatch import Sender, drain
from tracker.engine.sending.hands import hands
from tracker.engine.sending.holds import (
    CLOCK,
    ClockGuard,
    held,
    hold,
    is_let_go_by_a_person,
    release,
)
from tracker.engine.sending.mailbox import read_mailbox
from tracker.engine.sending.reconcile import forget_notes
from tracker.engine.worker.pace import Memory
from tracker.engine.worker.tick import WITHOUT_DIGESTS, digests, faults, tick
from tracker.store.health import PAUSED, flag, last_written
from tracker.store.taken import Notes, notes

TICK_SECONDS: Final = 10
DEMO_TICK_SECONDS: Final = 1
"""In a demo somebody watches, and moves the clock."""

LATE_AFTER_SECONDS: Final = 300
"""A tick that has not ended after so long hangs: the process ends, and is started again."""

EXIT_LATE: Final = 70
PING_SECONDS: Final = 60
"""How often the operator's own watch is told that we live."""

MAILBOX_SECONDS: Final = 30
"""How often bounces and answers by mail are fetched."""

_WAIT_FOR_LEASE_SECONDS = 2.0

log = logging.getLogger(__name__)
logging.getLogger("apscheduler").setLevel(logging.ERROR)  # under load a tick outlasts the next one


def run_worker(services: Power, stop: threading.Event) -> None:
    """Tick until `stop` is set; then finish what was begun (SIGTERM drains).

    On SQLite one worker ticks and others wait for its lease to end. When a tick hangs the process
    ends with status 70, for its supervisor to start again.
    """
    with _notes(services) as noted, hands() as pool:  # hands write notes until they rest
        sender = Sender(hands=pool, notes=noted)
        if not _get_lease(services, sender, stop):
            return
        run = _Run(services, sender, stop)
        ticker = _planned(run, services, system_clock())
        ticker.start()
        while not stop.wait(1.0):
            if monotonic() - run.ended > LATE_AFTER_SECONDS:
                log.critical("a tick hangs; the worker ends so that it is started again")
                os._exit(EXIT_LATE)
        ticker.shutdown(wait=True)
        _leave(services, sender)


def _planned(run: _Run, services: Power, first: datetime) -> BackgroundScheduler:
    """What the worker does again and again, the ticks from `first` on.

    However late a tick is (a starved machine, one that slept), it runs: late rather than never.
    """
    seconds = DEMO_TICK_SECONDS if services.settings.demo else TICK_SECONDS
    ticker = BackgroundScheduler(
        timezone=UTC,
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    ticker.add_job(run.tick, "interval", seconds=seconds, id="tick", next_run_time=first)
    ticker.add_job(run.make_digests, "interval", seconds=seconds, id="digests", next_run_time=first)
    if HEARTBEAT in services.channels and not services.settings.demo:
        ticker.add_job(run.ping, "interval", seconds=PING_SECONDS, id="ping")
    if services.mailbox is not None and not services.settings.demo:
        ticker.add_job(run.read_mail, "interval", seconds=MAILBOX_SECONDS, id="mailbox")
    return ticker


@contextmanager
def _notes(services: Power) -> Iterator[Notes | None]:
    """A file for what providers took; without one, where none can be made, the worker works too."""
    with ExitStack() as stack:
        try:
            with services.reading(WORKER) as desk:
                forget_notes(desk)
        except Exception as error:  # the database may come up later than we do
            log.error("old notes of what was sent stay: %s", type(error).__name__)
        noted = None
        try:
            noted = stack.enter_context(notes(services.settings.instance))
        except Exception as error:
            log.error("what is sent is not noted beside the database: %s", type(error).__name__)
        yield noted


class _Run:
    """The ticks of one worker; never raises."""

    def __init__(self, services: Power, sender: Sender, stop: threading.Event) -> None:
        self._services = services
        self._sender = sender
        self._stop = stop
        self.ended = monotonic()
        self.well = False
        self._guard: ClockGuard | None = None
        self._clock_was_right = True
        self._memory = Memory()

    def _is_told_to_stop(self) -> bool:
        """Asked between batches: a long tick that gets on does not hang, a jumped clock ends it."""
        self.ended = monotonic()
        return self._stop.is_set() or self._is_clock_right() != self._clock_was_right

    def tick(self) -> None:
        """One tick; what goes wrong is logged."""
        well = False
        try:
            if _has_lease(self._services, self._sender):
                self._mind_the_clock()
                tick(
                    self._services,
                    self._sender,
                    self._is_told_to_stop,
                    self._memory,
                    WITHOUT_DIGESTS,
                )
            well = True
        except Exception as error:  # the next tick must come
            _log("tick", error)
        finally:
            self.well, self.ended = well, monotonic()

    def make_digests(self) -> None:
        """The weekly digests, beside the ticks: however much is gathered, no alert waits for it.

        Only once a tick has seen that the clock is right.
        """
        try:
            if self._guard is None or self._stop.is_set() or not self._is_clock_right():
                return
            if _has_lease(self._services, self._sender):
                digests(self._services, self._memory)
        except Exception as error:  # it is tried again
            _log("digest", error)

    def _mind_the_clock(self) -> None:
        """A wall clock that is wrong holds sending; one that came right lets it go on (D7)."""
        if self._guard is None:
            with self._services.reading(WORKER) as desk:
                last = last_written(desk.session)
            self._guard = ClockGuard(self._services.clock(), elapsed(), last)
        right = self._is_clock_right()
        if right == self._clock_was_right:
            if not right:
                self._heed_a_persons_word()
            return
        with self._services.desk(WORKER) as desk:
            if not right:
                log.critical("the clock is wrong; nothing is decided or sent until somebody looks")
                hold(desk, CLOCK)
            elif held(desk) == CLOCK:
                release(desk)
        self._clock_was_right = right

    def _heed_a_persons_word(self) -> None:
        """Whoever let sending go on has looked at the clock: it is right from here on, and the next
        jump is one again. Another machine's worker, whose own clock came right, has not looked."""
        with self._services.desk(WORKER) as desk:
            if held(desk) == CLOCK:
                return
            if not is_let_go_by_a_person(desk):
                hold(desk, CLOCK)
                return
        self._guard = ClockGuard(self._services.clock(), elapsed())
        self._clock_was_right = True

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
        if self._guard is None or self._services.settings.demo:
            return True
        return self._guard.is_right(self._services.clock(), elapsed())

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


def _log(what: str, error: Exception) -> None:
    """What went wrong, by its type alone: words may hold names."""
    for each in faults(error):
        log.error("a %s failed: %s", what, type(each).__name__)


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
    with services.asking(WORKER) as desk:
        if has_lease(desk, sender.owner):
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
