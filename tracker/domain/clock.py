"""The one file that reads the time of day. Everything else takes `now`."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from tracker.domain.errors import Refused

Clock = Callable[[], datetime]
"""A clock answers with an aware instant in UTC."""


def system_clock() -> datetime:
    """The machine's wall clock, as an aware instant in UTC."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds the machine was awake, on a clock that nobody can set; only differences mean
    anything."""
    return time.monotonic()


def elapsed() -> float:
    """The same with the time that the machine slept: what passed on a right wall clock too (D7)."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def file_clock(path: Path) -> Clock:
    """The demo's movable clock: each call reads an ISO instant from `path`.

    Raises Refused when the file is missing or holds no instant with an offset.
    """

    def read() -> datetime:
        try:
            moment = datetime.fromisoformat(path.read_text(encoding="ascii").strip())
        except (OSError, ValueError) as error:
            raise Refused(
                f"The clock file {path.name} holds no instant; write one like 2018-04-21T09:00:00Z."
            ) from error
        if moment.tzinfo is None:
            raise Refused(f"The instant in {path.name} needs an offset, as 2018-04-21T09:00:00Z.")
        return moment.astimezone(UTC)

    return read
