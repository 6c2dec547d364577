"""Many alerts due at one instant, workers on PostgreSQL; one is killed, one loses its connection.

Run by `scripts/soak --storm N`.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random

from tests.databases import PostgresqlSource, postgresql_server
from tests.standins.fleet import Fleet, Zygote, cut_one_connection, until
from tests.standins.siege import Siege, siege

AT_A_TIME = 500
MAY_BE_TWICE = 0.02
PATIENCE = 3600.0
"""Seconds within which all has to be sent."""

HELD_WITHIN = 300.0
"""Seconds within which the workers, once they run, see that it is a storm."""


@contextmanager
def passing_time(fleet: Fleet) -> Iterator[None]:
    """A clock that goes on meanwhile: one that stands still while workers live is wrong (D7)."""
    stop = threading.Event()

    def pass_on() -> None:
        while not stop.wait(1.0):
            fleet.move(seconds=1)

    thread = threading.Thread(target=pass_on)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def raise_storm(town: Siege, count: int, workers: int) -> dict[str, int]:
    """Send them all, with a worker dying and one cut off on the way; how long it took."""
    for _ in range(count // AT_A_TIME):
        town.fall_due(AT_A_TIME)
    town.fall_due(count % AT_A_TIME)
    took = {}
    began = time.monotonic()
    pids = [town.fleet.start() for _ in range(workers)]
    with passing_time(town.fleet):
        # D7: so many are held, though each worker raises but a part of them
        until(lambda: town.office.rows(kind="hold"), HELD_WITHIN, every=0.5)
        took["decided when sending was held"] = len(town.office.alerts(kind="step"))
        until(lambda: not town.due_now(), PATIENCE, every=0.5)
        took["decided in seconds"] = time.monotonic() - began
        town.fleet.move(minutes=16)
        began, whole = time.monotonic(), town.due_now()
        until(lambda: town.due_now() < 0.95 * whole, PATIENCE, every=0.1)
        town.kill(pids.pop(), "sending")
        until(lambda: town.due_now() < 0.9 * whole, PATIENCE, every=0.1)
        cut_one_connection(town.office)
        until(lambda: not town.due_now(), PATIENCE, every=0.5)
        took["sent in seconds"] = time.monotonic() - began
    for pid in pids:
        town.fleet.stop(pid)
    town.drain()
    return {what: round(seconds) for what, seconds in took.items()}


def main() -> int:
    """Print the table; 1 when something was lost, or came more than twice."""
    asked = argparse.ArgumentParser(prog="scripts/soak", description=__doc__)
    asked.add_argument("--storm", type=int, default=20_000)
    asked.add_argument("--workers", type=int, default=4)
    asked.add_argument(
        "--merge-above",
        type=int,
        default=10_000,
        help="more than so many at once to one person become one message",
    )
    given = asked.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tracker-soak-")))
        url = PostgresqlSource(stack.enter_context(postgresql_server())).fresh(folder)
        zygote = Zygote(folder / "workers.log")
        stack.callback(zygote.end)
        (folder / "instance").mkdir(mode=0o700)
        town = stack.enter_context(
            siege(
                folder / "instance",
                url,
                zygote,
                Random(1),
                people=200,
                merge_above=given.merge_above,
            )
        )
        took = raise_storm(town, given.storm, given.workers)
        tally = town.tally()
    print(f"postgresql, {given.workers} workers, one message above {given.merge_above}\n")
    tried = {
        "alerts due at one instant": given.storm,
        "kill -9": town.kills.total(),
        "connection cut": 1,
    }
    print(tally.table(tried | took))
    for breach in tally.broken[:20]:
        print(breach)
    return int(bool(tally.broken) or tally.share_twice > MAY_BE_TWICE)


if __name__ == "__main__":
    raise SystemExit(main())
