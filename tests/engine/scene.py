"""Where stories of the whole engine are played: an office, its providers and workers, a clock, and
the model that hears of everything in the order in which it happened."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis.stateful import RuleBasedStateMachine
from sqlalchemy import ColumnElement, func, or_, select

from tests.databases import Source
from tests.domain.naive_clock import written
from tests.engine import model
from tests.standins.office import Office
from tests.standins.provider import Provider
from tracker.domain.actor import OPERATOR, Actor
from tracker.domain.delivery import Envelope, Fault, Outcome, SendResult
from tracker.engine.desk import Desk
from tracker.engine.pulse import LEASE_LASTS
from tracker.engine.sending.dispatch import Sender
from tracker.engine.staff.addresses import new_point
from tracker.engine.worker.scheduler import _has_lease
from tracker.store.schema import (
    Case,
    ConsularPost,
    ContactPoint,
    OutboxMessage,
    PostMember,
    new_id,
)

UNFINISHED = ("pending", "retry_wait", "submitting", "unknown")
SECOND = timedelta(seconds=1)
PHONES = ("+77015550001", "+77015550002")
ACT, RAISE, CALL = range(3)
"""The order of what happens at one instant (R18)."""


class Killed(BaseException):
    """A worker's process is no more."""


class Told(NamedTuple):
    """One row of a message that a provider was given."""

    row_id: str
    alert_id: str | None
    person_id: str
    kind: str


class Call(NamedTuple):
    """A provider was given a message. `result` None: whoever called it died in the middle."""

    at: datetime
    envelope: Envelope
    rows: Sequence[Told]
    result: SendResult | None
    took: bool
    in_doubt: Sequence[Told]
    """Rows of which nobody knows since whether they left, and which did not."""


class Scene(RuleBasedStateMachine):
    """Two caseworkers, a supervisor, an administrator and a consul; three providers; two workers,
    side by side on PostgreSQL, on SQLite the second waiting for the first one's lease to end."""

    databases: Source

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.url = self.databases.fresh(Path(self.folder.name))
        instance = Path(self.folder.name) / "instance"
        instance.mkdir(mode=0o700)
        self.providers = {kind: Provider(kind) for kind in ("email", "sms", "voice")}
        self.office = Office.opened(
            instance, self.url, self.providers, TRACKER_MERGE_ABOVE="2", TRACKER_SMS_REPLIES="+"
        )
        self.model = model.Model()
        self.staff = [self._joins(f"A{n}", "caseworker", phone) for n, phone in enumerate(PHONES)]
        self.supervisor = self._joins("Berik", "supervisor", "+77015550003")
        self._joins("Zarina", "administrator")
        self.consul = self._joins("Consul", "consular")
        self.post = self._post()
        self.calls: list[Call] = []
        self.log: list[tuple[datetime, int, Callable[[], object]]] = []
        self.entered: dict[str, dict[str, Any]] = {}
        self.downtime: list[dict[str, str]] = []
        self.acted_at = self.office.clock.now
        """When anything but the passing of time happened last."""
        self.workers, self.hired, self._lock = ["worker-1", "worker-2"], 2, threading.Lock()
        for one in self.providers.values():
            self._listen(one)

    # -- who works here -----------------------------------------------------------------------

    def _joins(self, name: str, role: str, phone: str | None = None) -> str:
        """Somebody whose addresses are verified; with a telephone, who can be called there too."""
        person_id = self.office.person(name, role, phone=phone)
        with self.office.desk() as desk:
            points = desk.session.scalars(select(ContactPoint).filter_by(person_id=person_id)).all()
            if phone:
                points = [*points, new_point(desk, person_id, "voice", phone, 2)]
            for point in points:
                point.verified_at = desk.now
            ways = {(one.channel, str(desk.safe.open(one, "address"))) for one in points}
        self.model.people[person_id] = model.Person(role, ways)
        return person_id

    def _post(self) -> str:
        with self.office.desk() as desk:
            post = ConsularPost(id=new_id(), created_at=desk.now)
            desk.safe.seal(post, "name", "A post")
            desk.session.add(post)
            desk.session.flush()
            desk.session.add(
                PostMember(id=new_id(), post_id=post.id, person_id=self.consul, since_at=desk.now)
            )
            return post.id

    # -- what is done, and heard of -----------------------------------------------------------

    def note(self, order: int, do: Callable[[], object], at: datetime | None = None) -> None:
        """The model is to hear of it, in its turn."""
        self.log.append((at or self.office.clock.now, order, do))
        if order == ACT:
            self.acted_at = self.office.clock.now

    def act(self, case_id: str, event: dict[str, Any], do: Callable[[Desk, Case], object]) -> None:
        """Enter something about a case at an instant of its own, in the product and the model."""
        with self.at_work("caseworker") as desk:
            do(desk, self.office.case(case_id, desk))
        self.entered[case_id]["events"].append({"at": written(self.office.clock.now), **event})

    @contextmanager
    def at_work(self, role: str) -> Iterator[Desk]:
        """Somebody's transaction, at an instant of its own: what went before went earlier."""
        self.live_until(self.office.clock.now)
        self.office.clock.now += SECOND
        self.acted_at = self.office.clock.now
        with self.office.desk() as desk:
            who = self.supervisor if role == "supervisor" else self.staff[0]
            desk.actor = Actor("person", who, frozenset({role}))
            yield desk

    def _listen(self, provider: Provider) -> None:
        """Keep a book of all that each provider is given; it answers as before."""
        answer = provider.send

        def send(envelope: Envelope) -> SendResult:
            with self._lock:
                rows, before, result = self._rows_in(envelope), len(provider.taken), None
                try:
                    result = answer(envelope)
                finally:
                    took = len(provider.taken) > before
                    doubt = self._in_doubt(envelope, rows, result, took)
                    call = Call(self.office.clock.now, envelope, rows, result, took, doubt)
                    self.calls.append(call)
                    self.note(CALL, partial(self.was_called, call))
            return result

        provider.send = send  # type: ignore[method-assign]

    def _rows_in(self, envelope: Envelope) -> Sequence[Told]:
        """The rows that go in a message: its own, and those that it carries (D7)."""
        row = OutboxMessage
        return self._under_way(or_(row.id == envelope.row_id, row.carrier_id == envelope.row_id))

    def _in_doubt(
        self, envelope: Envelope, rows: Sequence[Told], result: SendResult | None, took: bool
    ) -> Sequence[Told]:
        """Those whose answer was lost; who died had claimed others too, and sent none of them."""
        lost = [] if took else rows
        if result is not None:
            return lost if result.outcome is Outcome.UNKNOWN else []
        row = OutboxMessage
        owner = select(row.lease_owner).where(row.id == envelope.row_id).scalar_subquery()
        claimed = self._under_way(row.lease_owner == owner)
        return [*lost, *(one for one in claimed if one not in rows)]

    def _under_way(self, which: ColumnElement[bool]) -> Sequence[Told]:
        row = OutboxMessage
        query = select(row.id, row.alert_id, row.person_id, row.kind)
        with self.office.services.reading(OPERATOR) as desk:
            found = desk.session.execute(query.where(which, row.state == "submitting")).all()
        return [Told(*one) for one in found]

    def was_called(self, call: Call) -> None:
        """What the model has to say to it."""
        raise NotImplementedError

    def catch_up(self) -> object:
        """Tell the model what happened, in order."""
        raise NotImplementedError

    def came_to(self, rows: Sequence[Told], what: str) -> None:
        """Tell the model what rows of a message came to."""
        raise NotImplementedError

    def is_bad(self, envelope: Envelope, fault: Fault) -> None:
        """Tell the model that nothing can go, or may go, to an address."""
        raise NotImplementedError

    # -- time ---------------------------------------------------------------------------------

    def live_until(self, target: datetime) -> None:
        """Let time pass with workers that tick whenever something is due."""
        while (due := self.next_due()) is not None and due <= target:
            self.office.clock.now = max(due, self.office.clock.now)
            self.turn()
            if self.next_due() == due:  # held back by a brake of ours
                self.office.clock.now += timedelta(minutes=1)
        self.office.clock.now = max(target, self.office.clock.now)
        self.turn()

    def next_due(self) -> datetime | None:
        """When a worker has something to do next."""
        row = OutboxMessage
        with self.office.desk() as desk:
            found = (
                desk.session.scalar(select(func.min(Case.next_look_at))),
                desk.session.scalar(
                    select(func.min(row.available_at)).where(row.state.in_(UNFINISHED))
                ),
                desk.session.scalar(select(func.min(row.look_at))),
            )
            return min((at for at in found if at is not None), default=None)

    def turn(self) -> None:
        """Every worker's next tick."""
        if self.office.services.database.is_sqlite:
            for owner in list(self.workers):
                if _has_lease(self.office.worker(), Sender(owner=owner)):
                    self._tick(owner)
            self.workers.reverse()
            return
        failed = list[BaseException]()
        threads = [threading.Thread(target=self._tick, args=(o, failed)) for o in self.workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failed:
            raise failed[0]

    def _tick(self, owner: str, failed: list[BaseException] | None = None) -> None:
        """One tick, perhaps the last: another is hired, who must wait for the dead one's lease."""
        try:
            self.office.tick(owner)
        except Killed:
            self.hired += 1
            self.workers[self.workers.index(owner)] = f"worker-{self.hired}"
            if self.office.services.database.is_sqlite:
                self.nobody_works_for(LEASE_LASTS)
                self.turn()
        except BaseException as error:
            if failed is None:
                raise
            failed.append(error)

    def nobody_works_for(self, time: timedelta) -> None:
        """Time in which nothing is looked at."""
        start = self.office.clock.now + SECOND
        self.office.clock.now += time
        self.downtime.append({"from": written(start), "to": written(self.office.clock.now)})
        self.acted_at = self.office.clock.now
