"""Short messages to the office itself, through the outbox like everything else."""

from __future__ import annotations

from collections.abc import Iterable

from tracker.engine.desk import Desk
from tracker.engine.staff.audience import contact_points
from tracker.security.tokens import new_reference
from tracker.store.schema import ContactPoint, OutboxMessage, Person, new_id


def queue_notice(desk: Desk, kind: str, people: Iterable[Person]) -> None:
    """Queue a message of this kind to each working contact point of these people."""
    for person in people:
        for point in contact_points(desk.session, person.id):
            queue_at(desk, kind, point)
    desk.session.flush()


def queue_at(
    desk: Desk,
    kind: str,
    point: ContactPoint,
    *,
    urgent: bool = True,
    digest_id: str | None = None,
) -> OutboxMessage:
    """Queue a message of this kind to one contact point; the row, not flushed yet."""
    row = OutboxMessage(
        id=new_id(),
        kind=kind,
        digest_id=digest_id,
        person_id=point.person_id,
        contact_point_id=point.id,
        channel=point.channel,
        urgent=urgent,
        reference=new_reference(),
        available_at=desk.now,
        created_at=desk.now,
    )
    desk.session.add(row)
    return row
