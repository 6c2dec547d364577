"""The process that forks worker processes: `python -m tests.standins.zygote`.

A worker that is killed in the middle must be a process of its own, and hundreds of them must not
each take seconds to start: this process imports the product, lives through one tick in an instance
of its own that it then forgets, and forks. Each child builds its own services and runs the worker
that `tracker worker` runs, by a clock in a file.

It obeys lines: `start` with a JSON object of the arguments of `work`, answered by the process's
number, `wait` with a number, answered by the exit status, and `warm` with an object as for `start`.
When its input ends, so do its children.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import tempfile
import threading
from pathlib import Path

import twilio.rest.api.v2010.account  # noqa: F401 — the SDK loads it late, and slowly

from tests.standins.points import die_at
from tracker.bootstrap import Services, build, set_up
from tracker.domain.actor import OPERATOR
from tracker.domain.clock import file_clock
from tracker.engine.staff.accounts import add_person
from tracker.engine.staff.trial import send_test_alert
from tracker.engine.worker import scheduler
from tracker.engine.worker.tick import tick
from tracker.settings import load

_kept: dict[str, Services] = {}
"""By instance: what its workers begin with, once somebody said `warm`."""


def warm(instance: str, clock: str, environ: dict[str, str], **_others: object) -> None:
    """Do all that is due in an instance, then close every connection and keep what was learnt.

    Hundreds of workers that die within their first second would else compile the same statements.
    """
    services = _built(instance, clock, environ)
    while tick(services.restricted_to("clock", "contact")):
        pass
    for channel in services.channels.values():
        getattr(channel, "close", lambda: None)()
    services.database.engine.dispose()
    _kept[instance] = services


def _built(instance: str, clock: str, environ: dict[str, str]) -> Services:
    return build(load(environ, Path(instance)), clock=file_clock(Path(clock)))


def work(
    instance: str,
    clock: str,
    tick_seconds: float,
    environ: dict[str, str],
    point: tuple[str, int] | None = None,
    hangs: bool = False,
) -> None:
    """A worker, from its start to SIGTERM; its ticks may be closer together than ten seconds.

    `point`: where, and at which time it comes by, it dies. `hangs`: its ticks never end.
    """
    scheduler.TICK_SECONDS = tick_seconds  # type: ignore[misc, assignment]
    if hangs:
        scheduler.LATE_AFTER_SECONDS = 0.5  # type: ignore[misc, assignment]
        scheduler.WITHOUT_DIGESTS = (lambda *_: int(threading.Event().wait()),)  # type: ignore[misc]
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    services = _kept.get(instance) or _built(instance, clock, environ)
    if point is not None:
        die_at(services, *point)
    scheduler.run_worker(services.restricted_to("clock", "contact"), stop)


def warm_up() -> None:
    """Load and compile what a first tick loads and compiles, so that children need not."""
    with tempfile.TemporaryDirectory() as folder:
        services = set_up(load({"TRACKER_DELIVERY": "file"}, Path(folder) / "warm"))
        with services.desk(OPERATOR) as desk:
            person = add_person(desk, email="a@example.net", name="A", roles=["caseworker"])
            send_test_alert(desk, person.id)
        tick(services.restricted_to("clock", "contact"))
        services.database.engine.dispose()


def main() -> None:
    warm_up()
    gc.collect()
    gc.freeze()  # what is here stays shared with the children: no collector writes to it
    # A child that is told to stop before it listens hears it as soon as it does.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    alive = set[int]()
    for line in sys.stdin:
        match line.split(maxsplit=1):
            case ["start", text]:
                pid = os.fork()
                if pid == 0:
                    status = 1
                    try:
                        sys.stdin.close()
                        work(**json.loads(text))
                        status = 0
                    finally:
                        sys.stderr.flush()
                        os._exit(status)
                alive.add(pid)
                answer = pid
            case ["warm", text]:
                warm(**json.loads(text))
                gc.collect()
                gc.freeze()
                answer = 0
            case ["wait", text]:
                _, status = os.waitpid(int(text), 0)
                alive.discard(int(text))
                answer = os.waitstatus_to_exitcode(status)
            case _:
                raise ValueError(line)
        print(answer, flush=True)  # noqa: T201 — whoever started us reads it
    for pid in alive:
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
