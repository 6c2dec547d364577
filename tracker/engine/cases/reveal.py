"""Who reported: hidden on every page until somebody says why they have to know (S1, S13)."""

from __future__ import annotations

from typing import Any

from tracker.domain.errors import Refused
from tracker.engine.desk import Desk
from tracker.engine.staff.account_news import refuse_while_held
from tracker.i18n.words import _
from tracker.store import timeline
from tracker.store.schema import Case, Enquirer


def enquirer_of(desk: Desk, case: Case, enquirer_id: str) -> Enquirer | None:
    """An enquirer of this case; None for anybody else's."""
    row = desk.session.get(Enquirer, enquirer_id)
    return row if row is not None and row.case_id == case.id else None


def numbered(desk: Desk, case: Case) -> dict[str, int]:
    """The enquirers of a case by id, counted from 1 in the order they came."""
    rows = timeline.enquirers(desk.session, case.id)
    return {row.id: number for number, row in enumerate(rows, start=1)}


def reveal(desk: Desk, case: Case, enquirer: Enquirer, reason: str) -> dict[str, Any]:
    """Open who an enquirer is. Logged with the reason, and shown to the supervisor.

    Raises Refused without a reason, and for a day after the account was reset.
    """
    if not reason.strip():
        raise Refused(_("Give a reason; others will have to understand it later."))
    refuse_while_held(desk)
    desk.note(case.id, "reveal", reason.strip())
    desk.audit("enquirer.revealed", "enquirer", enquirer.id, case.id)
    opened: dict[str, Any] = desk.safe.open(enquirer, "details") or {}
    return opened
