"""`tracker replay`: the product's own engine over a document, in a database of its own.

Nothing is sent: no person exists in that database. The lines are its alert rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy import func, select

from tracker.domain.actor import WORKER
from tracker.domain.casefile import CaseFile
from tracker.domain.contact import Silent
from tracker.domain.evaluate import Kind, Notice
from tracker.domain.foresee import Told, apply, is_down, looks, new_file
from tracker.domain.policy import Policy
from tracker.domain.policy_document import write_policy
from tracker.domain.replaying import Event, ReplayDocument, ReplayedCase
from tracker.engine.clock.clockwork import enter, keep_file, look, open_file
from tracker.engine.clock.watch import watch_batch
from tracker.engine.desk import Desk
from tracker.security.keys import KeyRing
from tracker.security.vault import Vault
from tracker.settings import Settings
from tracker.store.audit import AuditTrail
from tracker.store.database import Database, connect
from tracker.store.schema import Alert, Base, Case, ContactReport, PolicyRow, PolicyVersion, new_id
from tracker.store.sealing import CASE_PURPOSES, Safe


def replay(document: ReplayDocument, settings: Settings) -> list[Told]:
    """Everything the document's cases tell before `to`, in the order it is printed (clock.md)."""
    run = _Run(document, settings)
    try:
        run.through_time()
        return run.told()
    finally:
        run.database.engine.dispose()


class _Run:
    def __init__(self, document: ReplayDocument, settings: Settings) -> None:
        self.document = document
        self.settings = settings
        self.database: Database = connect("sqlite://")
        Base.metadata.create_all(self.database.engine)
        self.ring = KeyRing.generate(document.to)
        self.vault = Vault(self.ring)
        self.version_id = new_id()
        self.cases: dict[str, str] = {}  # our ids -> the document's names
        self.contacts: dict[tuple[str, str], str] = {}  # our case, its name there -> our id
        with self.desk(document.to) as desk:
            policy = PolicyRow(id=new_id(), name="replay", is_default=True, created_at=desk.now)
            desk.session.add(policy)
            desk.session.flush()
            desk.session.add(
                PolicyVersion(
                    id=self.version_id,
                    policy_id=policy.id,
                    number=1,
                    body=write_policy(document.policy),
                    state="active",
                    made_at=desk.now,
                )
            )

    @contextmanager
    def desk(self, now: datetime) -> Iterator[Desk]:
        with self.database.writing.begin() as session:
            trail = AuditTrail(session, self.ring.audit)
            safe = Safe(session, self.vault)
            yield Desk(session, safe, trail, now, WORKER, self.ring, self.settings)

    def through_time(self) -> None:
        """Jump from one instant at which something happens to the next."""
        ends = looks(self.document)
        openings = {case.opened_at for case in self.document.cases}
        entries = {event.at for case in self.document.cases for event in case.events}
        moments = sorted(openings | entries | set(ends))
        now: datetime | None = None
        while True:
            due = self._next_due()
            if due is not None and now is not None:
                due = max(due, now)  # what fell due in a downtime waits for its end
            if due is not None and is_down(self.document.downtime, due):
                due = None
            now = min((at for at in (due, *moments[:1]) if at is not None), default=None)
            if now is None or now >= self.document.to:
                return
            while moments and moments[0] <= now:
                moments.pop(0)
            self._enter(now)
            if not is_down(self.document.downtime, now):
                self._look(now, everyone=now in ends)

    def _next_due(self) -> datetime | None:
        with self.database.reading() as session:
            return session.scalar(select(func.min(Case.next_look_at)))

    def _enter(self, now: datetime) -> None:
        down = is_down(self.document.downtime, now)
        for case in self.document.cases:
            opening = case.opened_at == now
            events = [event for event in case.events if event.at == now]
            if opening or events:
                with self.desk(now) as desk:
                    row = self._open(desk, case) if opening else self._row(desk, case)
                    events = [self._on_record(desk, row, event) for event in events]
                    change = partial(_apply_all, events)
                    if down:
                        _write_down(desk, row, change, self.document.policy)
                    else:
                        enter(desk, row, change)

    def _open(self, desk: Desk, case: ReplayedCase) -> Case:
        row = Case(
            id=new_id(),
            ref=case.name,
            zone_name=case.zone_name,
            opened_at=case.opened_at,
            policy_version_id=self.version_id,
        )
        desk.safe.create_keys(row.id, CASE_PURPOSES, desk.now)
        keep_file(desk, row, new_file(case), self.document.policy)
        desk.session.add(row)
        self.cases[row.id] = case.name
        return row

    def _on_record(self, desk: Desk, row: Case, event: Event) -> Event:
        """The event with our own id for its contact, which has a row as any contact has."""
        if event.id is None:
            return event
        key = self.contacts.setdefault((row.id, event.id), new_id())
        if event.contact is not None:
            report = ContactReport(
                id=key,
                case_id=row.id,
                reported_at=event.at,
                entered_at=event.at,
                occurred_sealed=b"",  # the clock's memory holds what matters here
                details_sealed=b"",
            )
            desk.session.add(report)
            desk.session.flush()
        return replace(event, id=key)

    def _row(self, desk: Desk, case: ReplayedCase) -> Case:
        return desk.session.scalars(select(Case).where(Case.ref == case.name)).one()

    def _look(self, now: datetime, *, everyone: bool) -> None:
        with self.desk(now) as desk:
            if everyone:
                for case in desk.session.scalars(select(Case)):
                    look(desk, case, open_file(desk, case), self.document.policy)
            while watch_batch(desk):
                pass
            failed = desk.session.scalars(
                select(Case.set_aside_reason).where(Case.set_aside_at.is_not(None))
            ).first()
            if failed is not None:
                raise AssertionError(f"the clock failed with {failed}")

    def told(self) -> list[Told]:
        """The alert rows as notices, in printing order."""
        with self.desk(self.document.to) as desk:
            rows = desk.session.scalars(select(Alert))
            lines = [
                Told(row.raised_at, self.cases[row.case_id], _notice(desk, row))
                for row in rows
                if row.kind != Kind.TO_CONFIRM
            ]
        order = list(Kind)
        return sorted(lines, key=lambda t: (t.at, t.case, order.index(t.notice.kind)))


def _apply_all(events: list[Event], file: CaseFile, policy: Policy) -> None:
    for event in events:
        apply(file, event, policy)


def _write_down(desk: Desk, case: Case, change: partial[None], policy: Policy) -> None:
    """Enter something while nothing is evaluated: written down, judged later."""
    file = open_file(desk, case)
    change(file, policy)
    keep_file(desk, case, file, policy)


def _notice(desk: Desk, row: Alert) -> Notice:
    return Notice(
        Kind(row.kind),
        row.step,
        row.repetition,
        row.episode,
        tuple(row.roles),
        tuple(row.consent_needed),
        tuple(row.passed_over),
        Silent(*desk.safe.open(row, "silent")),
    )
