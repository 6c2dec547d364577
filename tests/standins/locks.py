"""Locks held from outside, so that a worker stands still at a place of our choice and is killed."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import make_url

from tests.standins.fleet import raw, until
from tests.standins.office import Office

Lock = tuple[Callable[[], object], Callable[[], object], Callable[[], object]]


@contextmanager
def locked(office: Office, table: str) -> Iterator[Callable[[], bool]]:
    """PostgreSQL: a table nobody can write to; the function says whether somebody waits for it."""
    with raw(office) as holder, raw(office) as watch, holder.transaction():
        holder.execute(f"LOCK TABLE {table} IN SHARE MODE".encode())

        def waiting() -> bool:
            query = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'relation'"
            found = watch.execute(query).fetchone()
            return bool(found and found[0])

        yield waiting


def writers_lock(office: Office) -> Lock:
    """Hold, wait until somebody else wants it, release: the right to write down a result."""
    if office.services.database.is_sqlite:
        path = make_url(office.services.settings.database_url).database
        assert path is not None
        link = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)

        def let_go() -> None:
            if link.in_transaction:
                link.execute("ROLLBACK")
            link.close()

        return lambda: link.execute("BEGIN IMMEDIATE"), lambda: time.sleep(0.3), let_go
    holder, watch = raw(office), raw(office)

    def hold() -> None:
        holder.execute("BEGIN")
        holder.execute("LOCK TABLE outbox_attempts IN SHARE MODE")

    def wait() -> None:
        until(lambda: watch.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone())

    def release() -> None:
        holder.execute("ROLLBACK")
        holder.close()
        watch.close()

    return hold, wait, release
