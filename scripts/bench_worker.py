"""One worker in a process of its own: `bench_worker.py FOLDER URL storm|supervisor|caseworker`.

`storm`: how soon the first message leaves when a morning's cases fall due at once, and how many
were decided and sent in twenty seconds. A role: how long gathering such a reader's digest takes.
Each prints one line with the process's largest memory.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import bench_fill
from sqlalchemy import func, select

from tracker.bootstrap import Services, settle
from tracker.domain.actor import OPERATOR, WORKER
from tracker.domain.delivery import Channel, Envelope, SendResult
from tracker.engine.digests.digest import prepare, reader_of
from tracker.engine.sending.dispatch import Sender
from tracker.engine.sending.hands import hands
from tracker.engine.worker.tick import tick
from tracker.store.schema import Alert, Person, PersonRole

SECONDS = 20


@dataclass
class Watched:
    """A channel whose calls are counted."""

    channel: Any
    first: float | None = None
    sent: int = 0

    def send(self, envelope: Envelope) -> SendResult:
        """As the channel does."""
        self.first = self.first or time.perf_counter()
        self.sent += 1
        result: SendResult = self.channel.send(envelope)
        return result

    def __getattr__(self, name: str) -> Any:
        return getattr(self.channel, name)


def storm(services: Services) -> str:
    """A morning's cases at once; file delivery."""
    watched = {kind: Watched(channel) for kind, channel in services.channels.items()}
    channels: Mapping[str, Channel] = watched  # type: ignore[assignment]
    worker = replace(services.restricted_to("clock", "contact"), channels=channels)
    with services.reading(OPERATOR) as desk:
        before = desk.session.scalar(select(func.count()).select_from(Alert)) or 0
    with hands() as pool:
        begun = time.perf_counter()
        tick(worker, Sender(hands=pool), lambda: time.perf_counter() - begun > SECONDS)
        took = time.perf_counter() - begun
    with services.reading(OPERATOR) as desk:
        raised = (desk.session.scalar(select(func.count()).select_from(Alert)) or 0) - before
    firsts = [one.first - begun for one in watched.values() if one.first is not None]
    first = f"{min(firsts):.2f} s" if firsts else "none"
    sent = sum(one.sent for one in watched.values())
    return f"first message after {first}; {raised:,} alerts, {sent:,} sent in {took:.0f} s"


def digest(services: Services, role: str) -> str:
    """Gather one reader's facts, with the worker's keys."""
    with services.restricted_to("clock", "contact").reading(WORKER) as desk:
        query = select(Person).join(PersonRole, PersonRole.person_id == Person.id)
        person = desk.session.scalars(
            query.where(PersonRole.role == role).order_by(Person.id).limit(1)
        ).one()
        started = time.perf_counter()
        facts = prepare(desk, reader_of(desk, person), "2026-W09", "2026-W09")
        took = time.perf_counter() - started
    return f"{sum(facts.bands.values()):,} cases in {took:.2f} s"


def largest() -> float:
    """The most memory this process held, in MiB. (`ru_maxrss` would begin at its parent's.)"""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def main(folder: str, url: str, what: str) -> None:
    """Print what was found."""
    services = bench_fill.open_instance(Path(folder), url, lambda: bench_fill.MORNING)
    settle()
    found = storm(services) if what == "storm" else digest(services, what)
    print(f"{found}; {largest():.0f} MiB")


if __name__ == "__main__":
    main(*sys.argv[1:4])
