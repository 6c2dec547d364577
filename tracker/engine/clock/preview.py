"""What a policy would do if it were activated now: the engine run over copies of the case files.

Nothing is written and nothing is sent. The same `evaluate` as the worker's decides (R17, R8).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from tracker.domain.casefile import CaseFile
from tracker.domain.changing import change_policy
from tracker.domain.evaluate import Kind, Notice, evaluate
from tracker.domain.foresee import foresee
from tracker.domain.policy import Band, Policy
from tracker.domain.policy_document import read_policy
from tracker.engine.clock.aside import read_each
from tracker.engine.clock.clockwork import open_file, policy_of
from tracker.engine.desk import Desk
from tracker.store import policies as store
from tracker.store.schema import PolicyVersion

AHEAD: Final = timedelta(days=30)

AT_MOST: Final = 1000
"""Cases that one preview looks at: some seconds of whoever waits for the page."""


@dataclass(frozen=True, slots=True)
class Coming:
    """One notice of one case, at an instant."""

    at: datetime
    ref: str
    notice: Notice


@dataclass(slots=True)
class Preview:
    """Against today's policy: bands that change, what is told at once, what in 30 days.

    Where there are more than `AT_MOST` open cases, it tells of `cases` of them, chosen by chance.
    """

    cases: int = 0
    open_cases: int = 0
    moved: list[tuple[str, Band, Band]] = field(default_factory=list)
    at_once: list[Coming] = field(default_factory=list)
    coming: list[Coming] = field(default_factory=list)
    today: int = 0  # notices in the next 30 days if nothing is activated


def preview(desk: Desk, version: PolicyVersion) -> Preview:
    """Run a draft over the open cases of its policy, at most `AT_MOST` of them."""
    new = read_policy(version.body)
    cases, open_cases = store.some_of_policy(desk.session, version.policy_id, AT_MOST)
    desk.safe.preload([case.id for case in cases], "clock")
    found = Preview(cases=len(cases), open_cases=open_cases)
    for case, file in read_each(cases, lambda case: open_file(desk, case))[0]:
        old = policy_of(desk.session, case.policy_version_id)
        _look(found, case.ref, file, old, new, desk.now)
    found.coming.sort(key=lambda coming: (coming.at, coming.ref))
    return found


def _look(
    found: Preview, ref: str, file: CaseFile, old: Policy, new: Policy, now: datetime
) -> None:
    until = now + AHEAD
    found.today += sum(_is_told(notice) for _at, notice in foresee(file, old, until))
    copy = file.copy()
    change_policy(copy, old, new)
    at_once = [Coming(now, ref, it) for it in evaluate(copy, new, now) if _is_told(it)]
    before, after = old.band_of(file.firings), new.band_of(copy.firings)
    if before is not after:
        found.moved.append((ref, before, after))
    found.at_once += at_once
    found.coming += [Coming(at, ref, it) for at, it in foresee(copy, new, until) if _is_told(it)]


def _is_told(notice: Notice) -> bool:
    """Requests to confirm a report are the same under every policy."""
    return notice.kind is not Kind.TO_CONFIRM
