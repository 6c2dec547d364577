"""Measure sending: `bench_sending.py [--rows N] [--rounds N] [--database sqlite,postgresql]`.

For text messages and for mails: how many a second one worker sends from a full outbox to peers on
loopback, beside two floors, and how many when each answer takes 100 ms. The floors: the same posts
over one kept HTTP session, the same mails over one kept SMTP connection; alone, and with the same
rows written by bare SQL, of which half is the gate. On a new SQLite file and a PostgreSQL server of
its own, or an empty, throw-away database given by address.
Beside the clock's figures stands the processor's: other work on the machine changes it less.
The worker and the floors take turns, and change places each time; the first round, which warms
them, is not counted. A line holds medians of the rounds; a share is the median of the rounds' own.
Exit status 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import median

from bench_sending_floor import Found, alone, transport, with_rows
from sqlalchemy import func, select

from tests.databases import postgresql_server
from tracker.bootstrap import Services, build, settle
from tracker.domain.actor import OPERATOR
from tracker.domain.clock import system_clock
from tracker.domain.contact import Interval
from tracker.domain.delivery import EMAIL, SMS
from tracker.engine.cases import cases
from tracker.engine.sending.dispatch import Sender, dispatch_batch, drain
from tracker.engine.sending.hands import hands
from tracker.engine.staff import first_run
from tracker.engine.staff.accounts import add_person
from tracker.security.keys import KeyRing
from tracker.security.tokens import new_reference
from tracker.settings import load
from tracker.store import migrate
from tracker.store.schema import Alert, ContactPoint, OutboxMessage, new_id
from tracker.store.taken import notes

TARGETS = {SMS: 600.0, EMAIL: 400.0}
SLOW_MS, SLOW_TARGET = 100, 140.0
ROWS_A_PERSON = 3
ENOUGH = 0.5
"""Of the floor with its rows."""
DURABLE = ("--listen_addresses=", "--max_connections=60")
PEERS = Path(__file__).with_name("bench_sending_peers.py")


@contextmanager
def peers(delay_ms: int) -> Iterator[tuple[int, int]]:
    """The ports of a Twilio and a mail server, in a process of their own."""
    command = [sys.executable, str(PEERS), str(delay_ms)]
    with subprocess.Popen(  # noqa: S603 — our own script
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        twilio, mail = running.stdout.readline().split()
        yield int(twilio), int(mail)
        running.communicate()


def opened(folder: Path, database: str, twilio: int, mail: int) -> Services:
    """An instance that speaks to the peers."""
    environ = {
        "TRACKER_DATABASE_URL": database,
        "TRACKER_PUBLIC_URL": "https://tracker.example.org",
        "TRACKER_TRUSTED_HOSTS": "tracker.example.org",
        "TRACKER_TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TRACKER_TWILIO_AUTH_TOKEN": "an-invented-token-of-the-bench",
        "TRACKER_TWILIO_FROM": "+15005550006",
        "TRACKER_TWILIO_API_URL": f"http://127.0.0.1:{twilio}",
        "TRACKER_SMTP_URL": f"smtp://127.0.0.1:{mail}",
        "TRACKER_MAIL_FROM": "desk@tracker.example.org",
    }
    settings = load(environ, folder)
    if not settings.keys.exists():
        KeyRing.generate(system_clock()).save(settings.keys)
    return build(settings)


def fill(services: Services, channel: str, rows: int) -> None:
    """Queue messages of one channel about open alerts, to people with a few each."""
    with services.desk(OPERATOR) as desk:
        last = (desk.now - timedelta(days=1)).date()
        case = cases.open_case(desk, zone_name="UTC", missing_since=Interval(last, last))
        cases.look_now(desk, case)
        points = []
        for number in range(max(1, rows // ROWS_A_PERSON)):
            name = f"{channel}-{new_id()[:8]}-{number}"
            person = add_person(desk, email=f"{name}@example.net", name=name, roles=["caseworker"])
            point = desk.session.scalars(select(ContactPoint).filter_by(person_id=person.id)).one()
            if channel == SMS:
                point.channel = SMS
                desk.safe.seal(point, "address", f"+7701{number:07}")
            points.append(point)
        for number in range(rows):
            alert = Alert(
                id=new_id(),
                case_id=case.id,
                dedup=new_id(),
                kind="step",
                episode=1,
                step=1,
                band="watch",
                roles=["caseworker"],
                consent_needed=[],
                passed_over=[],
                raised_at=desk.now,
            )
            desk.safe.seal(alert, "silent", [8, 8])
            point = points[number % len(points)]
            desk.session.add(alert)
            desk.session.flush()
            desk.session.add(
                OutboxMessage(
                    id=new_id(),
                    kind="alert",
                    alert_id=alert.id,
                    case_id=case.id,
                    person_id=point.person_id,
                    contact_point_id=point.id,
                    channel=channel,
                    role="caseworker",
                    reference=new_reference(),
                    available_at=desk.now,
                    created_at=desk.now,
                )
            )


@contextmanager
def sender() -> Iterator[Sender]:
    """One worker's, for all its rounds, with notes of what was taken as every worker keeps them."""
    with tempfile.TemporaryDirectory() as folder, notes(Path(folder)) as noted, hands() as pool:
        yield Sender(hands=pool, notes=noted)


def product(
    services: Services, sends: Sender, rows: int, profile: cProfile.Profile | None = None
) -> Found:
    """Send a full outbox, until all is written down as accepted."""
    worker = services.restricted_to("clock", "contact")
    before = _accepted(services)
    settle()
    begun, busy = time.perf_counter(), time.process_time()
    if profile:
        profile.enable()
    while dispatch_batch(worker, sends) or (sends.hands and sends.hands.full()):
        pass
    drain(worker, sends)
    if profile:
        profile.disable()
    passed, busy = time.perf_counter() - begun, time.process_time() - busy
    sent = _accepted(services) - before
    assert sent == rows, f"{sent} of {rows} were accepted"
    return rows / passed, busy / rows * 1000


def _accepted(services: Services) -> int:
    with services.reading(OPERATOR) as desk:
        query = select(func.count()).select_from(OutboxMessage)
        return desk.session.scalar(query.where(OutboxMessage.state == "accepted")) or 0


@dataclass(slots=True)
class Turns:
    """What the worker, the bare transport and the floor with rows came to, round by round."""

    ours: list[Found] = field(default_factory=list)
    bare: list[Found] = field(default_factory=list)
    raw: list[Found] = field(default_factory=list)

    def share(self, floor: Sequence[Found]) -> float:
        """The worker's rate in that of a floor."""
        return median(mine[0] / its[0] for mine, its in zip(self.ours, floor, strict=True))

    def shown(self, floor: Sequence[Found]) -> str:
        """A floor's rate, its processor time, and the worker's share of it."""
        return f"{middle(floor):9.0f}{middle(floor, 1):8.2f}{self.share(floor):7.0%}"


def middle(found: Sequence[Found], which: int = 0) -> float:
    """The median of rates, or of processor times."""
    return median(one[which] for one in found)


def turn_by_turn(
    services: Services,
    channel: str,
    port: int,
    asked: argparse.Namespace,
    profile: cProfile.Profile | None,
) -> Turns:
    """So many rounds, after one that warms all of them."""
    turns = Turns()

    def ours() -> None:
        fill(services, channel, asked.rows)
        turns.ours.append(product(services, sends, asked.rows, profile if turns.ours else None))

    def floors() -> None:
        fill(services, channel, asked.rows)
        with transport(channel, port) as send:
            turns.bare.append(alone(send, asked.rows))
            turns.raw.append(with_rows(services.database.engine, channel, send))

    with sender() as sends:
        for number in range(asked.rounds + 1):
            for act in (ours, floors) if number % 2 else (floors, ours):
                act()
    for found in (turns.ours, turns.bare, turns.raw):
        del found[0]
    return turns


@contextmanager
def addresses(wanted: str, folder: Path) -> Iterator[str]:
    """The address of an empty database."""
    if wanted == "sqlite":
        yield f"sqlite:///{folder / 'bench.db'}"
    elif wanted == "postgresql":
        with postgresql_server(DURABLE) as socket:
            yield f"postgresql+psycopg://postgres@/postgres?host={socket}"
    else:
        yield wanted


def measure(folder: Path, database: str, asked: argparse.Namespace) -> int:
    """Print the lines of one database; how many targets were missed."""
    missed = 0
    for delay in (0, SLOW_MS):
        with peers(delay) as (twilio, mail):
            services = opened(folder, database, twilio, mail)
            with services.desk(OPERATOR) as desk:
                first_run.prepare(desk)
            for channel, port in ((SMS, twilio), (EMAIL, mail)):
                target, floors = SLOW_TARGET, ""
                if delay:
                    fill(services, channel, asked.rows)
                    with sender() as sends:
                        rate, busy = product(services, sends, asked.rows)
                else:
                    profile = cProfile.Profile() if asked.profile else None
                    turns = turn_by_turn(services, channel, port, asked, profile)
                    target, rate, busy = TARGETS[channel], middle(turns.ours), middle(turns.ours, 1)
                    floors = turns.shown(turns.bare) + turns.shown(turns.raw)
                    missed += turns.share(turns.raw) < ENOUGH
                    if profile:
                        pstats.Stats(profile).sort_stats("cumtime").print_stats(45)
                name = services.database.engine.dialect.name
                line = f"{name}, {channel}, answers after {delay} ms"
                print(f"{line:40}{rate:9.0f}{busy:8.2f}{target:8.0f}{floors}", flush=True)
                missed += rate < target
            for one in services.channels.values():
                getattr(one, "close", lambda: None)()
            services.database.engine.dispose()
    return missed


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, add_help=True)
    parser.add_argument("--rows", type=int, default=600, help="messages a round")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--database", default="sqlite,postgresql")
    parser.add_argument("--profile", action="store_true", help="where the time goes")
    given = parser.parse_args()
    missed = 0
    floors = f"{'bare/s':>9}{'CPU ms':>8}{'share':>7}{'rows/s':>9}{'CPU ms':>8}{'share':>7}"
    print(f"{'':40}{'sent/s':>9}{'CPU ms':>8}{'target':>8}{floors}")
    for wanted in given.database.split(","):
        with tempfile.TemporaryDirectory() as name, addresses(wanted, Path(name)) as database:
            migrate.upgrade(database)
            missed += measure(Path(name), database, given)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
