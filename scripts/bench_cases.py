"""Measure the engine and the desk at so many cases: `bench_cases.py --cases 10000,100000`.

For each database and size an instance is filled, and printed: an idle tick; deciding beside the
raw floor of the same rows; the first message when everything falls due; the queue page, a case
page and a digest; the worker's memory. `--keep DIR` keeps the filled instances for another run.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from statistics import median, quantiles

import bench_desk
import bench_fill
import psycopg
from bench_floor import Floor
from sqlalchemy import select

from tests.databases import postgresql_server
from tracker.bootstrap import Services
from tracker.domain.actor import OPERATOR, WORKER
from tracker.engine.dispatch import Sender
from tracker.engine.scheduler import tick
from tracker.engine.watch import BATCH, watch_batch
from tracker.store.schema import Alert, Case

SIZES = (10_000, 100_000, 1_000_000)
DURABLE = ("--listen_addresses=", "--shared_buffers=1GB", "--max_wal_size=4GB")
IDLE_TICKS = 60
ROUNDS = 3
A_ROUND = 1000


@dataclass(slots=True)
class Clock:
    """A clock that stands where it is put."""

    now: datetime = bench_fill.EVENING

    def __call__(self) -> datetime:
        return self.now


@dataclass(slots=True)
class Bench:
    """One filled instance."""

    kind: str
    cases: int
    services: Services
    clock: Clock
    lines: list[tuple[str, str]] = field(default_factory=list)

    def say(self, what: str, found: str) -> None:
        """One line of the table, printed at once."""
        self.lines.append((what, found))
        print(f"{self.kind:<11}{self.cases:>9,}  {what:<34}{found}", flush=True)

    def worker(self) -> Services:
        """The services with the worker's keys only."""
        return self.services.restricted_to("clock", "contact")


def timed(act: Callable[[], object], times: int) -> list[float]:
    """Milliseconds of each call."""
    found = []
    for _ in range(times):
        started = time.perf_counter()
        act()
        found.append((time.perf_counter() - started) * 1000)
    return found


def spread(found: Sequence[float]) -> str:
    """Median and 95th percentile in milliseconds."""
    return f"{median(found):9.2f} ms   p95 {quantiles(found, n=20)[-1]:9.2f} ms"


def idle(bench: Bench) -> None:
    """A tick when nothing is due."""
    bench.clock.now = bench_fill.EVENING
    worker = bench.worker()
    sender = Sender()
    for _ in range(3):
        tick(worker, sender)
    bench.say("idle tick", spread(timed(lambda: tick(worker, sender), IDLE_TICKS)))


def deciding(bench: Bench) -> None:
    """Cases a second, and what bare SQL does with the same rows, turn by turn."""
    bench.clock.now = bench_fill.MORNING
    worker = bench.worker()
    floor = Floor(bench.services.database.engine)
    ours = theirs = 0.0
    decided = 0
    for turn in range(ROUNDS):
        before = floor.last_audit()
        looked, took = 0, 0.0
        ids: list[str] = []
        while looked < A_ROUND:
            raised: list[str] = []
            started = time.perf_counter()
            with worker.desk(WORKER) as desk:
                found = watch_batch(desk, raised=raised)
            took += time.perf_counter() - started
            looked += found
            if raised:
                with bench.services.reading(OPERATOR) as desk:
                    told = select(Alert.case_id).where(Alert.id.in_(raised))
                    ids += dict.fromkeys(desk.session.scalars(told))
            if not found:
                break
        if not ids:
            break
        with bench.services.reading(OPERATOR) as desk:
            query = select(Case.id).where(Case.next_look_at > bench.clock.now).limit(len(ids))
            spare = list(desk.session.scalars(query))
        theirs += floor.copy(ids, spare, before, BATCH)
        ours += took
        decided += looked
        bench.clock.now = bench.clock.now.replace(microsecond=turn + 1)
    floor.close()
    if not decided:
        bench.say("deciding", "nothing is due any more: fill anew")
        return
    speed, bare = decided / ours, decided / theirs
    bench.say("deciding", f"{speed:9,.0f} cases/s, floor {bare:9,.0f}, ratio {speed / bare:.2f}")


@contextmanager
def databases(wanted: str, folder: Path) -> Iterator[Callable[[int], str]]:
    """Addresses of empty databases by size."""
    if wanted == "sqlite":
        yield lambda _size: ""
    elif wanted == "postgresql":
        with postgresql_server(DURABLE) as socket:
            yield lambda size: _created(f"postgresql+psycopg://postgres@/{{}}?host={socket}", size)
    else:
        yield lambda size: _created(wanted.replace("%", "{}"), size)


def _created(url: str, size: int) -> str:
    name = f"bench_{size}"
    admin = url.format("postgres").replace("+psycopg", "")
    with psycopg.connect(admin, autocommit=True) as connection:
        there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
        if there.fetchone() is None:
            connection.execute(f"CREATE DATABASE {name}".encode())
    return url.format(name)


def opened(kind: str, size: int, folder: Path, url: str) -> Bench:
    """A filled instance: the one that was kept, or a new one."""
    clock = Clock()
    place = folder / f"{kind}-{size}"
    services = bench_fill.open_instance(place, url or f"sqlite:///{place / 'tracker.db'}", clock)
    if bench_fill.count_cases(services) == 0:
        started = time.perf_counter()
        bench_fill.add_people(services, size)
        bench_fill.fill(services, size)
        print(f"filled in {time.perf_counter() - started:.0f} s", file=sys.stderr)
    return Bench(kind, size, services, clock)


PARTS = {"idle": idle, "deciding": deciding} | {
    "desk": bench_desk.desk,
}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", default=",".join(map(str, SIZES)))
    parser.add_argument("--database", default="sqlite,postgresql")
    parser.add_argument("--only", default=",".join(PARTS))
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        folder = asked.keep or Path(passing)
        for wanted in asked.database.split(","):
            kind = wanted.partition("+")[0]
            with databases(wanted, folder) as urls:
                for size in map(int, asked.cases.split(",")):
                    bench = opened(kind, size, folder, urls(size))
                    for part in asked.only.split(","):
                        PARTS[part](bench)
                    bench.services.database.engine.dispose()


if __name__ == "__main__":
    main()
