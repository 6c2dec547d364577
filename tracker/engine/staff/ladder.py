"""The ways to one person, one after the other (D6); clock.md R11 changes the person.

By telephone there is one way at a time, in the order of the person's contact points: the next
when one is refused, or brings no receipt in time. Mail stands beside it from the start.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from tracker.domain.alerts import WAITING
from tracker.domain.delivery import BY_PHONE, POLLS, VOICE
from tracker.engine.desk import Desk
from tracker.engine.staff.audience import lane, working_points
from tracker.security.tokens import new_reference
from tracker.store import outbox
from tracker.store.schema import Alert, OutboxMessage, new_id


def first_look(desk: Desk, channel: str) -> datetime | None:
    """When to look whether a receipt came for what was just handed over; None where none will."""
    if channel not in BY_PHONE or desk.settings.file_delivery:
        return None
    return desk.now + timedelta(minutes=desk.settings.ladder_minutes)


def later_look(desk: Desk, row: OutboxMessage) -> datetime | None:
    """When to look the next time; None when it was asked often enough."""
    handed_over = row.handed_over_at or row.created_at
    first = handed_over + timedelta(minutes=desk.settings.ladder_minutes)
    return next((first + wait for wait in POLLS if first + wait > desk.now), None)


def climb(desk: Desk, row: OutboxMessage, alert: Alert) -> bool:
    """Queue the next working way of the same kind to the person of `row`; whether there is one."""
    used = outbox.points_used(desk.session, alert.id)
    for point in working_points(desk.session, row.person_id):
        if point.id in used or lane(point.channel) != lane(row.channel):
            continue
        if point.channel == VOICE and alert.state not in WAITING:
            continue
        desk.session.add(
            OutboxMessage(
                id=new_id(),
                kind=row.kind,
                alert_id=alert.id,
                case_id=row.case_id,
                person_id=row.person_id,
                contact_point_id=point.id,
                channel=point.channel,
                role=row.role,
                urgent=row.urgent,
                reference=new_reference(),
                available_at=desk.now,
                created_at=desk.now,
            )
        )
        desk.session.flush()
        return True
    return False


def climb_in_time(desk: Desk, row: OutboxMessage) -> bool:
    """No receipt came: try the next way, unless somebody acted, or that was done already."""
    if row.alert_id is None:
        return False
    alert = desk.session.get_one(Alert, row.alert_id)
    siblings = outbox.about(desk.session, alert.id, row.person_id)
    if any(o.created_at > row.created_at for o in siblings if lane(o.channel) == lane(row.channel)):
        return False
    return alert.state in WAITING and climb(desk, row, alert)
