"""Counts for the operator's own watch: nothing that names or finds a case (D10)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.store.schema import Case, Digest, OutboxMessage

WAITING = ("pending", "retry_wait")


def open_by_band(session: Session) -> dict[str, int]:
    """Open cases by band."""
    rows = session.execute(
        select(Case.band, func.count()).where(Case.state == "open").group_by(Case.band)
    )
    return {band: count for band, count in rows}  # noqa: C416 — a row is no pair to dict()


def due(session: Session, now: datetime) -> int:
    """Cases whose next look is due."""
    return session.scalar(select(func.count()).where(Case.next_look_at <= now)) or 0


def messages(session: Session) -> dict[tuple[str, str], int]:
    """Outbox rows by channel and state."""
    rows = session.execute(
        select(OutboxMessage.channel, OutboxMessage.state, func.count()).group_by(
            OutboxMessage.channel, OutboxMessage.state
        )
    )
    return {(channel, state): count for channel, state, count in rows}


def oldest_waiting(session: Session) -> dict[str, datetime]:
    """Since when the oldest message of each channel could have gone out."""
    rows = session.execute(
        select(OutboxMessage.channel, func.min(OutboxMessage.available_at))
        .where(OutboxMessage.state.in_(WAITING))
        .group_by(OutboxMessage.channel)
    )
    return {channel: since for channel, since in rows}  # noqa: C416 — a row is no pair to dict()


def last_digest(session: Session) -> datetime | None:
    """When the newest digest was decided."""
    return session.scalar(select(func.max(Digest.decided_at)))
