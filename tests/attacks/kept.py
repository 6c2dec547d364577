"""What the database keeps, all of it, opened: to look for what must not be there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import String, select

from tests.web.conftest import Desks
from tracker.security.text import tidy
from tracker.store.schema import Base
from tracker.store.sealing import Erased


def everything(desk: Desks) -> Iterator[tuple[str, Any]]:
    """Each text in clear and each sealed value, with the name of its column."""
    with desk() as d:
        for mapper in Base.registry.mappers:
            table = mapper.class_.__table__
            for row in d.session.scalars(select(mapper.class_)):
                for column in table.columns:
                    where = f"{table.name}.{column.key}"
                    if column.key.endswith("_sealed"):
                        try:
                            yield where, d.safe.open(row, column.key.removesuffix("_sealed"))
                        except Erased:
                            continue
                    elif isinstance(column.type, String):
                        yield where, getattr(row, column.key)


def untidy(desk: Desks) -> set[str]:
    """The columns that hold what S16 keeps out: bidi controls, unseen characters, no NFC."""
    return {where for where, value in everything(desk) if tidy(value) != value}
