"""Counts for the operator's own watch: nothing that names or finds a case (D10)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.domain.delivery import UNSENT
from tracker.store.schema import EVERYBODY, AuditRow, Case, CaseCount, Digest, OutboxMessage


def open_by_band(session: Session) -> dict[str, int]:
    """Open cases by band, as they are counted when they change."""
    rows = session.execute(
        select(CaseCount.band, CaseCount.number).where(
            CaseCount.caseworker_id == EVERYBODY, CaseCount.state == "open", CaseCount.number > 0
        )
    )
    return {band: count for band, count in rows}  # noqa: C416 — a row is no pair to dict()


def open_cases(session: Session) -> int:
    """How many cases are open."""
    return sum(open_by_band(session).values())


def raised_by_workers(session: Session, after: datetime, until: datetime) -> int:
    """How many alerts all workers raised after the one instant, up to the other (UTC).

    Told from the record, where each of their turns has a row of its own. What the acts of people
    raise at once, a family's report or an import, is not among them.
    """
    raised = func.sum(func.json_array_length(AuditRow.detail["alerts"]))
    query = select(raised).where(
        AuditRow.at > after, AuditRow.at <= until, AuditRow.object_kind == "alerts"
    )
    return session.scalar(query) or 0


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
        .where(OutboxMessage.state.in_(sorted(UNSENT)))
        .group_by(OutboxMessage.channel)
    )
    return {channel: since for channel, since in rows}  # noqa: C416 — a row is no pair to dict()


def last_digest(session: Session) -> datetime | None:
    """When the newest digest was decided."""
    return session.scalar(select(func.max(Digest.decided_at)))


def oldest_look(session: Session) -> datetime | None:
    """When the case that waits longest for the worker was to be looked at."""
    return session.scalar(select(func.min(Case.next_look_at)))
