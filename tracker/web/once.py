"""A form that adds something counts once, however often it is sent: a slow line, a second click."""

from __future__ import annotations

from typing import Final

from tracker.engine.desk import Desk
from tracker.engine.staff.visits import real_now
from tracker.security.tokens import new_token
from tracker.store import drafts
from tracker.store.schema import Case

FIELD: Final = "once"


def is_first(desk: Desk, kind: str, token: str, case: Case) -> bool:
    """Whether this form is sent for the first time; from now on it was."""
    at = real_now(desk)
    if drafts.find(desk.session, kind, token, at) is not None:
        return False
    drafts.spend(desk.session, desk.safe, kind, token or new_token(), at, case.id)
    return True
