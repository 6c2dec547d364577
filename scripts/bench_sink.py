"""Writing invented rows past the ORM, as fast as the databases take them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, Table

from tracker.store.bulk import binder
from tracker.store.schema import Base

TABLES = (
    "data_keys",
    "cases",
    "person_names",
    "contact_reports",
    "enquirers",
    "consents",
    "shares",
    "alerts",
    "alert_events",
    "outbox",
)
"""In the order in which their rows refer to each other."""


class Sink:
    """Writes rows past the ORM: executemany on SQLite, COPY on PostgreSQL; indexes come after."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._sqlite = engine.dialect.name == "sqlite"
        self._indexes = [
            index
            for name in TABLES
            for index in sorted(Base.metadata.tables[name].indexes, key=lambda one: str(one.name))
        ]
        for index in self._indexes:
            index.drop(engine)
        self._connection = engine.raw_connection()
        if self._sqlite:
            cursor = self._connection.cursor()
            for pragma in ("synchronous=OFF", "foreign_keys=OFF", "cache_size=-1000000"):
                cursor.execute(f"PRAGMA {pragma}")

    def write(self, found: dict[str, list[dict[str, Any]]]) -> None:
        """All tables' rows in one transaction."""
        cursor = self._connection.cursor()
        if self._sqlite:
            cursor.execute("BEGIN IMMEDIATE")
        for name, rows in found.items():
            if rows:
                self._table(cursor, Base.metadata.tables[name], rows)
        self._connection.commit()

    def _table(self, cursor: Any, table: Table, rows: list[dict[str, Any]]) -> None:
        columns = [column for column in table.columns if column.name in rows[0]]
        dialect = self._engine.dialect
        binds = [binder(column, dialect) for column in columns]
        plain = [(column.name, bind) for column, bind in zip(columns, binds, strict=True)]
        values = (
            tuple(row[name] if bind is None else bind(row[name]) for name, bind in plain)
            for row in rows
        )
        names = ", ".join(column.name for column in columns)
        if self._sqlite:
            marks = ", ".join("?" * len(columns))
            cursor.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", values)
            return
        cursor.execute("SET session_replication_role = " + _triggers(table.name))
        with cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
            for row in values:
                copy.write_row(row)

    def close(self) -> None:
        """Put the indexes back; the planner knows as much of how much there is as in an office."""
        if self._sqlite:
            cursor = self._connection.cursor()
            for pragma in ("synchronous=FULL", "foreign_keys=ON", "cache_size=-2000"):
                cursor.execute(f"PRAGMA {pragma}")
        self._connection.close()
        for index in self._indexes:
            index.create(self._engine)
        if not self._sqlite:  # as its server does by itself; nobody does it for SQLite
            with self._engine.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT")
                connection.exec_driver_sql("VACUUM ANALYZE")


def _triggers(table: str) -> str:
    """Foreign keys are right by making; only the triggers of `cases` are wanted."""
    return "DEFAULT" if table == "cases" else "replica"
