"""Where stories of the whole engine are played: an office, its providers, a clock, a model."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine
from sqlalchemy import func, select

from tests.databases import Source
from tests.domain.naive_clock import written
from tests.standins.office import Office
from tests.standins.provider import Provider
from tracker.domain.actor import Actor
from tracker.domain.delivery import Envelope, SendResult
from tracker.engine.desk import Desk
from tracker.engine.staff.account_news import ACCESS
from tracker.store.schema import (
    Case,
    ConsularPost,
    OutboxMessage,
    PostMember,
    new_id,
)

UNFINISHED = ("pending", "retry_wait", "submitting", "unknown")
SECOND = timedelta(seconds=1)
PHONES = ("+77015550001", "+77015550002")


@dataclass(frozen=True)
class Leave:
    """Somebody was away, from an instant to another, and had a deputy."""

    person_id: str
    from_at: datetime
    until_at: datetime


class Scene(RuleBasedStateMachine):
    """Two caseworkers, a supervisor and a consul; two providers."""

    databases: Source

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.url = self.databases.fresh(Path(self.folder.name))
        instance = Path(self.folder.name) / "instance"
        instance.mkdir(mode=0o700)
        self.mail, self.sms = Provider("email"), Provider("sms")
        self.calls: list[tuple[str, datetime]] = []
        channels = {one.kind: one for one in (self.mail, self.sms)}
        self.office = Office.opened(instance, self.url, channels)
        for one in channels.values():
            self._listen(one)
        self.staff = [
            self.office.person(f"A{n}", "caseworker", phone=phone) for n, phone in enumerate(PHONES)
        ]
        self.supervisor = self.office.person("Berik", "supervisor", phone="+77015550003")
        self.office.person("Zarina", "administrator")
        self.consul = self.office.person("Consul", "consular")
        self.post = self._post()
        # The model: what was entered, and when nobody was at work.
        self.entered: dict[str, dict[str, Any]] = {}
        self.downtime: list[dict[str, str]] = []
        self.merged: dict[str, str] = {}
        """Cases that are a part of another now."""
        self.loose: set[str] = set()
        """Cases that were merged once: their clock is worked out by nobody else (R17)."""
        self.leaves: list[Leave] = []
        self.closed: set[str] = set()
        self.stopped: set[str] = set()
        self.shut: set[str] = set()
        """Addresses where nothing may go now: their owner said so, or has no account."""
        self.forbidden: list[str] = []

    def _listen(self, provider: Provider) -> None:
        """Note when each call is made; the provider answers as before."""
        answer = provider.send

        def send(envelope: Envelope) -> SendResult:
            self.calls.append((envelope.row_id, self.office.clock.now))
            news = self.office.row(id=envelope.row_id).kind == ACCESS  # their access was closed
            if envelope.to in self.stopped or (envelope.to in self.shut and not news):
                self.forbidden.append(envelope.row_id)
            return answer(envelope)

        provider.send = send  # type: ignore[method-assign]

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
        with self.office.desk() as desk:
            who = self.supervisor if role == "supervisor" else self.staff[0]
            desk.actor = Actor("person", who, frozenset({role}))
            yield desk

    def root(self, case_id: str) -> str:
        """The case, or the one it is a part of now."""
        while case_id in self.merged:
            case_id = self.merged[case_id]
        return case_id

    def is_open(self, case_id: str) -> bool:
        with self.office.desk() as desk:
            return self.office.case(case_id, desk).state == "open"

    def live_until(self, target: datetime) -> None:
        """Let time pass with a worker that ticks whenever something is due."""
        while (due := self._next_due()) is not None and due <= target:
            self.office.clock.now = max(due, self.office.clock.now)
            self.office.tick()
            if self._next_due() == due:  # held back by a brake of ours
                self.office.clock.now += timedelta(minutes=1)
        self.office.clock.now = max(target, self.office.clock.now)
        self.office.tick()

    def _next_due(self) -> datetime | None:
        with self.office.desk() as desk:
            looks = desk.session.scalar(select(func.min(Case.next_look_at)))
            rows = desk.session.scalar(
                select(func.min(OutboxMessage.available_at)).where(
                    OutboxMessage.state.in_(UNFINISHED)
                )
            )
            return min((at for at in (looks, rows) if at is not None), default=None)
