"""Sending what is due: claim and commit, send without a transaction, record each result (D1–D4)."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random, SystemRandom

from sqlalchemy.exc import OperationalError

from tracker.domain.actor import WORKER
from tracker.domain.clock import elapsed
from tracker.domain.delivery import (
    LEASE,
    START_WITHIN,
    Fault,
    Outcome,
    RetryPolicy,
    SendResult,
)
from tracker.engine.power import Power
from tracker.engine.sending.claims import BATCH, Claimed, Stopped, claim
from tracker.engine.sending.hands import Done, Hands
from tracker.engine.sending.settle import LATE, Try, may_end, record, stop
from tracker.store import outbox
from tracker.store.taken import Notes

_RECORDING_TRIES = 3

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Trust:
    """How many rows a process may have under way: one at first, twice as many each time results
    were written down. One that dies as soon as it sends leaves few rows in doubt each time."""

    rows: int = 1

    def grow(self) -> None:
        """It lived to write results down."""
        self.rows = min(BATCH, self.rows * 2)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: a name for its leases, its patience, and its hands."""

    owner: str = field(default_factory=lambda: f"worker-{secrets.token_hex(6)}")
    policy: RetryPolicy = field(default_factory=RetryPolicy)
    rng: Random = field(default_factory=SystemRandom)
    hands: Hands | None = None
    """None: one call after the other, in this thread."""
    trust: Trust = field(default_factory=Trust)
    notes: Notes | None = None
    """Where what was taken is noted at once; None: a process that dies leaves it in doubt."""
    brakes: bool = True
    """Whether a storm is held (D7); a demo's never is, nor a replayed history's."""


def dispatch_batch(services: Power, sender: Sender, limit: int = BATCH) -> int:
    """Send up to `limit` due rows; how many were looked at, or came to something.

    With hands, calls that hang are left under way and collected at a later turn, or by `drain`.
    Raises what the database raises; rows already sent are then found again by their lease.
    """
    full = sender.hands.full() if sender.hands else frozenset[str]()
    with services.desk(WORKER) as desk:
        limit = min(limit, sender.trust.rows)
        batch = claim(desk, sender.owner, limit, sender.policy, sender.rng, full)
    begun = elapsed()
    failed = list[Exception]()
    for set_aside in batch.stopped:
        try:
            _stop(services, set_aside)
        except Exception as error:  # it is due still, and looked at again
            failed.append(error)
    settled = 0
    lost = list[Exception]()
    for done in _sent(services, batch.claimed, sender, begun):
        settled += len(done)
        lost += _try_to_record(services, done, sender)
    _turn_the_page(services, sender, lost)
    if failed or lost:
        raise ExceptionGroup("results were not written down", failed + lost)
    return max(batch.seen, settled)


def drain(services: Power, sender: Sender) -> None:
    """Write down what is still under way; waits for it as long as a try may take.

    Raises ExceptionGroup of what could not be written down, after all the rest.
    """
    lost = list[Exception]()
    for done in sender.hands.results(LEASE.total_seconds()) if sender.hands else ():
        lost += _try_to_record(services, done, sender)
    _turn_the_page(services, sender, lost)
    if lost:
        raise ExceptionGroup("results were not written down", lost)


def _turn_the_page(services: Power, sender: Sender, lost: Sequence[Exception]) -> None:
    """Notes of what is recorded are needed no more.

    Where results were lost they are kept for a lease, in which another look adopts them, and for
    one more each time while some are in doubt still.
    """
    notes, now = sender.notes, services.clock()
    if notes is None:
        return
    if lost:
        notes.kept_since = now
    if sender.hands is not None and not sender.hands.idle():
        return
    if notes.kept_since is not None:
        if now - notes.kept_since < LEASE:
            return
        if _is_in_doubt(services, notes):
            notes.kept_since = now
            return
    notes.clear()


def _is_in_doubt(services: Power, notes: Notes) -> bool:
    """Whether some row that is noted is in doubt still; who cannot ask cannot say that none is."""
    try:
        with services.reading(WORKER) as desk:
            return not outbox.in_doubt(desk.session).isdisjoint(notes.rows())
    except Exception as error:
        log.error("whether notes are needed is unknown: %s", type(error).__name__)
        return True


def _sent(
    services: Power, claimed: Iterable[Claimed], sender: Sender, begun: float
) -> Iterator[list[Done]]:
    """The results as they come in: one by one, or as many as are ready at a time."""
    if sender.hands is None:
        for one in claimed:
            yield [(one, _send(services, one, begun, sender.notes))]
        return
    for one in claimed:
        sender.hands.start(one, partial(_send, services, one, begun, sender.notes))
    yield from sender.hands.results()


def _send(services: Power, one: Claimed, begun: float, notes: Notes | None) -> SendResult:
    if elapsed() - begun > START_WITHIN.total_seconds():
        return SendResult(Outcome.NOT_SENT, code=LATE, local=True)
    channel = services.channels.get(one.envelope.channel)
    if channel is None:
        return SendResult(Outcome.REFUSED, code="not_configured", fault=Fault.ACCOUNT, local=True)
    try:
        result = channel.send(one.envelope)
    except Exception as error:  # a channel that breaks may have sent
        log.error("a channel failed: %s", type(error).__name__)
        return SendResult(Outcome.UNKNOWN, code=f"channel_{type(error).__name__}", local=True)
    if notes is not None and result.outcome is Outcome.ACCEPTED:
        notes.write(one.tries, result.provider_id)
    return result


def _try_to_record(services: Power, done: list[Done], sender: Sender) -> Sequence[Exception]:
    """Write results down; what went wrong, for the others' results must be written down too.

    Results that only touch their row share a transaction; others get one each.
    """
    tries = [(row_id, number, result) for one, result in done for row_id, number in one.tries]
    plain = [one for one in tries if not may_end(one[2])]
    groups = ([plain] if plain else []) + [[one] for one in tries if may_end(one[2])]
    lost = [error for group in groups for error in _written(services, group, sender)]
    if not lost:
        sender.trust.grow()
    return lost


def _written(services: Power, tries: Sequence[Try], sender: Sender) -> Sequence[Exception]:
    """Tries written down together, or by themselves where one of them cannot be (D1)."""
    try:
        _record(services, tries, sender)
    except Exception as error:
        if len(tries) == 1 or isinstance(error, OperationalError):  # the database's fault
            return [error]
        return [lost for one in tries for lost in _written(services, [one], sender)]
    return ()


def _record(services: Power, tries: Sequence[Try], sender: Sender) -> None:
    for tries_left in reversed(range(_RECORDING_TRIES)):
        try:
            with services.desk(WORKER) as desk:
                record(desk, tries, sender.policy, sender.rng)
            break
        except OperationalError:
            if not tries_left:
                raise


def _stop(services: Power, set_aside: Stopped) -> None:
    with services.desk(WORKER) as desk:
        stop(desk, set_aside.row_id, set_aside.code, set_aside.fault)
