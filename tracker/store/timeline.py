"""Everything the record holds of one case, kind by kind. The case was found by `find_case`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.store.schema import (
    Alert,
    AlertEvent,
    AuditRow,
    Base,
    Consent,
    ConsularAction,
    ContactReport,
    Enquirer,
    FamilyMessage,
    Note,
    OutboxMessage,
    PersonName,
    Share,
    Statement,
)

Row = TypeVar("Row", bound=Base)

ACTS = (
    "case.opened",
    "case.assigned",
    "case.handed_over",
    "case.snoozed",
    "case.closed",
    "case.reopened",
    "case.policy_changed",
    "case.zone_changed",
    "case.set_aside",
    "case.merged",
    "case.unmerged",
    "name.withdrawn",
    "name.restored",
    "statement.withdrawn",
    "statement.restored",
    "enquirer.revealed",
    "alert.acknowledged",
    "alert.acknowledged_unsigned",
)
"""Acts of the audit trail that belong on a case's timeline; the rest has rows of its own."""


def _of_case(session: Session, kind: type[Row], case_id: str) -> list[Row]:
    return list(session.scalars(select(kind).filter_by(case_id=case_id)))


def reports(session: Session, case_id: str) -> list[ContactReport]:
    """Every account that the person was heard from, whatever became of it."""
    return _of_case(session, ContactReport, case_id)


def statements(session: Session, case_id: str, *, withdrawn: bool = False) -> list[Statement]:
    """Facts as told, the oldest first; with those that were taken back, or without."""
    query = select(Statement).filter_by(case_id=case_id)
    if not withdrawn:
        query = query.where(Statement.withdrawn_at.is_(None))
    return list(session.scalars(query.order_by(Statement.entered_at, Statement.id)))


def names(session: Session, case_id: str, *, withdrawn: bool = False) -> list[PersonName]:
    """The sought person's names, the one shown first first; as `statements`."""
    query = select(PersonName).filter_by(case_id=case_id)
    if not withdrawn:
        query = query.where(PersonName.withdrawn_at.is_(None))
    return list(session.scalars(query.order_by(PersonName.position, PersonName.id)))


def enquirers(session: Session, case_id: str) -> list[Enquirer]:
    """Those who report, in the order they came."""
    query = select(Enquirer).filter_by(case_id=case_id)
    return list(session.scalars(query.order_by(Enquirer.created_at, Enquirer.id)))


def alerts(session: Session, case_id: str) -> list[Alert]:
    """Every alert that was raised."""
    return _of_case(session, Alert, case_id)


def events_of(session: Session, alert_ids: Collection[str]) -> list[AlertEvent]:
    """What happened to these alerts, in order."""
    query = select(AlertEvent).where(AlertEvent.alert_id.in_(list(alert_ids)))
    return list(session.scalars(query.order_by(AlertEvent.at, AlertEvent.id)))


def messages_of(session: Session, alert_ids: Collection[str]) -> list[OutboxMessage]:
    """The outbox rows of these alerts, in order."""
    query = select(OutboxMessage).where(OutboxMessage.alert_id.in_(list(alert_ids)))
    return list(session.scalars(query.order_by(OutboxMessage.created_at, OutboxMessage.id)))


def consents(session: Session, case_id: str) -> list[Consent]:
    """Every answer about sharing."""
    query = select(Consent).filter_by(case_id=case_id)
    return list(session.scalars(query.order_by(Consent.recorded_at, Consent.id)))


def shares(session: Session, case_id: str) -> list[Share]:
    """Every share with a post, ended ones too."""
    return _of_case(session, Share, case_id)


def questions(session: Session, case_id: str) -> list[ConsularAction]:
    """What posts were asked."""
    return _of_case(session, ConsularAction, case_id)


def letters(session: Session, case_id: str) -> list[FamilyMessage]:
    """Messages with the family, the oldest first."""
    query = select(FamilyMessage).filter_by(case_id=case_id)
    return list(session.scalars(query.order_by(FamilyMessage.written_at, FamilyMessage.id)))


def notes(session: Session, case_id: str) -> list[Note]:
    """Reasons people gave with an act."""
    return _of_case(session, Note, case_id)


def acts(session: Session, case_id: str) -> list[AuditRow]:
    """What people did with the case."""
    query = select(AuditRow).where(AuditRow.case_id == case_id, AuditRow.act.in_(ACTS))
    return list(session.scalars(query.order_by(AuditRow.seq)))


def written(
    session: Session, case_id: str, acts: Collection[str], instants: Collection[datetime]
) -> tuple[dict[tuple[str, str], int], dict[datetime, int]]:
    """Where the rows of a case stand in the audit trail, which has them in the order they were
    written: by act and object; and by instant where the worker raised alerts of many cases."""
    of_case = select(AuditRow.act, AuditRow.object_id, func.min(AuditRow.seq)).where(
        AuditRow.case_id == case_id, AuditRow.act.in_(list(acts)), AuditRow.object_id.is_not(None)
    )
    by_worker = select(AuditRow.at, func.min(AuditRow.seq)).where(
        AuditRow.at.in_(list(instants)),
        AuditRow.act == "alert.raised",
        AuditRow.case_id.is_(None),
    )
    rows = session.execute(of_case.group_by(AuditRow.act, AuditRow.object_id))
    ticks = session.execute(by_worker.group_by(AuditRow.at))
    return {(act, str(row_id)): seq for act, row_id, seq in rows}, dict(ticks.all())


def policies_since(session: Session, case_ids: Sequence[str], start: datetime) -> list[AuditRow]:
    """The changes of these cases' policies, or of their versions, after an instant, in order."""
    query = select(AuditRow).where(
        AuditRow.case_id.in_(case_ids), AuditRow.act == "case.policy_changed", AuditRow.at > start
    )
    return list(session.scalars(query.order_by(AuditRow.seq)))


def audited(session: Session, case_id: str, kinds: Collection[str]) -> list[AuditRow]:
    """The acts of these kinds that the audit trail holds about a case, in order."""
    query = select(AuditRow).where(AuditRow.case_id == case_id, AuditRow.act.in_(list(kinds)))
    return list(session.scalars(query.order_by(AuditRow.seq)))
