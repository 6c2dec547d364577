"""Worker processes on an office's database, killed and stopped from outside."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from tests.standins.office import SITE, Office
from tests.standins.twilio import ACCOUNT, SENDER, TOKEN, Twilio

ROOT = Path(__file__).parents[2]


def environ(database_url: str, twilio: Twilio, mail_port: int) -> dict[str, str]:
    """The settings of an office whose providers are our stand-ins."""
    return {
        "TRACKER_DATABASE_URL": database_url,
        "TRACKER_PUBLIC_URL": SITE,
        "TRACKER_TRUSTED_HOSTS": SITE.removeprefix("https://"),
        "TRACKER_SMTP_URL": f"smtp://127.0.0.1:{mail_port}",
        "TRACKER_MAIL_FROM": "desk@tracker.example.org",
        "TRACKER_TWILIO_ACCOUNT_SID": ACCOUNT,
        "TRACKER_TWILIO_AUTH_TOKEN": TOKEN,
        "TRACKER_TWILIO_FROM": SENDER,
        "TRACKER_TWILIO_API_URL": twilio.url,
    }


class Zygote:
    """Forks and ends worker processes, for as many offices as you like."""

    def __init__(self, log: Path) -> None:
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.standins.zygote"],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
                text=True,
            )

    def say(self, order: str) -> int:
        """Give an order; the answer."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(f"{order}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def end(self) -> None:
        """End it, and its children with it."""
        self._process.communicate()


@dataclass
class Fleet:
    """The worker processes of one office."""

    office: Office
    zygote: Zygote
    environ: Mapping[str, str]
    tick_seconds: float = 0.1
    _alive: set[int] = field(default_factory=set)

    def start(self, **more: object) -> int:
        """A new worker process; `more` as `zygote.work` has it."""
        pid = self.zygote.say(f"start {self._arguments(more)}")
        self._alive.add(pid)
        return pid

    def warm(self) -> None:
        """Let the zygote do what is due, so that workers begin with what it learnt."""
        self.zygote.say(f"warm {self._arguments({})}")

    def _arguments(self, more: Mapping[str, object]) -> str:
        self._write_clock()
        arguments = {
            "instance": str(self.office.services.settings.instance),
            "clock": str(self._clock),
            "tick_seconds": self.tick_seconds,
            "environ": dict(self.environ),
            **more,
        }
        return json.dumps(arguments)

    def kill(self, pid: int) -> int:
        """kill -9, and wait until it is gone; the exit status, -9 if this or another hit it."""
        os.kill(pid, signal.SIGKILL)  # at once; nobody else can have its number until we waited
        return self.wait(pid)

    def has_ended(self, pid: int) -> bool:
        """Whether a worker is dead, and only waits to be waited for."""
        return _stat(pid)[0] == "Z"

    def worked(self, pid: int) -> float:
        """Seconds of processor time it has had, by the kernel's count of hundredths."""
        fields = _stat(pid)
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self, pid: int) -> int:
        """SIGTERM, and wait until it ended; its exit status."""
        os.kill(pid, signal.SIGTERM)
        return self.wait(pid)

    def end(self) -> None:
        """Kill what is left."""
        for pid in list(self._alive):
            self.kill(pid)

    def move(self, **by: float) -> None:
        """Move the clock of the office and of all its workers."""
        self.office.clock.move(**by)
        self._write_clock()

    def wait(self, pid: int) -> int:
        """Wait until a worker ended by itself; its exit status."""
        self._alive.discard(pid)
        return self.zygote.say(f"wait {pid}")

    @property
    def _clock(self) -> Path:
        return self.office.services.settings.instance / "clock"

    def _write_clock(self) -> None:
        """At one stroke: a worker may be reading."""
        beside = self._clock.with_suffix(".new")
        beside.write_text(self.office.clock.now.isoformat(), encoding="ascii")
        beside.replace(self._clock)


def _stat(pid: int) -> list[str]:
    """A process as proc(5) tells of it, from its state on."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()


def until(ready: Callable[[], object], seconds: float = 20.0, every: float = 0.01) -> None:
    """Wait until something is so, asked so often. Raises AssertionError when it does not come."""
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            raise AssertionError(f"it did not happen within {seconds} seconds")
        time.sleep(every)


def raw(office: Office) -> psycopg.Connection:
    """A connection to an office's PostgreSQL that is none of the product's."""
    url = make_url(office.services.settings.database_url)
    host = url.query["host"]
    return psycopg.connect(f"host={host} user=postgres dbname={url.database}", autocommit=True)


def cut_one_connection(office: Office) -> None:
    """End one connection of a busy worker, as a network or an administrator does."""
    query = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND datname = current_database() AND state <> 'idle'"
        " LIMIT 1"
    )
    with raw(office) as link:
        until(lambda: link.execute(query).fetchone())
