"""One case's whole story: contacts, facts, alerts with their deliveries, acts, newest first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from itertools import chain
from typing import Any, Final

from tracker.domain.alerts import WAITING
from tracker.domain.evaluate import Kind
from tracker.domain.moments import at_local, zone
from tracker.engine.desk import Desk
from tracker.store import timeline as store
from tracker.store.schema import Alert, AlertEvent, AuditRow, Base, Case, Note, OutboxMessage

_NOTE_OF = {
    "case.handed_over": "hand_over",
    "case.snoozed": "snooze",
    "case.reopened": "reopen",
    "case.policy_changed": "policy",
    "case.zone_changed": "zone",
    "case.merged": "merge",
    "case.unmerged": "unmerge",
    "name.withdrawn": "wrong",
    "statement.withdrawn": "wrong",
    "enquirer.revealed": "reveal",
    "case.kept": "keep",
    "enquirer.stayed": "stay",
    "alert.acknowledged": "acknowledge",
}
_EVENING = time(23, 59)

_WRITTEN: Final = {
    "statement": "statement.added",
    "contact": "contact.reported",
    "letter": "message.written",
    "consent": "consent.recorded",
    "share": "case.shared",
    "question": "consular.asked",
    "answer": "consular.answered",
    "unshare": "case.unshared",
    "alert": "alert.raised",
}
"""What the audit trail calls it when such an entry is written; in the order in which these follow
from each other, for what it does not tell apart."""

_EVENTS: Final = (
    "triggered",
    "unreachable",
    "undelivered",
    "handed_to_supervisor",
    "handed_to_administrator",
    "nobody_reached",
    "seen",
    "told_by_reply",
    "passed_on",
    "acknowledged",
)
"""What happens to an alert, in the order in which these follow from each other; then its ends."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something on a timeline. `at` orders it: for a contact the last day it can have been.

    `what`: contact statement alert consent share unshare question answer letter act note.
    `told` holds what was opened of `row`; `reason` the words given with an act.
    """

    at: datetime
    what: str
    row: Base
    by: str | None = None
    told: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    messages: Sequence[OutboxMessage] = ()
    events: Sequence[AlertEvent] = ()


def entries(desk: Desk, case: Case) -> list[Entry]:
    """The story of a case, newest first; what happened at one instant, in the order it did.

    Who reported is not in it: only that somebody did.
    """
    reasons = _Reasons(desk, store.notes(desk.session, case.id))
    found = [
        *_contacts(desk, case, reasons),
        *_facts(desk, case),
        *_alerts(desk, case),
        *_sharing(desk, case),
        *_acts(desk, case, reasons),
    ]
    found += reasons.left_over()
    return sorted(found, key=_order_of(desk, case, found), reverse=True)


def _order_of(
    desk: Desk, case: Case, found: Sequence[Entry]
) -> Callable[[Entry], tuple[datetime, int, int, datetime]]:
    """What to sort by: the second, the place in the audit trail, and what follows from what.

    Instants alone do not do: one act makes several entries, and where a demonstration's clock
    stands still, one answer about consent is put a moment after the other.
    """
    instants = {entry.at for entry in found if isinstance(entry.row, Alert)}
    of_rows, of_ticks = store.written(desk.session, case.id, _WRITTEN.values(), instants)
    what, kinds = ["act", "note", *_WRITTEN], list(map(str, Kind))

    def key(entry: Entry) -> tuple[datetime, int, int, datetime]:
        row, follows = entry.row, what.index(entry.what)
        second = entry.at.replace(microsecond=0)
        if isinstance(row, AuditRow):
            return second, row.seq, follows, entry.at
        seq = of_rows.get((_WRITTEN.get(entry.what, ""), str(getattr(row, "id", ""))))
        if isinstance(row, Alert):
            seq = of_ticks.get(row.raised_at) if seq is None else seq
            follows += kinds.index(row.kind)
        return second, seq or 0, follows, entry.at

    return key


class _Reasons:
    """Notes, each taken by the act it was given with: same kind, same instant. Of several at one
    instant (a demonstration's clock stands still) each is taken once, as they were written."""

    def __init__(self, desk: Desk, notes: Sequence[Note]) -> None:
        self._desk = desk
        self._notes: dict[tuple[str, datetime], list[Note]] = {}
        for note in notes:
            self._notes.setdefault((note.kind, note.written_at), []).append(note)

    def take(self, kind: str, at: datetime | None) -> str:
        alike = self._notes.get((kind, at)) if at is not None else None
        return str(self._desk.safe.open(alike.pop(0), "text")) if alike else ""

    def left_over(self) -> Iterator[Entry]:
        for note in chain.from_iterable(self._notes.values()):
            text = str(self._desk.safe.open(note, "text"))
            yield Entry(note.written_at, "note", note, note.written_by, {"kind": note.kind}, text)


def _contacts(desk: Desk, case: Case, reasons: _Reasons) -> Iterator[Entry]:
    kinds = {"confirmed": "confirm", "rejected": "rejected", "retracted": "retracted"}
    where = zone(case.zone_name)
    for row in store.reports(desk.session, case.id):
        told = desk.safe.open(row, "occurred") | {"details": desk.safe.open(row, "details") or {}}
        at = at_local(date.fromisoformat(told["latest"]), _EVENING, where)
        reason = reasons.take(kinds.get(row.state, ""), row.decided_at)
        yield Entry(at, "contact", row, row.entered_by, told, reason)


def _facts(desk: Desk, case: Case) -> Iterator[Entry]:
    for fact in store.statements(desk.session, case.id, withdrawn=True):
        told = {"value": desk.safe.open(fact, "value"), "source": desk.safe.open(fact, "source")}
        yield Entry(fact.entered_at, "statement", fact, fact.entered_by, told)
    for letter in store.letters(desk.session, case.id):
        yield Entry(letter.written_at, "letter", letter, letter.written_by)


def _alerts(desk: Desk, case: Case) -> Iterator[Entry]:
    rows = store.alerts(desk.session, case.id)
    ids = [row.id for row in rows]
    messages: dict[str, list[OutboxMessage]] = {}
    for message in store.messages_of(desk.session, ids):
        messages.setdefault(message.alert_id or "", []).append(message)
    events: dict[str, list[AlertEvent]] = {}
    for event in store.events_of(desk.session, ids):
        events.setdefault(event.alert_id, []).append(event)
    for several in events.values():
        several.sort(key=_when_it_happened)
    for row in rows:
        yield Entry(
            row.raised_at,
            "alert",
            row,
            told={"silent": desk.safe.open(row, "silent")},
            messages=messages.get(row.id, ()),
            events=events.get(row.id, ()),
        )


def _when_it_happened(event: AlertEvent) -> tuple[datetime, int]:
    return event.at, _EVENTS.index(event.kind) if event.kind in _EVENTS else len(_EVENTS)


def _sharing(desk: Desk, case: Case) -> Iterator[Entry]:
    for consent in store.consents(desk.session, case.id):
        yield Entry(consent.recorded_at, "consent", consent, consent.recorded_by)
    for share in store.shares(desk.session, case.id):
        yield Entry(share.shared_at, "share", share, share.shared_by)
        if share.ended_at is not None:
            yield Entry(share.ended_at, "unshare", share)
    for action in store.questions(desk.session, case.id):
        asked = {"words": desk.safe.open(action, "asked")}
        yield Entry(action.asked_at, "question", action, action.asked_by, asked)
        if action.answered_at is not None:
            answer = {"words": desk.safe.open(action, "answer") or ""}
            yield Entry(action.answered_at, "answer", action, action.answered_by, answer)


def _acts(desk: Desk, case: Case, reasons: _Reasons) -> Iterator[Entry]:
    for row in store.acts(desk.session, case.id):
        reason = reasons.take(_NOTE_OF.get(row.act, ""), row.at)
        by = row.actor_id if row.actor_kind == "person" else None
        yield Entry(row.at.astimezone(UTC), "act", row, by, row.detail or {}, reason)


def open_alerts(desk: Desk, case: Case) -> list[Alert]:
    """Alerts of a case that still wait for somebody to acknowledge."""
    return [
        alert
        for alert in store.alerts(desk.session, case.id)
        if alert.state in WAITING and alert.kind != "to_confirm"
    ]
