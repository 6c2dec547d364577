"""Claiming rows: asked again, worded, leased and written down before anything leaves (D2, D3).

One transaction claims a batch; it commits before the first network call, so a process that dies
leaves its rows in `submitting`, and their lease tells the others that their fate is unknown.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from random import Random

from sqlalchemy.exc import DBAPIError

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
from tracker.store.schema import Alert, ContactPoint, OutboxAttempt, OutboxMessage, Person, new_id
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


def claim(
    desk: Desk,
    owner: str,
    limit: int,
    policy: RetryPolicy,
    rng: Random,
    full: Collection[str] = (),
) -> Batch:
    """Claim up to `limit` due rows for `owner`, none of the channels that are `full`.

    Commit before sending what it returns.
    """
    if flag(desk.session, PAUSED):
        return Batch(0, (), ())
    rows = _due(desk, limit, full)
    if not rows:
        return Batch(0, (), ())
    asking = _Asking(desk, rows)
    claimed, stopped = list[Claimed](), list[Stopped]()
    for row in rows:
        try:
            match asking.one(row):
                case Envelope() as words:
                    claimed.append(Claimed(words, row.attempts + 1))
                case Stopped() as set_aside:
                    stopped.append(set_aside)
                case None:
                    pass
        except Erased:
            stopped.append(Stopped(row.id, "erased", Fault.ADDRESS))
        except DBAPIError:  # the database's fault, not the row's
            raise
        except Exception as error:  # a poison row must not hold up the others (D1)
            if not _wait_with_error(desk, row, error, policy, rng):
                stopped.append(Stopped(row.id, _named(error), Fault.CONTENT))
    desk.session.flush()
    outbox.lease(
        desk.session,
        [(one.envelope.row_id, one.number) for one in claimed],
        owner,
        desk.now,
        desk.now + LEASE,
    )
    return Batch(len(rows), tuple(claimed), tuple(stopped))


def _due(desk: Desk, limit: int, full: Collection[str]) -> list[OutboxMessage]:
    """The rows that our brakes let go (D7)."""
    kinds = NEVER_HELD if held(desk) else None
    allowed = {c: most for c, most in limits(desk, limit).items() if most and c not in full}
    free = [channel for channel, most in allowed.items() if most == limit]
    rows = outbox.due(desk.session, desk.now, limit, free, kinds) if free else []
    for channel, most in allowed.items():
        if most < limit:
            found = outbox.due(desk.session, desk.now, most, [channel], kinds)
            if found:
                probing(desk, channel)
            rows += found
    return rows


class _Asking:
    """Rows with whom and what they are about, fetched in a few queries for all of them."""

    def __init__(self, desk: Desk, rows: Sequence[OutboxMessage]) -> None:
        self._desk = desk
        desk.safe.preload({row.person_id for row in rows}, "contact")
        self._points = outbox.by_id(desk.session, ContactPoint, (r.contact_point_id for r in rows))
        self._people = outbox.by_id(desk.session, Person, (r.person_id for r in rows))
        # kept, for the session forgets what nobody holds
        self._alerts = outbox.by_id(desk.session, Alert, (r.alert_id for r in rows))

    def one(self, row: OutboxMessage) -> Envelope | Stopped | None:
        """The message of a row that may go; None for one that waits or is no longer needed."""
        desk, point = self._desk, self._points[row.contact_point_id]
        person = self._people[row.person_id]
        address = str(desk.safe.open(point, "address"))
        match verdict(desk, row, person, point, address):
            case Go():
                return envelope(desk, row, person, address)
            case Wait(until):
                row.available_at = until
            case Cancel(code):
                row.state, row.error_code, row.ended_at = State.CANCELLED, code, desk.now
            case Stop(code, fault):
                return Stopped(row.id, code, fault)
        return None


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
