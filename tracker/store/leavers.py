"""What hangs on an account that is erased (safety.md S18)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tracker.domain.delivery import UNSENT
from tracker.store.schema import Case, Draft, OutboxMessage, PostMember, SavedView


def stop_messages(session: Session, person_id: str, now: datetime) -> None:
    """Cancel what no provider has been handed yet."""
    session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.person_id == person_id, OutboxMessage.state.in_(sorted(UNSENT)))
        .values(state="cancelled", error_code="erased", ended_at=now)
    )


def has_messages(session: Session, person_id: str, states: Collection[str]) -> bool:
    """Whether a message to this person stands in one of the states."""
    query = select(OutboxMessage.id).where(
        OutboxMessage.person_id == person_id, OutboxMessage.state.in_(list(states))
    )
    return session.scalars(query.limit(1)).first() is not None


def leave_posts_cases_and_drafts(session: Session, person_id: str) -> None:
    """The person serves at no post, stands behind no case, keeps no view, and typed nothing.

    Whose deputy they were stays: a deputy who is gone is passed over, and the next in line is told.
    """
    session.execute(delete(PostMember).where(PostMember.person_id == person_id))
    session.execute(delete(Draft).where(Draft.person_id == person_id))
    session.execute(delete(SavedView).where(SavedView.person_id == person_id))
    for column in (Case.caseworker_id, Case.supervisor_id):
        session.execute(update(Case).where(column == person_id).values({column: None}))
