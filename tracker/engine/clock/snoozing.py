"""Ending a snooze before its time: what became due meanwhile catches up at once (R8, R12)."""

from __future__ import annotations

from tracker.domain.casefile import CaseFile
from tracker.domain.errors import Refused
from tracker.domain.policy import Policy
from tracker.engine.clock.clockwork import enter, hold
from tracker.engine.desk import Desk
from tracker.i18n.words import _
from tracker.store.schema import Case


def end_snooze(desk: Desk, case: Case) -> None:
    """Look at a case again from now on. Raises Refused where nothing is snoozed."""
    hold(desk, case)
    if case.snoozed_until is None or case.snoozed_until <= desk.now:
        raise Refused(_("This case is not snoozed."))

    def wake(file: CaseFile, _policy: Policy) -> None:
        file.snoozed_until = None

    enter(desk, case, wake)
    desk.audit("case.snooze_ended", "case", case.id, case.id)
