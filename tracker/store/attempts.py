"""Tries at outbox rows: begun under a lease, and what they came to (D2, D4).

Written past the ORM: these are the rows that a full outbox writes most.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tracker.domain.delivery import Outcome, SendResult, State
from tracker.store.bulk import among, insert_rows, table_of, update_rows
from tracker.store.schema import OutboxAttempt, OutboxMessage, new_id


def find(session: Session, row_id: str, number: int) -> OutboxAttempt | None:
    """One try at a row."""
    return session.scalars(
        select(OutboxAttempt).filter_by(outbox_id=row_id, number=number)
    ).one_or_none()


@dataclass(frozen=True, slots=True)
class Leased:
    """A row about to be tried: which try it is, and whose message carries it (None: its own)."""

    row_id: str
    number: int
    carrier_id: str | None = None


def lease(
    session: Session, tries: Sequence[Leased], owner: str, now: datetime, until: datetime
) -> None:
    """Mark rows as being submitted by `owner` (D2)."""
    if not tries:
        return
    update_rows(
        session,
        table_of(OutboxMessage),
        [
            {
                "id": one.row_id,
                "state": State.SUBMITTING.value,
                "attempts": one.number,
                "carrier_id": one.carrier_id,
                "lease_owner": owner,
                "lease_until": until,
            }
            for one in tries
        ],
    )
    insert_rows(
        session,
        table_of(OutboxAttempt),
        [
            {"id": new_id(), "outbox_id": one.row_id, "number": one.number, "started_at": now}
            for one in tries
        ],
    )


class Submitted(NamedTuple):
    """A row whose try is under way, as far as its being taken asks."""

    id: str
    channel: str
    carrier_id: str | None
    provider_id: str | None


_OPEN_STILL: Final = "(outbox_attempts.outcome IS NULL OR outbox_attempts.outcome = 'unknown')"
_ROW: Final = table_of(OutboxMessage).c
_SUBMITTED: Final = (
    select(*(_ROW[name] for name in Submitted._fields))
    .where(_ROW.state == State.SUBMITTING, _ROW.handed_over_at.is_(None))
    .order_by(_ROW.id)
    .with_for_update()
)


def submitted(session: Session, ids: Collection[str]) -> dict[str, Submitted]:
    """Those of these rows that are being tried, and were never handed over before; locked."""
    query = _SUBMITTED.where(among(session, _ROW.id, ids))
    return {row.id: row for row in map(Submitted._make, session.execute(query).all())}


def accepted(
    session: Session, taken: Sequence[tuple[str, str | None, datetime | None]], now: datetime
) -> None:
    """Rows `submitted` were taken: each with its provider's id, and when to look for a receipt."""
    update_rows(
        session,
        table_of(OutboxMessage),
        [
            {
                "id": row_id,
                "state": State.ACCEPTED.value,
                "provider_id": provider_id,
                "handed_over_at": now,
                "look_at": look_at,
                "error_code": None,
                "lease_owner": None,
                "lease_until": None,
                "ended_at": None,
            }
            for row_id, provider_id, look_at in taken
        ],
    )


def end(session: Session, ended: Sequence[tuple[str, int, SendResult]], now: datetime) -> None:
    """Write down what tries came to, where nothing certain is written yet."""
    came_to = dict[tuple[str, int], SendResult]()
    for row_id, number, result in ended:
        before = came_to.get((row_id, number))
        if before is None or before.outcome is Outcome.UNKNOWN:
            came_to[row_id, number] = result
    update_rows(
        session,
        table_of(OutboxAttempt),
        [
            {
                "outbox_id": row_id,
                "number": number,
                "ended_at": now,
                "outcome": result.outcome.value,
                "code": result.code,
            }
            for (row_id, number), result in came_to.items()
        ],
        by=("outbox_id", "number"),
        where=_OPEN_STILL,
    )


def forget(session: Session, row_id: str, number: int) -> None:
    """A try that never began is none."""
    session.execute(delete(OutboxAttempt).filter_by(outbox_id=row_id, number=number))
