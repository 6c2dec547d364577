"""Rows of signed-in browsers (S10). What they mean is decided in `tracker.engine.staff.visits`."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker.store.schema import Person, WebSession


def find(session: Session, token_hash: bytes) -> tuple[WebSession, Person | None] | None:
    """The session of a token, unless it was ended, with the member of staff whose it is."""
    found = session.execute(
        select(WebSession, Person)
        .outerjoin(Person, Person.id == WebSession.person_id)
        .where(WebSession.token_hash == token_hash, WebSession.ended_at.is_(None))
    ).one_or_none()
    return None if found is None else (found[0], found[1])


def live(session: Session, person_id: str, at: datetime) -> list[WebSession]:
    """A person's sessions that are neither ended nor past their absolute end, newest first."""
    return list(
        session.scalars(
            select(WebSession)
            .where(
                WebSession.person_id == person_id,
                WebSession.kind == "staff",
                WebSession.ended_at.is_(None),
                WebSession.expires_at > at,
            )
            .order_by(WebSession.seen_at.desc(), WebSession.id)
        )
    )


def touch(session: Session, session_id: str, at: datetime) -> None:
    """Set down that the browser was here; never back in time."""
    session.execute(
        update(WebSession)
        .where(WebSession.id == session_id, WebSession.seen_at < at)
        .values(seen_at=at)
    )


def confirm(session: Session, session_id: str, at: datetime) -> None:
    """Set down that password and code were entered again."""
    session.execute(update(WebSession).where(WebSession.id == session_id).values(confirmed_at=at))


def end(session: Session, session_id: str, at: datetime) -> None:
    """End one session."""
    session.execute(
        update(WebSession)
        .where(WebSession.id == session_id, WebSession.ended_at.is_(None))
        .values(ended_at=at)
    )


def end_all(session: Session, person_id: str, at: datetime, but: str | None = None) -> None:
    """End a person's sessions, perhaps `but` one."""
    session.execute(
        update(WebSession)
        .where(
            WebSession.person_id == person_id,
            WebSession.ended_at.is_(None),
            WebSession.id != (but or ""),
        )
        .values(ended_at=at)
    )


def end_family(session: Session, enquirer_id: str, at: datetime) -> None:
    """End whatever sessions a receipt opened."""
    session.execute(
        update(WebSession)
        .where(WebSession.enquirer_id == enquirer_id, WebSession.ended_at.is_(None))
        .values(ended_at=at)
    )


def spend(session: Session, row_id: str, token_hash: bytes, kind: str, at: datetime) -> bool:
    """Remember for a day that a token without a session was used; False when it had been."""
    row = WebSession(
        id=row_id,
        token_hash=token_hash,
        kind=kind,
        made_at=at,
        seen_at=at,
        expires_at=at + timedelta(days=1),
        ended_at=at,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True


def forget(session: Session, before: datetime) -> None:
    """Delete the rows whose absolute end lies before an instant (S18)."""
    session.execute(delete(WebSession).where(WebSession.expires_at < before))
