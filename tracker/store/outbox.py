"""Finding outbox rows: what is due, what was left behind, what else was tried for a person."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    exists,
    func,
    literal_column,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Session, aliased

from tracker.domain import alerts
from tracker.domain.delivery import HANDED_OVER, OPEN, UNSENT, State
from tracker.domain.evaluate import Kind
from tracker.store.bulk import among
from tracker.store.schema import Alert, Base, OutboxMessage

Row = TypeVar("Row", bound=Base)

UNFINISHED: Final = text("outbox.state IN ('pending', 'retry_wait', 'submitting', 'unknown')")
WAITING: Final = text("outbox.state IN ('pending', 'retry_wait')")
_SUBMITTING: Final = text("outbox.state = 'submitting'")
_UNKNOWN: Final = text("outbox.state = 'unknown'")
"""The words of the partial indexes, to the letter: else the database does not use them."""

ONE: Final[ColumnElement[int]] = literal_column("1")
"""A limit in the words themselves: PostgreSQL takes a limit it does not know for a tenth of all
rows, finds every kept plan too dear, and plans a question anew each time it is asked."""


def lapsed(session: Session, now: datetime, limit: int) -> list[OutboxMessage]:
    """Rows whose try was never recorded before its lease ran out, locked (D2)."""
    query = (
        select(OutboxMessage)
        .where(_SUBMITTING, OutboxMessage.lease_until <= now)
        .order_by(OutboxMessage.lease_until)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(session.scalars(query))


def in_doubt(session: Session) -> frozenset[str]:
    """The rows that some process is, or was, trying, and those of unknown fate."""
    state = OutboxMessage.state.in_([State.SUBMITTING, State.UNKNOWN])
    return frozenset(session.scalars(select(OutboxMessage.id).where(UNFINISHED, state)))


def waiting_of(session: Session, case_id: str, roles: Collection[str]) -> list[OutboxMessage]:
    """A case's alarms that were not sent yet and are for whoever is in one of these roles, locked.

    Not those that came to somebody else's place, nor an all-clear: it is for whom the alarm told.
    """
    query = (
        select(OutboxMessage)
        .join(Alert, Alert.id == OutboxMessage.alert_id)
        .where(
            Alert.case_id == case_id,
            WAITING,
            OutboxMessage.role.in_(sorted(roles)),
            Alert.state.in_(alerts.WAITING),
            Alert.kind.not_in((Kind.RESOLVED, Kind.CLOSED)),
        )
        .order_by(OutboxMessage.id)
        .with_for_update(of=OutboxMessage)
    )
    found = session.execute(query.add_columns(Alert.roles))
    return [row for row, due in found if row.role in due]


def uncertain(session: Session, now: datetime, limit: int) -> list[OutboxMessage]:
    """Rows of unknown fate that are to be looked for now, locked (D4).

    Not those in a message whose carrier is in doubt too: what is found of it holds for them. And
    no carrier before all that its message carries has lapsed: they are repeated together.
    """
    carrier, carried = aliased(OutboxMessage), aliased(OutboxMessage)
    doubt = carrier.state.in_([State.SUBMITTING, State.UNKNOWN])
    when = (
        (OutboxMessage.available_at <= now)
        & ~exists().where(carrier.id == OutboxMessage.carrier_id, doubt)
        & ~exists().where(carried.carrier_id == OutboxMessage.id, carried.state == State.SUBMITTING)
    )
    query = (
        select(OutboxMessage)
        .where(_UNKNOWN, when)
        .order_by(OutboxMessage.available_at, OutboxMessage.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(session.scalars(query))


def firsts(now: BindParameter[Any]) -> tuple[Select[Any], ...]:
    """Questions for the first row to send, and for those to look after: left by a process that
    died, of unknown fate, without a receipt."""
    at = OutboxMessage.available_at
    left, look = OutboxMessage.lease_until, OutboxMessage.look_at
    return (
        select(at).where(UNFINISHED, WAITING, at <= now).order_by(at, OutboxMessage.id).limit(ONE),
        select(left).where(_SUBMITTING, left <= now).order_by(left).limit(ONE),
        select(at).where(_UNKNOWN, at <= now).order_by(at, OutboxMessage.id).limit(ONE),
        select(look).where(look.is_not(None), look <= now).order_by(look).limit(ONE),
    )


def to_follow(session: Session, now: datetime, limit: int) -> list[OutboxMessage]:
    """Rows handed over whose receipts are to be asked for now, locked (D5)."""
    query = (
        select(OutboxMessage)
        .where(OutboxMessage.look_at.is_not(None), OutboxMessage.look_at <= now)
        .order_by(OutboxMessage.look_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(session.scalars(query))


def waiting_since(
    session: Session, channels: Collection[str], before: datetime, now: datetime, limit: int
) -> Sequence[str]:
    """Alerts' rows of these channels, made before that instant, that wait to be sent and for which
    no other way was taken yet; the longest waiting first."""
    if not channels:
        return ()
    query = select(OutboxMessage.id).where(
        UNFINISHED,
        OutboxMessage.state.in_(sorted(UNSENT)),
        OutboxMessage.kind == "alert",
        OutboxMessage.channel.in_(list(channels)),
        OutboxMessage.created_at <= before,
        OutboxMessage.look_at.is_(None),
        or_(OutboxMessage.available_at <= now, OutboxMessage.state == State.RETRY_WAIT),
    )
    return session.scalars(query.order_by(OutboxMessage.available_at).limit(limit)).all()


def about(session: Session, alert_id: str, person_id: str) -> Sequence[OutboxMessage]:
    """The rows that tell one person about an alert."""
    return session.scalars(
        select(OutboxMessage).filter_by(alert_id=alert_id, person_id=person_id)
    ).all()


def locked(session: Session, row_id: str) -> OutboxMessage | None:
    """One row as it stands now, locked for this transaction."""
    query = select(OutboxMessage).where(OutboxMessage.id == row_id)
    return session.scalars(
        query.with_for_update().execution_options(populate_existing=True)
    ).one_or_none()


def case_of(session: Session, row_id: str) -> str | None:
    """The case a row is about, read without a lock; None for tests, invitations, digests."""
    return session.scalars(select(OutboxMessage.case_id).filter_by(id=row_id)).one_or_none()


def has_working_row(
    session: Session,
    alert_id: str,
    people: Collection[str],
    besides: str | None = None,
    closed: Collection[str] = (),
) -> bool:
    """Whether some row about an alert may still reach, or has reached, one of these people.

    What has not left yet by a `closed` channel reaches nobody for now.
    """
    may_reach = OutboxMessage.state.in_(sorted(OPEN)) & OutboxMessage.channel.not_in(list(closed))
    query = (
        select(func.count())
        .select_from(OutboxMessage)
        .where(
            OutboxMessage.alert_id == alert_id,
            OutboxMessage.person_id.in_(list(people)),
            or_(OutboxMessage.state.in_(sorted(HANDED_OVER)), may_reach),
        )
    )
    if besides is not None:
        query = query.where(OutboxMessage.id != besides)
    return bool(session.scalar(query))


def points_used(session: Session, alert_id: str) -> frozenset[str]:
    """The contact points that have a row about an alert, whatever became of it."""
    return frozenset(
        session.scalars(select(OutboxMessage.contact_point_id).filter_by(alert_id=alert_id))
    )


def by_id(session: Session, kind: type[Row], ids: Iterable[str | None]) -> dict[str, Row]:
    """Many rows of a table in one query, by their ids; None is passed over."""
    wanted = sorted({one for one in ids if one is not None})
    table: Any = kind  # every table of ours has an id; the base class does not say so
    return {
        row.id: row
        for row in session.scalars(select(table).where(among(session, table.id, wanted)))
    }


def carried_by(session: Session, row_id: str) -> Sequence[str]:
    """The rows that went, or last were tried, in this one's message."""
    return session.scalars(
        select(OutboxMessage.id).filter_by(carrier_id=row_id).order_by(OutboxMessage.id)
    ).all()


def locked_many(session: Session, ids: Collection[str]) -> dict[str, OutboxMessage]:
    """Rows as they stand now, locked for this transaction in the order of their ids."""
    query = select(OutboxMessage).where(among(session, OutboxMessage.id, ids))
    rows = session.scalars(
        query.order_by(OutboxMessage.id).with_for_update().execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}
