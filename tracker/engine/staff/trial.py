"""A test alert, and an invitation: through the real outbox like everything else (D10)."""

from __future__ import annotations

from sqlalchemy import select

from tracker.domain.errors import Refused
from tracker.engine.desk import Desk
from tracker.engine.staff.notices import queue_at
from tracker.i18n.words import gettext as _
from tracker.store.schema import ContactPoint, OutboxMessage, Person


def send_test_alert(desk: Desk, person_id: str) -> list[OutboxMessage]:
    """Queue a test message to each contact point of a person that is not switched off.

    Refused for somebody who is not active or has no contact point: then alerts would not arrive
    either.
    """
    person = desk.session.get(Person, person_id)
    if person is None or not person.active:
        raise Refused(_("This person is not active here. Choose somebody else."))
    points = desk.session.scalars(
        select(ContactPoint)
        .filter_by(person_id=person_id, disabled_at=None, opted_out_at=None)
        .order_by(ContactPoint.position, ContactPoint.id)
    ).all()
    if not points:
        raise Refused(_("There is no working contact point. Add an address or a number first."))
    rows = [queue_at(desk, "test", point) for point in points]
    desk.session.flush()
    desk.audit("outbox.test", "person", person_id, messages=len(rows))
    return rows


def send_invitation(desk: Desk, person_id: str) -> list[OutboxMessage]:
    """Queue an invitation by mail; its single-use link is made when it is sent (S10)."""
    points = desk.session.scalars(
        select(ContactPoint)
        .filter_by(person_id=person_id, channel="email", disabled_at=None, opted_out_at=None)
        .order_by(ContactPoint.position, ContactPoint.id)
    ).all()
    if not points:
        raise Refused(_("There is no working mail address. Add one first."))
    rows = [queue_at(desk, "invite", points[0])]
    desk.session.flush()
    desk.audit("outbox.invitation", "person", person_id)
    return rows
