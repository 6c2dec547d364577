"""Claiming rows: asked again, worded, leased and written down before anything leaves (D2, D3).

One transaction claims a batch; it commits before the first network call, so a process that dies
leaves its rows in `submitting`, and their lease tells the others that their fate is unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from tracker.domain.delivery import (
    LEASE,
    Envelope,
    Fault,
    Outcome,
    RetryPolicy,
    SendResult,
    State,
)
from tracker.domain.errors import TrackerError
from tracker.engine.breaker import limits, probing
from tracker.engine.desk import Desk
from tracker.engine.holds import held
from tracker.engine.needed import Cancel, Go, Stop, Wait, verdict
from tracker.engine.wording import envelope
from tracker.store import outbox
from tracker.store.health import flag
from tracker.store.schema import ContactPoint, OutboxAttempt, OutboxMessage, Person, new_id
from tracker.store.sealing import Erased

PAUSED = "sending_paused"
"""The flag of a person who paused sending."""

NEVER_HELD = ("hold", "test", "invite")
"""Kinds that go out though a brake of our own holds the alerts (D7)."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that is ours to send, as try number `number`."""

    envelope: Envelope
    number: int


@dataclass(frozen=True, slots=True)
class Stopped:
    """A row that may not go; it is set aside in a transaction of its own."""

    row_id: str
    code: str
    fault: Fault


@dataclass(frozen=True, slots=True)
class Batch:
    """What one claim brought."""

    seen: int
    claimed: tuple[Claimed, ...]
    stopped: tuple[Stopped, ...]


def claim(desk: Desk, owner: str, limit: int, policy: RetryPolicy, rng: Random) -> Batch:
    """Claim up to `limit` due rows for `owner`. Commit before sending what it returns."""
    if flag(desk.session, PAUSED):
        return Batch(0, (), ())
    rows = _due(desk, limit)
    desk.safe.preload({row.person_id for row in rows}, "contact")
    points = outbox.points_by_id(desk.session, {row.contact_point_id for row in rows})
    claimed, stopped = [], []
    for row in rows:
        match _one(desk, row, points[row.contact_point_id], owner):
            case Claimed() as ours:
                claimed.append(ours)
            case Stopped() as set_aside:
                stopped.append(set_aside)
            case Exception() as error:
                if not _wait_with_error(desk, row, error, policy, rng):
                    stopped.append(Stopped(row.id, _named(error), Fault.CONTENT))
            case None:
                pass
    desk.session.flush()
    return Batch(len(rows), tuple(claimed), tuple(stopped))


def _due(desk: Desk, limit: int) -> list[OutboxMessage]:
    """The rows that our brakes let go (D7)."""
    kinds = NEVER_HELD if held(desk) else None
    allowed = limits(desk, limit)
    if set(allowed.values()) == {limit}:
        return outbox.due(desk.session, desk.now, limit, kinds=kinds)
    rows = []
    for channel, most in allowed.items():
        found = outbox.due(desk.session, desk.now, most, channel, kinds) if most else []
        if found and most < limit:
            probing(desk, channel)
        rows += found
    return rows


def _one(
    desk: Desk, row: OutboxMessage, point: ContactPoint, owner: str
) -> Claimed | Stopped | Exception | None:
    """One row. A row that fails is set aside, and holds up no other (D1)."""
    try:
        with desk.session.begin_nested():
            person = desk.session.get_one(Person, row.person_id)
            address = str(desk.safe.open(point, "address"))
            match verdict(desk, row, person, point, address):
                case Go():
                    return _lease(desk, row, envelope(desk, row, person, address), owner)
                case Wait(until):
                    row.available_at = until
                case Cancel(code):
                    row.state, row.error_code = State.CANCELLED, code
                    row.ended_at = desk.now
                case Stop(code, fault):
                    return Stopped(row.id, code, fault)
    except Erased:
        return Stopped(row.id, "erased", Fault.ADDRESS)
    except Exception as error:  # a poison row must not hold up the others
        return error
    return None


def _lease(desk: Desk, row: OutboxMessage, words: Envelope, owner: str) -> Claimed:
    row.attempts += 1
    row.state = State.SUBMITTING
    row.lease_owner, row.lease_until = owner, desk.now + LEASE
    desk.session.add(
        OutboxAttempt(id=new_id(), outbox_id=row.id, number=row.attempts, started_at=desk.now)
    )
    return Claimed(words, row.attempts)


def _wait_with_error(
    desk: Desk, row: OutboxMessage, error: Exception, policy: RetryPolicy, rng: Random
) -> bool:
    """Keep a row that could not be worded, with its error; False when it was tried enough."""
    result = SendResult(Outcome.NOT_SENT, code=_named(error))
    wait = policy.wait(row.channel, row.attempts + 1, result, rng)
    if wait is None:
        return False
    row.attempts += 1
    row.state, row.error_code = State.RETRY_WAIT, result.code
    row.available_at = desk.now + wait
    desk.session.add(
        OutboxAttempt(
            id=new_id(),
            outbox_id=row.id,
            number=row.attempts,
            started_at=desk.now,
            ended_at=desk.now,
            outcome=Outcome.NOT_SENT,
            code=result.code,
        )
    )
    return True


def _named(error: Exception) -> str:
    """The kind of error; never its words, which may hold what must not be kept."""
    kind = "refused" if isinstance(error, TrackerError) else "failed"
    return f"wording_{kind}_{type(error).__name__}"
