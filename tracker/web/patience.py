"""The web server's patience: whoever sends a request, or takes an answer, too slowly is left (S11).

gunicorn's threads wait for a half-sent request without end: a few telephones that lost the network,
or one adversary with a dozen open lines, would hold every thread and with them the whole site. A
reverse proxy that takes whole requests first does more, and belongs in front of a public address.
"""

from __future__ import annotations

import errno
from typing import Any, Final

from gunicorn.workers.gthread import TConn, ThreadWorker

from tracker.domain.clock import monotonic
from tracker.web.server_log import SaysLittle

SECONDS: Final = 20.0
"""For a request that trickles, and for each wait until more of an answer is taken."""

LEAST_RATE: Final = 2_000.0
"""Bytes a second that win a sender more time: a photo may come through a narrow line."""


class Patient:
    """A socket that gives up: reading, after `seconds` and a second more for each `least_rate`
    bytes that came; writing, after `seconds` without any of it being taken."""

    def __init__(
        self, inner: Any, *, seconds: float = SECONDS, least_rate: float = LEAST_RATE
    ) -> None:
        self._inner = inner
        self._seconds, self._rate = seconds, least_rate
        self.begin()

    def begin(self) -> None:
        """A new request: its time starts now."""
        self._until = monotonic() + self._seconds

    def recv(self, size: int, flags: int = 0) -> bytes:
        """As a socket's. Raises ConnectionResetError when the time is over."""
        self._limit(self._until - monotonic())
        try:
            found: bytes = self._inner.recv(size, flags)
        except TimeoutError:
            raise _left() from None
        finally:
            self._inner.settimeout(None)
        self._until += len(found) / self._rate
        return found

    def sendall(self, data: Any, flags: int = 0) -> None:
        """As a socket's. Raises ConnectionResetError when nothing of it is taken for a while."""
        rest = memoryview(data)
        self._limit(self._seconds)
        try:
            while rest:
                rest = rest[self._inner.send(rest, flags) :]
        except TimeoutError:
            raise _left() from None
        finally:
            self._inner.settimeout(None)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def _limit(self, seconds: float) -> None:
        if seconds <= 0:
            raise _left()
        self._inner.settimeout(seconds)


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn's worker of threads, with an end to its waiting, and little in its log."""

    def init_process(self) -> None:
        """Before the first request."""
        self.log.error_log.addFilter(SaysLittle())
        super().init_process()

    def handle(self, conn: TConn) -> Any:
        """One request of a connection."""
        if not isinstance(conn.sock, Patient):
            conn.sock = Patient(conn.sock)
        conn.sock.begin()
        return super().handle(conn)


def _left() -> ConnectionResetError:
    """What gunicorn passes over in silence."""
    return ConnectionResetError(errno.ECONNRESET, "too slow")
