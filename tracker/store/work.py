"""What waits for somebody at the desk. Every query starts from `visible_cases` (S9)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, String, and_, cast, exists, func, select, text
from sqlalchemy.orm import Session, aliased

from tracker.domain.actor import Actor
from tracker.domain.alerts import STANDING
from tracker.domain.evaluate import Kind
from tracker.store.cases import is_seen, visible_cases, with_cases
from tracker.store.schema import (
    Alert,
    AuditRow,
    Case,
    ConsularAction,
    ContactReport,
    FamilyMessage,
)
from tracker.store.waits import missed

SHOWN = 100
"""At most so many of each kind; the rest comes when these are done."""

_CONSENT_NEEDED: Final = text(
    "alerts.state || '' IN ('triggered', 'acknowledged', 'undelivered') "
    "AND CAST(alerts.consent_needed AS VARCHAR) <> '[]'"
)
"""The words of the index `ix_alerts_consent`, to the letter: else it is not used. The state is said
so that no index of states is used instead: what is open is much, and would all be sorted."""

_OPEN_OF_A_CASE: Final = 4
"""So many alerts of one case are hardly ever open at once."""


def reports_to_confirm(session: Session, actor: Actor) -> list[tuple[ContactReport, Case]]:
    """Reports that nobody confirmed or rejected yet, the oldest first (R14)."""
    query = (
        select(ContactReport)
        .where(ContactReport.state == "pending", is_seen(actor, ContactReport.case_id))
        .order_by(ContactReport.entered_at, ContactReport.id)
    )
    return with_cases(session, actor, session.scalars(query.limit(SHOWN)))


def consents_needed(session: Session, actor: Actor) -> list[tuple[Alert, Case]]:
    """Open alerts that some role was not told of for want of consent, the newest of each case.

    Whether it was told since, or could be, the case's clock knows (R13); of most the trail does.
    """
    granted = aliased(Alert)
    told_since = exists().where(
        granted.case_id == Alert.case_id,
        granted.kind == Kind.CONSENT_GRANTED,
        granted.raised_at >= Alert.raised_at,
        cast(granted.roles, String) == cast(Alert.consent_needed, String),
    )
    query = select(Alert).where(~told_since).order_by(Alert.raised_at.desc(), Alert.id.desc())
    if actor.has("supervisor"):  # who sees nearly all is not asked alert by alert: many wait
        query = query.where(_CONSENT_NEEDED)
    else:
        needed = cast(Alert.consent_needed, String) != "[]"
        query = query.where(Alert.state.in_(STANDING), needed, is_seen(actor, Alert.case_id))
    newest: dict[str, Alert] = {}
    for alert in session.scalars(query.limit(_OPEN_OF_A_CASE * SHOWN)):
        newest.setdefault(alert.case_id, alert)
    found = with_cases(session, actor, newest.values())
    return [(alert, case) for alert, case in found if case.state == "open"]


def undelivered(session: Session, actor: Actor) -> list[tuple[Alert, Case]]:
    """Alerts that wait for an answer and could not be brought to somebody they were for (D6)."""
    query = (
        select(Alert)
        .where(missed(), is_seen(actor, Alert.case_id))
        .order_by(Alert.raised_at.desc(), Alert.id)
    )
    return with_cases(session, actor, session.scalars(query.limit(SHOWN)))


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
        select(FamilyMessage)
        .where(
            FamilyMessage.from_family,
            FamilyMessage.read_at.is_(None),
            is_seen(actor, FamilyMessage.case_id),
        )
        .order_by(FamilyMessage.written_at, FamilyMessage.id)
    )
    return with_cases(session, actor, session.scalars(query.limit(SHOWN)))


def unanswered(session: Session, actor: Actor) -> list[tuple[ConsularAction, Case]]:
    """Questions to a post that it has not answered: no answer is a silence too."""
    query = (
        select(ConsularAction)
        .where(
            ConsularAction.answered_at.is_(None),
            is_seen(actor, ConsularAction.case_id, Case.state == "open"),
        )
        .order_by(ConsularAction.asked_at, ConsularAction.id)
    )
    return with_cases(session, actor, session.scalars(query.limit(SHOWN)))


def acknowledged_unsigned(
    session: Session, actor: Actor, since: datetime
) -> list[tuple[AuditRow, Case]]:
    """Acknowledgements by whoever held a message, since then: shown to the supervisor (S6)."""
    act = (AuditRow.act == "alert.acknowledged_unsigned", AuditRow.at >= since)
    return _acts(session, actor, and_(*act))


def reveals(session: Session, actor: Actor, since: datetime) -> list[tuple[AuditRow, Case]]:
    """Who looked at who reported, since then, in which case: shown to the supervisor.

    Each once, with the newest: whoever looks often does not push another look off the page.
    """
    looks = (AuditRow.act == "enquirer.revealed", AuditRow.at >= since)
    newest = (
        select(func.max(AuditRow.seq)).where(*looks).group_by(AuditRow.actor_id, AuditRow.case_id)
    )
    return _acts(session, actor, AuditRow.seq.in_(newest))


def _acts(
    session: Session, actor: Actor, wanted: ColumnElement[bool]
) -> list[tuple[AuditRow, Case]]:
    """Acts upon cases that this actor sees, the newest first."""
    query = select(AuditRow).where(wanted, is_seen(actor, AuditRow.case_id))
    newest = query.order_by(AuditRow.seq.desc()).limit(SHOWN)
    return with_cases(session, actor, session.scalars(newest))
