"""Sending what is due: claim and commit, send without a transaction, record each result (D1–D4)."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random, SystemRandom

from sqlalchemy.exc import OperationalError

from tracker.domain.actor import WORKER
from tracker.domain.clock import monotonic
from tracker.domain.delivery import (
    START_WITHIN,
    Fault,
    Outcome,
    RetryPolicy,
    SendResult,
)
from tracker.engine.claims import Claimed, Stopped, claim
from tracker.engine.power import Power
from tracker.engine.reconcile import conclude, lapse, searches
from tracker.engine.settle import may_end, record, stop

BATCH = 50
"""Rows claimed in one transaction."""

AT_ONCE = 8
"""Calls to providers at the same time, in one worker."""

_RECORDING_TRIES = 3

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: a name for its leases, its patience, and its hands."""

    owner: str = field(default_factory=lambda: f"worker-{secrets.token_hex(6)}")
    policy: RetryPolicy = field(default_factory=RetryPolicy)
    rng: Random = field(default_factory=SystemRandom)
    hands: Executor | None = None
    """None: one call after the other, in this thread."""
    brakes: bool = True
    """Whether a storm is held (D7); a demo's never is, nor a replayed history's."""


@contextmanager
def hands(count: int = AT_ONCE) -> Iterator[Executor]:
    """Threads for calls to providers; they end with the block."""
    with ThreadPoolExecutor(count, thread_name_prefix="send") as pool:
        yield pool


def dispatch_batch(services: Power, sender: Sender, limit: int = BATCH) -> int:
    """Send up to `limit` due rows; the number of rows looked at.

    Raises what the database raises; rows already sent are then found again by their lease.
    """
    with services.desk(WORKER) as desk:
        batch = claim(desk, sender.owner, limit, sender.policy, sender.rng)
    failed = list[Exception]()
    begun = monotonic()
    for done in _sent(services, batch.claimed, sender, begun):
        try:
            _record(services, done, sender)
        except Exception as error:  # the others' results must be written down
            failed.append(error)
    for set_aside in batch.stopped:
        try:
            _stop(services, set_aside)
        except Exception as error:  # it is found again by its lease
            failed.append(error)
    if failed:
        raise ExceptionGroup("results were not written down", failed)
    return batch.seen


def reconcile_batch(services: Power, limit: int = BATCH) -> int:
    """Look after rows of unknown fate; the number looked at."""
    with services.desk(WORKER) as desk:
        lapse(desk, limit)
        wanted = searches(desk, limit)
    for search in wanted:
        channel = services.channels.get(search.envelope.channel)
        try:
            found = channel.find(search.envelope, search.started_at) if channel else None
        except Exception as error:  # looking is a help, never a must
            log.warning("looking for a message failed: %s", type(error).__name__)
            found = None
        with services.desk(WORKER) as desk:
            conclude(desk, search, found)
    return len(wanted)


Done = tuple[Claimed, SendResult]


def _sent(
    services: Power, claimed: Iterable[Claimed], sender: Sender, begun: float
) -> Iterator[list[Done]]:
    """The results as they come in: one by one, or as many as are ready at a time."""
    if sender.hands is None:
        for one in claimed:
            yield [(one, _send(services, one, begun))]
        return
    running: dict[Future[SendResult], Claimed] = {
        sender.hands.submit(_send, services, one, begun): one for one in claimed
    }
    while running:
        ready, _ = wait(running, return_when=FIRST_COMPLETED)
        yield [(running.pop(future), future.result()) for future in ready]


def _send(services: Power, one: Claimed, begun: float) -> SendResult:
    if monotonic() - begun > START_WITHIN.total_seconds():
        return SendResult(Outcome.NOT_SENT, code="late")
    channel = services.channels.get(one.envelope.channel)
    if channel is None:
        return SendResult(Outcome.REFUSED, code="not_configured", fault=Fault.ACCOUNT)
    try:
        return channel.send(one.envelope)
    except Exception as error:  # a channel that breaks may have sent
        log.error("a channel failed: %s", type(error).__name__)
        return SendResult(Outcome.UNKNOWN, code=f"channel_{type(error).__name__}")


def _record(services: Power, done: list[Done], sender: Sender) -> None:
    """Results that only touch their row share a transaction; others get one each."""
    plain = [pair for pair in done if not may_end(pair[1])]
    groups = ([plain] if plain else []) + [[pair] for pair in done if may_end(pair[1])]
    for group in groups:
        for tries_left in reversed(range(_RECORDING_TRIES)):
            try:
                with services.desk(WORKER) as desk:
                    for one, result in sorted(group, key=lambda pair: pair[0].envelope.row_id):
                        record(
                            desk,
                            one.envelope.row_id,
                            one.number,
                            result,
                            sender.policy,
                            sender.rng,
                        )
                break
            except OperationalError:
                if not tries_left:
                    raise


def _stop(services: Power, set_aside: Stopped) -> None:
    with services.desk(WORKER) as desk:
        stop(desk, set_aside.row_id, set_aside.code, set_aside.fault)
