"""Measure the engine and the desk at so many cases: `bench_cases.py --cases 10000,100000`.

For each database and size an instance is filled, and printed: an idle tick; deciding beside the
raw floor of the same rows; the first message when everything falls due; the queue page, a case
page and a digest; the worker's memory. `--keep DIR` keeps the filled instances for another run.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median, quantiles

import bench_desk
import bench_fill
import bench_people
import psycopg
from bench_floor import Floor
from sqlalchemy import select

from tests.databases import postgresql_server
from tracker.bootstrap import Services, settle
from tracker.domain.actor import OPERATOR, WORKER
from tracker.engine.clock.watch import BATCH, watch_batch
from tracker.engine.sending.dispatch import Sender
from tracker.engine.worker.pace import Memory
from tracker.engine.worker.tick import tick
from tracker.store.schema import Alert, Case

SIZES = (10_000, 100_000, 1_000_000)
DURABLE = ("--listen_addresses=", "--shared_buffers=1GB", "--max_wal_size=4GB")
IDLE_TICKS = 60
ROUNDS = 4
A_ROUND = 500
WARMING = 6
"""So often each statement is asked before time is taken: the driver prepares the sixth."""

Found = tuple[float, float]
"""Cases a second, and milliseconds of the processor for each."""


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
    place: Path
    url: str
    services: Services
    clock: Clock

    def say(self, what: str, found: str) -> None:
        """One line of the table, printed at once."""
        print(f"{self.kind:<11}{self.cases:>9,}  {what:<38}{found}", flush=True)

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
    """A tick when nothing is due, every ten seconds as the worker's; some of them beat."""
    bench.clock.now = bench_fill.EVENING
    worker, sender, memory = bench.worker(), Sender(), Memory()

    def one() -> None:
        bench.clock.now += timedelta(seconds=10)
        tick(worker, sender, memory=memory)

    timed(one, 4)
    bench.say("idle tick", spread(timed(one, IDLE_TICKS)))


class _UndoneError(Exception):
    """Undoes a transaction that was only to warm."""


def deciding(bench: Bench) -> None:
    """Cases a second, and what bare SQL does with the same rows, turn by turn: medians.

    Both are warm first, as in a worker that lives long: what they did for that is undone.
    """
    bench.clock.now = bench_fill.MORNING
    worker = bench.worker()
    floor = Floor(bench.services)
    rounds: list[tuple[Found, Found]] = []
    a_round = min(A_ROUND, bench.cases // 100)  # half of what is due stays for the storm
    for _ in range(WARMING):
        with suppress(_UndoneError), worker.desk(WORKER) as desk:
            watch_batch(desk, a_round, careful=False)
            raise _UndoneError
    for turn in range(ROUNDS + 1):
        before = floor.last_audit()
        raised: list[str] = []
        started, cpu = time.perf_counter(), time.process_time()
        with worker.desk(WORKER) as desk:
            looked = watch_batch(desk, a_round, raised, careful=False)
        took, cpu = time.perf_counter() - started, time.process_time() - cpu
        if not raised:
            break
        with bench.services.reading(OPERATOR) as desk:
            told = select(Alert.case_id).where(Alert.id.in_(raised)).distinct()
            ids = list(desk.session.scalars(told))
            quiet = select(Case.id).where(Case.next_look_at > bench.clock.now).limit(len(ids))
            spare = list(desk.session.scalars(quiet))
        for _ in range(0 if turn else WARMING):
            floor.copy(ids, spare, before, BATCH, keep=False)
        bare, bare_cpu = floor.copy(ids, spare, before, BATCH)
        bench.clock.now += timedelta(microseconds=1)
        if turn:  # the first one warms both
            ours = (looked / took, cpu / looked * 1000)
            rounds.append((ours, (looked / bare, bare_cpu / looked * 1000)))
    floor.close()
    if not rounds:
        bench.say("deciding", "nothing is due any more: fill anew")
        return
    speed, raw = (median(one[0] for one in found) for found in zip(*rounds, strict=True))
    ratio = median(ours[0] / its[0] for ours, its in rounds)
    bench.say("deciding", f"{speed:9,.0f} cases/s, floor {raw:9,.0f}, ratio {ratio:.2f}")
    mine, its = (median(one[1] for one in found) for found in zip(*rounds, strict=True))
    bench.say("  processor, this process", f"{mine:9.2f} ms a case, floor {its:6.2f} ms")


def pages(bench: Bench) -> None:
    """The desk's pages."""
    bench.clock.now = bench_fill.MORNING
    bench_desk.desk(bench.services, bench.say)


def worker(bench: Bench) -> None:
    """A worker in a process of its own: a storm, and digests."""
    for what in ("storm", "caseworker", "consular", "supervisor"):
        asked = [sys.executable, Path(__file__).with_name("bench_worker.py")]
        found = subprocess.run(  # noqa: S603 — our own program
            [*asked, bench.place, bench.url, what], capture_output=True, text=True, check=False
        )
        title = "all due at once" if what == "storm" else f"digest, {what}"
        bench.say(title, found.stdout.strip() or found.stderr.strip()[-200:])


@contextmanager
def databases(wanted: str) -> Iterator[Callable[[int], str]]:
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
    url = url or f"sqlite:///{place / 'tracker.db'}"
    services = bench_fill.open_instance(place, url, clock)
    if bench_fill.count_cases(services) == 0:
        started = time.perf_counter()
        bench_people.add_people(services, size)
        bench_fill.fill(services, size)
        print(f"filled in {time.perf_counter() - started:.0f} s", file=sys.stderr)
    settle()  # as a worker does before its first tick
    return Bench(kind, size, place, url, services, clock)


PARTS = {"idle": idle, "pages": pages, "deciding": deciding, "worker": worker}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", default=",".join(map(str, SIZES)))
    parser.add_argument(
        "--database",
        default="sqlite,postgresql",
        help="sqlite, postgresql (a server of its own), or an address with %% for the name",
    )
    parser.add_argument("--only", default=",".join(PARTS), help="parts, separated by commas")
    parser.add_argument("--keep", type=Path, help="a folder whose filled instances are kept")
    parser.add_argument("--fill", action="store_true", help="only fill what --keep lacks")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        folder = asked.keep or Path(passing)
        for wanted in asked.database.split(","):
            kind = wanted.partition("+")[0]
            with databases(wanted) as urls:
                for size in map(int, asked.cases.split(",")):
                    bench = opened(kind, size, folder, urls(size))
                    for part in () if asked.fill else asked.only.split(","):
                        PARTS[part](bench)
                    bench.services.database.engine.dispose()


if __name__ == "__main__":
    main()
