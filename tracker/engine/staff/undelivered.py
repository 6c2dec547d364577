"""Somebody cannot be reached, or it is another's now: who is told instead (D6)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import exists, select

from tracker.domain.alerts import NEEDS_SOMEBODY, WAITING
from tracker.domain.delivery import State
from tracker.domain.evaluate import CASEWORKER, SUPERVISOR
from tracker.engine.desk import Desk
from tracker.engine.staff.audience import (
    ADMINISTRATOR,
    Recipient,
    contact_points,
    people_with_role,
    recipients,
)
from tracker.security.tokens import new_reference
from tracker.store import outbox
from tracker.store.schema import Alert, AlertEvent, Case, OutboxMessage, new_id

MOVED: Final = "moved"
"""Why a message was cancelled: it is somebody else's."""


def hand_up(desk: Desk, case: Case, alert: Alert, missed_id: str) -> None:
    """Somebody told by this alert has no working way left: tell those above, each once.

    The case is locked by the caller. An alert that ended or was acknowledged needs nobody.
    """
    if alert.state not in NEEDS_SOMEBODY:
        return
    _once(desk, alert, "undelivered", missed_id)
    if alert.state in WAITING:
        alert.state = "undelivered"
        alert.ended_at = None
    levels = (
        (SUPERVISOR, recipients(desk, case, [SUPERVISOR])),
        (
            ADMINISTRATOR,
            [Recipient(p, ADMINISTRATOR) for p in people_with_role(desk, ADMINISTRATOR)],
        ),
    )
    for role, people in levels:
        above = [one for one in people if one.person.id != missed_id]
        if queue_to(desk, case, alert, above, role) or outbox.has_working_row(
            desk.session, alert.id, [one.person.id for one in above]
        ):
            _once(desk, alert, f"handed_to_{role}")
            return
    _once(desk, alert, "nobody_reached")


def queue_to(
    desk: Desk,
    case: Case,
    alert: Alert,
    people: Iterable[Recipient],
    role: str,
    *,
    urgent: bool = True,
) -> int:
    """Queue rows to working contact points that have none about this alert yet; how many."""
    used = outbox.points_used(desk.session, alert.id)
    queued = 0
    for one in people:
        for point in contact_points(desk.session, one.person.id):
            if point.id in used:
                continue
            queued += 1
            desk.session.add(
                OutboxMessage(
                    id=new_id(),
                    kind="alert",
                    alert_id=alert.id,
                    case_id=case.id,
                    person_id=one.person.id,
                    contact_point_id=point.id,
                    channel=point.channel,
                    role=role,
                    urgent=urgent,
                    reference=new_reference(),
                    available_at=desk.now,
                    created_at=desk.now,
                )
            )
    desk.session.flush()
    return queued


def follow_the_case(desk: Desk, case: Case) -> None:
    """The case is somebody else's from now on: what was not yet sent of it is theirs too.

    At once: a message that is sent within minutes is not asked whose it is.
    """
    desk.session.flush()  # the case is locked before its rows, as everywhere
    for row in outbox.waiting_of(desk.session, case.id, (CASEWORKER, SUPERVISOR)):
        move(desk, row)


def move(desk: Desk, row: OutboxMessage) -> None:
    """Tell those who are there now instead. Each once; who cannot be reached is handed up (D6)."""
    case = desk.session.get_one(Case, row.case_id)
    alert = desk.session.get_one(Alert, row.alert_id, populate_existing=True)
    there = recipients(desk, case, [str(row.role)])
    if not there or row.person_id in {one.person.id for one in there}:  # and so it is theirs again
        return
    row.state, row.error_code, row.ended_at = State.CANCELLED, MOVED, desk.now
    desk.session.flush()
    for one in there:
        if not queue_to(desk, case, alert, [one], one.role, urgent=row.urgent) and (
            not outbox.has_working_row(desk.session, alert.id, [one.person.id])
        ):
            hand_up(desk, case, alert, one.person.id)


def _once(desk: Desk, alert: Alert, kind: str, person_id: str | None = None) -> None:
    """An event of which one is enough; about a person, one a person."""
    same = [AlertEvent.alert_id == alert.id, AlertEvent.kind == kind]
    if person_id is not None:
        same.append(AlertEvent.person_id == person_id)
    if desk.session.scalar(select(exists().where(*same))):
        return
    desk.happened(alert, kind, person_id)
    if person_id is None:
        desk.audit("alert.undelivered", "alert", alert.id, alert.case_id, outcome=kind)
