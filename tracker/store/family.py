"""What the page behind a receipt is made of: the enquirer, their reports and messages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tracker.store.schema import AuditRow, Consent, ContactReport, Enquirer, FamilyMessage


def by_locator(session: Session, locator: bytes) -> Enquirer | None:
    """The enquirer whose receipt has that locator (its HMAC, S7)."""
    return session.scalars(select(Enquirer).filter_by(receipt_locator=locator)).one_or_none()


def enquirer(session: Session, enquirer_id: str | None) -> Enquirer | None:
    """An enquirer by id."""
    return session.get(Enquirer, enquirer_id) if enquirer_id else None


def enquirers(session: Session, case_id: str) -> list[Enquirer]:
    """The enquirers of a case, in the order in which they first reported."""
    return list(
        session.scalars(
            select(Enquirer).filter_by(case_id=case_id).order_by(Enquirer.created_at, Enquirer.id)
        )
    )


def reports(session: Session, enquirer_id: str) -> list[ContactReport]:
    """What an enquirer reported, oldest first."""
    return list(
        session.scalars(
            select(ContactReport)
            .filter_by(enquirer_id=enquirer_id)
            .order_by(ContactReport.entered_at, ContactReport.id)
        )
    )


def messages(session: Session, enquirer_id: str) -> list[FamilyMessage]:
    """The messages between an enquirer and the caseworkers, newest first."""
    return list(
        session.scalars(
            select(FamilyMessage)
            .filter_by(enquirer_id=enquirer_id)
            .order_by(FamilyMessage.written_at.desc(), FamilyMessage.id)
        )
    )


def mark_read(session: Session, enquirer_id: str, up_to: datetime, at: datetime) -> int:
    """Set down that the family has read what was written to it until `up_to`; how many."""
    done = session.execute(
        update(FamilyMessage)
        .where(
            FamilyMessage.enquirer_id == enquirer_id,
            FamilyMessage.from_family.is_(False),
            FamilyMessage.read_at.is_(None),
            FamilyMessage.written_at <= up_to,
        )
        .values(read_at=at)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]  # an UPDATE has one


def given_scopes(session: Session, enquirer_id: str) -> list[str]:
    """The scopes whose newest answer of this enquirer is yes."""
    newest: dict[str, bool] = {}
    for scope, given in session.execute(
        select(Consent.scope, Consent.given)
        .filter_by(enquirer_id=enquirer_id)
        .order_by(Consent.recorded_at, Consent.id)
    ):
        newest[scope] = given
    return sorted(scope for scope, given in newest.items() if given)


def last_worked_on(session: Session, case_id: str) -> datetime | None:
    """When a member of staff last opened or changed the case; None: nobody yet."""
    return session.scalar(
        select(func.max(AuditRow.at)).filter_by(case_id=case_id, actor_kind="person")
    )
