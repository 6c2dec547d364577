"""What is due: cases to look at, as plain rows that hold only what deciding needs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, or_, select
from sqlalchemy.orm import Session

from tracker.store import outbox
from tracker.store.bulk import among
from tracker.store.schema import Alert, Case, Flag, Pulse


class DueCase(NamedTuple):
    """A case whose next look is due. `clock` is its sealed memory."""

    id: str
    band: str
    policy_version_id: str
    caseworker_id: str | None
    supervisor_id: str | None
    snoozed_until: datetime | None
    set_aside_at: datetime | None
    next_step_at: datetime | None
    wants_consent: bool
    clock: bytes


class OpenAlert(NamedTuple):
    """An alert that has not ended."""

    id: str
    case_id: str
    kind: str


def due_cases(
    session: Session, now: datetime, set_aside_before: datetime, limit: int
) -> list[DueCase]:
    """Up to `limit` cases that are due, the longest waiting first; cases set aside later wait.

    Nothing is locked row by row: a writing session is the only writer (`store.database`).
    """
    query = (
        select(
            Case.id,
            Case.band,
            Case.policy_version_id,
            Case.caseworker_id,
            Case.supervisor_id,
            Case.snoozed_until,
            Case.set_aside_at,
            Case.next_step_at,
            Case.wants_consent,
            Case.clock_sealed,
        )
        .where(is_due(now, set_aside_before))
        .order_by(Case.next_look_at)
        .limit(limit)
    )
    return [DueCase._make(row) for row in session.execute(query)]


def is_due(
    now: datetime | BindParameter[Any], set_aside_before: datetime | BindParameter[Any]
) -> ColumnElement[bool]:
    """Whether a case is to be looked at."""
    waits = or_(Case.set_aside_at.is_(None), Case.set_aside_at <= set_aside_before)
    return (Case.next_look_at <= now) & waits


class Waiting(NamedTuple):
    """Whether there is a case to look at, a message to send, one to look after; the values of some
    flags; and when some pulses last beat (UTC); None where there is none."""

    cases: bool
    messages: bool
    lost: bool
    flags: Sequence[str | None]
    pulses: Sequence[datetime | None]


def waiting(
    session: Session,
    now: datetime,
    set_aside_before: datetime,
    flags: Sequence[str],
    pulses: Sequence[str],
) -> Waiting:
    """What there is to do: one question, with one step into each index.

    Each part asks for the first of an order: so the indexes are used even when a database guesses
    that it would soon come upon a row without them.
    """
    given: dict[str, datetime | str] = {"now": now, "before": set_aside_before}
    given |= {f"flag{number}": name for number, name in enumerate(flags)}
    given |= {f"pulse{number}": name for number, name in enumerate(pulses)}
    asked = _waiting(len(flags), len(pulses))
    case, message, *rest = session.connection().execute(asked, given).one()
    beats = len(rest) - len(pulses)
    values = beats - len(flags)
    return Waiting(
        case is not None,
        message is not None,
        any(one is not None for one in rest[:values]),
        rest[values:beats],
        rest[beats:],
    )


@cache
def _waiting(flags: int, pulses: int) -> Select[Any]:
    """Put together once: that takes longer than answering it."""
    now: BindParameter[Any] = bindparam("now")
    case = (
        select(Case.next_look_at)
        .where(is_due(now, bindparam("before")))
        .order_by(Case.next_look_at)
        .limit(outbox.ONE)
    )
    beats = (select(Pulse.at).where(Pulse.name == bindparam(f"pulse{n}")) for n in range(pulses))
    values = (select(Flag.value).where(Flag.name == bindparam(f"flag{n}")) for n in range(flags))
    parts = (case, *outbox.firsts(now), breaker_open(), *values, *beats)
    return select(*(part.scalar_subquery() for part in parts))


def breaker_open() -> Select[str]:
    """Some channel whose provider is out of reach."""
    name = Pulse.name.startswith("breaker:", autoescape=True)
    return select(Pulse.name).where(name, Pulse.lease_until.is_not(None)).limit(outbox.ONE)


def alerts_of(
    session: Session, case_ids: Collection[str], states: Collection[str]
) -> list[OpenAlert]:
    """The alerts of many cases that stand in one of these states."""
    query = select(Alert.id, Alert.case_id, Alert.kind).where(
        among(session, Alert.case_id, case_ids), among(session, Alert.state, sorted(states))
    )
    return [OpenAlert(*row) for row in session.execute(query)]
