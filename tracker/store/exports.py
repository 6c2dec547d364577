"""Requests to take cases out: found, and moved on once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tracker.store.schema import ExportRequest

WAITING, READY, TAKEN, DECLINED = "waiting", "ready", "taken", "declined"
OPEN = (WAITING, READY)


def of_person(session: Session, person_id: str, now: datetime) -> list[ExportRequest]:
    """What a person asked for and has not taken, that has not run out, the newest first."""
    query = select(ExportRequest).where(
        ExportRequest.asked_by == person_id,
        ExportRequest.state.in_(OPEN),
        ExportRequest.ends_at > now,
    )
    return list(session.scalars(query.order_by(ExportRequest.asked_at.desc(), ExportRequest.id)))


def waiting_for(session: Session, person_id: str, now: datetime) -> list[ExportRequest]:
    """What others asked for and a supervisor can agree to, the oldest first."""
    query = select(ExportRequest).where(
        ExportRequest.asked_by != person_id,
        ExportRequest.state == WAITING,
        ExportRequest.ends_at > now,
    )
    return list(session.scalars(query.order_by(ExportRequest.asked_at, ExportRequest.id)))


def move(session: Session, request: ExportRequest, was: str, to: str, now: datetime) -> bool:
    """From one state to the next; False when it has run out or somebody was quicker."""
    moved = session.scalars(
        update(ExportRequest)
        .where(
            ExportRequest.id == request.id,
            ExportRequest.state == was,
            ExportRequest.ends_at > now,
        )
        .values(state=to)
        .returning(ExportRequest.id)
    ).one_or_none()
    session.refresh(request)
    return moved is not None
