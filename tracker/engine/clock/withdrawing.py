"""Consent that ended: what a post was not yet told is stopped, and nobody is told nothing (R13)."""

from __future__ import annotations

from sqlalchemy import select

from tracker.domain.alerts import STANDING, WAITING
from tracker.domain.casefile import CaseFile
from tracker.domain.delivery import HANDED_OVER, OPEN, UNSENT
from tracker.domain.evaluate import CASEWORKER, Kind
from tracker.engine.clock.clockwork import enter
from tracker.engine.clock.raising import CLOCK_KINDS, cancel_unsent
from tracker.engine.desk import Desk
from tracker.engine.staff.audience import CONSULAR, recipients
from tracker.engine.staff.undelivered import hand_up, queue_to
from tracker.store.schema import Alert, Case, OutboxMessage


def stop_telling(desk: Desk, case: Case) -> None:
    """R13: what a post was not yet sent stops; an alert that then tells nobody tells a caseworker.

    Steps of which a post was told nothing are owed to it again, should consent return.
    """
    alerts = desk.session.scalars(
        select(Alert).where(
            Alert.case_id == case.id,
            Alert.state.in_(STANDING),
            Alert.kind.in_([str(kind) for kind in CLOCK_KINDS]),
        )
    ).all()
    untold = {alert.step for alert in alerts if _waits_for_post(desk, alert)}
    cancel_unsent(desk, [alert.id for alert in alerts], role=CONSULAR)
    for alert in alerts:
        if alert.kind == Kind.CONSENT_GRANTED and alert.step in untold:
            alert.dedup = f"{alert.dedup}:{alert.id}"  # owed again, perhaps at this very instant
        if alert.kind == Kind.CONSENT_GRANTED and alert.state in WAITING:
            _withdraw(desk, alert)
        else:
            tell_caseworker_instead(desk, case, alert)

    def forget(file: CaseFile, _policy: object) -> None:
        for firing in file.firings.values():
            if firing.step in untold:
                firing.told.discard(CONSULAR)

    if untold:
        enter(desk, case, forget)


def tell_caseworker_instead(desk: Desk, case: Case, alert: Alert, *, covered: bool = False) -> None:
    """R13: an alert that was for a post, and of which nobody is told now, tells a caseworker."""
    if CONSULAR not in alert.roles or alert.state not in WAITING:
        return
    lost = None if covered else CONSULAR  # what a post was told helps nobody any more
    if _told_anybody(desk, alert, besides=lost):
        return
    people = recipients(desk, case, [CASEWORKER])
    if not queue_to(desk, case, alert, people, CASEWORKER):
        for one in people:
            hand_up(desk, case, alert, one.person.id)


def _withdraw(desk: Desk, alert: Alert) -> None:
    """What was raised because consent was given ends with it; the step itself was told to others,
    and stays open (S6: withdrawing silences no alarm)."""
    alert.state, alert.ended_at = "withdrawn", desk.now
    desk.happened(alert, "withdrawn")
    desk.audit("alert.withdrawn", "alert", alert.id, alert.case_id)


def _waits_for_post(desk: Desk, alert: Alert) -> bool:
    waiting = select(OutboxMessage.id).where(
        OutboxMessage.alert_id == alert.id,
        OutboxMessage.role == CONSULAR,
        OutboxMessage.state.in_(sorted(UNSENT)),
    )
    return desk.session.scalars(waiting).first() is not None


def _told_anybody(desk: Desk, alert: Alert, besides: str | None = None) -> bool:
    """Whether a message of this alert went out, or still will, to anybody but a role."""
    rows = select(OutboxMessage.id).where(
        OutboxMessage.alert_id == alert.id,
        OutboxMessage.state.in_([*OPEN, *HANDED_OVER]),
    )
    if besides is not None:
        rows = rows.where(OutboxMessage.role != besides)
    return desk.session.scalars(rows).first() is not None
