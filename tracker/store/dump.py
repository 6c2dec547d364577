"""Every row of every table as JSON values, from SQLite or PostgreSQL and back into either.

A dump is read in one snapshot while everything runs, needs no program of the database's maker, and
carries a record from one kind of database to the other. Tables are made by the migrations, at the
revision the dump names; a dump holds rows only. Sealed values stay sealed.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, time
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import Connection, Engine
from sqlalchemy.types import TypeEngine

from tracker.domain.moments import format_instant, parse_instant
from tracker.store.schema import Base
from tracker.store.schema.base import UTCInstant

ROWS_A_LINE: Final = 200

_KINDS: Final[tuple[tuple[str, type[TypeEngine[Any]] | type[UTCInstant]], ...]] = (
    ("instant", UTCInstant),
    ("bytes", sa.LargeBinary),
    ("json", sa.JSON),
    ("date", sa.Date),
    ("time", sa.Time),
    ("truth", sa.Boolean),
    ("whole", sa.Integer),
    ("number", sa.Float),
    ("text", sa.String),
)
"""What a column holds, by its type; the first that fits."""

_WRITE: Final[Mapping[str, Callable[[Any], Any]]] = {
    "instant": format_instant,
    "bytes": lambda value: base64.b64encode(value).decode(),
    "date": date.isoformat,
    "time": time.isoformat,
}
_READ: Final[Mapping[str, Callable[[Any], Any]]] = {
    "instant": parse_instant,
    "bytes": lambda value: base64.b64decode(value, validate=True),
    "date": date.fromisoformat,
    "time": time.fromisoformat,
}


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """One unchanging view of the database; writers go on writing."""
    quiet = engine.execution_options(deferred=True)
    if engine.dialect.name == "postgresql":
        quiet = quiet.execution_options(isolation_level="REPEATABLE READ")
    with quiet.connect() as connection:
        yield connection


def tables() -> list[dict[str, Any]]:
    """The tables in an order in which their rows can be written, each with its columns' kinds.

    `later`: columns that point into their own table, to be set when all its rows are there.
    Tables that follow from others by triggers are left out: they fill themselves.
    """
    return [
        {
            "table": table.name,
            "columns": [[column.name, _kind(column)] for column in _kept(table)],
            "key": [column.name for column in table.primary_key.columns],
            "later": sorted(
                {
                    key.parent.name
                    for key in table.foreign_keys
                    if key.column.table is table and not key.parent.primary_key
                }
            ),
        }
        for table in Base.metadata.sorted_tables
        if not table.info.get("derived")
    ]


def count(connection: Connection, name: str) -> int:
    """How many rows a table has."""
    found = connection.scalar(sa.select(sa.func.count()).select_from(Base.metadata.tables[name]))
    return int(found or 0)


def rows(connection: Connection, about: Mapping[str, Any]) -> Iterator[list[list[Any]]]:
    """The rows of one table of `tables()`, some at a time, as JSON values in its columns' order."""
    table = Base.metadata.tables[about["table"]]
    write = [_WRITE.get(kind) for _name, kind in about["columns"]]
    query = sa.select(*_kept(table)).order_by(*table.primary_key.columns)
    streamed = connection.execution_options(yield_per=ROWS_A_LINE).execute(query)
    for part in streamed.partitions(ROWS_A_LINE):
        yield [
            [
                value if value is None or convert is None else convert(value)
                for value, convert in zip(row, write, strict=True)
            ]
            for row in part
        ]


def write(connection: Connection, about: Mapping[str, Any], some: Sequence[Sequence[Any]]) -> None:
    """Write rows that `rows` gave, perhaps long ago, perhaps from another kind of database.

    Raises ValueError or TypeError for values that are not of their column's kind.
    """
    names = [name for name, _kind in about["columns"]]
    read = [_READ.get(kind) for _name, kind in about["columns"]]
    nothing = dict.fromkeys(about["later"])
    values = [
        {
            name: value if value is None or convert is None else convert(value)
            for name, value, convert in zip(names, row, read, strict=True)
        }
        | nothing
        for row in some
    ]
    connection.execute(sa.insert(_table(about)), values)


def point(connection: Connection, about: Mapping[str, Any], some: Sequence[Sequence[Any]]) -> None:
    """Set the columns of these rows that point to other rows of the same table."""
    table = _table(about)
    names = [name for name, _kind in about["columns"]]
    for row in some:
        value = dict(zip(names, row, strict=True))
        later = {name: value[name] for name in about["later"] if value[name] is not None}
        if later:
            here = sa.and_(*(table.c[name] == value[name] for name in about["key"]))
            connection.execute(sa.update(table).where(here).values(later))


def is_empty(engine: Engine) -> bool:
    """Whether no table of the record holds a row."""
    known = set(sa.inspect(engine).get_table_names())
    with snapshot(engine) as connection:
        return not any(
            connection.execute(sa.text(f'SELECT 1 FROM "{name}" LIMIT 1')).first()  # noqa: S608
            for name in sorted(known - {"alembic_version"})
        )


def _kept(table: sa.Table) -> list[sa.Column[Any]]:
    """The columns that go into a dump: not what is meant for hours only."""
    return [column for column in table.columns if not column.info.get("momentary")]


def _table(about: Mapping[str, Any]) -> sa.TableClause:
    types = dict(_KINDS)
    return sa.table(
        about["table"],
        *(
            sa.column(name, sa.JSON(none_as_null=True) if kind == "json" else types[kind]())
            for name, kind in about["columns"]
        ),
    )


def _kind(column: sa.Column[Any]) -> str:
    return next(kind for kind, fits in _KINDS if isinstance(column.type, fits))
