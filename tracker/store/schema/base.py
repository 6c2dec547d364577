"""The declarative base, instants that refuse to be naive, and sealed columns."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime
from functools import cache
from typing import Any, ClassVar

from sqlalchemy import DateTime, Dialect, LargeBinary, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, mapped_column
from sqlalchemy.types import TypeDecorator

OFFICE = "office"
"""The owner of what belongs to the organisation rather than to a case or a person."""


class UTCInstant(TypeDecorator[datetime]):
    """An aware instant, kept in UTC. A naive datetime is refused with ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime is no instant; attach its zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Root of the schema."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UTCInstant,
        str: String,
        bytes: LargeBinary,
    }

    sealed_by: ClassVar[str] = "case_id"
    """The column that names whose data key seals this row; `office` for the organisation's."""


_ID = re.compile(r"[0-9a-f]{32}")


def new_id() -> str:
    """A random row id: 32 hexadecimal digits that tell nothing about order or time."""
    return secrets.token_hex(16)


def is_id(text: str) -> bool:
    """Whether this has the form of a row's id; what comes from outside may hold anything."""
    return _ID.fullmatch(text) is not None


def row_id() -> MappedColumn[str]:
    """A primary key made before the row is written, so that values can be sealed to it."""
    return mapped_column(String(32), primary_key=True, default=new_id)


def sealed(purpose: str, *, large: bool = False) -> MappedColumn[Any]:
    """A column of ciphertext (safety.md S1); `purpose` says which key-encryption key opens it.

    `content`: names, words, places, who reported · `clock`: what the rules need · `contact`:
    addresses of recipients. The worker holds the last two only (S2). `large`: read from the
    database only where it is opened, not with each list of its rows.
    """
    return mapped_column(LargeBinary, info={"purpose": purpose}, deferred=large)


@cache
def purpose_of(table: type[Base], column: str) -> str:
    """The purpose of a table's sealed column, given without its `_sealed` ending."""
    purpose: str = table.__table__.c[f"{column}_sealed"].info["purpose"]
    return purpose


def owner_of(row: Base) -> str:
    """The id of whose data key seals a row."""
    owner: str = OFFICE if row.sealed_by == OFFICE else getattr(row, row.sealed_by)
    return owner


__all__ = ["OFFICE", "Base", "Mapped", "UTCInstant", "new_id", "owner_of", "row_id", "sealed"]
