"""Rows of `pulses`, made on first use though several processes begin at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker.store.bulk import among
from tracker.store.schema import Pulse


def pulses_of(session: Session, names: Iterable[str]) -> dict[str, Pulse]:
    """The rows of these names, as far as there are any."""
    found = session.scalars(select(Pulse).where(among(session, Pulse.name, names)))
    return {row.name: row for row in found}


def locked_pulse(session: Session, name: str, now: datetime) -> Pulse:
    """The row of that name, locked for this transaction; a new one if there was none."""
    query = select(Pulse).where(Pulse.name == name).with_for_update()
    row = session.scalars(query).one_or_none()
    if row is not None:
        return row
    try:
        with session.begin_nested():
            row = Pulse(name=name, at=now)
            session.add(row)
    except IntegrityError:  # another process was quicker
        return session.scalars(query).one()
    return row


def drop_pulse(session: Session, name: str) -> None:
    """Delete the row of that name, if there is one."""
    session.execute(delete(Pulse).where(Pulse.name == name))
