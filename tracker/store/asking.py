"""Requests that wait for a second person: found, and moved on once."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tracker.store.schema import AccountRequest, ExportRequest

Request = TypeVar("Request", AccountRequest, ExportRequest)

WAITING, READY, TAKEN, DECLINED = "waiting", "ready", "taken", "declined"
OPEN = (WAITING, READY)


def of_person(
    session: Session, kind: type[Request], person_id: str, now: datetime
) -> list[Request]:
    """What a person asked for and is not done, that has not run out, the newest first."""
    query = select(kind).where(kind.asked_by == person_id, kind.state.in_(OPEN), kind.ends_at > now)
    return list(session.scalars(query.order_by(kind.asked_at.desc(), kind.id)))


def waiting_for(
    session: Session, kind: type[Request], person_id: str, now: datetime
) -> list[Request]:
    """What others asked for and this person could agree to, the oldest first."""
    query = select(kind).where(
        kind.asked_by != person_id, kind.state == WAITING, kind.ends_at > now
    )
    return list(session.scalars(query.order_by(kind.asked_at, kind.id)))


def about(session: Session, person_id: str, now: datetime) -> list[AccountRequest]:
    """What is asked for somebody's account and not done, the newest first."""
    query = select(AccountRequest).where(
        AccountRequest.person_id == person_id,
        AccountRequest.state.in_(OPEN),
        AccountRequest.ends_at > now,
    )
    return list(session.scalars(query.order_by(AccountRequest.asked_at.desc(), AccountRequest.id)))


def move(
    session: Session, request: Request, was: str | tuple[str, ...], to: str, now: datetime
) -> bool:
    """From one state, or one of several, to the next: waiting, then ready or declined; ready, then
    taken or declined; and no further. False when it has run out or somebody was quicker.
    """
    kind = type(request)
    before = (was,) if isinstance(was, str) else was
    moved = session.scalars(
        update(kind)
        .where(kind.id == request.id, kind.state.in_(before), kind.ends_at > now)
        .values(state=to)
        .returning(kind.id)
    ).one_or_none()
    session.refresh(request)
    return moved is not None
