"""The case the tour follows: one that tomorrow's tick escalates to a consul."""

from __future__ import annotations

from tracker.engine.cases import queue
from tracker.engine.desk import Desk
from tracker.store.schema import Case, Flag

_FLAG = "demo.tour"


def remember(desk: Desk, case: Case) -> None:
    """Note which case the tour is about."""
    desk.session.merge(Flag(name=_FLAG, value=case.id, set_at=desk.now))


def tour_case(desk: Desk) -> tuple[str, str] | None:
    """The reference and the first name of that case; None while the story is not told."""
    flag = desk.session.get(Flag, _FLAG)
    case = desk.session.get(Case, flag.value) if flag is not None and flag.value else None
    if case is None:
        return None
    names = queue.names_by_case(desk, [case.id]).get(case.id, [])
    return case.ref, next(iter(names), "")
