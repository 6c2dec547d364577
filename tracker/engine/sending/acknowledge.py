"""Acknowledging by whoever holds a message: 24 hours, and the supervisor is shown it (S6)."""

from __future__ import annotations

from sqlalchemy import exists, select

from tracker.domain.actor import Actor
from tracker.domain.evaluate import Kind
from tracker.engine.cases.cases import acknowledge_unsigned
from tracker.engine.desk import Desk
from tracker.engine.sending.needed import is_open
from tracker.engine.staff.audience import CONSULAR
from tracker.store import api as store_api
from tracker.store.cases import visible_cases
from tracker.store.outbox import carried_by
from tracker.store.schema import Alert, AlertEvent, Case, OutboxMessage


def by_message(desk: Desk, row_id: str) -> bool:
    """Acknowledge the case behind a message for 24 hours; whether that changed anything.

    Only an open alert is acknowledged; the second time changes nothing. A consular contact's own
    acknowledgement is recorded, but holds nobody else's alarms (safety.md, "Who may"); a request
    to confirm a report is no alarm, and cannot be held. One message about many cases acknowledges
    none: they are acknowledged one by one, after signing in (D7).
    """
    row = desk.session.get(OutboxMessage, row_id)
    if row is None or row.alert_id is None or row.case_id is None:
        return False
    if row.carrier_id is not None or carried_by(desk.session, row.id):
        return False
    case, alert = _locked(desk, row.case_id, row.alert_id)
    if alert.kind == Kind.TO_CONFIRM or not is_open(desk, alert):
        return False
    if row.role == CONSULAR:
        return _note(desk, alert, row)
    acknowledge_unsigned(desk, case, row.person_id)
    return True


def by_token(desk: Desk, actor: Actor, alert_id: str) -> tuple[Alert, Case] | None:
    """The same by a program with the person's token, which may be stolen like a message (S6).

    The alert and its case as they stand then; None where this actor sees no such alert. Asked
    again, or of what cannot be held, it changes nothing.
    """
    found = store_api.alert_with_case(desk.session, actor, alert_id)
    if found is None:
        return None
    case, alert = _locked(desk, found[1].id, alert_id)
    if alert.kind != Kind.TO_CONFIRM and is_open(desk, alert):
        acknowledge_unsigned(desk, case, desk.person_id or "")
    return alert, case


def _locked(desk: Desk, case_id: str, alert_id: str) -> tuple[Case, Alert]:
    """Both as they are now, and nobody else decides about the case until we commit."""
    case = desk.session.scalars(
        select(Case)
        .where(Case.id == case_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    return case, desk.session.get_one(Alert, alert_id, populate_existing=True)


def case_behind(desk: Desk, row_id: str, actor: Actor) -> Case | None:
    """The case a message is about, if this actor may see it."""
    row = desk.session.get(OutboxMessage, row_id)
    if row is None or row.case_id is None:
        return None
    return desk.session.scalars(
        visible_cases(actor, desk.now).where(Case.id == row.case_id)
    ).one_or_none()


def _note(desk: Desk, alert: Alert, row: OutboxMessage) -> bool:
    """A post has seen it: an event, and nothing is held."""
    known = select(
        exists().where(
            AlertEvent.alert_id == alert.id,
            AlertEvent.kind == "seen",
            AlertEvent.person_id == row.person_id,
        )
    )
    if desk.session.scalar(known):
        return False
    desk.happened(alert, "seen", row.person_id, "unsigned")
    desk.audit("alert.seen_unsigned", "alert", alert.id, alert.case_id, person=row.person_id)
    return True
