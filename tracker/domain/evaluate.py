"""Looking at one case at one instant: what must be told to whom (clock.md R4–R18).

`evaluate` is the only place where the rules decide; the worker, the replay, the policy preview
and "what would fire next" all call it. `domain.due` says when to look again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import takewhile

from tracker.domain.casefile import CaseFile, Firing
from tracker.domain.contact import Silent, silence
from tracker.domain.due import NEVER, hand_over_at, repetition_at
from tracker.domain.moments import local_date
from tracker.domain.policy import Policy, Step

CASEWORKER = "caseworker"
SUPERVISOR = "supervisor"
ASK_AGAIN_AFTER = timedelta(hours=24)
"""R14: an unconfirmed contact is shown to the supervisor too after this long."""


class Kind(StrEnum):
    """Kinds of notice, in the order in which those of one instant are listed."""

    RESOLVED = "resolved"
    CLOSED = "closed"
    STEP = "step"
    REPEAT = "repeat"
    HAND_OVER = "hand_over"
    CONSENT_GRANTED = "consent_granted"
    TO_CONFIRM = "to_confirm"  # R14; a replay does not print it


_ORDER = {kind: number for number, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that must be told now. `silent_days` is what it is about."""

    kind: Kind
    step: int | None
    repetition: int | None
    episode: int
    notify: tuple[str, ...]
    consent_needed: tuple[str, ...]
    passed_over: tuple[int, ...]
    silent_days: Silent
    contact: str | None = None  # TO_CONFIRM: which contact


def evaluate(case: CaseFile, policy: Policy, now: datetime) -> list[Notice]:
    """Decide what is to be told at `now`, and remember in `case` that it was.

    Events at this instant have been applied before (R18). Returns the notices in listing order.
    """
    return _Look(case, policy, now).notices()


@dataclass(slots=True)
class _Look:
    case: CaseFile
    policy: Policy
    now: datetime

    def notices(self) -> list[Notice]:
        case, found = self.case, list[Notice]()
        today = local_date(self.now, case.zone)
        last = case.last_contact(self.policy)
        anchor, silent = self.policy.anchor(last), case.silent(self.policy, today)
        if case.closing:
            found += self._all_clear(Kind.CLOSED, silent)
            case.firings.clear()
            case.closing = False
        if not case.closed:
            found += self._open_case(anchor, silent, today)
        found += self._requests(silent)
        case.anchor, case.last, case.last_is_open = anchor, last, silent.is_more
        case.seen_consents = frozenset(case.consents)
        return sorted(found, key=lambda notice: _ORDER[notice.kind])

    def _open_case(self, anchor: date, silent: Silent, today: date) -> list[Notice]:
        case, found = self.case, list[Notice]()
        if case.reopening:
            case.reopening = False
            case.episode += 1
            case.firings.clear()
        elif case.anchor is not None and anchor > case.anchor:
            found += self._forward(anchor, today)
        if case.snoozed_until is not None and case.snoozed_until <= self.now:
            case.snoozed_until = None
        if case.snoozed_until is None:
            found += self._steps(anchor, silent)
            found += self._hand_overs(silent)
            found += self._repetitions(silent)
        found += self._granted(silent)
        return found

    # -- R5 and R15 ---------------------------------------------------------------------------

    def _forward(self, anchor: date, today: date) -> list[Notice]:
        case = self.case
        case.episode += 1
        due = {step.number for step in self._due(anchor)}
        case.firings = {n: firing for n, firing in case.firings.items() if n in due}
        if due:
            return []
        assert case.last is not None
        return self._all_clear(Kind.RESOLVED, silence(case.last, today, is_more=case.last_is_open))

    def _all_clear(self, kind: Kind, silent: Silent) -> list[Notice]:
        case = self.case
        told = tuple(sorted(case.told))
        case.told.clear()
        case.snoozed_until = None
        if not told:
            return []
        notify, needed = self._consented(told)
        return [Notice(kind, None, None, case.episode, notify, needed, (), silent)]

    # -- R4, R8 -------------------------------------------------------------------------------

    def _due(self, anchor: date) -> list[Step]:
        """The steps that are due: none after the first that is not, as each falls due later."""
        where = self.case.zone
        return list(
            takewhile(
                lambda step: self.policy.due_at(step, anchor, where) <= self.now,
                self.policy.steps,
            )
        )

    def _steps(self, anchor: date, silent: Silent) -> list[Notice]:
        case = self.case
        unfired = [step for step in self._due(anchor) if step.number not in case.firings]
        if not unfired:
            return []
        *passed, top = unfired
        for firing in case.firings.values():
            firing.superseded = True
            firing.granted.clear()
        for step in passed:
            case.firings[step.number] = Firing(step.number, case.episode, self.now, True)
        roles = tuple(sorted({role for step in unfired for role in step.notify}))
        firing = Firing(top.number, case.episode, self.now, roles=roles)
        case.firings[top.number] = firing
        numbers = tuple(sorted(step.number for step in passed))
        return [self._tell(Kind.STEP, firing, roles, 0, silent, numbers)]

    # -- R11 ----------------------------------------------------------------------------------

    def _hand_overs(self, silent: Silent) -> list[Notice]:
        found = []
        for step in self.policy.steps:
            firing = self.case.firings.get(step.number)
            if firing is not None and (due := hand_over_at(step, firing)) and due <= self.now:
                firing.handed_over = True
                found.append(self._tell(Kind.HAND_OVER, firing, step.then, 0, silent))
        return found

    # -- R9 -----------------------------------------------------------------------------------

    def _repetitions(self, silent: Silent) -> list[Notice]:
        found = []
        for step in self.policy.steps:
            firing = self.case.firings.get(step.number)
            if firing is None or not firing.live or (firing.held_until or NEVER) > self.now:
                continue
            newest = self._newest_repetition(step, firing)
            if newest > firing.repetition:
                firing.repetition = newest
                found.append(self._tell(Kind.REPEAT, firing, firing.roles, newest, silent))
        return found

    def _newest_repetition(self, step: Step, firing: Firing) -> int:
        every = step.repeat_every_days
        if every is None:
            return 0
        days = (local_date(self.now, self.case.zone) - local_date(firing.at, self.case.zone)).days
        newest = days // every
        while (
            newest > 0 and repetition_at(self.case, self.policy, firing, every, newest) > self.now
        ):
            newest -= 1
        return newest if step.max_repeats is None else min(newest, step.max_repeats)

    # -- R13 ----------------------------------------------------------------------------------

    def _granted(self, silent: Silent) -> list[Notice]:
        case = self.case
        firing = case.highest_firing(self.policy)
        if firing is None or firing.passed_over:
            return []
        given = case.consents - case.seen_consents
        firing.granted |= given & set(firing.roles) & self.policy.needs_consent
        firing.granted &= case.consents
        firing.granted -= firing.told
        if case.snoozed_until is not None or not firing.granted:
            return []
        roles = tuple(sorted(firing.granted))
        firing.granted.clear()
        return [self._tell(Kind.CONSENT_GRANTED, firing, roles, 0, silent)]

    def _consented(self, roles: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        wanted = set(roles)
        needed = (wanted & self.policy.needs_consent) - self.case.consents
        return tuple(sorted(wanted - needed or {CASEWORKER})), tuple(sorted(needed))

    def _tell(
        self,
        kind: Kind,
        firing: Firing,
        roles: Iterable[str],
        repetition: int,
        silent: Silent,
        passed_over: tuple[int, ...] = (),
    ) -> Notice:
        notify, needed = self._consented(roles)
        self.case.told.update(notify)
        if kind is not Kind.HAND_OVER:  # hand-overs are not made up for (R13)
            firing.told.update(notify)
        return Notice(
            kind,
            firing.step,
            repetition,
            firing.episode,
            notify,
            needed,
            passed_over,
            silent,
        )

    # -- R14 ----------------------------------------------------------------------------------

    def _requests(self, silent: Silent) -> list[Notice]:
        case, found = self.case, list[Notice]()
        for key, contact in case.contacts.items():
            if contact.confirmed or contact.retracted:
                continue
            if key not in case.asked:
                case.asked[key] = self.now + ASK_AGAIN_AFTER
                roles: tuple[str, ...] = (CASEWORKER,)
            elif (again := case.asked[key]) is not None and again <= self.now:
                case.asked[key] = None
                roles = (CASEWORKER, SUPERVISOR)
            else:
                continue
            repetition = len(roles) - 1
            found.append(
                Notice(
                    Kind.TO_CONFIRM,
                    None,
                    repetition,
                    case.episode,
                    roles,
                    (),
                    (),
                    silent,
                    key,
                )
            )
        return found
