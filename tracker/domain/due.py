"""When something of a case falls due (clock.md R4, R9, R11, R14)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tracker.domain.casefile import FOR_GOOD, CaseFile, Firing
from tracker.domain.moments import at_local, local_date
from tracker.domain.policy import Policy, Step

NEVER = datetime.min.replace(tzinfo=UTC)
"""Earlier than every instant: a firing that nobody holds back is held until then."""


def repetition_at(
    case: CaseFile, policy: Policy, firing: Firing, every: int, number: int
) -> datetime:
    """R9: the instant of a firing's repetition `number`."""
    day = local_date(firing.at, case.zone) + timedelta(days=every * number)
    return at_local(day, policy.at, case.zone)


def hand_over_at(step: Step, firing: Firing) -> datetime | None:
    """R11: when an unanswered firing goes to the roles in `then`; None when it never does."""
    if step.ack_within_hours is None or not firing.live or firing.handed_over:
        return None
    due = firing.at + timedelta(hours=step.ack_within_hours)
    return max(due, firing.held_until or NEVER)


def next_look(case: CaseFile, policy: Policy) -> datetime | None:
    """The next instant at which something of a case may fall due; None for never.

    A case that nobody has looked at yet is due since its opening.
    """
    if case.anchor is None:
        return case.opened_at
    looks = [again for again in case.asked.values() if again is not None]
    if not case.closed:
        looks += [case.snoozed_until] if case.snoozed_until else _armed(case, policy)
    return min((look for look in looks if look < FOR_GOOD), default=None)


def next_step_at(case: CaseFile, policy: Policy) -> datetime | None:
    """The instant at which the next step fires if nothing is entered (R4, R12); None for never."""
    unfired = (step for step in policy.steps if step.number not in case.firings)
    step = None if case.closed else next(unfired, None)
    if step is None:
        return None
    anchor = case.anchor or policy.anchor(case.last_contact(policy))
    return max(policy.due_at(step, anchor, case.zone), case.snoozed_until or NEVER)


def _armed(case: CaseFile, policy: Policy) -> list[datetime]:
    looks: list[datetime] = []
    assert case.anchor is not None
    for step in policy.steps:
        firing = case.firings.get(step.number)
        if firing is None:
            looks.append(policy.due_at(step, case.anchor, case.zone))
            break
        if not firing.live:
            continue
        if (due := hand_over_at(step, firing)) is not None:
            looks.append(due)
        every, following = step.repeat_every_days, firing.repetition + 1
        if every is not None and (step.max_repeats is None or following <= step.max_repeats):
            when = repetition_at(case, policy, firing, every, following)
            looks.append(max(when, firing.held_until or NEVER))
    return looks
