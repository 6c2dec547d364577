"""A desk under siege: workers are killed at any instant, callbacks come as they like, and at the
end providers' own books say what was lost, doubled or sent too late (delivery.md's promise)."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from random import Random

from sqlalchemy import func, or_, select, text

from tests.standins.books import Books
from tests.standins.fleet import Fleet, Zygote, environ
from tests.standins.mail import Mailbox, mail_server
from tests.standins.office import Office
from tests.standins.postman import Postman
from tests.standins.tally import Tally, tally
from tests.standins.twilio import Twilio, twilio_server
from tracker.domain.actor import OPERATOR
from tracker.domain.contact import ContactClass, Days, Interval
from tracker.engine.cases import cases, record
from tracker.engine.desk import Desk
from tracker.engine.sending.holds import held
from tracker.store.schema import Alert, Case, OutboxMessage
from tracker.store.taken import Try

_UNFINISHED = text("outbox.state IN ('pending', 'retry_wait', 'submitting', 'unknown')")
PATIENCE = 45.0
"""Seconds by the wall that a worker has to come to some point, however busy the machine is: less
than the minute after which it thinks its clock, which stands still, wrong (D7)."""
DRAINED_AFTER = 90
"""Minutes of the office's clock after which nothing may be left to do."""


@dataclass
class Siege:
    """An office whose workers are real processes, and its providers' books."""

    office: Office
    fleet: Fleet
    twilio: Twilio
    mailbox: Mailbox
    postman: Postman
    rng: Random
    workers: list[str] = field(default_factory=list)
    supervisor: str = ""
    opened: list[str] = field(default_factory=list)
    over: set[str] = field(default_factory=set)
    """Cases heard of again, or closed."""
    kills: Counter[str] = field(default_factory=Counter)
    """How often a worker was killed, by the point it had come to."""
    hit: dict[Try, str] = field(default_factory=dict)
    """The tries that were in hand then, each with that point."""
    _frozen: dict[str, int] = field(default_factory=dict)

    @cached_property
    def books(self) -> Books:
        """What the providers took."""
        return Books(self.office, self.twilio, self.mailbox)

    def fall_due(self, count: int, days: int = 8) -> None:
        """Cases whose first step is due, which no worker has looked at yet."""
        with self.office.desk() as desk:
            last = desk.now.date() - timedelta(days=days)
            for _ in range(count):
                case = cases.open_case(
                    desk,
                    zone_name="UTC",
                    caseworker_id=self.workers[len(self.opened) % len(self.workers)],
                    supervisor_id=self.supervisor,
                    missing_since=Interval(last, last),
                )
                self.opened.append(case.id)

    def hear(self) -> None:
        """A confirmed contact in some case: what was not handed over by now must never be sent."""

        def do(desk: Desk, case: Case) -> None:
            today = desk.now.date()
            record.report_contact(
                desk,
                case,
                occurred=Days(today, today),
                cls=ContactClass.DIRECT,
                details={},
                confirmed=True,
            )

        self._end(do)

    def close(self) -> None:
        """Some case is closed, and what was not handed over by now must never be sent."""
        self._end(
            lambda desk, case: cases.close(
                desk, case, "released", desk.now.date(), "An invented letter.", ""
            )
        )

    def acknowledge(self) -> None:
        """Somebody takes a case."""
        case_id = self.rng.choice(self.opened)
        if case_id not in self.over:
            with self.office.desk() as desk:
                cases.acknowledge(desk, desk.session.get_one(Case, case_id))

    def _end(self, do: Callable[[Desk, Case], object]) -> None:
        case_id = self.rng.choice(self.opened)
        if case_id in self.over:
            return
        with self.office.desk() as desk:
            do(desk, desk.session.get_one(Case, case_id))
            desk.session.flush()
            stopped = desk.session.scalars(
                select(OutboxMessage.id)
                .join(Alert, Alert.id == OutboxMessage.alert_id)
                .where(Alert.case_id == case_id, OutboxMessage.state == "cancelled")
            ).all()
        self.over.add(case_id)
        own = self.books.read().own
        for row_id in stopped:
            self._frozen.setdefault(row_id, own[row_id])

    def kill_one(self, within: float) -> None:
        """Start a worker and kill it at some instant; callbacks come meanwhile.

        `within`: seconds of its own processor time, so that it gets as far on a busy machine.
        """
        life = self.rng.random() * within
        pid = self.fleet.start()
        if self.rng.random() < 0.3:
            self.postman.carry(share=0.3)
        self.waits_for(lambda: self.fleet.worked(pid) >= life)
        self.kill(pid, "at a random instant")

    def waits_for(self, ready: Callable[[], object]) -> bool:
        """Wait until that is so; False when nothing is left to do first, or it takes too long."""
        began = asked = time.monotonic()
        while not ready():
            now = time.monotonic()
            if now - asked > 0.2:
                asked = now
                if now - began > PATIENCE or not (self.due_now() or self.in_hand()):
                    return bool(ready())
            time.sleep(0.004)
        return True

    def kill(self, pid: int, point: str) -> None:
        """Kill a worker, or bury one that died by itself; remember what it had in hand."""
        self.fleet.kill(pid)
        self.kills[point] += 1
        for one in self.in_hand():
            self.hit.setdefault(one, point)

    def in_hand(self) -> list[Try]:
        """The tries that have begun and came to nothing yet."""
        with self.office.services.reading(OPERATOR) as desk:
            rows = select(OutboxMessage.id, OutboxMessage.attempts)
            found = desk.session.execute(rows.where(OutboxMessage.state == "submitting")).all()
        return [(row_id, number) for row_id, number in found]

    def drain(self) -> None:
        """Let one worker, started anew from time to time, do all that is left to do."""
        for minute in range(DRAINED_AFTER):
            if minute % 30 == 0:
                pid = self.fleet.start()
            self.settle()
            if not self.unfinished() or minute == DRAINED_AFTER - 1:
                break
            self.fleet.move(minutes=1)
            if minute % 30 == 29:
                assert self.fleet.stop(pid) == 0
        assert self.fleet.stop(pid) == 0
        self.postman.carry()

    def settle(self, patience: float = 5.0) -> None:
        """Wait until nothing is due, or nothing gets on: a breaker may hold what is due (D7)."""
        due, since = self.due_now(), time.monotonic()
        while due and time.monotonic() - since < patience:
            time.sleep(0.02)
            if (now_due := self.due_now()) != due:
                due, since = now_due, time.monotonic()

    def due_now(self) -> int:
        """How much a worker has to do at this instant; a try that still runs counts."""
        with self.office.services.reading(OPERATOR) as desk:
            waiting = or_(
                OutboxMessage.state.in_(("pending", "retry_wait", "unknown"))
                & (OutboxMessage.available_at <= desk.now),
                (OutboxMessage.state == "submitting") & (OutboxMessage.lease_until <= desk.now),
            )
            count = select(func.count())
            due = desk.session.scalar(count.select_from(Case).where(Case.next_look_at <= desk.now))
            open_rows = count.select_from(OutboxMessage).where(_UNFINISHED, waiting)
            rows = desk.session.scalar(open_rows)
            return (due or 0) + (0 if held(desk) else rows or 0)

    def offered(self) -> int:
        """How many messages providers were offered; a mail counts when it was taken."""
        return len(self.twilio.credentials) + len(self.mailbox.mails)

    def unfinished(self) -> int:
        """How many rows have no end."""
        with self.office.services.reading(OPERATOR) as desk:
            query = select(func.count()).select_from(OutboxMessage).where(_UNFINISHED)
            return desk.session.scalar(query) or 0

    def tally(self) -> Tally:
        """The providers' books against what fell due."""
        found = tally(self.office, self.books)
        found.cases = len(self.opened)
        stepped = {alert.case_id for alert in self.office.alerts(kind="step")}
        silent = set(self.opened) - self.over - stepped
        found.lost += ["a case no worker looked at"] * len(silent)
        found.after_its_end += [
            f"sent after its end: {row_id}"
            for row_id, before in self._frozen.items()
            if self.books.own[row_id] > before
        ]
        return found


@contextmanager
def siege(
    instance: Path,
    database_url: str,
    zygote: Zygote,
    rng: Random,
    people: int = 5,
    merge_above: int = 5,
) -> Iterator[Siege]:
    """An office with so many caseworkers, its providers and its workers."""
    with ExitStack() as stack:
        twilio = stack.enter_context(twilio_server())
        mailbox, port = stack.enter_context(mail_server())
        settings = environ(database_url, twilio, port)
        settings["TRACKER_MERGE_ABOVE"] = str(merge_above)
        office = Office.opened(instance, database_url, **settings)
        stack.callback(office.services.database.engine.dispose)
        for channel in office.services.channels.values():
            stack.callback(getattr(channel, "close", lambda: None))
        ships = Fleet(office, zygote, settings)
        stack.callback(ships.end)
        postman = Postman(office, twilio, rng)
        found = Siege(office, ships, twilio, mailbox, postman, rng)
        found.supervisor = office.person("Berik", "supervisor", phone="+77015550100")
        found.workers = [
            office.person(f"Aigul{number}", "caseworker", phone=f"+7701555{1000 + number}")
            for number in range(people)
        ]
        yield found
