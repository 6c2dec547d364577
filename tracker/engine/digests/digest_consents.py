"""Cases of a digest that may want consent and have no other line: very many, so looked at lightly.

Where families were never asked, that is nearly every case. Each is counted; a line is made for
those that can be among the longest silent, which are all that a digest keeps.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from heapq import heappush, heapreplace
from typing import Any, Final

from sqlalchemy.exc import OperationalError

from tracker.domain import memory
from tracker.domain.moments import local_date
from tracker.domain.policy import CountsFrom, Policy
from tracker.engine.clock.clockwork import policy_of
from tracker.engine.desk import Desk
from tracker.engine.digests.digest_form import KEPT, Facts, Line
from tracker.store.digest_cases import Asking
from tracker.store.schema import Case

SURELY: Final = timedelta(days=7)
"""Of two cases under one policy whose first steps fall due so far apart, the earlier is silent for
longer: zones, a policy's hour and a short month's end make less than that of a difference."""


class Wanting:
    """Goes through the cases of one digest."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        # by policy: when the first steps of the longest silent fell due, the latest in front
        self._longest = defaultdict[str, list[float]](list)

    def add_to(self, facts: Facts, rows: Sequence[Asking]) -> None:
        """A line for each of these that wants consent; or a count, beyond those that are kept."""
        self._desk.safe.preload([row.id for row in rows], "clock")
        for row in rows:
            try:
                self._look(row, facts)
            except OperationalError:  # the database's fault, not the case's
                raise
            except Exception:  # erased meanwhile, or damaged
                facts.unreadable += 1

    def _look(self, row: Asking, facts: Facts) -> None:
        raw = self._desk.safe.open_for(Case, "clock", row.id, row.id, row.clock)
        policy = policy_of(self._desk.session, row.policy_version_id)
        if not memory.wants_consent(raw, policy):
            return
        if self._is_kept(row, policy):
            facts.consent_needed.append(self._line(row, raw, policy))
        else:
            facts.more["consent_needed"] = facts.more.get("consent_needed", 0) + 1

    def _is_kept(self, row: Asking, policy: Policy) -> bool:
        """Whether it can be among the longest silent; what is kept is sorted out later."""
        if row.silent_rank is None or policy.counts_from is CountsFrom.LATEST:
            return True
        longest, due = self._longest[row.policy_version_id], row.silent_rank.timestamp()
        if len(longest) < KEPT:
            heappush(longest, -due)
            return True
        if due < -longest[0]:
            heapreplace(longest, -due)
        return due <= -longest[0] + SURELY.total_seconds()

    def _line(self, row: Asking, raw: dict[str, Any], policy: Policy) -> Line:
        file = memory.load_silence(raw)
        today = local_date(self._desk.now, file.zone)
        return Line(row.ref, row.band, *file.silent(policy, today))
