"""One act upon many cases, all or nothing, and its undo.

What stood before is kept sealed for a day under a token that only the acting person can use. An
undo touches a case only where it still stands as the act left it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, Final

from sqlalchemy import select

from tracker.domain.actor import Actor
from tracker.domain.alerts import WAITING
from tracker.domain.casefile import CaseFile
from tracker.domain.errors import Refused
from tracker.domain.moments import at_local, zone
from tracker.domain.policy import Policy
from tracker.engine.cases import cases
from tracker.engine.clock.clockwork import enter, hold_all
from tracker.engine.desk import Desk
from tracker.engine.staff.visits import real_now
from tracker.i18n.words import _
from tracker.store import drafts
from tracker.store.cases import visible_cases
from tracker.store.schema import Alert, Case

MOST: Final = 50
"""Cases of one act: as many as a page of the queue shows."""

_UNDO: Final = "undo"
_MORNING: Final = time(9)


def chosen(desk: Desk, who: Actor, refs: Collection[str]) -> list[Case]:
    """The cases of these references that `who` sees, in their order (S8)."""
    wanted = list(dict.fromkeys(refs))[:MOST]
    found = desk.session.scalars(visible_cases(who).where(Case.ref.in_(wanted)))
    by_ref = {case.ref: case for case in found}
    return [by_ref[ref] for ref in wanted if ref in by_ref]


def waiting(desk: Desk, found: Sequence[Case]) -> set[str]:
    """The ids of those of these cases with an alert that nobody answered yet."""
    query = select(Alert.case_id).where(
        Alert.case_id.in_([case.id for case in found]),
        Alert.state.in_(WAITING),
        Alert.kind != "to_confirm",
    )
    return set(desk.session.scalars(query))


def assign(desk: Desk, found: Sequence[Case], caseworker_id: str | None) -> str:
    """Give all these cases to one caseworker, or to nobody; the token of the undo."""
    hold_all(desk, found)
    before = []
    for case in found:
        before.append({"id": case.id, "was": case.caseworker_id, "is": caseworker_id})
        cases.assign(desk, case, caseworker_id=caseworker_id, supervisor_id=case.supervisor_id)
    return _keep(desk, "assign", before)


def snooze(desk: Desk, found: Sequence[Case], day: date, reason: str) -> str:
    """R12 for all of them, until nine in the morning of a day in each one's own zone.

    Raises Refused, with the case's reference, where one of them cannot be snoozed.
    """
    hold_all(desk, found)
    before = []
    for case in found:
        until = at_local(day, _MORNING, zone(case.zone_name))
        was = case.snoozed_until
        before.append({"id": case.id, "was": was and was.isoformat(), "is": until.isoformat()})
        try:
            cases.snooze(desk, case, until, reason)
        except Refused as refused:
            raise Refused(f"{case.ref}: {refused}") from refused
    return _keep(desk, "snooze", before)


def undo(desk: Desk, who: Actor, token: str) -> tuple[int, int]:
    """How many cases are as before, and how many were changed by somebody since.

    Raises Refused for a token that is not this person's, was used, or is older than a day.
    """
    draft = drafts.find(desk.session, _UNDO, token, real_now(desk), lock=True)
    if draft is None or draft.person_id != desk.person_id:
        raise Refused(_("This cannot be undone any more."))
    told = drafts.answers(desk.safe, draft)
    back = {"assign": _assign_back, "snooze": _wake}[told["act"]]
    ids = [one["id"] for one in told["cases"]]
    rows = desk.session.scalars(visible_cases(who).where(Case.id.in_(ids)))
    seen = {row.id: row for row in rows}
    hold_all(desk, seen.values())
    done = sum(one["id"] in seen and back(desk, seen[one["id"]], one) for one in told["cases"])
    drafts.discard(desk.session, draft)
    return done, len(ids) - done


def _keep(desk: Desk, act: str, before: Sequence[Mapping[str, Any]]) -> str:
    desk.audit(f"cases.{act}", "queue", cases=len(before))
    return drafts.begin(
        desk.session,
        desk.safe,
        _UNDO,
        real_now(desk),
        {"act": act, "cases": list(before)},
        person_id=desk.person_id,
    )


def _assign_back(desk: Desk, case: Case, told: Mapping[str, Any]) -> bool:
    if case.caseworker_id != told["is"]:
        return False
    cases.assign(desk, case, caseworker_id=told["was"], supervisor_id=case.supervisor_id)
    return True


def _wake(desk: Desk, case: Case, told: Mapping[str, Any]) -> bool:
    """To the snooze that stood before, or to none: what became due meanwhile catches up (R8)."""
    if case.snoozed_until != datetime.fromisoformat(told["is"]) or case.snoozed_until <= desk.now:
        return False
    was = datetime.fromisoformat(told["was"]) if told["was"] else None

    def back(file: CaseFile, _policy: Policy) -> None:
        file.snoozed_until = was if was and was > desk.now else None

    enter(desk, case, back)
    desk.audit("case.snooze_ended", "case", case.id, case.id)
    return True
