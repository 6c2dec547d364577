"""An office with invented people and a case, over a real database, with a clock to move."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import select

from tracker.bootstrap import Services, build
from tracker.domain.actor import OPERATOR
from tracker.domain.contact import Interval
from tracker.domain.delivery import Channel
from tracker.engine.cases import cases
from tracker.engine.desk import Desk
from tracker.engine.sending.dispatch import Sender
from tracker.engine.staff import first_run
from tracker.engine.staff.accounts import add_person
from tracker.engine.staff.addresses import new_point
from tracker.engine.worker.tick import tick
from tracker.security.keys import KeyRing
from tracker.settings import load
from tracker.store.schema import Alert, AlertEvent, Case, OutboxMessage

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SITE = "https://tracker.example.org"


@dataclass
class MovableClock:
    """A clock that stands still until it is moved."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Office:
    """Services, and short ways to people, cases, ticks and rows."""

    services: Services
    clock: MovableClock

    @classmethod
    def opened(
        cls,
        instance: Path,
        database_url: str,
        channels: Mapping[str, Channel] | None = None,
        **environ: str,
    ) -> Office:
        """An office at its first hour; file delivery unless told otherwise."""
        usual = {
            "TRACKER_DATABASE_URL": database_url,
            "TRACKER_PUBLIC_URL": SITE,
            "TRACKER_TRUSTED_HOSTS": "tracker.example.org",
            "TRACKER_MERGE_ABOVE": "1000",  # each message by itself, unless a test is about that
        }
        if channels is None and not environ:
            usual["TRACKER_DELIVERY"] = "file"
        settings = load(usual | environ, instance)
        if not settings.keys.exists():
            KeyRing.generate(START).save(settings.keys)
        clock = MovableClock()
        services = build(settings, clock=clock)
        if channels is not None:
            services = replace(services, channels=channels)
        with services.desk(OPERATOR) as desk:
            first_run.prepare(desk)
        return cls(services, clock)

    def desk(self) -> AbstractContextManager[Desk]:
        """A transaction of the operator."""
        return self.services.desk(OPERATOR)

    def person(self, name: str, *roles: str, phone: str | None = None, **more: Any) -> str:
        """A member of staff with a mail address, and a number where one is given; the id."""
        with self.desk() as desk:
            email = f"{name.lower()}@example.net"
            person = add_person(desk, email=email, name=name, roles=roles)
            for key, value in more.items():
                setattr(person, key, value)
            if phone:
                new_point(desk, person.id, "sms", phone, 1)
            return person.id

    def silent_case(self, caseworker: str | None, supervisor: str | None, days: int = 8) -> str:
        """A case silent for so many days: with the default policy, 8 alert the caseworker."""
        with self.desk() as desk:
            last = (desk.now - timedelta(days=days)).date()
            case = cases.open_case(
                desk,
                zone_name="UTC",
                caseworker_id=caseworker,
                supervisor_id=supervisor,
                missing_since=Interval(last, last),
            )
            cases.look_now(desk, case)
            return case.id

    def worker(self) -> Services:
        """The services as the worker holds them: no key to names (S2)."""
        return self.services.restricted_to("clock", "contact")

    def tick(self, owner: str = "worker-test") -> int:
        """One turn of the worker."""
        return tick(self.worker(), Sender(owner=owner, rng=Random(7)))

    def rows(self, **where: Any) -> list[OutboxMessage]:
        """Outbox rows as they stand."""
        with self.services.reading(OPERATOR) as desk:
            query = select(OutboxMessage).filter_by(**where)
            return list(
                desk.session.scalars(query.order_by(OutboxMessage.channel, OutboxMessage.id))
            )

    def row(self, **where: Any) -> OutboxMessage:
        """The one row."""
        (row,) = self.rows(**where)
        return row

    def alerts(self, **where: Any) -> list[Alert]:
        """Alerts as they stand, oldest first."""
        with self.services.reading(OPERATOR) as desk:
            query = select(Alert).filter_by(**where).order_by(Alert.raised_at, Alert.id)
            return list(desk.session.scalars(query))

    def events(self) -> list[tuple[str, str | None]]:
        """What happened to alerts: kind and person."""
        with self.services.reading(OPERATOR) as desk:
            query = select(AlertEvent).order_by(AlertEvent.at, AlertEvent.id)
            return [(row.kind, row.person_id) for row in desk.session.scalars(query)]

    def case(self, case_id: str, desk: Desk) -> Case:
        """A case in somebody's transaction."""
        return desk.session.get_one(Case, case_id)
