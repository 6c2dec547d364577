"""Pages of the audit trail and of the outbox, the newest first."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, String, and_, cast, func, or_, select
from sqlalchemy.orm import Session

from tracker.domain.evaluate import Kind
from tracker.store.schema import Alert, AuditRow, Case, ContactPoint, OutboxMessage


def audit_page(
    session: Session,
    *,
    actor_id: str | None = None,
    acts: Collection[str] = (),
    case_id: str | None = None,
    before: int | None = None,
    limit: int = 100,
) -> list[AuditRow]:
    """Acts of one person, or of everybody; of these kinds, about this case, older than a row."""
    query = select(AuditRow)
    if actor_id is not None:
        query = query.where(AuditRow.actor_id == actor_id)
    if acts:
        query = query.where(AuditRow.act.in_(sorted(acts)))
    if case_id is not None:
        query = query.where(_about(session, case_id))
    if before is not None:
        query = query.where(AuditRow.seq < before)
    return list(session.scalars(query.order_by(AuditRow.seq.desc()).limit(limit)))


def _about(session: Session, case_id: str) -> ColumnElement[bool]:
    """One of the case's own rows, or one of alerts that were decided together with others'.

    Those bear no case of their own: they are looked for at the instants of the case's alerts.
    """
    instants = session.scalars(select(Alert.raised_at).where(Alert.case_id == case_id)).all()
    return or_(
        AuditRow.case_id == case_id,
        and_(
            AuditRow.at.in_(sorted(set(instants))),
            AuditRow.object_kind == "alerts",
            cast(AuditRow.detail, String).contains(f'"{case_id}"', autoescape=True),
        ),
    )


def cases_of(row: AuditRow) -> list[str]:
    """The ids of the cases an act was about: of alerts decided together all theirs, in order."""
    if row.case_id is not None:
        return [row.case_id]
    raised = (row.detail or {}).get("alerts", ())
    return list(dict.fromkeys(one[1] for one in raised))


def refs_of(session: Session, case_ids: Collection[str]) -> dict[str, str]:
    """The references of cases, by id."""
    query = select(Case.id, Case.ref).where(Case.id.in_(list(case_ids)))
    return {str(case_id): str(ref) for case_id, ref in session.execute(query)}


def settled(session: Session, alert_ids: Collection[str]) -> dict[str, str]:
    """Of these alerts those that tell that a silence is over, and how: `resolved` or `closed`."""
    kinds = Alert.kind.in_([str(Kind.RESOLVED), str(Kind.CLOSED)])
    query = select(Alert.id, Alert.kind).where(Alert.id.in_(list(alert_ids)), kinds)
    return {str(alert_id): str(kind) for alert_id, kind in session.execute(query)}


def outbox_page(
    session: Session,
    *,
    states: Collection[str] = (),
    after: OutboxMessage | None = None,
    limit: int = 50,
) -> list[tuple[OutboxMessage, ContactPoint]]:
    """Messages with their contact points, older than `after`."""
    query = select(OutboxMessage, ContactPoint).join(
        ContactPoint, ContactPoint.id == OutboxMessage.contact_point_id
    )
    if states:
        query = query.where(OutboxMessage.state.in_(sorted(states)))
    if after is not None:
        query = query.where(_older(after.created_at, after.id))
    query = query.order_by(OutboxMessage.created_at.desc(), OutboxMessage.id.desc()).limit(limit)
    return [(message, point) for message, point in session.execute(query)]


def _older(at: datetime, row_id: str) -> ColumnElement[bool]:
    return or_(
        OutboxMessage.created_at < at,
        and_(OutboxMessage.created_at == at, OutboxMessage.id < row_id),
    )


def count_outbox(session: Session) -> dict[str, int]:
    """How many messages stand in each state."""
    query = select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state)
    return {str(state): int(number) for state, number in session.execute(query)}


def open_cases_of(session: Session) -> dict[str, int]:
    """How many open cases each caseworker has."""
    query = (
        select(Case.caseworker_id, func.count())
        .where(Case.state == "open", Case.caseworker_id.is_not(None))
        .group_by(Case.caseworker_id)
    )
    return {str(person): int(number) for person, number in session.execute(query)}
