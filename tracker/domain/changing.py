"""R17: another policy version, policy or zone, and merged cases: the clock goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from tracker.domain.casefile import CaseFile, Firing
from tracker.domain.contact import Interval
from tracker.domain.policy import Policy, Step

_Delay = tuple[int | None, int | None]


def change_policy(case: CaseFile, old: Policy, new: Policy, zone_name: str | None = None) -> None:
    """Move an evaluated case to another policy, or to another zone.

    Steps that fall due no later than the latest-due step fired so far count as fired; the others
    stand as they are, and catch up (R8) at the next evaluation if they are due. Due *days* are
    compared, each under its policy's own anchor, so that a changed time of day fires nothing anew.
    A step that both policies know by the same delay keeps its firing, with its repetitions and
    hand-over, as long as no higher one counts as fired. Where only the zone changes, what fired
    stays fired. Snooze and who was told stay. What moved the anchor is not judged as a move.
    """
    reached = _reached_on(case, old)
    fired = _firings_by_delay(case, old)
    stay = set(case.firings) if old == new else set[int]()
    if zone_name is not None:
        case.zone_name = zone_name
    last = case.last_contact(new)
    if case.anchor is not None:
        case.anchor, case.last, case.last_is_open = new.anchor(last), last, case.is_open(new)
    anchor = new.anchor(last)
    count = [
        step
        for step in new.steps
        if step.number in stay or (reached is not None and step.due_on(anchor) <= reached)
    ]
    _count_as_fired(case, count, fired)


def merge(case: CaseFile, other: CaseFile, policy: Policy, other_policy: Policy) -> None:
    """Merge another case's clock into this one: contacts by R1, told of both, no snooze (R17).

    What fired in either counts as fired, with the repetitions and the hand-over it still has in
    one of them. The anchor stays where the longer silence had it, so that the next evaluation
    judges the move to the common last contact by R5: if nothing is due any more, those who were
    told of either learn that the silence is over.
    """
    reached = [
        day
        for day in (_reached_on(case, policy), _reached_on(other, other_policy))
        if day is not None
    ]
    fired = _firings_by_delay(other, other_policy)
    for delay, firing in _firings_by_delay(case, policy).items():
        theirs = fired.get(delay)
        if theirs is None or firing.live or not theirs.live:
            fired[delay] = firing
    for key, contact in other.contacts.items():
        case.contacts.setdefault(key, contact)
    case.asked = {**other.asked, **case.asked}
    if other.missing_since is not None:
        mine = case.missing_since or other.missing_since
        case.missing_since = Interval(
            max(mine.earliest, other.missing_since.earliest),
            max(mine.latest, other.missing_since.latest),
        )
    case.provisional = case.provisional or other.provisional
    case.opened_at = min(case.opened_at, other.opened_at)
    case.consents &= other.consents  # the narrowest consent wins
    case.told |= other.told
    case.snoozed_until = None
    case.episode = max(case.episode, other.episode)
    longest = min(
        (one for one in (case, other) if one.anchor and not one.closed),
        default=case,
        key=lambda one: one.anchor or date.max,
    )
    case.anchor, case.last, case.last_is_open = longest.anchor, longest.last, longest.last_is_open
    anchor = policy.anchor(case.last_contact(policy))
    latest = max(reached, default=None)
    count = [step for step in policy.steps if latest is not None and step.due_on(anchor) <= latest]
    _count_as_fired(case, count, fired)


def _firings_by_delay(case: CaseFile, policy: Policy) -> dict[_Delay, Firing]:
    return {
        _delay(step): case.firings[step.number]
        for step in policy.steps
        if step.number in case.firings
    }


def _count_as_fired(case: CaseFile, steps: Sequence[Step], fired: Mapping[_Delay, Firing]) -> None:
    """Exactly these steps have fired. Only the highest may still repeat or be handed over (R9).

    A new episode begins, so that a step that bears the number of another one can fire (R7).
    """
    case.episode += 1
    case.firings = {}
    for step in steps:
        firing = fired.get(_delay(step))
        if firing is None:
            firing = Firing(step.number, case.episode, case.opened_at, passed_over=True)
        firing.step, firing.episode = step.number, case.episode
        case.firings[step.number] = firing
    for step in steps[:-1]:
        case.firings[step.number].superseded = True
        case.firings[step.number].granted.clear()


def _reached_on(case: CaseFile, policy: Policy) -> date | None:
    """The due day of the latest-due step that fired or was passed over."""
    anchor = case.anchor
    if anchor is None:
        return None
    days = [step.due_on(anchor) for step in policy.steps if step.number in case.firings]
    return max(days, default=None)


def _delay(step: Step) -> _Delay:
    return step.after_days, step.after_months
