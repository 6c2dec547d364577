"""Many rows at once, past the ORM but with the schema's own types (D1 at speed).

On PostgreSQL rows are found, go in and change by one statement over arrays; on SQLite by a list,
and by executemany.
Both are part of the session's transaction, and constraints hold as for any other row.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import (
    ARRAY,
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Dialect,
    LargeBinary,
    String,
    Table,
    all_,
    any_,
    literal,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.types import TypeDecorator

from tracker.store.schema.base import Base, UTCInstant

if TYPE_CHECKING:
    import psycopg

Row = Mapping[str, Any]
_POSTGRESQL: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]


def table_of(model: type[Base]) -> Table:
    """The table of a mapped class."""
    table: Table = model.__table__  # type: ignore[assignment]  # a mapped class has a table
    return table


def among(
    session: Session, column: ColumnElement[Any] | InstrumentedAttribute[Any], values: Iterable[str]
) -> ColumnElement[bool]:
    """Whether a column's text is one of these, however many.

    PostgreSQL gets them as one array: a list makes another statement for each length, which is
    composed, read by the driver and planned anew each time, and that takes longer than the answer.
    Not to be negated: see `besides`.
    """
    if session.get_bind().dialect.name == "sqlite":
        return column.in_(list(values))
    return column == any_(_texts(values))


def besides(
    session: Session, column: ColumnElement[Any] | InstrumentedAttribute[Any], values: Iterable[str]
) -> ColumnElement[bool]:
    """Whether a column's text is none of these."""
    if session.get_bind().dialect.name == "sqlite":
        return column.not_in(list(values))
    return column != all_(_texts(values))


class _Texts(TypeDecorator[Iterable[str]]):
    """An array of PostgreSQL's, written down here."""

    impl = ARRAY(String)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Iterable[str] | None], str]:
        """The array's text; sent as an array, for a text that is cast to one is read row by row."""
        return lambda values: array_text(values or (), str)


def _texts(values: Iterable[str]) -> ColumnElement[Any]:
    return literal(list(values), _Texts())


def insert_rows(session: Session, table: Table, rows: Sequence[Row], end: str = "") -> None:
    """Insert rows that all name the same columns; the others get NULL.

    `end` are words that follow, for rows that may be there already.
    """
    if not rows:
        return
    connection = session.connection()
    columns = [table.c[name] for name in rows[0]]
    names = ", ".join(column.name for column in columns)
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        words = f"INSERT INTO {table.name} ({names}) VALUES ({marks}){end}"  # noqa: S608 — our own
        connection.exec_driver_sql(words, list(_bound(connection.dialect, columns, rows)))
        return
    words = f"INSERT INTO {table.name} ({names}) SELECT * FROM "  # noqa: S608 — our own names
    _given(connection, words, columns, rows, end)


def update_rows(
    session: Session,
    table: Table,
    rows: Sequence[Row],
    by: Sequence[str] = ("id",),
    where: str = "TRUE",
) -> None:
    """Put each row's values into the row that is the same in `by`, if it fulfils `where`.

    All rows name the same columns. No two mean the same row: which is taken would be left open.
    """
    if not rows:
        return
    connection = session.connection()
    changed = [table.c[name] for name in rows[0] if name not in by]
    columns = changed + [table.c[name] for name in by]
    if connection.dialect.name == "sqlite":
        puts = ", ".join(f"{column.name} = ?" for column in changed)
        which = " AND ".join((*(f"{name} = ?" for name in by), where))
        words = f"UPDATE {table.name} SET {puts} WHERE {which}"  # noqa: S608 — our own names
        connection.exec_driver_sql(words, list(_bound(connection.dialect, columns, rows)))
        return
    puts = ", ".join(f"{column.name} = new.{column.name}" for column in changed)
    which = " AND ".join((*(f"{table.name}.{name} = new.{name}" for name in by), where))
    names = ", ".join(column.name for column in columns)
    words = f"UPDATE {table.name} SET {puts} FROM "  # noqa: S608 — our own names
    _given(connection, words, columns, rows, f" AS new ({names}) WHERE {which}")


@contextmanager
def without_waiting(session: Session) -> Iterator[bool]:
    """Until the end of this, PostgreSQL works on what it was given while the caller goes on.

    What it refuses is raised by a later statement, or at the end; until then only `insert_rows`
    and `update_rows` may be asked. Gives whether it is so: SQLite works in the caller's own time.
    """
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        yield False
        return
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    errors = connection.dialect.loaded_dbapi.Error
    try:
        with driver.pipeline():
            yield True
    except errors as error:  # as from any other statement: whose fault it is shows in its class
        raise DBAPIError.instance(None, None, error, errors) from error


def _given(
    connection: Connection,
    words: str,
    columns: Sequence[Column[Any]],
    rows: Sequence[Row],
    end: str = "",
) -> None:
    """Execute with one array a column, written down here: the driver takes ten times as long."""
    arrays = ", ".join(f"%s::{_type_name(column)}[]" for column in columns)
    given = [array_text([row[column.name] for row in rows], _written(column)) for column in columns]
    connection.exec_driver_sql(f"{words}unnest({arrays}){end}", tuple(given))


@cache
def _type_name(column: Column[Any]) -> str:
    """Without a length: a cast to one cuts in silence what the column itself refuses."""
    return "TEXT" if isinstance(column.type, String) else column.type.compile(_POSTGRESQL)


def array_text(values: Iterable[Any], written: Callable[[Any], str]) -> str:
    """Values as an array, as PostgreSQL reads it (its manual, 8.15.6); None is NULL.
    `written` gives a value's text."""
    known = [None if value is None else written(value) for value in values]
    if None not in known:
        plain = '","'.join(cast("list[str]", known))
        if "\\" not in plain and plain.count('"') == 2 * (len(known) - 1):
            return f'{{"{plain}"}}'
    return f"{{{','.join(map(_quoted, known))}}}"


def _quoted(text: str | None) -> str:
    if text is None:
        return "NULL"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _written(column: Column[Any]) -> Callable[[Any], str]:
    """How a column's value is written down; of many instants and lists few differ."""
    kind = column.type
    if isinstance(kind, JSON):
        return cast("Callable[[Any], str]", _once(json.dumps))
    if isinstance(kind, LargeBinary):
        return lambda value: "\\x" + value.hex()
    if isinstance(kind, UTCInstant):
        return cache(lambda value: str(kind.process_bind_param(value, _POSTGRESQL)))
    return str


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


def _once(write: Callable[[Any], str]) -> Callable[[Any], str | None]:
    """Each JSON value written down once: told by its form, for it cannot be a key itself."""
    known: dict[str, str] = {}

    def given(value: Any) -> str | None:
        if value is None:
            return None
        form = repr(value)
        if form not in known:
            known[form] = write(value)
        return known[form]

    return given
