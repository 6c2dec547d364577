"""Writing many rows at once, past the ORM but with the schema's own types (D1 at speed).

On PostgreSQL rows go in by COPY and change by one UPDATE over arrays; on SQLite by executemany.
Both are part of the session's transaction, and constraints hold as for any other row.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import JSON, Boolean, Column, Dialect, Table
from sqlalchemy.orm import Session

from tracker.store.schema.base import Base, UTCInstant

if TYPE_CHECKING:
    import psycopg

Row = Mapping[str, Any]


def table_of(model: type[Base]) -> Table:
    """The table of a mapped class."""
    table: Table = model.__table__  # type: ignore[assignment]  # a mapped class has a table
    return table


def insert_rows(session: Session, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows that all name the same columns; the others get NULL."""
    if not rows:
        return
    connection = session.connection()
    columns = [table.c[name] for name in rows[0]]
    names = ", ".join(column.name for column in columns)
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        words = f"INSERT INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608 — our own names
        connection.exec_driver_sql(words, list(_bound(connection.dialect, columns, rows)))
        return
    cursor = cast("psycopg.Cursor[Any]", connection.connection.cursor())
    words = f"COPY {table.name} ({names}) FROM STDIN"
    with cursor, cursor.copy(words.encode()) as copy:
        for values in _bound(connection.dialect, columns, rows):
            copy.write_row(values)


def update_rows(session: Session, table: Table, rows: Sequence[Row]) -> None:
    """Put each row's values into the row with its `id`; all rows name the same columns."""
    if not rows:
        return
    connection = session.connection()
    dialect = connection.dialect
    columns = [table.c[name] for name in rows[0] if name != "id"] + [table.c.id]
    if dialect.name == "sqlite":
        puts = ", ".join(f"{column.name} = ?" for column in columns[:-1])
        words = f"UPDATE {table.name} SET {puts} WHERE id = ?"  # noqa: S608 — our own names
        connection.exec_driver_sql(words, list(_bound(dialect, columns, rows)))
        return
    kinds = [column.type.compile(dialect) for column in columns]
    puts = ", ".join(f"{column.name} = new.{column.name}" for column in columns[:-1])
    arrays = ", ".join(f"%s::{kind}[]" for kind in kinds)
    names = ", ".join(column.name for column in columns)
    words = (
        f"UPDATE {table.name} SET {puts} FROM unnest({arrays}) AS new ({names}) "  # noqa: S608
        f"WHERE {table.name}.id = new.id"
    )
    by_column = list(zip(*_bound(dialect, columns, rows), strict=True))
    connection.exec_driver_sql(words, tuple(list(values) for values in by_column))


def _bound(
    dialect: Dialect, columns: Sequence[Column[Any]], rows: Sequence[Row]
) -> Iterator[tuple[Any, ...]]:
    """The rows' values as the driver takes them."""
    plain = [(column.name, binder(column, dialect)) for column in columns]
    for row in rows:
        yield tuple([row[name] if bind is None else bind(row[name]) for name, bind in plain])


def binder(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """How a column's values are given to the driver; of many instants and lists few differ."""
    if isinstance(column.type, JSON):
        return _once(json.dumps)
    if isinstance(column.type, Boolean):
        return None  # both drivers take it as it is
    bind = column.type.dialect_impl(dialect).bind_processor(dialect)
    return cache(bind) if bind and isinstance(column.type, UTCInstant) else bind


def _once(write: Callable[[Any], str]) -> Callable[[Any], str]:
    """Each JSON value written down once: told by its form, for it cannot be a key itself."""
    known: dict[str, str] = {}

    def given(value: Any) -> str:
        form = repr(value)
        if form not in known:
            known[form] = write(value)
        return known[form]

    return given
