"""The watch: find the cases that are due, and look at each (R4, R8; delivery.md D1)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.exc import OperationalError

from tracker.engine.aside import set_aside
from tracker.engine.clockwork import look, open_file, policy_of
from tracker.engine.desk import Desk
from tracker.store.schema import Alert, Case

BATCH = 200
"""Cases looked at in one transaction."""

TRY_AGAIN_AFTER = timedelta(hours=1)
"""A case that was set aside is tried again after this long."""


def watch_batch(desk: Desk, limit: int = BATCH, raised: list[Alert] | None = None) -> int:
    """Look at up to `limit` due cases in this transaction; the number looked at.

    A case that fails is set aside, said so on every page, and does not hold up the others. The
    alerts raised are added to `raised`.
    """
    raised = [] if raised is None else raised
    due = (
        select(Case)
        .where(
            Case.next_look_at <= desk.now,
            or_(Case.set_aside_at.is_(None), Case.set_aside_at <= desk.now - TRY_AGAIN_AFTER),
        )
        .order_by(Case.next_look_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    cases = desk.session.scalars(due).all()
    desk.safe.preload([case.id for case in cases], "clock")
    for case in cases:
        try:
            with desk.session.begin_nested():
                file = open_file(desk, case)
                alerts = look(desk, case, file, policy_of(desk.session, case.policy_version_id))
                case.set_aside_at = case.set_aside_reason = None
            raised += alerts
        except OperationalError:  # the database's fault, not the case's
            raise
        except Exception as error:  # one bad case must not silence the others
            set_aside(desk, case, error)
    return len(cases)
