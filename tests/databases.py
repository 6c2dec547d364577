"""Fresh, migrated databases: a copied SQLite file, or a copy in a PostgreSQL of our own."""

import itertools
import os
import pwd
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from weakref import WeakSet

import psycopg
from sqlalchemy import Connection, Dialect, Engine, event, make_url
from sqlalchemy.pool import Pool

from tests.need import need
from tracker.store import migrate

INITDB = ("-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
SERVER = tuple(
    f"--{name}"  # nothing in it has to survive a crash, and nothing listens on the network
    for name in (
        *("listen_addresses=", "fsync=off", "full_page_writes=off"),
        *("synchronous_commit=off", "max_connections=200"),
    )
)


_opened: WeakSet[psycopg.Connection[Any]] = WeakSet()


@event.listens_for(Pool, "connect")
def _remember(connection: object, _record: object) -> None:
    if isinstance(connection, psycopg.Connection):
        _opened.add(connection)


_known: dict[tuple[str, object], tuple[Dialect, dict[Any, Any]]] = {}


@event.listens_for(Engine, "engine_connect")
def _remind(connection: Connection) -> None:
    """Each test has engines of its own; what one compiled, the next need not compile again, as in a
    process that lives long. That took a fifth of the time of the engine's tests.

    A statement is looked up together with its dialect, so the first engine's serves those after it.
    """
    link = connection.connection.dbapi_connection
    like = connection.dialect.name, getattr(link, "autocommit", None)
    dialect, compiled = _known.setdefault(like, (connection.dialect, {}))
    connection.dialect = dialect
    connection.execution_options(compiled_cache=compiled)


class Source(Protocol):
    """Where fresh databases come from."""

    def fresh(self, folder: Path) -> str:
        """The SQLAlchemy URL of a new database at the newest migration."""

    def empty(self, folder: Path) -> str:
        """The SQLAlchemy URL of a new database without a table."""

    def drop(self, url: str) -> None:
        """Does away with a database, whoever still uses it."""


class SqliteSource:
    """Copies of one migrated file: real files, as in production."""

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.db"
        migrate.upgrade(f"sqlite:///{self._template}")
        connection = sqlite3.connect(self._template)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()

    def fresh(self, folder: Path) -> str:
        shutil.copyfile(self._template, folder / "tracker.db")
        return f"sqlite:///{folder / 'tracker.db'}"

    def empty(self, folder: Path) -> str:
        return f"sqlite:///{folder / 'empty.db'}"

    def drop(self, url: str) -> None:
        """Nothing to do: the folder goes with the test."""


class PostgresqlSource:
    """Databases in a throw-away server that is reached by a socket in ``socket_folder`` only."""

    TEMPLATE = "tracker_template"

    def __init__(self, socket_folder: Path) -> None:
        self._folder = socket_folder
        self._numbers = itertools.count(1)
        migrate.upgrade(self._create(self.TEMPLATE, "template0"))

    def _url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={self._folder}"

    def _create(self, name: str, template: str) -> str:
        how = "STRATEGY FILE_COPY"  # faster than through the log, where nothing is synced
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" {how}')
        return self._url(name)

    def _execute(self, statement: str) -> None:
        with psycopg.connect(_admin(self._folder), autocommit=True) as connection:
            connection.execute(statement.encode())

    def fresh(self, folder: Path) -> str:
        return self._create(f"test_{next(self._numbers)}", self.TEMPLATE)

    def empty(self, folder: Path) -> str:
        return self._create(f"test_{next(self._numbers)}", "template0")

    def drop(self, url: str) -> None:
        name = make_url(url).database
        for connection in list(_opened):  # of pools that a test let go of without a word
            if not connection.closed and connection.info.dbname == name:
                connection.close()
        self._execute(f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)')


@contextmanager
def postgresql_server(settings: Sequence[str] = SERVER) -> Iterator[Path]:
    """Runs a PostgreSQL server with a data folder of its own; yields the folder of its socket.

    The server refuses to run as root, so root lends it to the user postgres or nobody.
    """
    programs = Path(need("postgresql"))
    keeps = "--fsync=off" not in settings
    folder = Path(tempfile.mkdtemp(prefix="tracker-pg-", dir=None if keeps else _in_memory()))
    user = _lent_user()
    if user:
        shutil.chown(folder, user.pw_name)
    run_as = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    log = folder / "log"
    with log.open("wb") as output:
        where = {"stdout": output, "stderr": output, "cwd": folder, **run_as}
        subprocess.run([programs / "initdb", "-D", folder / "data", *INITDB], check=True, **where)
        server = subprocess.Popen(
            [programs / "postgres", "-D", folder / "data", "-k", folder, *settings], **where
        )
    try:
        _wait_until_ready(server, folder, log)
        yield folder
    finally:
        server.send_signal(signal.SIGINT)  # "fast": ends the sessions that tests left open
        server.wait(timeout=30)
        shutil.rmtree(folder)


def _in_memory() -> Path | None:
    """Memory is faster than a disk, where nothing has to be kept and there is room."""
    memory = Path("/dev/shm")  # noqa: S108 — the name inside it is made by mkdtemp
    room = memory.is_dir() and shutil.disk_usage(memory).free > 4 * 2**30
    return memory if room else None


def _admin(folder: Path) -> str:
    return f"host={folder} user=postgres dbname=postgres"


def _lent_user() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _wait_until_ready(server: subprocess.Popen[bytes], folder: Path, log: Path) -> None:
    for _ in range(300):
        if server.poll() is not None:
            break
        try:
            psycopg.connect(_admin(folder)).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"PostgreSQL for the tests did not start: {log.read_text()}")
