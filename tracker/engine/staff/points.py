"""What becomes of a contact point by its owner's own word: stopped, started again, proved theirs.

The first two are told to the supervisors: an alert may now have one way less (D8).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from tracker.domain.actor import Actor
from tracker.engine.desk import Desk
from tracker.engine.staff.audience import ADMINISTRATOR, people_with_role
from tracker.engine.staff.notices import queue_notice
from tracker.engine.staff.visits import real_now
from tracker.store import buckets
from tracker.store.schema import ContactPoint, OutboxMessage

POINT: Final = "point"
"""The kind of message that says: look at a colleague's contact points."""

PROVES_FOR: Final = timedelta(days=1)
"""How long after a test message an answer to it proves that the address is its reader's."""


def opt_out(desk: Desk, point: ContactPoint, code: str | None = None) -> None:
    """Its owner wants no more messages there: none goes, whoever sends (S5). Once."""
    if point.opted_out_at is not None:
        return
    point.opted_out_at = desk.now
    desk.audit("contact_point.opted_out", "contact_point", point.id, code=code)
    tell_supervisors(desk, point)


def opt_in(desk: Desk, point: ContactPoint) -> None:
    """Its owner wants messages again; nobody else can undo a stop."""
    if point.opted_out_at is not None:
        point.opted_out_at = None
        desk.audit("contact_point.opted_in", "contact_point", point.id)


def prove(desk: Desk, point: ContactPoint) -> None:
    """Who answered to a message that went there reads there: its answers count from now on."""
    if point.verified_at is None:
        point.verified_at = desk.now
        desk.audit("contact_point.verified", "contact_point", point.id)


def prove_by_page(desk: Desk, row_id: str, person_id: str | None) -> bool:
    """The reader of a test message opened its page signed in, and pressed the button.

    Whether that proved the contact point to be theirs.
    """
    row = desk.session.get(OutboxMessage, row_id)
    if row is None or row.kind != "test" or row.person_id != person_id:
        return False
    if desk.now - row.created_at > PROVES_FOR:
        return False
    prove(desk, desk.session.get_one(ContactPoint, row.contact_point_id))
    return True


def is_about_points(desk: Desk, row_id: str, actor: Actor) -> bool:
    """Whether a message asked this reader to look at colleagues' contact points."""
    row = desk.session.get(OutboxMessage, row_id)
    return row is not None and row.kind == POINT and row.person_id == actor.id


def tell_supervisors(desk: Desk, point: ContactPoint) -> None:
    """Tell the supervisors, else the administrators, at most once a day for one contact point."""
    key = f"reply:told:{point.id}:{real_now(desk).date()}"
    if buckets.has(desk.session, key):
        return
    buckets.mark(desk.session, key, real_now(desk))
    for role in ("supervisor", ADMINISTRATOR):
        people = [one for one in people_with_role(desk, role) if one.id != point.person_id]
        if people:
            queue_notice(desk, POINT, people)
            return
