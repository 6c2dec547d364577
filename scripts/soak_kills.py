"""Kill workers for as long as you like, and let the providers' books say what became of alerts.

Run by `scripts/soak`; see there. SIGTERM ends it early: what is left is sent, the table printed.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from random import Random

from sqlalchemy.engine import make_url

from tests.databases import PostgresqlSource, SqliteSource, postgresql_server
from tests.standins.fleet import Zygote
from tests.standins.points import POINTS
from tests.standins.siege import Siege, siege
from tests.standins.tally import by_point
from tests.standins.twilio import Fault, refusal

BACKLOG = 120
"""A worker that is killed every second gets so far behind; then nothing more falls due."""

AT_ONCE = 12
"""So many cases fall due at once, at most."""

PEOPLE = 20
MAY_BE_TWICE = 0.02
DONE = "when all was done before the point came"

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


def at_random(town: Siege, life: float) -> None:
    """After some processor time, so that it gets as far on a busy machine."""
    town.kill_one(within=life)


def at_a_message(town: Siege, life: float) -> None:
    """Just after one of its messages was offered, whatever it does then."""
    known = town.offered()
    nth = town.rng.randint(1, 12)
    pid = town.fleet.start()
    came = town.waits_for(lambda: town.offered() >= known + nth)
    time.sleep(town.rng.random() * 0.03)
    town.kill(pid, "within 30 ms of some message" if came else DONE)


def at_a_point(town: Siege, life: float) -> None:
    """Where the process itself has come to."""
    point = town.rng.choice(POINTS)
    nth = 1 if point.startswith("decided") else town.rng.randint(1, 3)
    pid = town.fleet.start(point=(point, nth))
    came = town.waits_for(lambda: town.fleet.has_ended(pid))
    town.kill(pid, point if came else DONE)


def at_the_provider(town: Siege, life: float) -> None:
    """Where its provider has come to: a text message or mail that is not taken yet, or just was."""
    taken, mail = town.rng.random() < 0.5, town.rng.random() < 0.5
    pid = town.fleet.start()
    strike = partial(os.kill, pid, signal.SIGKILL)
    fault = Fault(well=taken, meanwhile=strike)
    if not mail:
        town.twilio.faults[:0] = [*[Fault(well=True)] * town.rng.randint(0, 2), fault]
    elif taken:
        town.mailbox.after_taking = strike
    else:
        town.mailbox.before_taking = strike
    came = town.waits_for(lambda: town.fleet.has_ended(pid))
    town.mailbox.after_taking = town.mailbox.before_taking = None
    town.twilio.faults[:] = [one for one in town.twilio.faults if one is not fault]
    what = "mail" if mail else "text message"
    town.kill(
        pid, f"{what} {'taken, not answered' if taken else 'offered, not taken'}" if came else DONE
    )


WAYS = {at_random: 6, at_a_message: 1, at_a_point: 5, at_the_provider: 1}
"""How workers are killed, and how often each, to the others.

A mail that was taken and not noted comes twice, for nobody can look for it (D4): each kill just
then doubles what was in flight, however many messages there are. The share that comes twice is
therefore a matter of kills for each message; here it is one for about ten.
"""

BESIDE_OTHERS = {at_random: 1, at_a_point: 1}
"""Who asks a provider is not known where several workers do."""


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
    ways = WAYS if given.workers == 1 else BESIDE_OTHERS
    while not stop.is_set() and town.kills.total() < given.kills:
        if time.monotonic() - began > given.minutes * 60:
            break
        live(town, tried)
        others = [town.fleet.start() for _ in range(given.workers - 1)]
        (way,) = town.rng.choices(list(ways), list(ways.values()))
        way(town, given.life)
        if others:
            town.settle(patience=1.0)
        for pid in others:
            assert town.fleet.stop(pid) == 0
        town.fleet.move(minutes=4)
        if time.monotonic() - told > 60:
            told = time.monotonic()
            say(f"{told - began:.0f} s: {town.kills.total()} kills, {len(town.opened)} cases")
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
    for _ in range(town.rng.choice((0, 0, 0, 1))):
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
    asked.add_argument("--life", type=float, default=0.4, help="processor seconds, at most")
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
        began = time.monotonic()
        town.fall_due(AT_ONCE)
        town.fleet.warm()
        tried = besiege(town, given, stop)
        say("drained")
        town.drain()
        tally = town.tally()
    took = (time.monotonic() - began) / 60
    kind, workers = make_url(url).get_backend_name(), f"{given.workers} worker(s)"
    print(
        f"{kind}, {workers}, seed {given.seed}: {town.kills.total():,} kills in {took:.1f} minutes,"
        f" load of the machine {os.getloadavg()[2]:.1f}\n"
    )
    print(by_point(town.kills, town.hit, tally), end="\n\n")
    carried = {"callbacks late, twice, reordered": town.postman.carried}
    print(tally.table(dict(sorted(tried.items())) | carried))
    for breach in tally.broken:
        print(breach)
    return int(bool(tally.broken) or tally.share_twice > MAY_BE_TWICE)


if __name__ == "__main__":
    raise SystemExit(main())
