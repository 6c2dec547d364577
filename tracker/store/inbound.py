"""Finding whom an answer comes from and what it may be about; keeping that it came."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker.store.schema import Alert, ContactPoint, Inbound, OutboxMessage

MOST: Final = 500
"""Messages to one reader that a code is looked for among, the newest."""

KEEP: Final = timedelta(days=30)
"""How long an answer's row is kept: a provider repeats its call for hours at most (S18)."""


def points_at(session: Session, channel: str, *address_hmacs: bytes) -> list[ContactPoint]:
    """The contact points with this address, by any of its keyed hashes; of closed accounts, and
    switched off, too."""
    query = select(ContactPoint).where(
        ContactPoint.channel == channel, ContactPoint.address_hmac.in_(address_hmacs)
    )
    return list(session.scalars(query.order_by(ContactPoint.id)))


def keep(session: Session, row: Inbound) -> Inbound | None:
    """Write an answer down; the row of the first time when it came before."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        same = select(Inbound).filter_by(provider=row.provider, provider_id=row.provider_id)
        return session.scalars(same).one()
    return None


def alert_rows(
    session: Session, people: Collection[str], states: Collection[str], since: datetime | None
) -> Sequence[tuple[OutboxMessage, Alert]]:
    """Messages about alerts in these states that left for these people, the newest first."""
    query = (
        select(OutboxMessage, Alert)
        .join(Alert, Alert.id == OutboxMessage.alert_id)
        .where(
            OutboxMessage.person_id.in_(list(people)),
            OutboxMessage.attempts > 0,
            Alert.state.in_(list(states)),
        )
        .order_by(OutboxMessage.created_at.desc(), OutboxMessage.id)
        .limit(MOST)
    )
    if since is not None:
        query = query.where(OutboxMessage.created_at >= since)
    return [(row, alert) for row, alert in session.execute(query)]


def test_rows(session: Session, points: Collection[str], since: datetime) -> list[OutboxMessage]:
    """Test messages that left for these contact points since then, the newest first."""
    query = (
        select(OutboxMessage)
        .where(
            OutboxMessage.kind == "test",
            OutboxMessage.contact_point_id.in_(list(points)),
            OutboxMessage.attempts > 0,
            OutboxMessage.created_at >= since,
        )
        .order_by(OutboxMessage.created_at.desc(), OutboxMessage.id)
        .limit(MOST)
    )
    return list(session.scalars(query))


def forget(session: Session, before: datetime) -> None:
    """Delete answers that came before an instant (S18)."""
    session.execute(delete(Inbound).where(Inbound.received_at < before))
