"""What waits for somebody at the desk. Every query starts from `visible_cases` (S9)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from tracker.domain.actor import Actor
from tracker.store.cases import visible_cases
from tracker.store.schema import (
    Alert,
    AlertEvent,
    AuditRow,
    Case,
    ConsularAction,
    ContactReport,
    FamilyMessage,
)
from tracker.store.waits import missed

SHOWN = 100
"""At most so many of each kind; the rest comes when these are done."""

OPEN_ALERTS = ("triggered", "acknowledged", "undelivered")


def _ids(actor: Actor) -> Select[str]:
    return visible_cases(actor).with_only_columns(Case.id)


def reports_to_confirm(session: Session, actor: Actor) -> list[tuple[ContactReport, Case]]:
    """Reports that nobody confirmed or rejected yet, the oldest first (R14)."""
    query = (
        select(ContactReport, Case)
        .join(Case, Case.id == ContactReport.case_id)
        .where(ContactReport.state == "pending", Case.id.in_(_ids(actor)))
        .order_by(ContactReport.entered_at, ContactReport.id)
        .limit(SHOWN)
    )
    return [(report, case) for report, case in session.execute(query)]


def consents_needed(session: Session, actor: Actor) -> list[tuple[Alert, Case]]:
    """Open alerts that some role was not told of for want of consent, one a case (R13)."""
    query = (
        select(Alert, Case)
        .join(Case, Case.id == Alert.case_id)
        .where(Alert.state.in_(OPEN_ALERTS), Case.state == "open", Case.id.in_(_ids(actor)))
        .order_by(Alert.raised_at.desc(), Alert.id)
    )
    newest: dict[str, tuple[Alert, Case]] = {}
    for alert, case in session.execute(query):
        if alert.consent_needed:
            newest.setdefault(case.id, (alert, case))
    return list(newest.values())[:SHOWN]


def undelivered(session: Session, actor: Actor) -> list[tuple[Alert, Case]]:
    """Alerts that reached nobody, and open ones somebody could not be reached about (D6)."""
    query = (
        select(Alert, Case)
        .join(Case, Case.id == Alert.case_id)
        .where(Case.id.in_(_ids(actor)), missed())
        .order_by(Alert.raised_at.desc(), Alert.id)
        .limit(SHOWN)
    )
    return [(alert, case) for alert, case in session.execute(query)]


def set_aside(session: Session, actor: Actor) -> list[Case]:
    """Cases the worker failed on: nothing of theirs fires until they are mended."""
    query = visible_cases(actor).where(Case.set_aside_at.is_not(None))
    return list(session.scalars(query.order_by(Case.set_aside_at).limit(SHOWN)))


def unassigned(session: Session, actor: Actor) -> list[Case]:
    """Open cases that are nobody's."""
    query = visible_cases(actor).where(Case.state == "open", Case.caseworker_id.is_(None))
    return list(session.scalars(query.order_by(Case.opened_at, Case.id).limit(SHOWN)))


def unread_messages(session: Session, actor: Actor) -> list[tuple[FamilyMessage, Case]]:
    """What families wrote and nobody opened yet."""
    query = (
        select(FamilyMessage, Case)
        .join(Case, Case.id == FamilyMessage.case_id)
        .where(FamilyMessage.from_family, FamilyMessage.read_at.is_(None), Case.id.in_(_ids(actor)))
        .order_by(FamilyMessage.written_at, FamilyMessage.id)
        .limit(SHOWN)
    )
    return [(message, case) for message, case in session.execute(query)]


def unanswered(session: Session, actor: Actor) -> list[tuple[ConsularAction, Case]]:
    """Questions to a post that it has not answered: no answer is a silence too."""
    query = (
        select(ConsularAction, Case)
        .join(Case, Case.id == ConsularAction.case_id)
        .where(ConsularAction.answered_at.is_(None), Case.state == "open", Case.id.in_(_ids(actor)))
        .order_by(ConsularAction.asked_at, ConsularAction.id)
        .limit(SHOWN)
    )
    return [(action, case) for action, case in session.execute(query)]


def acknowledged_unsigned(
    session: Session, actor: Actor, since: datetime
) -> list[tuple[AlertEvent, Case]]:
    """Acknowledgements by whoever held a message, since then: shown to the supervisor (S6)."""
    query = (
        select(AlertEvent, Case)
        .join(Alert, Alert.id == AlertEvent.alert_id)
        .join(Case, Case.id == Alert.case_id)
        .where(
            AlertEvent.kind == "acknowledged",
            AlertEvent.detail == "unsigned",
            AlertEvent.at >= since,
            Case.id.in_(_ids(actor)),
        )
        .order_by(AlertEvent.at.desc(), AlertEvent.id)
        .limit(SHOWN)
    )
    return [(event, case) for event, case in session.execute(query)]


def reveals(session: Session, actor: Actor, since: datetime) -> list[tuple[AuditRow, Case]]:
    """Who looked at who reported, since then, in which case: shown to the supervisor.

    Each once, with the newest: whoever looks often does not push another look off the page.
    """
    looks = (AuditRow.act == "enquirer.revealed", AuditRow.at >= since)
    newest = (
        select(func.max(AuditRow.seq)).where(*looks).group_by(AuditRow.actor_id, AuditRow.case_id)
    )
    query = (
        select(AuditRow, Case)
        .join(Case, Case.id == AuditRow.case_id)
        .where(AuditRow.seq.in_(newest), Case.id.in_(_ids(actor)))
        .order_by(AuditRow.seq.desc())
        .limit(SHOWN)
    )
    return [(row, case) for row, case in session.execute(query)]


def count(session: Session, actor: Actor) -> int:
    """How many reports wait to be confirmed and messages to be read, for the navigation."""
    waiting = select(func.count()).where(
        ContactReport.state == "pending", ContactReport.case_id.in_(_ids(actor))
    )
    unread = select(func.count()).where(
        FamilyMessage.from_family,
        FamilyMessage.read_at.is_(None),
        FamilyMessage.case_id.in_(_ids(actor)),
    )
    return (session.scalar(waiting) or 0) + (session.scalar(unread) or 0)
