"""Running the clock forward without a database: previews, and "what would fire next".

The same `evaluate` as the worker's; here time jumps from one look to the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tracker.domain.casefile import CaseFile
from tracker.domain.due import next_look
from tracker.domain.errors import BrokenPromise
from tracker.domain.evaluate import Kind, Notice, evaluate
from tracker.domain.policy import Policy
from tracker.domain.replaying import Event, ReplayDocument, ReplayedCase


@dataclass(frozen=True, slots=True)
class Told:
    """One notice of one case at one instant."""

    at: datetime
    case: str
    notice: Notice


def apply(case: CaseFile, event: Event, policy: Policy) -> None:
    """Write an event down in the case's memory; what it means is judged at the next look."""
    match event.type:
        case "contact":
            assert event.id is not None and event.contact is not None
            case.enter_contact(event.id, event.contact)
        case "confirm":
            assert event.id is not None
            case.confirm(event.id)
        case "retract":
            assert event.id is not None
            case.retract(event.id)
        case "acknowledge":
            case.acknowledge(event.at, acknowledgement_lasts(policy))
        case "snooze":
            assert event.until is not None
            case.snooze(event.until)
        case "consent":
            assert event.role is not None and event.given is not None
            case.consent(event.role, event.given)
        case "close":
            case.close()
        case "reopen":
            case.reopen()
        case _:
            raise AssertionError(event.type)


def acknowledgement_lasts(policy: Policy) -> timedelta | None:
    """R10: how long an acknowledgement holds under a policy; None for good."""
    return None if policy.ack_lasts_days is None else timedelta(days=policy.ack_lasts_days)


def foresee(case: CaseFile, policy: Policy, until: datetime) -> Iterator[tuple[datetime, Notice]]:
    """What an already evaluated case would tell before `until` (exclusive) if nothing is entered.

    Works on a copy; `case` stays as it is.
    """
    return spend(case.copy(), policy, until)


def spend(case: CaseFile, policy: Policy, until: datetime) -> Iterator[tuple[datetime, Notice]]:
    """As `foresee`, on the case's memory itself: for whoever throws it away after."""
    while (now := next_look(case, policy)) is not None and now < until:
        for notice in evaluate(case, policy, now):
            yield now, notice


def new_file(case: ReplayedCase) -> CaseFile:
    """The memory of a case at its opening."""
    return CaseFile(
        opened_at=case.opened_at,
        zone_name=case.zone_name,
        missing_since=case.missing_since,
        consents=set(case.consents),
    )


def run(document: ReplayDocument) -> list[Told]:
    """Everything the document's cases tell before `to`, in time order (clock.md, replay)."""
    told = [line for case in document.cases for line in _run_case(document, case)]
    order = list(Kind)
    return sorted(told, key=lambda t: (t.at, t.case, order.index(t.notice.kind)))


def looks(document: ReplayDocument) -> list[datetime]:
    """The ends of downtimes at which every case is looked at, sorted."""
    ends = {end for _, end in document.downtime if not is_down(document.downtime, end)}
    return sorted(ends)


def is_down(downtime: Sequence[tuple[datetime, datetime]], moment: datetime) -> bool:
    """Whether nothing is evaluated at `moment`."""
    return any(start <= moment < end for start, end in downtime)


def _run_case(document: ReplayDocument, replayed: ReplayedCase) -> Iterator[Told]:
    policy, case = document.policy, new_file(replayed)
    ends = [end for end in looks(document) if end >= replayed.opened_at]
    entered = {replayed.opened_at, *(event.at for event in replayed.events)}
    pending = sorted(entered | set(ends))
    events = list(replayed.events)
    now: datetime | None = replayed.opened_at
    while True:
        due = next_look(case, policy)
        if due is not None and now is not None:
            due = max(due, now)  # what fell due in a downtime waits for its end
        if due is not None and is_down(document.downtime, due):
            due = None  # the downtime's end, which is in `pending`, looks again
        now = min(
            (moment for moment in (due, *pending[:1]) if moment is not None),
            default=None,
        )
        if now is None or now >= document.to:
            return
        while pending and pending[0] <= now:
            pending.pop(0)
        while events and events[0].at <= now:
            apply(case, events.pop(0), policy)
        if is_down(document.downtime, now):
            continue
        notices = evaluate(case, policy, now)
        following = next_look(case, policy)
        if following is not None and following <= now:
            raise BrokenPromise("a case that was looked at is due again at the same instant")
        for notice in notices:
            if notice.kind is not Kind.TO_CONFIRM:
                yield Told(now, replayed.name, notice)
