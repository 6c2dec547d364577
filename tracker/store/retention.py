"""What has to be looked at, or erased, and when (safety.md S18)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ColumnElement, delete, exists, select, update
from sqlalchemy.orm import Session

from tracker.domain.actor import Actor
from tracker.domain.delivery import UNSENT
from tracker.store.cases import ERASED, is_seen, visible_cases, with_cases
from tracker.store.schema import (
    Attachment,
    Case,
    ContactReport,
    Enquirer,
    FamilyMessage,
    Merge,
    OutboxMessage,
    PersonName,
    Statement,
)


def undated(session: Session, limit: int) -> list[Case]:
    """Cases that have no review date yet."""
    query = select(Case).where(Case.review_on.is_(None), Case.state != ERASED)
    return list(session.scalars(query.order_by(Case.id).limit(limit)))


def withdrawn_before(session: Session, before: datetime) -> list[str]:
    """The ids of enquirers who withdrew before an instant and are not erased, oldest first."""
    query = (
        select(Enquirer.id)
        .join(Case, Case.id == Enquirer.case_id)
        .where(Enquirer.withdrawn_at <= before, Enquirer.erased_at.is_(None), Case.state != ERASED)
        .order_by(Enquirer.withdrawn_at, Enquirer.id)
    )
    return list(session.scalars(query))


def closed_and_taken_back(session: Session) -> list[str]:
    """Closed cases all of whose enquirers withdrew and are erased: nobody wants them kept."""
    stays = exists().where(Enquirer.case_id == Case.id, Enquirer.erased_at.is_(None))
    told = exists().where(Enquirer.case_id == Case.id)
    query = select(Case.id).where(Case.state == "closed", told, ~stays)
    return list(session.scalars(query.order_by(Case.id)))


def merged_from(session: Session, case_id: str) -> list[Case]:
    """The cases whose record stands in this one since, directly or through another."""
    query = select(Case).join(Merge, Merge.other_id == Case.id)
    found: list[Case] = []
    into = [case_id]
    while into:
        rows = session.scalars(query.where(Merge.case_id.in_(into), Merge.undone_at.is_(None)))
        found += (new := list(rows))
        into = [case.id for case in new]
    return found


def to_review(session: Session, actor: Actor, today: date, limit: int) -> list[Case]:
    """Cases whose review date has come, the oldest first."""
    query = visible_cases(actor).where(Case.review_on <= today)
    return list(session.scalars(query.order_by(Case.review_on, Case.id).limit(limit)))


def taken_back(session: Session, actor: Actor, limit: int) -> list[tuple[Enquirer, Case]]:
    """Those who withdrew and are not erased yet, the next to go first."""
    query = (
        select(Enquirer)
        .where(
            Enquirer.withdrawn_at.is_not(None),
            Enquirer.erased_at.is_(None),
            is_seen(actor, Enquirer.case_id),
        )
        .order_by(Enquirer.withdrawn_at, Enquirer.id)
        .limit(limit)
    )
    return with_cases(session, actor, session.scalars(query))


def told_by(session: Session, enquirer_id: str) -> list[ContactReport | PersonName | Statement]:
    """Everything in the record that came from one enquirer."""
    found: list[ContactReport | PersonName | Statement] = []
    for kind in (ContactReport, PersonName, Statement):
        found += session.scalars(select(kind).filter_by(enquirer_id=enquirer_id))
    return found


def drop_letters(session: Session, enquirer_id: str) -> None:
    """Delete what an enquirer and the caseworkers wrote to each other."""
    session.execute(delete(FamilyMessage).where(FamilyMessage.enquirer_id == enquirer_id))


def drop_attachments(session: Session, whose: ColumnElement[bool]) -> None:
    """Delete pictures."""
    session.execute(delete(Attachment).where(whose))


def stop_messages(session: Session, case_id: str, now: datetime) -> None:
    """Cancel what no provider has been handed yet."""
    session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.case_id == case_id, OutboxMessage.state.in_(sorted(UNSENT)))
        .values(state="cancelled", error_code="erased", ended_at=now)
    )
