"""Setting a case aside on which we fail: said on every page, and it holds up no other."""

from __future__ import annotations

from tracker.engine.desk import Desk
from tracker.store.schema import Case


def set_aside(desk: Desk, case: Case, error: Exception) -> None:
    """Set a case aside in this transaction; what was begun for it was undone by the caller."""
    desk.session.refresh(case)
    case.set_aside_at = desk.now
    case.set_aside_reason = type(error).__name__
    desk.audit("case.set_aside", "case", case.id, case.id, error=type(error).__name__)
