"""Outbox rows that may be sent, with what they are about, as far as sending asks.

Read and written past the ORM: these are the rows that a full outbox reads most.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, load_only

from tracker.domain.delivery import UNSENT
from tracker.store.bulk import among, besides, table_of, update_rows
from tracker.store.outbox import UNFINISHED, WAITING
from tracker.store.schema import Alert, ContactPoint, OutboxMessage, Person


class AlertSaid(NamedTuple):
    """An alert, as far as a message about it asks."""

    id: str
    case_id: str
    kind: str
    band: str
    roles: list[str]
    state: str
    raised_at: datetime
    contact_report_id: str | None
    silent_sealed: bytes


class PointAsked(NamedTuple):
    """A contact point, as far as sending to it asks."""

    id: str
    person_id: str
    address_sealed: bytes
    disabled_at: datetime | None
    disabled_reason: str | None
    opted_out_at: datetime | None


@dataclass(slots=True)
class Unsent:
    """A row that may be sent. What is changed of it is written by `keep`."""

    id: str
    kind: str
    alert_id: str | None
    digest_id: str | None
    case_id: str | None
    person_id: str
    contact_point_id: str
    channel: str
    role: str | None
    urgent: bool
    state: str
    reference: str
    available_at: datetime
    attempts: int
    possible_repeat: bool
    carrier_id: str | None
    error_code: str | None
    alert: AlertSaid | None = None
    ended_at: datetime | None = None
    is_changed: bool = field(default=False, init=False)

    def put_off(self, until: datetime) -> None:
        """It has to wait until then."""
        self.available_at, self.is_changed = until, True

    def refer_as(self, reference: str) -> None:
        """It bears another message's reference from here on."""
        self.reference, self.is_changed = reference, True

    def move(self, state: str, code: str | None, ended_at: datetime | None = None) -> None:
        """Another state, and why; when that ends it."""
        self.state, self.error_code, self.ended_at = str(state), code, ended_at
        self.is_changed = True


_ROW: Final = table_of(OutboxMessage).c
_ASKED: Final = select(
    *(
        _ROW[name]
        for name in Unsent.__dataclass_fields__
        if name not in ("alert", "ended_at", "is_changed")
    )
)
_SAID: Final = select(*(table_of(Alert).c[name] for name in AlertSaid._fields))
_POINT: Final = select(*(table_of(ContactPoint).c[name] for name in PointAsked._fields))
_PEOPLE: Final = select(Person).options(
    load_only(
        Person.active,
        Person.deputy_id,
        Person.disclosure,
        Person.expires_on,
        Person.language,
        Person.leave_from_on,
        Person.leave_until_on,
        Person.quiet_from,
        Person.quiet_until,
        Person.zone_name,
    )
)
_COUNTED: Final = select(_ROW.contact_point_id, func.count()).group_by(_ROW.contact_point_id)
"""Put together once; of the tables' own columns, for a mapped class's cost more each time."""

_STATES: Final = sorted(UNSENT)
"""Given as values, not in `WAITING`'s words, where a plan that is kept must not go through all that
waits: its index is used only where those words stand."""

_CHANGES: Final = (
    "id",
    "state",
    "error_code",
    "available_at",
    "attempts",
    "ended_at",
    "reference",
)


def due(
    session: Session,
    now: datetime,
    limit: int,
    channels: Collection[str],
    kinds: Collection[str] | None = None,
) -> list[Unsent]:
    """Rows to send now, the longest waiting first, locked for this transaction.

    On PostgreSQL rows that another worker is claiming are passed by; on SQLite the transaction is
    the only writer. Of some channels, and of some kinds where that is said.
    """
    when = [
        UNFINISHED,
        among(session, _ROW.state, _STATES),
        _ROW.available_at <= now,
        among(session, _ROW.channel, channels),
    ]
    if kinds is not None:
        when.append(among(session, _ROW.kind, kinds))
    return _in_order(session, when, limit)


def due_at(
    session: Session, now: datetime, points: Collection[str], known: Collection[str], limit: int
) -> list[Unsent]:
    """Alerts' rows that wait to be sent now to these contact points, besides those `known`, the
    longest waiting first, locked for this transaction."""
    when = [WAITING, *_at(session, points, now), besides(session, _ROW.id, known)]
    return _in_order(session, when, limit)


def waiting_at(session: Session, now: datetime, points: Collection[str]) -> dict[str, int]:
    """How many alerts' rows wait to be sent now, for the first time, to each contact point."""
    query = _COUNTED.where(WAITING, *_at(session, points, now))
    return dict(session.execute(query).all())


def companions(session: Session, rows: Sequence[Unsent]) -> list[Unsent]:
    """Unsent rows that were in one message with some of these before, and are not among them."""
    ids = [row.id for row in rows]
    carriers = sorted({row.carrier_id for row in rows if row.carrier_id is not None})
    query = _ASKED.where(
        or_(
            among(session, _ROW.carrier_id, [*ids, *carriers]),
            among(session, _ROW.id, carriers),
        ),
        among(session, _ROW.state, _STATES),
        besides(session, _ROW.id, ids),
    )
    return [Unsent(*row) for row in session.execute(query.with_for_update()).all()]


def tell_alerts(session: Session, rows: Iterable[Unsent]) -> None:
    """Give each row the alert that it is about."""
    rows = [row for row in rows if row.alert_id is not None]
    ids = {row.alert_id or "" for row in rows}
    query = _SAID.where(among(session, table_of(Alert).c.id, ids))
    said = session.execute(query).all()
    found: Mapping[str, AlertSaid] = {row.id: AlertSaid(*row) for row in said}
    for row in rows:
        row.alert = found[row.alert_id or ""]


def points_of(session: Session, rows: Iterable[Unsent]) -> dict[str, PointAsked]:
    """Where rows go, by the contact point's id."""
    ids = {row.contact_point_id for row in rows}
    query = _POINT.where(among(session, table_of(ContactPoint).c.id, ids))
    return {row.id: PointAsked(*row) for row in session.execute(query).all()}


def people_of(session: Session, rows: Iterable[Unsent]) -> dict[str, Person]:
    """To whom rows go, by id. What sending seldom asks of them is fetched when it is asked."""
    query = _PEOPLE.where(among(session, Person.id, {row.person_id for row in rows}))
    return {person.id: person for person in session.scalars(query)}


def keep(session: Session, rows: Iterable[Unsent]) -> None:
    """Write down what was changed of rows."""
    changed = [row for row in rows if row.is_changed]
    update_rows(
        session,
        table_of(OutboxMessage),
        [{name: getattr(row, name) for name in _CHANGES} for row in changed],
    )


def _at(session: Session, points: Collection[str], now: datetime) -> Sequence[ColumnElement[bool]]:
    """A possible repeat is none of them: it goes as it went, with its own reference (D4)."""
    return (
        among(session, _ROW.contact_point_id, points),
        _ROW.available_at <= now,
        _ROW.kind == "alert",
        _ROW.possible_repeat.is_(False),
    )


def _in_order(session: Session, when: Iterable[Any], limit: int) -> list[Unsent]:
    query = (
        _ASKED.where(*when)
        .order_by(_ROW.available_at, _ROW.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [Unsent(*row) for row in session.execute(query).all()]
