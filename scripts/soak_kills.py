"""Kill workers for as long as you like, and let the providers' books say what became of alerts.

Run by `scripts/soak`; see there. SIGTERM ends it early: what is left is sent, the table printed.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from random import Random

from sqlalchemy.engine import make_url

from tests.databases import PostgresqlSource, SqliteSource, postgresql_server
from tests.standins.fleet import Zygote, until
from tests.standins.locks import locked, writers_lock
from tests.standins.siege import Siege, siege
from tests.standins.twilio import Fault, refusal

BACKLOG = 120
"""A worker that is killed every second gets so far behind; then nothing more falls due."""

AT_ONCE = 12
"""So many cases fall due at once, at most."""

PEOPLE = 20
MAY_BE_TWICE = 0.02
NAMED = 0.08
"""The share of the kills that come at a named point."""

FAULTS: dict[str, Callable[[], Fault]] = {
    "answer lost after taking": lambda: Fault(take=True, hang_up=True),
    "201 with garbage": lambda: Fault(201, "<html>", take=True),
    "500, not taken": lambda: Fault(500, "oops"),
    "503": lambda: refusal(20503, 503),
    "429": lambda: refusal(20429, 429),
    "429 with Retry-After": lambda: refusal(20429, 429, Retry_After="90"),
    "late by a second": lambda: Fault(well=True, silent_seconds=1.0),
}
NOT_NOW = "mail: 451 not now"


def uncommitted(town: Siege) -> None:
    """kill -9: decided, not committed (PostgreSQL)"""
    with locked(town.office, "alerts") as waiting:
        _kill_when(town, waiting)


def claimed(town: Siege) -> None:
    """kill -9: claimed, offered, not taken"""
    offered = len(town.twilio.credentials)
    town.twilio.faults.insert(0, Fault(silent_seconds=2.0))
    _kill_when(town, lambda: len(town.twilio.credentials) > offered)


def taken(town: Siege) -> None:
    """kill -9: taken, not answered"""
    known = len(town.twilio.messages)
    town.twilio.faults.insert(0, Fault(take=True, silent_seconds=2.0))
    _kill_when(town, lambda: len(town.twilio.messages) > known)


def answered(town: Siege) -> None:
    """kill -9: answered, not written down"""
    hold, wait, release = writers_lock(town.office)
    known = len(town.twilio.messages)
    fault = Fault(well=True, meanwhile=hold)
    town.twilio.faults.insert(0, fault)
    _kill_when(town, lambda: len(town.twilio.messages) > known and (wait() or True))
    if fault in town.twilio.faults:
        town.twilio.faults.remove(fault)
    release()


def _kill_when(town: Siege, ready: Callable[[], object]) -> None:
    """Start a worker, kill it as soon as that is so; after a while all the same."""
    pid = town.fleet.start()
    with suppress(AssertionError):  # nothing was due by this way
        until(ready, 3.0)
    town.fleet.kill(pid)


POINTS = (uncommitted, claimed, taken, answered)


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The address of a fresh database of a kind."""
    with ExitStack() as stack:
        if kind == "postgresql":
            yield PostgresqlSource(stack.enter_context(postgresql_server())).fresh(folder)
        else:
            yield SqliteSource(folder).fresh(folder)


def besiege(town: Siege, given: argparse.Namespace, stop: threading.Event) -> Counter[str]:
    """Rounds of cases, acts, faults and kills; what was tried, and how often."""
    tried: Counter[str] = Counter()
    began = told = time.monotonic()
    points = POINTS if given.database == "postgresql" else POINTS[1:]
    while not stop.is_set() and town.kills < given.kills:
        if time.monotonic() - began > given.minutes * 60:
            break
        live(town, tried)
        if town.rng.random() < NAMED:
            town.fall_due(1)
            point = town.rng.choice(points)
            point(town)
            town.kills += 1
            tried[point.__doc__ or point.__name__] += 1
        else:
            others = [town.fleet.start() for _ in range(given.workers - 1)]
            town.kill_one(within=given.life)
            tried["kill -9: at a random instant"] += 1
            if others:
                town.settle(patience=1.0)
            for pid in others:
                assert town.fleet.stop(pid) == 0
        town.fleet.move(minutes=4)
        if time.monotonic() - told > 60:
            told = time.monotonic()
            say(f"{told - began:.0f} s: {town.kills} kills, {len(town.opened)} cases")
    town.twilio.faults.clear()
    town.mailbox.to.clear()
    return tried


def live(town: Siege, tried: Counter[str]) -> None:
    """Cases fall due, people act, providers have their whims."""
    if town.due_now() < BACKLOG:
        town.fall_due(town.rng.randint(1, AT_ONCE), days=town.rng.choice((8, 8, 8, 13)))
    for act, share in ((town.hear, 0.2), (town.acknowledge, 0.2), (town.close, 0.05)):
        if town.rng.random() < share:
            act()
    for _ in range(town.rng.choice((0, 0, 1, 2))):
        name = town.rng.choice([*sorted(FAULTS), NOT_NOW])
        if name == NOT_NOW:
            address = f"aigul{town.rng.randrange(PEOPLE)}@example.net"
            town.mailbox.to.setdefault(address, []).append("451 4.7.1 not now")
        else:
            town.twilio.faults.append(FAULTS[name]())
        tried[name] += 1


def say(words: str) -> None:
    """To whoever waits."""
    print(words, file=sys.stderr, flush=True)


def main() -> int:
    """Print the table; 1 when the promise was broken."""
    asked = argparse.ArgumentParser(prog="scripts/soak", description=__doc__)
    asked.add_argument("--minutes", type=float, default=10.0)
    asked.add_argument("--kills", type=int, default=1_000_000, help="end after so many")
    asked.add_argument("--life", type=float, default=0.8, help="processor seconds, at most")
    asked.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    asked.add_argument("--workers", type=int, default=1, help="at once; one of them is killed")
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    if given.workers > 1 and given.database == "sqlite":
        asked.error("SQLite has one worker: say --database postgresql")
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tracker-soak-")))
        url = stack.enter_context(database(given.database, folder))
        zygote = Zygote(folder / "workers.log")
        stack.callback(zygote.end)
        (folder / "instance").mkdir(mode=0o700)
        town = stack.enter_context(
            siege(folder / "instance", url, zygote, Random(given.seed), people=PEOPLE)
        )
        tried = besiege(town, given, stop)
        say("drained")
        town.drain()
        tally = town.tally()
    kind, workers = make_url(url).get_backend_name(), f"{given.workers} worker(s)"
    print(f"{kind}, {workers}, killed within {given.life} processor seconds, seed {given.seed}\n")
    carried = {"callbacks late, twice, reordered": town.postman.carried}
    print(tally.table(dict(sorted(tried.items())) | carried))
    for breach in tally.broken:
        print(breach)
    return int(bool(tally.broken) or tally.share_twice > MAY_BE_TWICE)


if __name__ == "__main__":
    raise SystemExit(main())
