"""Deciding about many cases at once: thought case by case, written together (D1, R4–R14).

One transaction writes the alerts, their events, the messages, the cases' memory and next look, and
one link of the audit chain that names every alert. A case that fails, or asks for more than plain
rows (an all-clear, somebody without a way to be reached), is left to be looked at by itself.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import load_only

from tracker.domain import memory
from tracker.domain.casefile import CaseFile
from tracker.domain.due import next_look
from tracker.domain.evaluate import Kind, Notice, evaluate
from tracker.domain.policy import Policy
from tracker.engine.clock.clockwork import policy_of
from tracker.engine.clock.raising import (
    OPEN_STATES,
    alert_values,
    cancel_unsent,
    end_without_notice,
    kinds_ended,
    message_values,
)
from tracker.engine.desk import Desk
from tracker.engine.staff.audience import CONSULAR, Recipient, Way, recipients, ways_of_people
from tracker.store import due
from tracker.store.bulk import insert_rows, table_of, update_rows
from tracker.store.due import DueCase, OpenAlert
from tracker.store.schema import Alert, AlertEvent, Case, OutboxMessage, Person, new_id

PLAIN: Final = frozenset(Kind) - {Kind.RESOLVED, Kind.CLOSED}
"""Kinds whose recipients follow from the case alone; the others ask who was told before."""

_PERSON: Final = load_only(
    Person.active,
    Person.deputy_id,
    Person.expires_on,
    Person.leave_from_on,
    Person.leave_until_on,
    Person.zone_name,
)
"""What whoever asks for an audience asks of a person."""

log = logging.getLogger(__name__)
Row = dict[str, Any]

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
    audience: list[list[Recipient]] = field(default_factory=list)


@dataclass(slots=True)
class _Written:
    """Rows to write, by table, and the audit row's list of alerts."""

    alerts: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    messages: list[Row] = field(default_factory=list)
    cases: dict[tuple[str, ...], list[Row]] = field(default_factory=dict)  # by what changes
    told: list[list[Any]] = field(default_factory=list)
    ended: dict[str, list[str]] = field(default_factory=dict)


def decide(desk: Desk, cases: Sequence[DueCase], *, careful: bool) -> Decided:
    """Decide about these cases and write it, or leave a case as it is.

    `careful`: what the database refuses is tried again in halves, until the case at fault stands
    alone and is left. Else it is raised: a way back within the transaction costs a copy of every
    page that is written.
    """
    if not cases:
        return Decided([], [])
    batch = _Batch(desk)
    thoughts = batch.reached(batch.think(cases))
    raised = batch.write_in_halves(thoughts) if careful else batch.write(thoughts)
    return Decided(raised, batch.left)


class _Batch:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.left: list[str] = []
        self._people: Sequence[Person] = ()  # held, so that nobody is fetched one by one
        self._ways: dict[str, list[Way]] = {}
        self._policies: dict[str, Policy] = {}

    def think(self, cases: Sequence[DueCase]) -> list[_Thought]:
        """Open and evaluate each case; nothing is written."""
        self.desk.safe.preload([case.id for case in cases], "clock")
        thoughts = []
        for case in cases:
            try:
                thought = self._think(case)
            except OperationalError:
                raise
            except Exception:  # one bad case must not silence the others
                self.left.append(case.id)
                continue
            if PLAIN.issuperset([notice.kind for notice in thought.notices]):
                thoughts.append(thought)
            else:
                self.left.append(case.id)
        return thoughts

    def _think(self, case: DueCase) -> _Thought:
        desk = self.desk
        file = memory.load(desk.safe.open_for(Case, "clock", case.id, case.id, case.clock))
        policy = self._policy(case.policy_version_id)
        notices = evaluate(file, policy, desk.now)
        kinds = [notice.kind for notice in notices]
        ends = "superseded" if Kind.STEP in kinds else end_without_notice(file, kinds)
        return _Thought(case, file, policy, notices, ends)

    def _policy(self, version_id: str) -> Policy:
        if version_id not in self._policies:
            self._policies[version_id] = policy_of(self.desk.session, version_id)
        return self._policies[version_id]

    def reached(self, thoughts: Sequence[_Thought]) -> list[_Thought]:
        """Who is told, of all cases together; a case with somebody out of reach is left."""
        session = self.desk.session
        of_posts = [t.case.id for t in thoughts if any(CONSULAR in n.notify for n in t.notices)]
        shared = due.shared_of(session, of_posts)
        people = {t.case.caseworker_id for t in thoughts}
        people |= {t.case.supervisor_id for t in thoughts}
        mine = select(Person).where(Person.id.in_(people - {None})).options(_PERSON)
        self._people = session.scalars(mine).all()
        found: dict[tuple[object, ...], list[Recipient]] = {}
        for thought in thoughts:
            case = thought.case
            whose = (case.caseworker_id, case.supervisor_id, case.id if case.id in shared else None)
            for notice in thought.notices:
                key = (notice.notify, *whose)
                if key not in found:
                    found[key] = recipients(self.desk, case, notice.notify)
                thought.audience.append(found[key])
        told = {one.person.id for some in found.values() for one in some}
        self._ways = ways_of_people(session, told)
        reached = []
        for thought in thoughts:
            if all(map(self._is_reached, thought.audience)):
                reached.append(thought)
            else:
                self.left.append(thought.case.id)
        return reached

    def _is_reached(self, audience: Collection[Recipient]) -> bool:
        return bool(audience) and all(one.person.id in self._ways for one in audience)

    def write(self, thoughts: Sequence[_Thought]) -> list[str]:
        """Write what follows; the alerts raised."""
        written = self._rows(thoughts)
        _write(self.desk, written)
        return [row["id"] for row in written.alerts]

    def write_in_halves(self, thoughts: Sequence[_Thought]) -> list[str]:
        """The same; a case that cannot be written is left, and costs the others nothing."""
        if not thoughts:
            return []
        try:
            with self.desk.session.begin_nested():
                return self.write(thoughts)
        except OperationalError:  # the database's fault, not a case's
            raise
        except Exception as error:
            if len(thoughts) == 1:
                log.error("a case was not written: %s", type(error).__name__)
                self.left.append(thoughts[0].case.id)
                return []
            half = len(thoughts) // 2
            return self.write_in_halves(thoughts[:half]) + self.write_in_halves(thoughts[half:])

    def _rows(self, thoughts: Sequence[_Thought]) -> _Written:
        written = _Written()
        ending = {t.case.id: t.ends for t in thoughts if t.ends is not None}
        for alert in due.alerts_of(self.desk.session, list(ending), OPEN_STATES):
            self._end(alert, ending[alert.case_id], written)
        for thought in thoughts:
            for notice, audience in zip(thought.notices, thought.audience, strict=True):
                self._raise(thought, notice, audience, written)
            row = self._case(thought)
            written.cases.setdefault(tuple(row), []).append(row)
        return written

    def _end(self, alert: OpenAlert, state: str, written: _Written) -> None:
        if alert.kind in kinds_ended(state):
            written.ended.setdefault(state, []).append(alert.id)
            written.events.append(self._event(alert.id, state))

    def _raise(
        self, thought: _Thought, notice: Notice, audience: Iterable[Recipient], written: _Written
    ) -> None:
        case, desk = thought.case, self.desk
        alert = alert_values(case.id, case.band, thought.policy, notice, desk.now)
        silent = notice.silent_days.kept()
        alert["silent_sealed"] = desk.safe.seal_for(Alert, "silent", alert["id"], case.id, silent)
        written.alerts.append(alert)
        written.events.append(self._event(alert["id"], "triggered"))
        told = 0
        for one in audience:
            told += 1
            for way in self._ways[one.person.id]:
                row = message_values(alert["id"], case.id, alert["urgent"], one, way, desk.now)
                row |= _STARTED
                written.messages.append(row)
        written.told.append([alert["id"], case.id, alert["kind"], alert["step"], told])

    def _case(self, thought: _Thought) -> Row:
        """What `clockwork.keep_file` keeps, but for what no look can change, or this one did not:
        each column that is written costs its indexes."""
        case, file, policy = thought.case, thought.file, thought.policy
        row = {
            "id": case.id,
            "clock_sealed": self.desk.safe.seal_for(
                Case, "clock", case.id, case.id, memory.dump(file)
            ),
            "next_look_at": next_look(file, policy),
        }
        if (band := str(policy.band_of(file.firings))) != case.band:
            row["band"] = band
        if file.snoozed_until != case.snoozed_until:
            row["snoozed_until"] = file.snoozed_until
        if case.set_aside_at is not None:
            row["set_aside_at"] = row["set_aside_reason"] = None
        return row

    def _event(self, alert_id: str, kind: str) -> Row:
        return {"id": new_id(), "alert_id": alert_id, "at": self.desk.now, "kind": kind}


def _write(desk: Desk, written: _Written) -> None:
    session = desk.session
    for state, ids in written.ended.items():
        ends = update(Alert).where(Alert.id.in_(ids)).values(state=state, ended_at=desk.now)
        session.execute(ends.execution_options(synchronize_session=False))
        cancel_unsent(desk, ids)
    insert_rows(session, table_of(Alert), written.alerts)
    insert_rows(session, table_of(AlertEvent), written.events)
    insert_rows(session, table_of(OutboxMessage), written.messages)
    for rows in written.cases.values():
        update_rows(session, table_of(Case), rows)
    if written.told:
        desk.audit("alert.raised", "alerts", alerts=written.told)
