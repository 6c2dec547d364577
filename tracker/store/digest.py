"""Reading the weekly digests that were made, and what became of their mails."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import BindParameter, ScalarSelect, exists, func, select
from sqlalchemy.orm import Session

from tracker.domain.delivery import HANDED_OVER, OPEN, State
from tracker.store.schema import Digest, OutboxMessage

NEWEST = 60
"""Weeks shown in a list: more than a year."""


def of_reader(session: Session, person_id: str) -> list[Digest]:
    """A reader's digests, the newest first."""
    query = select(Digest).filter_by(person_id=person_id).order_by(Digest.week.desc())
    return list(session.scalars(query.limit(NEWEST)))


def one(session: Session, person_id: str, week: str) -> Digest | None:
    """A reader's digest that reports a week."""
    return session.scalars(select(Digest).filter_by(person_id=person_id, week=week)).one_or_none()


def weeks(session: Session) -> list[tuple[str, int]]:
    """The weeks reported, the newest first, and to how many readers."""
    query = select(Digest.week, func.count()).group_by(Digest.week).order_by(Digest.week.desc())
    return [(week, count) for week, count in session.execute(query.limit(NEWEST))]


def of_week(session: Session, week: str) -> list[Digest]:
    """Everybody's digests of a week."""
    query = select(Digest).filter_by(week=week).order_by(Digest.decided_at, Digest.id)
    return list(session.scalars(query))


def readers(session: Session, most: int | None = None) -> list[str]:
    """The ids of all who ever got a digest; or of no more than `most` of them."""
    query = select(Digest.person_id).distinct().order_by(Digest.person_id)
    return list(session.scalars(query.limit(most)))


def is_reader(session: Session, person_id: str) -> bool:
    """Whether this person ever got a digest."""
    query = select(Digest.id).filter_by(person_id=person_id).limit(1)
    return session.scalars(query).first() is not None


def unmailed(since: BindParameter[datetime]) -> ScalarSelect[int]:
    """How many digests decided since then reach nobody by mail: refused everywhere, or no address.

    One that was called off is none of these. (A part of what `health.watch` asks.)
    """
    may_arrive = OutboxMessage.state.in_(sorted(OPEN | HANDED_OVER | {State.CANCELLED}))
    hope = exists().where(OutboxMessage.digest_id == Digest.id, may_arrive)
    query = select(func.count()).select_from(Digest).where(Digest.decided_at >= since, ~hope)
    return query.scalar_subquery()


def deliveries(session: Session, digest_ids: Collection[str]) -> dict[str, list[OutboxMessage]]:
    """The outbox rows of these digests, by digest."""
    query = select(OutboxMessage).where(OutboxMessage.digest_id.in_(list(digest_ids)))
    found: dict[str, list[OutboxMessage]] = {}
    for row in session.scalars(query.order_by(OutboxMessage.created_at, OutboxMessage.id)):
        found.setdefault(row.digest_id or "", []).append(row)
    return found
