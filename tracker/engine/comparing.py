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
from tracker.engine.directory import Directory
from tracker.engine.duplicates import look_for, remember
from tracker.engine.power import Power
from tracker.store import duplicates as store
from tracker.store.sealing import Erased

AT_ONCE: Final = 20
REST: Final = timedelta(seconds=20)

_log = logging.getLogger(__name__)


class NamePower(Power, Protocol):
    """Services that may open names."""

    @property
    def directory(self) -> Directory:
        """The names, in memory."""


def compare_some(services: NamePower, limit: int = AT_ONCE) -> int:
    """Compare the next cases whose names are new; how many. Several processes may do it at once.

    Comparing takes no lock: only what it found is written in a transaction, unless another
    process was quicker.
    """
    with services.reading(WORKER) as desk:
        services.directory.refresh(desk)
        mark = store.compared(desk.session)
        todo = store.named_since(desk.session, mark, limit)
        found = {}
        for case_id, _seq in todo:
            try:
                found[case_id] = [key for key, _why in look_for(desk, services.directory, case_id)]
            except Erased:
                continue
    if not todo:
        return 0
    with services.desk(WORKER) as desk:
        if store.compared(desk.session) != mark:
            return 0
        for case_id, others in found.items():
            remember(desk, case_id, others)
        store.set_compared(desk.session, todo[-1][1], desk.now)
    return len(todo)


def keep_comparing(services: NamePower, stop: threading.Event) -> None:
    """Until told to stop; a turn that fails is tried again, and costs nothing else."""
    while not stop.is_set():
        try:
            done = compare_some(services)
        except Exception:  # the pages must go on without it
            _log.exception("names could not be compared; trying again")
            done = 0
        if not done:
            stop.wait(REST.total_seconds())
