"""Connecting to SQLite or PostgreSQL, each set up so that what is committed stays."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import NullPool, StaticPool

_WRITER = 7_261_018
"""The advisory lock that writers on PostgreSQL hold; any number that no other program uses."""

_BUSY_MS = 10_000
"""Who finds SQLite's lock taken waits so long for it …"""
_TRACES_MS = 1_000
"""… and so long for readers, for meanwhile everybody else waits."""

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    f"busy_timeout={_BUSY_MS}",
    "secure_delete=ON",
    "trusted_schema=OFF",
    "recursive_triggers=ON",
    "temp_store=MEMORY",
    "cache_size=-8000",
)
"""Eight megabytes of pages: with two, a batch of decided cases is written twice, as it goes along
and at the commit."""

_WARM: Final[Mapping[str, Any]] = {"pool_use_lifo": True}
"""Last in, first out: the connection that was used just now knows the pages and the statements."""

_POSTGRESQL: Final[Mapping[str, Any]] = {
    "pool_pre_ping": True,
    "hide_parameters": True,  # no value in a log, whatever fails (S1)
    **_WARM,
}


@dataclass(frozen=True, slots=True)
class Database:
    """An engine with its three kinds of session.

    `writing` takes SQLite's write lock at once (a read-then-write that began deferred fails
    there with "database is locked"); `reading` never does. The caller commits. `asking` begins no
    transaction: for statements that only read, the same ones again and again.
    """

    engine: Engine
    writing: sessionmaker[Session]
    reading: sessionmaker[Session]
    asking: sessionmaker[Session]

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.engine.dialect.name == "sqlite"

    def erase_traces(self) -> bool:
        """Empty SQLite's write-ahead log, so that what was destroyed is in no file (S1); whether
        that could be done. Where somebody reads on and on, writers are not held up for it long.
        """
        if not self.is_sqlite:
            return True
        try:
            found = self._empty_log()
        except (sqlite3.OperationalError, OperationalError):  # the act itself has been committed
            return False
        return found is not None and not found[0]

    def _empty_log(self) -> tuple[int, ...] | None:
        with closing(self.engine.raw_connection()) as link:  # in no transaction
            cursor = link.cursor()
            cursor.execute(f"PRAGMA busy_timeout={_TRACES_MS}")
            try:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                return cursor.fetchone()
            finally:
                cursor.execute(f"PRAGMA busy_timeout={_BUSY_MS}")


def connect(url: str) -> Database:
    """Open a database by its SQLAlchemy address (`sqlite:///…`, `postgresql+psycopg://…`)."""
    if make_url(url).get_backend_name() == "sqlite":
        engine = _sqlite(url)
        # without a BEGIN of ours SQLite ends each statement by itself
        asking: Engine = engine.execution_options(alone=True)
    else:
        engine = create_engine(url, pool_size=5, max_overflow=10, **_POSTGRESQL)
        event.listen(engine, "begin", _begin_postgresql)
        asking = create_engine(
            url, pool_size=5, max_overflow=10, isolation_level="AUTOCOMMIT", **_POSTGRESQL
        )
        event.listen(asking, "connect", _plan_once)
        event.listen(engine, "engine_disposed", lambda _engine: asking.dispose())
    return Database(
        engine,
        writing=sessionmaker(engine, expire_on_commit=False),
        reading=sessionmaker(engine.execution_options(deferred=True), expire_on_commit=False),
        asking=sessionmaker(asking, expire_on_commit=False),
    )


def _sqlite(url: str) -> Engine:
    in_memory = make_url(url).database is None  # one connection, or each sees its own
    engine = create_engine(
        url,
        connect_args={"check_same_thread": False, "timeout": 10},
        hide_parameters=True,  # no value in a log, whatever fails (S1)
        **({"poolclass": StaticPool} if in_memory else _WARM),
    )
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def keep_private(url: str) -> None:
    """An SQLite database that is there already: its files are its owner's alone from now on (S1).

    Files of another owner stay as they are: only that one can change them.
    """
    name = make_url(url).database if make_url(url).get_backend_name() == "sqlite" else None
    for ending in ("", "-wal", "-shm") if name else ():
        path = Path(f"{name}{ending}")
        if path.is_file() and path.stat().st_mode & 0o077 and path.stat().st_uid == os.geteuid():
            path.chmod(0o600)


def connect_once(url: str) -> Engine:
    """An engine that keeps no connection open, for migrations and backups."""
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: DBAPIConnection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_postgresql(connection: Connection) -> None:
    """One writer at a time, as on SQLite: nearly every act ends at the audit chain's head anyway.

    So no two acts wait for each other's rows, and what was decided is still so when it is written.
    """
    if not connection.get_execution_options().get("deferred", False):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER})")


def _plan_once(connection: DBAPIConnection, _record: object) -> None:
    """What is asked again and again, always alike, is planned once for each connection: planning
    takes several times as long as the answer. Nor is it shared among several processes: a plan for
    all values takes few rows for many, and starting them takes longer than the answer.

    These connections are the questions' own: where the best plan hangs on the values asked for, one
    that is made for all values is bad.
    """
    cursor = connection.cursor()
    cursor.execute("SET plan_cache_mode = force_generic_plan")
    cursor.execute("SET max_parallel_workers_per_gather = 0")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("alone", False):
        return
    deferred = options.get("deferred", False)
    connection.exec_driver_sql("BEGIN" if deferred else "BEGIN IMMEDIATE")
