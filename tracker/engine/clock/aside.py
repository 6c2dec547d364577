"""Cases on which we fail: set aside or shown as not readable, and they hold up no other (D1).

Here it is decided what "cannot be read" means for every list.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable
from typing import TypeVar

from tracker.engine.clock.clockwork import hold, open_file
from tracker.engine.desk import Desk
from tracker.store.schema import Case
from tracker.store.sealing import UNREADABLE

Item = TypeVar("Item")
Read = TypeVar("Read")

log = logging.getLogger(__name__)


def set_aside(desk: Desk, case: Case, error: Exception) -> None:
    """Set a case aside in this transaction; what was begun for it was undone by the caller."""
    desk.session.refresh(case)
    case.set_aside_at = desk.now
    case.set_aside_reason = type(error).__name__
    desk.audit("case.set_aside", "case", case.id, case.id, error=type(error).__name__)


def read_each(
    items: Iterable[Item], read: Callable[[Item], Read]
) -> tuple[list[tuple[Item, Read]], list[Item]]:
    """What `read` gives of each case (or what else), in their order; and what cannot be read.

    One whose key is lost, or that is damaged, takes no list away from the others.
    """
    found, unread = list[tuple[Item, Read]](), list[Item]()
    for item in items:
        try:
            found.append((item, read(item)))
        except UNREADABLE as error:
            log.error("%s of a list cannot be read: %s", type(item).__name__, type(error).__name__)
            unread.append(item)
    return found, unread


def set_aside_unread(desk: Desk, case_ids: Collection[str]) -> None:
    """Set aside those open cases whose clock cannot be read, before the worker comes to them.

    It looks at them every hour from now on, and takes back what stands here once they are mended.
    """
    for case_id in sorted(case_ids):
        case = desk.session.get_one(Case, case_id)
        hold(desk, case)
        if case.set_aside_at is not None or case.state != "open":
            continue
        try:
            open_file(desk, case)
        except UNREADABLE as error:
            set_aside(desk, case, error)
            case.next_look_at = desk.now
