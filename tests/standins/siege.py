"""A desk under siege: workers are killed at any instant, callbacks come as they like, and at the
end providers' own books say what was lost, doubled or sent too late (delivery.md's promise)."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from sqlalchemy import func, or_, select

from tests.standins.fleet import Fleet, Zygote, environ, taken
from tests.standins.mail import Mailbox, mail_server
from tests.standins.office import Office
from tests.standins.postman import Postman
from tests.standins.twilio import Twilio, twilio_server
from tracker.domain.actor import OPERATOR
from tracker.domain.contact import ContactClass, Days, Interval
from tracker.engine import cases, record
from tracker.engine.holds import held
from tracker.store.schema import Alert, AlertEvent, Case, OutboxMessage

UNFINISHED = ("pending", "retry_wait", "submitting", "unknown")
OVER = ("resolved", "superseded", "closed", "withdrawn")
HANDED_UP = ("handed_to_supervisor", "handed_to_administrator", "nobody_reached")
DRAINED_AFTER = 90
"""Minutes of the office's clock after which nothing may be left to do."""


@dataclass
class Tally:
    """What became of the messages of alerts that fell due."""

    cases: int = 0
    kills: int = 0
    messages: int = 0
    doubled: Counter[str] = field(default_factory=Counter)
    more_than_twice: int = 0
    other_way: int = 0
    over_before: int = 0
    handed_over: int = 0
    lost: list[str] = field(default_factory=list)
    after_resolved: list[str] = field(default_factory=list)

    def table(self, tried: Mapping[str, int]) -> str:
        """What was tried and how often, and what became of the messages, as a Markdown table."""
        ends = {
            "lost": len(self.lost),
            "sent though resolved before": len(self.after_resolved),
            "sent more than twice": self.more_than_twice,
            "text messages sent twice": self.doubled["sms"],
            "mails sent twice": self.doubled["email"],
            "reached in another way instead": self.other_way,
            "over before it was sent": self.over_before,
            "handed to the supervisor": self.handed_over,
        }
        rows = [("tried", "times", ""), ("---", "---:", "---:")]
        rows += [(name, f"{times:,}", "") for name, times in tried.items()]
        rows += [("cases that fell due", f"{self.cases:,}", "")]
        rows += [("**messages to be sent**", f"{self.messages:,}", "100 %")]
        share = 100 / max(self.messages, 1)
        rows += [(name, f"{n:,}", f"{n * share:.2f} %") for name, n in ends.items()]
        return "\n".join(f"| {name:<30} | {n:>7} | {part:>8} |" for name, n, part in rows)


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
    heard: set[str] = field(default_factory=set)
    kills: int = 0
    _frozen: dict[str, int] = field(default_factory=dict)

    def fall_due(self, count: int) -> None:
        """Cases whose first step is due, which no worker has looked at yet."""
        with self.office.desk() as desk:
            last = (desk.now.date()).fromordinal(desk.now.date().toordinal() - 8)
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
        case_id = self.rng.choice(self.opened)
        with self.office.desk() as desk:
            today = desk.now.date()
            record.report_contact(
                desk,
                desk.session.get_one(Case, case_id),
                occurred=Days(today, today),
                cls=ContactClass.DIRECT,
                details={},
                confirmed=True,
            )
            stopped = desk.session.scalars(
                select(OutboxMessage.id)
                .join(Alert, Alert.id == OutboxMessage.alert_id)
                .where(Alert.case_id == case_id, OutboxMessage.state == "cancelled")
            ).all()
        self.heard.add(case_id)
        books = taken(self.office, self.twilio, self.mailbox)
        for row_id in stopped:
            self._frozen.setdefault(row_id, books[row_id])

    def kill_one(self, within: float) -> None:
        """Start a worker and kill it at some instant; callbacks come meanwhile."""
        end = time.monotonic() + self.rng.random() * within
        pid = self.fleet.start()
        if self.rng.random() < 0.3:
            self.postman.carry(share=0.3)
        time.sleep(max(0.0, end - time.monotonic()))
        self.fleet.kill(pid)
        self.kills += 1

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
            rows = desk.session.scalar(count.select_from(OutboxMessage).where(waiting))
            return (due or 0) + (0 if held(desk) else rows or 0)

    def unfinished(self) -> list[OutboxMessage]:
        """Rows without an end."""
        return [row for row in self.office.rows() if row.state in UNFINISHED]

    def tally(self) -> Tally:
        """The providers' books against what fell due."""
        books = taken(self.office, self.twilio, self.mailbox)
        alerts = {alert.id: alert for alert in self.office.alerts()}
        handed_up = self._handed_up()
        found = Tally(cases=len(self.opened), kills=self.kills)
        reached = set[tuple[str | None, str]]()
        rows = self.office.rows(kind="alert")
        for row in rows:
            times = books[row.id]
            found.messages += 1
            if times:
                reached.add((row.alert_id, row.person_id))
            if times == 2:
                found.doubled[row.channel] += 1
            found.more_than_twice += times > 2
        for row in rows:
            if books[row.id]:
                continue
            if row.state == "cancelled":
                if alerts[str(row.alert_id)].state in ("triggered", "undelivered"):
                    found.lost.append(f"cancelled, its alert open: {row.error_code}")
            elif (row.alert_id, row.person_id) in reached:
                found.other_way += 1
            elif alerts[str(row.alert_id)].state in OVER:
                found.over_before += 1
            elif row.alert_id in handed_up:
                found.handed_over += 1
            else:
                alert = alerts[str(row.alert_id)]
                found.lost.append(
                    f"{row.channel} {row.state} {row.error_code}: {alert.kind} {alert.state}"
                )
        stepped = Counter(alert.case_id for alert in alerts.values() if alert.kind == "step")
        silent = [case_id for case_id in self.opened if case_id not in self.heard]
        found.lost += ["a case no worker looked at" for one in silent if not stepped[one]]
        for row_id, before in self._frozen.items():
            if books[row_id] > before:
                found.after_resolved.append(row_id)
        return found

    def _handed_up(self) -> set[str]:
        with self.office.services.reading(OPERATOR) as desk:
            query = select(AlertEvent.alert_id).where(AlertEvent.kind.in_(HANDED_UP))
            return set(desk.session.scalars(query))


@contextmanager
def siege(
    instance: Path, database_url: str, zygote: Zygote, rng: Random, people: int = 5
) -> Iterator[Siege]:
    """An office with so many caseworkers, its providers and its workers."""
    with ExitStack() as stack:
        twilio = stack.enter_context(twilio_server())
        mailbox, port = stack.enter_context(mail_server())
        settings = environ(database_url, twilio, port)
        office = Office.opened(instance, database_url, **settings)
        stack.callback(office.services.database.engine.dispose)
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
