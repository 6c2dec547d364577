"""R17: another policy version, policy or zone, and merged cases: the clock goes on."""

from __future__ import annotations

from datetime import date

from tracker.domain.casefile import CaseFile, Firing
from tracker.domain.policy import Policy, Step


def change_policy(case: CaseFile, old: Policy, new: Policy, zone_name: str | None = None) -> None:
    """Move an evaluated case to another policy, or to another zone.

    Steps that fall due no later than the latest-due step fired so far count as fired; the others
    stand as they are, and catch up (R8) at the next evaluation if they are due. Due *days* are
    compared, each under its policy's own anchor, so that a changed time of day fires nothing anew.
    A step that both policies know by the same delay keeps its firing, with its repetitions and
    hand-over. Snooze and who was told stay. What moved the anchor is not judged as a move.
    """
    reached = _reached_on(case, old)
    fired = {
        _delay(step): case.firings[step.number] for step in old.steps if step.number in case.firings
    }
    if zone_name is not None:
        case.zone_name = zone_name
    last = case.last_contact(new)
    if case.anchor is not None:
        case.anchor, case.last = new.anchor(last), last
    case.firings = {}
    for step in new.steps:
        if reached is None or step.due_on(new.anchor(last)) > reached:
            break
        case.firings[step.number] = _kept(fired.get(_delay(step)), step, case)


def merge(case: CaseFile, other: CaseFile, policy: Policy, other_policy: Policy) -> None:
    """Merge another case's clock into this one: contacts by R1, told of both, no snooze (R17)."""
    reached = [
        day
        for day in (_reached_on(case, policy), _reached_on(other, other_policy))
        if day is not None
    ]
    for key, contact in other.contacts.items():
        case.contacts.setdefault(key, contact)
    case.asked = {**other.asked, **case.asked}
    if other.missing_since is not None:
        mine = case.missing_since
        case.missing_since = (
            other.missing_since
            if mine is None or other.missing_since.earliest > mine.earliest
            else mine
        )
    case.consents &= other.consents  # the narrowest consent wins
    case.told |= other.told
    case.snoozed_until = None
    last = case.last_contact(policy)
    case.anchor, case.last = policy.anchor(last), last
    if not reached:
        return
    mine_fired, case.firings = case.firings, {}
    for step in policy.steps:
        if step.due_on(case.anchor) > max(reached):
            break
        case.firings[step.number] = _kept(mine_fired.get(step.number), step, case)


def _reached_on(case: CaseFile, policy: Policy) -> date | None:
    """The due day of the latest-due step that fired or was passed over."""
    anchor = case.anchor
    if anchor is None:
        return None
    days = [step.due_on(anchor) for step in policy.steps if step.number in case.firings]
    return max(days, default=None)


def _kept(firing: Firing | None, step: Step, case: CaseFile) -> Firing:
    if firing is None:
        return Firing(step.number, case.episode, case.opened_at, passed_over=True)
    firing.step = step.number
    return firing


def _delay(step: Step) -> tuple[int | None, int | None]:
    return step.after_days, step.after_months
