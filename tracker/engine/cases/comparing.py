"""The web process's own turn: learn the names, and compare those of new cases with all others.

The worker cannot do it, for it opens no names (S2); a family's request must not, for its time
would tell whether the person is known (S8).
"""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from typing import Final, Protocol

from tracker.domain.actor import WORKER
from tracker.domain.clock import monotonic
from tracker.engine.cases.directory import Directory
from tracker.engine.cases.duplicates import look_for, remember
from tracker.engine.power import Power
from tracker.engine.pulse import take_lease
from tracker.store import duplicates as store
from tracker.store.schema import new_id
from tracker.store.sealing import UNREADABLE

AT_ONCE: Final = 20
LEASE: Final = "names_lease"
REST: Final = timedelta(seconds=20)

_log = logging.getLogger(__name__)


class NamePower(Power, Protocol):
    """Services that may open names."""

    @property
    def directory(self) -> Directory:
        """The names, in memory."""


def compare_some(services: NamePower, holder: str = "web", limit: int = AT_ONCE) -> int:
    """Compare the next cases whose names are new; how many.

    One process at a time does it, by a lease that it takes only when there is work. Comparing
    itself locks nothing: only what it found is written in a transaction.
    """
    with services.reading(WORKER) as desk:
        services.directory.refresh(desk)
        mark = store.compared(desk.session)
        todo = store.named_since(desk.session, mark, limit)
    if not todo:
        return 0
    with services.desk(WORKER) as desk:
        if not take_lease(desk, holder, LEASE):
            return 0
    with services.reading(WORKER) as desk:
        found = {}
        for case_id, _seq in todo:
            try:
                found[case_id] = [key for key, _why in look_for(desk, services.directory, case_id)]
            except UNREADABLE:
                continue
    with services.desk(WORKER) as desk:
        if store.compared(desk.session) != mark:
            return 0
        for case_id, others in found.items():
            remember(desk, case_id, others)
        store.set_compared(desk.session, todo[-1][1], desk.now)
    return len(todo)


def keep_comparing(services: NamePower, stop: threading.Event) -> None:
    """Until told to stop, at half speed, for pages are served beside it.

    A turn that fails is tried again, and costs nothing else.
    """
    holder = new_id()
    while not stop.is_set():
        started = monotonic()
        try:
            done = compare_some(services, holder)
        except Exception as error:  # the pages must go on without it
            _log.error("names could not be compared: %s", type(error).__name__)
            done = 0
        stop.wait(monotonic() - started if done else REST.total_seconds())
