"""Finding outbox rows: what is due, what was left behind, what else was tried for a person."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.orm import Session

from tracker.domain.delivery import HANDED_OVER, OPEN, UNSENT, State
from tracker.store.schema import ContactPoint, OutboxAttempt, OutboxMessage, Receipt

_UNFINISHED: Final = text("outbox.state IN ('pending', 'retry_wait', 'submitting', 'unknown')")
"""The words of the partial index, to the letter: else the database does not use it."""


def due(
    session: Session,
    now: datetime,
    limit: int,
    channel: str | None = None,
    kinds: Collection[str] | None = None,
) -> list[OutboxMessage]:
    """Rows to send now, the longest waiting first, locked for this transaction.

    On PostgreSQL rows that another worker is claiming are passed by; on SQLite the transaction is
    the only writer. Of one channel, or of some kinds, where that is said.
    """
    when = OutboxMessage.available_at <= now
    if channel is not None:
        when &= OutboxMessage.channel == channel
    if kinds is not None:
        when &= OutboxMessage.kind.in_(list(kinds))
    return _rows(session, UNSENT, when, limit)


def lapsed(session: Session, now: datetime, limit: int) -> list[OutboxMessage]:
    """Rows whose try was never recorded before its lease ran out, locked (D2)."""
    return _rows(session, {State.SUBMITTING}, OutboxMessage.lease_until <= now, limit)


def uncertain(session: Session, now: datetime, limit: int) -> list[OutboxMessage]:
    """Rows of unknown fate that are to be looked for now, locked (D4)."""
    return _rows(session, {State.UNKNOWN}, OutboxMessage.available_at <= now, limit)


def _rows(
    session: Session, states: Collection[State], when: ColumnElement[bool], limit: int
) -> list[OutboxMessage]:
    query = (
        select(OutboxMessage)
        .where(_UNFINISHED, OutboxMessage.state.in_(sorted(states)), when)
        .order_by(OutboxMessage.available_at, OutboxMessage.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(session.scalars(query))


def locked(session: Session, row_id: str) -> OutboxMessage | None:
    """One row as it stands now, locked for this transaction."""
    query = select(OutboxMessage).where(OutboxMessage.id == row_id)
    return session.scalars(
        query.with_for_update().execution_options(populate_existing=True)
    ).one_or_none()


def case_of(session: Session, row_id: str) -> str | None:
    """The case a row is about, read without a lock; None for tests, invitations, digests."""
    return session.scalars(select(OutboxMessage.case_id).filter_by(id=row_id)).one_or_none()


def attempt(session: Session, row_id: str, number: int) -> OutboxAttempt | None:
    """One try at a row."""
    return session.scalars(
        select(OutboxAttempt).filter_by(outbox_id=row_id, number=number)
    ).one_or_none()


def has_working_row(
    session: Session, alert_id: str, people: Collection[str], besides: str | None = None
) -> bool:
    """Whether some row about an alert may still reach, or has reached, one of these people."""
    query = (
        select(func.count())
        .select_from(OutboxMessage)
        .where(
            OutboxMessage.alert_id == alert_id,
            OutboxMessage.person_id.in_(list(people)),
            OutboxMessage.state.in_(sorted(OPEN | HANDED_OVER)),
        )
    )
    if besides is not None:
        query = query.where(OutboxMessage.id != besides)
    return bool(session.scalar(query))


def points_used(session: Session, alert_id: str) -> frozenset[str]:
    """The contact points that have a row about an alert, whatever became of it."""
    return frozenset(
        session.scalars(select(OutboxMessage.contact_point_id).filter_by(alert_id=alert_id))
    )


def points_by_id(session: Session, ids: Collection[str]) -> dict[str, ContactPoint]:
    """Many contact points in one query."""
    rows = session.scalars(select(ContactPoint).where(ContactPoint.id.in_(list(ids))))
    return {row.id: row for row in rows}


def receipts_of(session: Session, row_id: str) -> Sequence[Receipt]:
    """What a provider said about a row, in order."""
    return session.scalars(
        select(Receipt).filter_by(outbox_id=row_id).order_by(Receipt.received_at, Receipt.id)
    ).all()


def count_due(session: Session, now: datetime) -> int:
    """How many rows wait to be sent now."""
    found = session.scalar(
        select(func.count())
        .select_from(OutboxMessage)
        .where(
            _UNFINISHED,
            OutboxMessage.state.in_(sorted(UNSENT)),
            OutboxMessage.available_at <= now,
        )
    )
    return found or 0
