"""Moving what belongs to one case to another: rows are sealed anew, and keep their own ids."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import select

from tracker.engine.desk import Desk
from tracker.store.schema import (
    Alert,
    Attachment,
    AuditRow,
    Base,
    Case,
    Merge,
    OutboxMessage,
    PossibleSame,
)

_STAYING = (AuditRow, Merge, PossibleSame)
_SEALED = "_sealed"

Ids = Mapping[str, Collection[str]]
"""Ids of rows by the name of their table."""


@cache
def kinds() -> tuple[type[Base], ...]:
    """Every kind of row that belongs to a case, but the trail and what is said about two cases."""
    classes = (mapper.class_ for mapper in Base.registry.mappers)
    found = [
        kind
        for kind in classes
        if hasattr(kind, "case_id") and kind is not Case and kind not in _STAYING
    ]
    return tuple(sorted(found, key=lambda kind: kind.__tablename__))


def move_all(desk: Desk, case: Case, to: Case) -> dict[str, list[str]]:
    """Move everything of a case; the ids of what moved. Raises Erased where a part was erased."""
    moved = {}
    for kind in kinds():
        rows = _of_case(desk, kind, case)
        _move(desk, rows, to)
        if rows:
            moved[kind.__tablename__] = [_id(row) for row in rows]
    return moved


def move_back(desk: Desk, case: Case, to: Case, ids: Ids) -> None:
    """Move these rows, and what came to `case` since through their enquirers, reports, alerts."""
    for kind in kinds():
        mine = set(ids.get(kind.__tablename__, ()))
        _move(desk, (row for row in _of_case(desk, kind, case) if _is_of(row, mine, ids)), to)


def _is_of(row: Base, mine: Collection[str], ids: Ids) -> bool:
    if _id(row) in mine or getattr(row, "enquirer_id", None) in set(ids.get("enquirers", ())):
        return True
    if isinstance(row, Alert | Attachment):
        return row.contact_report_id in set(ids.get("contact_reports", ()))
    return isinstance(row, OutboxMessage) and row.alert_id in set(ids.get("alerts", ()))


def _of_case(desk: Desk, kind: type[Base], case: Case) -> list[Base]:
    query: Any = select(kind).filter_by(case_id=case.id).with_for_update()
    return list(desk.session.scalars(query))


def _move(desk: Desk, rows: Iterable[Base], to: Case) -> None:
    for row in rows:
        sealed = [
            column.key.removesuffix(_SEALED)
            for column in row.__table__.columns
            if column.key.endswith(_SEALED)
        ]
        mine = row.sealed_by == "case_id"
        told = {column: desk.safe.open(row, column) for column in sealed if mine}
        row.case_id = to.id  # type: ignore[attr-defined]  # `kinds` have one
        for column, value in told.items():
            if value is not None:  # what was wiped stays wiped
                desk.safe.seal(row, column, value)
    desk.session.flush()


def _id(row: Base) -> str:
    identity: str = row.id  # type: ignore[attr-defined]  # `kinds` have one
    return identity
