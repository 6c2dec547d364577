"""Kill workers for as long as you like, and let the providers' books say what became of alerts.

Run by `scripts/soak`; see there.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random

from sqlalchemy.engine import make_url

from tests.databases import PostgresqlSource, SqliteSource, postgresql_server
from tests.standins.fleet import Zygote
from tests.standins.siege import Siege, siege
from tests.standins.twilio import Fault, refusal

BACKLOG = 60
"""A worker that is killed every second gets so far behind; then nothing more falls due."""

MAILS_DOUBLED_MAY_BE = 0.02
FAULTS = {
    "answer lost after taking": lambda: Fault(take=True, hang_up=True),
    "201 with garbage": lambda: Fault(201, "<html>", take=True),
    "500, not taken": lambda: Fault(500, "oops"),
    "503": lambda: refusal(20503, 503),
    "429": lambda: refusal(20429, 429),
    "429 with Retry-After": lambda: refusal(20429, 429, Retry_After="90"),
    "late by a second": lambda: Fault(well=True, silent_seconds=1.0),
}


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The address of a fresh database of a kind."""
    with ExitStack() as stack:
        if kind == "postgresql":
            yield PostgresqlSource(stack.enter_context(postgresql_server())).fresh(folder)
        else:
            yield SqliteSource(folder).fresh(folder)


def besiege(town: Siege, minutes: float, workers: int) -> Counter[str]:
    """Rounds of cases, faults and kills until the minutes are over; the faults that were dealt."""
    dealt: Counter[str] = Counter()
    end, told = time.monotonic() + minutes * 60, 0.0
    while (left := end - time.monotonic()) > 0:
        if town.due_now() < BACKLOG:
            town.fall_due(10)
        if town.opened and town.rng.random() < 0.3:
            town.hear()
        for _ in range(town.rng.choice((0, 0, 1, 2))):
            name = town.rng.choice(sorted(FAULTS))
            town.twilio.faults.append(FAULTS[name]())
            dealt[name] += 1
        others = [town.fleet.start() for _ in range(workers - 1)]
        town.kill_one(within=1.5)
        if others:
            town.settle()
        for pid in others:
            assert town.fleet.stop(pid) == 0
        town.fleet.move(minutes=4)
        if time.monotonic() - told > 10 and sys.stderr.isatty():
            told = time.monotonic()
            print(f"\r{town.kills} kills, {left:.0f} s left ", end="", file=sys.stderr)
    town.twilio.faults.clear()
    return dealt


def main() -> int:
    """Print the table; 1 when the promise was broken."""
    asked = argparse.ArgumentParser(prog="scripts/soak", description=__doc__)
    asked.add_argument("--minutes", type=float, default=10.0)
    asked.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    asked.add_argument("--workers", type=int, default=1, help="at once; one of them is killed")
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    if given.workers > 1 and given.database == "sqlite":
        asked.error("SQLite has one worker: say --database postgresql")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tracker-soak-")))
        url = stack.enter_context(database(given.database, folder))
        zygote = Zygote(folder / "workers.log")
        stack.callback(zygote.end)
        (folder / "instance").mkdir(mode=0o700)
        town = stack.enter_context(
            siege(folder / "instance", url, zygote, Random(given.seed), people=20)
        )
        dealt = besiege(town, given.minutes, given.workers)
        town.drain()
        tally = town.tally()
    database_kind = make_url(url).get_backend_name()
    print(f"{database_kind}, {given.workers} worker(s), seed {given.seed}\n")
    tried = {"kill -9 at a random instant": town.kills, **dict(sorted(dealt.items()))}
    print(tally.table(tried | {"callbacks late, twice, reordered": town.postman.carried}))
    for fault in [*tally.lost, *tally.after_resolved]:
        print(json.dumps(fault))
    doubled = sum(tally.doubled.values()) / max(tally.messages, 1)
    broken = tally.lost or tally.after_resolved or tally.more_than_twice
    return int(bool(broken) or doubled > MAILS_DOUBLED_MAY_BE)


if __name__ == "__main__":
    raise SystemExit(main())
