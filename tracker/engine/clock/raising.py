"""Turning what the clock decided into alerts, their events and outbox rows (R5–R15, D1, D2)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from tracker.domain.alerts import STANDING
from tracker.domain.casefile import CaseFile
from tracker.domain.delivery import UNSENT
from tracker.domain.evaluate import Kind, Notice
from tracker.domain.moments import format_instant
from tracker.domain.policy import Policy
from tracker.engine.desk import Desk
from tracker.engine.staff.audience import (
    ADMINISTRATOR,
    Recipient,
    Way,
    contact_points,
    recipients,
    told_people,
)
from tracker.engine.staff.undelivered import hand_up
from tracker.security.tokens import new_reference
from tracker.store.bulk import among
from tracker.store.schema import Alert, Case, ContactPoint, OutboxMessage, new_id

CLOCK_KINDS = (Kind.STEP, Kind.REPEAT, Kind.HAND_OVER, Kind.CONSENT_GRANTED)


def raise_alerts(
    desk: Desk,
    case: Case,
    file: CaseFile,
    policy: Policy,
    notices: Sequence[Notice],
    *,
    closing: bool,
) -> list[Alert]:
    """Write the alerts of one evaluation, end those that it ends, and queue the messages.

    `closing`: whether the case was closed since the evaluation before.
    """
    if state := end_without_notice(file, [notice.kind for notice in notices], closing=closing):
        end_alerts(desk, case, state)
    raised = []
    for notice in notices:
        alert = _alert(desk, case, policy, notice)
        match notice.kind:
            case Kind.RESOLVED:
                end_alerts(desk, case, "resolved")
                audience = _told(desk, case, policy, file, notice)
                case.all_clear_at = desk.now
            case Kind.CLOSED:
                end_alerts(desk, case, "closed")
                audience = _told(desk, case, policy, file, notice)
                case.all_clear_at = desk.now
            case Kind.STEP:
                end_alerts(desk, case, "superseded")
                audience = recipients(desk, case, notice.notify)
            case Kind.TO_CONFIRM:
                audience = recipients(desk, case, notice.notify)
            case Kind.REPEAT | Kind.HAND_OVER | Kind.CONSENT_GRANTED:
                audience = recipients(desk, case, notice.notify)
        desk.session.add(alert)
        desk.session.flush()
        desk.happened(alert, "triggered")
        queue(desk, case, alert, audience)
        desk.audit(
            "alert.raised",
            "alert",
            alert.id,
            case.id,
            kind=alert.kind,
            step=alert.step,
            recipients=len(audience),
        )
        raised.append(alert)
    return raised


def _alert(desk: Desk, case: Case, policy: Policy, notice: Notice) -> Alert:
    alert = Alert(**alert_values(case.id, case.band, policy, notice, desk.now))
    desk.safe.seal(alert, "silent", notice.silent_days.kept())
    return alert


def alert_values(
    case_id: str, band: str, policy: Policy, notice: Notice, now: datetime
) -> dict[str, Any]:
    """The columns of a notice's alert, but for the sealed one. `band` is the case's until now."""
    step = policy.step(notice.step) if notice.step is not None else None
    inform = notice.kind in (Kind.RESOLVED, Kind.CLOSED)
    return {
        "id": new_id(),
        "case_id": case_id,
        "dedup": _dedup(case_id, notice, now),
        "kind": str(notice.kind),
        "episode": notice.episode,
        "step": notice.step,
        "repetition": notice.repetition,
        "band": str(step.band) if step and step.band else band,
        "urgent": bool(step and step.urgent),
        "roles": list(notice.notify),
        "consent_needed": list(notice.consent_needed),
        "passed_over": list(notice.passed_over),
        "contact_report_id": notice.contact,
        "state": "informed" if inform else "triggered",
        "raised_at": now,
        "ended_at": now if inform else None,
    }


def _dedup(case_id: str, notice: Notice, now: datetime) -> str:
    """R7 as a unique key: however many processes decide, one row of this name can exist."""
    match notice.kind:
        case Kind.TO_CONFIRM:
            return f"{case_id}:{notice.kind}:{notice.contact}:{notice.repetition}"
        case Kind.CONSENT_GRANTED:  # several a firing, one an evaluation
            parts = f"{notice.step}:{format_instant(now)}"
        case _:
            parts = f"{notice.step}:{notice.repetition}"
    return f"{case_id}:{notice.episode}:{notice.kind}:{parts}"


def _told(
    desk: Desk, case: Case, policy: Policy, file: CaseFile, notice: Notice
) -> list[Recipient]:
    """R5: everyone actually told since the last all-clear, consent asked anew."""
    consented = {"caseworker", "supervisor", ADMINISTRATOR, *notice.notify}
    consented -= policy.needs_consent - file.consents
    audience = told_people(desk, case, consented)
    if notice.consent_needed and not audience:
        audience = recipients(desk, case, ["caseworker"])
    return audience


def queue(desk: Desk, case: Case, alert: Alert, audience: Iterable[Recipient]) -> None:
    """An outbox row for each recipient and each working contact point.

    Those who have none are handed up at once: the supervisor, then the administrators (D6).
    """
    nobody, missed = True, []
    for recipient in audience:
        nobody = False
        points = contact_points(desk.session, recipient.person.id)
        for point in points:
            values = message_values(alert.id, case.id, alert.urgent, recipient, point, desk.now)
            desk.session.add(OutboxMessage(**values))
        if not points:
            missed.append(recipient.person.id)
    desk.session.flush()
    for person_id in missed:
        hand_up(desk, case, alert, person_id)
    if nobody:
        desk.happened(alert, "nobody_reached")
        if alert.state == "triggered":
            alert.state = "undelivered"


def message_values(
    alert_id: str,
    case_id: str,
    urgent: bool,
    recipient: Recipient,
    point: ContactPoint | Way,
    now: datetime,
) -> dict[str, Any]:
    """The columns of an outbox row that tells a recipient of an alert."""
    return {
        "id": new_id(),
        "kind": "alert",
        "alert_id": alert_id,
        "case_id": case_id,
        "person_id": recipient.person.id,
        "contact_point_id": point.id,
        "channel": point.channel,
        "role": recipient.role,
        "urgent": urgent,
        "reference": new_reference(),
        "available_at": now,
        "created_at": now,
    }


def end_alerts(desk: Desk, case: Case, state: str) -> None:
    """End a case's open alerts; cancel what no provider has been handed yet (R5, R9, R15)."""
    kinds = kinds_ended(state)
    ended = desk.session.scalars(
        select(Alert).where(
            Alert.case_id == case.id, Alert.state.in_(STANDING), Alert.kind.in_(kinds)
        )
    ).all()
    for alert in ended:
        alert.state = state
        alert.ended_at = desk.now
        desk.happened(alert, state)
    cancel_unsent(desk, [alert.id for alert in ended])


def cancel_unsent(desk: Desk, alert_ids: Sequence[str], role: str | None = None) -> None:
    """Cancel outbox rows that were not handed to a provider."""
    if not alert_ids:
        return
    rows = update(OutboxMessage).where(
        among(desk.session, OutboxMessage.alert_id, alert_ids),
        among(desk.session, OutboxMessage.state, sorted(UNSENT)),
    )
    if role is not None:
        rows = rows.where(OutboxMessage.role == role)
    desk.session.execute(rows.values(state="cancelled", ended_at=desk.now))


def kinds_ended(state: str) -> frozenset[str]:
    """The kinds of alert that an end of this name ends; requests to confirm outlive the others."""
    kinds = (*CLOCK_KINDS, Kind.TO_CONFIRM) if state == "closed" else CLOCK_KINDS
    return frozenset(map(str, kinds))


def end_without_notice(file: CaseFile, kinds: Collection[Kind], *, closing: bool) -> str | None:
    """An all-clear of which nobody had to be told still ends what is open; as what.

    Only the closing itself does: who reports on a closed case later is heard (R14).
    """
    if closing and file.closed and Kind.CLOSED not in kinds:
        return "closed"
    if not file.closed and not file.firings and not {Kind.RESOLVED, Kind.STEP} & set(kinds):
        return "resolved"
    return None
