"""The watch: find the cases that are due, and look at them, many at a time (R4, R8, D1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from tracker.engine.clock.aside import set_aside
from tracker.engine.clock.clockwork import look, open_file, policy_of
from tracker.engine.clock.deciding import decide
from tracker.engine.desk import Desk
from tracker.store import due
from tracker.store.due import Waiting
from tracker.store.schema import Case

BATCH: Final = 500
"""Cases decided in one transaction."""

TRY_AGAIN_AFTER: Final = timedelta(hours=1)
"""A case that was set aside is tried again after this long."""


def watch_batch(
    desk: Desk, limit: int = BATCH, raised: list[str] | None = None, *, careful: bool = True
) -> int:
    """Look at up to `limit` due cases in this transaction; the number looked at.

    A case that fails is set aside, said so on every page, and does not hold up the others. The
    ids of the alerts raised are added to `raised`. Not `careful`: what the database refuses is
    raised, and the caller undoes the transaction; that takes less time and memory.
    """
    cases = due.due_cases(desk.session, desk.now, desk.now - TRY_AGAIN_AFTER, limit)
    decided = decide(desk, cases, careful=careful)
    alerts = decided.raised
    for case_id in decided.left:
        alerts += _look_at_one(desk, case_id)
    if raised is not None:
        raised += alerts
    return len(cases)


def waiting(desk: Desk, flags: Sequence[str], pulses: Sequence[str]) -> Waiting:
    """What there is to do now; with it the values of flags, and when some pulses last beat."""
    return due.waiting(desk.session, desk.now, desk.now - TRY_AGAIN_AFTER, flags, pulses)


def _look_at_one(desk: Desk, case_id: str) -> list[str]:
    """One case by itself: what it does wrong is undone, and it is set aside."""
    case = desk.session.scalars(
        select(Case).where(Case.id == case_id).execution_options(populate_existing=True)
    ).one()
    try:
        with desk.session.begin_nested():
            file = open_file(desk, case)
            alerts = look(desk, case, file, policy_of(desk.session, case.policy_version_id))
            case.set_aside_at = case.set_aside_reason = None
        return [alert.id for alert in alerts]
    except OperationalError:  # the database's fault, not the case's
        raise
    except Exception as error:  # one bad case must not silence the others
        set_aside(desk, case, error)
        return []
