"""Tries at outbox rows: leased before anything leaves, and what each came to (D2, D4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from tracker.domain.delivery import Outcome, SendResult, State
from tracker.store.schema import OutboxAttempt, OutboxMessage, new_id


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
    session.execute(
        update(OutboxMessage),
        [
            {
                "id": one.row_id,
                "state": State.SUBMITTING,
                "attempts": one.number,
                "carrier_id": one.carrier_id,
                "lease_owner": owner,
                "lease_until": until,
            }
            for one in tries
        ],
    )
    session.execute(
        insert(OutboxAttempt),
        [
            {"id": new_id(), "outbox_id": one.row_id, "number": one.number, "started_at": now}
            for one in tries
        ],
    )


def find(session: Session, row_id: str, number: int) -> OutboxAttempt | None:
    """One try at a row."""
    return session.scalars(
        select(OutboxAttempt).filter_by(outbox_id=row_id, number=number)
    ).one_or_none()


def end(session: Session, ended: Sequence[tuple[str, int, SendResult]], now: datetime) -> None:
    """Write down what tries came to, where nothing certain is written yet."""
    open_still = or_(OutboxAttempt.outcome.is_(None), OutboxAttempt.outcome == Outcome.UNKNOWN)
    statement = (
        update(OutboxAttempt)
        .where(
            OutboxAttempt.outbox_id == bindparam("of_row"),
            OutboxAttempt.number == bindparam("of_number"),
            open_still,
        )
        .values(ended_at=now, outcome=bindparam("came_to"), code=bindparam("with_code"))
    )
    session.connection().execute(
        statement,
        [
            {"of_row": row, "of_number": number, "came_to": one.outcome, "with_code": one.code}
            for row, number, one in ended
        ],
    )


def forget(session: Session, row_id: str, number: int) -> None:
    """A try that never began is none."""
    session.execute(delete(OutboxAttempt).filter_by(outbox_id=row_id, number=number))
