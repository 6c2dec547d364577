"""Instants at which a worker dies by its own SIGKILL, between two instructions (D1, D2, D4).

A kill from outside hits what a process does most of the time; the narrow places between deciding,
committing, sending and writing down are hit by name, on either database alike. The worker's own
work goes on unchanged up to that instant. Where its provider must be in the middle of something,
the stand-ins strike it instead: see `soak_kills`.
"""

from __future__ import annotations

import os
import re
import signal
import threading
from collections.abc import Callable
from typing import Final, NoReturn

import psycopg
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session

from tracker.bootstrap import Services
from tracker.store.taken import Notes, Try

_TELLING: Final = {
    re.compile(r"(INSERT INTO|COPY) alerts\b"): "decided",
    re.compile(r"(INSERT INTO|COPY) outbox_attempts\b"): "claimed",
    re.compile(r"UPDATE outbox_attempts\b"): "recorded",
}
"""The statement by which a transaction shows what it is about."""

POINTS: Final = (
    *(f"{what}, {then}" for what in _TELLING.values() for then in ("not committed", "committed")),
    "answered, not noted",
    "noted, not recorded",
)
"""Every name `die_at` knows."""


def die_at(services: Services, point: str, nth: int) -> None:
    """Make this process die when it comes by a point for the nth time. Raises KeyError."""
    if point not in POINTS:
        raise KeyError(point)
    come_by = _counter(nth)
    if point == "answered, not noted":
        _around_a_note(before=come_by, after=lambda: None)
    elif point == "noted, not recorded":
        _around_a_note(before=lambda: None, after=come_by)
    else:
        what, _, then = point.partition(", ")
        _around_a_commit(services, what, come_by, then == "committed")


def _counter(nth: int) -> Callable[[], None]:
    lock, left = threading.Lock(), [nth]

    def come_by() -> None:
        with lock:  # of several hands the nth dies, and the others with it
            left[0] -= 1
            if not left[0]:
                _die()

    return come_by


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("nobody comes here")


def _around_a_note(before: Callable[[], None], after: Callable[[], None]) -> None:
    write = Notes.write

    def noted(self: Notes, tries: list[Try], provider_id: str | None) -> None:
        before()
        write(self, tries, provider_id)
        after()

    Notes.write = noted  # type: ignore[method-assign, assignment]


def _around_a_commit(
    services: Services, what: str, come_by: Callable[[], None], afterwards: bool
) -> None:
    mine = threading.local()
    engine = services.database.engine

    def began(_link: Connection) -> None:
        mine.about = None

    def said(_link: Connection | None, _cursor: object, statement: str, *_more: object) -> None:
        for beginning, about in _TELLING.items():
            if beginning.match(statement):
                mine.about = about

    copy = psycopg.Cursor.copy

    def copied(self: object, statement: bytes, *more: object, **by_name: object) -> object:
        said(None, self, statement.decode())  # rows go in past SQLAlchemy there
        return copy(self, statement, *more, **by_name)  # type: ignore[arg-type]

    def commits(_link: Connection) -> None:
        if not afterwards and mine.about == what:
            come_by()

    def committed(_session: Session) -> None:
        if afterwards and mine.about == what:
            come_by()

    psycopg.Cursor.copy = copied  # type: ignore[method-assign, assignment]
    event.listen(engine, "begin", began)
    event.listen(engine, "before_cursor_execute", said)
    event.listen(engine, "commit", commits)
    event.listen(services.database.writing, "after_commit", committed)
