"""What waits for a provider out of reach: whom it was to tell is told in another way (D6).

The message itself stays as it is: it goes when the provider is back, unless nobody needs it then.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from tracker.domain.actor import WORKER
from tracker.domain.alerts import NEEDS_SOMEBODY
from tracker.domain.delivery import UNSENT
from tracker.engine.desk import Desk
from tracker.engine.power import Power
from tracker.engine.sending.breaker import broken
from tracker.engine.sending.settle import lock
from tracker.engine.staff.ladder import climb_in_time
from tracker.engine.staff.undelivered import hand_up
from tracker.store import outbox
from tracker.store.schema import Alert, Case, OutboxMessage

AT_ONCE: Final = 100
"""Rows of one turn; the rest have theirs at the next tick."""

LOOK_AGAIN: Final = timedelta(hours=1)
"""A row that still waits then is looked at once more: somebody may have a working way by now."""


FAILED_LOOK_AGAIN: Final = timedelta(minutes=5)
"""A row on which this failed waits so long behind the others: it may fail again."""


def tell_otherwise(services: Power, limit: int = AT_ONCE) -> int:
    """Take the next way for rows that should have gone long ago; how many were looked at.

    One that fails holds up no other (D1). Raises an ExceptionGroup of what failed, after all.
    """
    failed = list[Exception]()
    with services.reading(WORKER) as desk:
        before = desk.now - timedelta(minutes=desk.settings.ladder_minutes)
        waiting = outbox.waiting_since(desk.session, broken(desk), before, desk.now, limit)
    for row_id in waiting:
        try:
            with services.desk(WORKER) as desk:
                _tell_otherwise(desk, row_id)
        except Exception as error:  # it is looked at again, after others had their turn
            failed.append(error)
            _put_off(services, row_id)
    if failed:
        raise ExceptionGroup("other ways were not taken", failed)
    return len(waiting)


def _put_off(services: Power, row_id: str) -> None:
    with services.desk(WORKER) as desk:
        desk.session.get_one(OutboxMessage, row_id).look_at = desk.now + FAILED_LOOK_AGAIN


def _tell_otherwise(desk: Desk, row_id: str) -> None:
    row = lock(desk, row_id, with_case=True)
    if row is None or row.state not in UNSENT:
        return
    row.look_at = desk.now + LOOK_AGAIN
    if row.alert_id is None or row.case_id is None:
        return
    alert = desk.session.get_one(Alert, row.alert_id, populate_existing=True)
    if alert.state not in NEEDS_SOMEBODY or climb_in_time(desk, row):
        return
    reader, closed = [row.person_id], broken(desk)
    if not outbox.has_working_row(desk.session, alert.id, reader, besides=row.id, closed=closed):
        hand_up(desk, desk.session.get_one(Case, row.case_id), alert, row.person_id)
