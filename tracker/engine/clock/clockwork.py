"""Where the rules meet the record: every change of a case goes through here, the worker's too.

One transaction holds the sealed clock memory, the alerts, their events, the outbox rows, the audit
row and the case's next look (delivery.md D1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.orm import Session

from tracker.domain import memory
from tracker.domain.casefile import CaseFile
from tracker.domain.contact import Interval, Silent
from tracker.domain.due import next_look, next_step_at
from tracker.domain.evaluate import Notice, evaluate
from tracker.domain.foresee import foresee
from tracker.domain.moments import local_date
from tracker.domain.policy import Policy
from tracker.domain.policy_document import read_policy
from tracker.engine.clock.raising import raise_alerts
from tracker.engine.desk import Desk
from tracker.store.schema import Alert, Case, PolicyVersion

Change = Callable[[CaseFile, Policy], None]


def enter(desk: Desk, case: Case, change: Change) -> list[Alert]:
    """Something about a case was entered: apply it to the clock's memory, and look at the case.

    Returns the alerts raised; none yet within `together`. The caller's transaction holds all.
    """
    hold(desk, case)  # the worker may be looking at it
    file = open_file(desk, case)
    policy = policy_of(desk.session, case.policy_version_id)
    change(file, policy)
    if case.id in desk.gathering:
        keep_file(desk, case, file, policy)
        return []
    return look(desk, case, file, policy)


def hold(desk: Desk, case: Case) -> None:
    """Let nobody else decide about this case until the transaction ends; it is read anew.

    For whoever looks first and then writes what follows from it. Ask before the first audit row:
    whoever holds a case may wait for the trail, not the other way round.
    """
    hold_all(desk, [case])


def hold_all(desk: Desk, cases: Iterable[Case]) -> None:
    """Hold several, always in one order, so that nobody who holds some waits for the others."""
    desk.session.flush()
    for case in sorted(cases, key=lambda each: each.id):
        desk.session.refresh(case, with_for_update=True)


@contextmanager
def together(desk: Desk, case: Case) -> Iterator[None]:
    """R18: what is entered within the block is applied together, then looked at once.

    An interview tells many things at one instant; the oldest of them must raise no alarm that
    the next one takes back.
    """
    if case.id in desk.gathering:
        yield
        return
    desk.gathering.add(case.id)
    try:
        yield
    finally:
        desk.gathering.discard(case.id)
    enter(desk, case, lambda _file, _policy: None)


def look(desk: Desk, case: Case, file: CaseFile, policy: Policy) -> list[Alert]:
    """Evaluate a case at `desk.now` and write down what follows."""
    closing = file.closing
    notices = evaluate(file, policy, desk.now)
    alerts = raise_alerts(desk, case, file, policy, notices, closing=closing)
    keep_file(desk, case, file, policy)
    return alerts


def keep_file(desk: Desk, case: Case, file: CaseFile, policy: Policy) -> None:
    """Seal the memory back into the case, with what may stand in clear beside it."""
    desk.safe.seal(case, "clock", memory.dump(file))
    case.next_look_at = next_look(file, policy)
    case.next_step_at = next_step_at(file, policy)
    case.wants_consent = bool(file.consents_wanted(policy))
    case.band = str(policy.band_of(file.firings))
    case.snoozed_until = file.snoozed_until
    case.zone_name = file.zone_name
    anchor = policy.anchor(file.last_contact(policy))
    case.silent_rank = policy.due_at(policy.steps[0], anchor, file.zone)


def open_file(desk: Desk, case: Case) -> CaseFile:
    """The clock's memory of a case."""
    return memory.load(desk.safe.open(case, "clock"))


_fixed: dict[str, Policy] = {}
"""Policies of versions that cases may stand under, by id: such a version is never changed again."""


def policy_of(session: Session, version_id: str) -> Policy:
    """The policy of a version."""
    known = _fixed.get(version_id)
    if known is not None:
        return known
    version = session.get_one(PolicyVersion, version_id)
    policy = read_policy(version.body)
    if version.state != "draft":
        _fixed[version_id] = policy
    return policy


def foresee_case(desk: Desk, case: Case, until: datetime) -> Iterator[tuple[datetime, Notice]]:
    """What would fire before `until` if nothing is entered ("what would fire next")."""
    return foresee(open_file(desk, case), policy_of(desk.session, case.policy_version_id), until)


def last_contact(desk: Desk, case: Case) -> Interval:
    """The interval of the last contact (R1)."""
    return open_file(desk, case).last_contact(policy_of(desk.session, case.policy_version_id))


def silent_days(desk: Desk, case: Case) -> Silent:
    """For how many days a case is silent today, in its zone (R3)."""
    file = open_file(desk, case)
    policy = policy_of(desk.session, case.policy_version_id)
    return file.silent(policy, local_date(desk.now, file.zone))
