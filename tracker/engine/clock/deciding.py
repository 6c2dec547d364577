"""Deciding about many cases at once: thought case by case, written together (D1, R4–R14).

One transaction writes the alerts, their events, the messages, the cases' memory and next look, and
one link of the audit chain that names every alert. A case that fails, or asks for more than plain
rows (an all-clear, somebody without a way to be reached), is left to be looked at by itself.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy.exc import DBAPIError, OperationalError

from tracker.domain import memory
from tracker.domain.alerts import STANDING
from tracker.domain.casefile import CaseFile
from tracker.domain.due import next_look, next_step_at
from tracker.domain.evaluate import Kind, Notice, evaluate
from tracker.domain.policy import Policy
from tracker.engine.clock.clockwork import policy_of
from tracker.engine.clock.raising import (
    alert_values,
    cancel_unsent,
    end_without_notice,
    kinds_ended,
    message_values,
)
from tracker.engine.desk import Desk
from tracker.engine.staff.audience import Recipient
from tracker.engine.staff.audiences import Audiences
from tracker.store import due
from tracker.store.bulk import insert_rows, table_of, update_rows, without_waiting
from tracker.store.due import DueCase, OpenAlert
from tracker.store.schema import Alert, AlertEvent, Case, OutboxMessage, new_id

PLAIN: Final = frozenset(Kind) - {Kind.RESOLVED, Kind.CLOSED}
"""Kinds whose recipients follow from the case alone; the others ask who was told before."""

PART: Final = 25
"""Cases whose rows are given to the database while the next are thought about: as many as go
into what a socket takes before somebody reads it (about 200 KB), twice or three times."""

log = logging.getLogger(__name__)
Row = dict[str, Any]
Told = list[Any]
"""What the audit trail keeps of an alert: id, case, kind, step, number of recipients."""

_STARTED: Final[Row] = {"state": "pending", "attempts": 0, "possible_repeat": False}
"""What the ORM would add to a message by itself."""


@dataclass(slots=True)
class Decided:
    """What one batch decided: the alerts raised, and the cases left to look at one by one."""

    raised: list[str]
    left: list[str]


@dataclass(slots=True)
class _Thought:
    """One case, evaluated in memory. `ends` is how its open alerts end, if they do."""

    case: DueCase
    file: CaseFile
    policy: Policy
    notices: list[Notice]
    ends: str | None
    audience: list[list[Recipient]]


@dataclass(slots=True)
class _Written:
    """Rows to write, by table, and what the audit row says of each alert."""

    alerts: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    messages: list[Row] = field(default_factory=list)
    cases: dict[tuple[str, ...], list[Row]] = field(default_factory=dict)  # by what changes
    told: list[Told] = field(default_factory=list)
    ended: list[Row] = field(default_factory=list)


def decide(desk: Desk, cases: Sequence[DueCase], *, careful: bool) -> Decided:
    """Decide about these cases and write it, or leave a case as it is.

    `careful`: what the database refuses is tried again in halves, until the case at fault stands
    alone and is left. Else it is raised: a way back within the transaction costs a copy of every
    page that is written.
    """
    if not cases:
        return Decided([], [])
    batch = _Batch(desk, cases)
    if careful:
        batch.write_in_halves(batch.think(cases))
    else:
        with without_waiting(desk.session) as batch.is_beside:
            part = PART if batch.is_beside else len(cases)
            for start in range(0, len(cases), part):
                batch.kept(batch.write(batch.think(cases[start : start + part])))
    batch.finish()
    return Decided([alert_id for alert_id, *_rest in batch.told], batch.left)


class _Batch:
    """What many cases need is asked here at once; deciding asks the database nothing more."""

    def __init__(self, desk: Desk, cases: Sequence[DueCase]) -> None:
        self.desk = desk
        self.is_beside = False
        self.left: list[str] = []
        self.told: list[Told] = []
        self._ended: list[Row] = []
        ids = [case.id for case in cases]
        desk.safe.preload(ids, "clock")
        self._policies = _policies(desk, {case.policy_version_id for case in cases})
        self._open: dict[str, list[OpenAlert]] = {}
        for alert in due.alerts_of(desk.session, ids, STANDING):
            self._open.setdefault(alert.case_id, []).append(alert)
        steps = [step for policy in self._policies.values() for step in policy.steps]
        self._audiences = Audiences(desk, cases, {role for step in steps for role in step.notify})

    def think(self, cases: Sequence[DueCase]) -> list[_Thought]:
        """Open and evaluate each case, and find out who is told; nothing is written."""
        thoughts = []
        for case in cases:
            try:
                thought = self._think(case)
            except DBAPIError:  # of what was given before: nothing is asked here
                raise
            except Exception:  # one bad case must not silence the others
                self.left.append(case.id)
                continue
            if PLAIN.issuperset([n.kind for n in thought.notices]) and all(thought.audience):
                thoughts.append(thought)
            else:
                self.left.append(case.id)
        return thoughts

    def _think(self, case: DueCase) -> _Thought:
        desk = self.desk
        if not desk.safe.holds(case.id, "clock"):  # looking for it would ask the database
            raise LookupError
        file = memory.load(desk.safe.open_for(Case, "clock", case.id, case.id, case.clock))
        policy = self._policies[case.policy_version_id]
        closing = file.closing
        notices = evaluate(file, policy, desk.now)
        kinds = [notice.kind for notice in notices]
        ends = end_without_notice(file, kinds, closing=closing)
        if Kind.STEP in kinds:
            ends = "superseded"
        audience = [self._audiences.of(case, notice.notify) for notice in notices]
        return _Thought(case, file, policy, notices, ends, audience)

    def write(self, thoughts: Sequence[_Thought]) -> _Written:
        """Write what follows, but for what `finish` does for all."""
        written, session = self._rows(thoughts), self.desk.session
        insert_rows(session, table_of(Alert), written.alerts)
        insert_rows(session, table_of(AlertEvent), written.events)
        insert_rows(session, table_of(OutboxMessage), written.messages)
        for rows in written.cases.values():
            update_rows(session, table_of(Case), rows)
        return written

    def write_in_halves(self, thoughts: Sequence[_Thought]) -> None:
        """The same; a case that cannot be written is left, and costs the others nothing."""
        if not thoughts:
            return
        try:
            with self.desk.session.begin_nested():
                written = self.write(thoughts)
        except OperationalError:  # the database's fault, not a case's
            raise
        except Exception as error:
            if len(thoughts) == 1:
                log.error("a case was not written: %s", type(error).__name__)
                self.left.append(thoughts[0].case.id)
                return
            half = len(thoughts) // 2
            self.write_in_halves(thoughts[:half])
            self.write_in_halves(thoughts[half:])
        else:
            self.kept(written)

    def kept(self, written: _Written) -> None:
        """These rows stand: what `finish` has to do about them."""
        self.told += written.told
        self._ended += written.ended

    def finish(self) -> None:
        """End the alerts of which newer ones take the place; one link of the audit chain."""
        if self._ended:
            update_rows(self.desk.session, table_of(Alert), self._ended)
            cancel_unsent(self.desk, [row["id"] for row in self._ended])
        if self.told:
            self.desk.audit("alert.raised", "alerts", alerts=self.told)

    def _rows(self, thoughts: Sequence[_Thought]) -> _Written:
        written = _Written()
        for thought in thoughts:
            if thought.ends is not None:
                for alert in self._open.get(thought.case.id, ()):
                    self._end(alert, thought.ends, written)
            for notice, audience in zip(thought.notices, thought.audience, strict=True):
                self._raise(thought, notice, audience, written)
            row = self._case(thought)
            written.cases.setdefault(tuple(row), []).append(row)
        return written

    def _end(self, alert: OpenAlert, state: str, written: _Written) -> None:
        if alert.kind in kinds_ended(state):
            ends = {"id": alert.id, "state": state, "ended_at": self.desk.now}
            written.ended.append(ends)
            written.events.append(self._event(alert.id, state))

    def _raise(
        self, thought: _Thought, notice: Notice, audience: Sequence[Recipient], written: _Written
    ) -> None:
        case, desk = thought.case, self.desk
        alert = alert_values(case.id, case.band, thought.policy, notice, desk.now)
        silent = notice.silent_days.kept()
        alert["silent_sealed"] = desk.safe.seal_for(Alert, "silent", alert["id"], case.id, silent)
        written.alerts.append(alert)
        written.events.append(self._event(alert["id"], "triggered"))
        for one in audience:
            for way in self._audiences.ways(one):
                row = message_values(alert["id"], case.id, alert["urgent"], one, way, desk.now)
                row |= _STARTED
                written.messages.append(row)
        written.told.append([alert["id"], case.id, alert["kind"], alert["step"], len(audience)])

    def _case(self, thought: _Thought) -> Row:
        """What `clockwork.keep_file` keeps, but for what no look can change.

        What this one did not change is left out, for SQLite writes each column's indexes anew.
        PostgreSQL compares, and takes one statement for all cases instead of several.
        """
        case, file, policy = thought.case, thought.file, thought.policy
        row: Row = {
            "id": case.id,
            "clock_sealed": self.desk.safe.seal_for(
                Case, "clock", case.id, case.id, memory.dump(file)
            ),
            "next_look_at": next_look(file, policy),
        }
        band = str(policy.band_of(file.firings))
        if self.is_beside or band != case.band:
            row["band"] = band
        step_at = next_step_at(file, policy)
        if self.is_beside or step_at != case.next_step_at:
            row["next_step_at"] = step_at
        wants_consent = bool(file.consents_wanted(policy))
        if self.is_beside or wants_consent != case.wants_consent:
            row["wants_consent"] = wants_consent
        if self.is_beside or file.snoozed_until != case.snoozed_until:
            row["snoozed_until"] = file.snoozed_until
        if self.is_beside or case.set_aside_at is not None:
            row["set_aside_at"] = row["set_aside_reason"] = None
        return row

    def _event(self, alert_id: str, kind: str) -> Row:
        return {"id": new_id(), "alert_id": alert_id, "at": self.desk.now, "kind": kind}


def _policies(desk: Desk, version_ids: Iterable[str]) -> dict[str, Policy]:
    """The policies of these versions, but for those that cannot be read."""
    found = {}
    for version_id in version_ids:
        try:
            found[version_id] = policy_of(desk.session, version_id)
        except OperationalError:
            raise
        except Exception as error:  # its cases are looked at one by one, and set aside
            log.error("a policy version cannot be read: %s", type(error).__name__)
    return found
