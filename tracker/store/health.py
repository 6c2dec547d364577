"""What the red bar and `/readyz` ask the database: does the worker live, do alerts leave (D10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from tracker.store import migrate, outbox
from tracker.store.schema import Alert, AuditRow, Flag, Pulse

WORKER = "worker"
PULSE_MAY_BE = timedelta(minutes=5)
"""Older than this, the worker counts as dead."""

WAITING_MAY_BE = timedelta(minutes=15)
"""A row due for longer than this is stuck."""

BACKUP_MAY_BE = timedelta(days=2)
"""A daily backup older than this is missing."""

RESTORED: Final = "restored"
"""The value of the flag `sending_paused` in an instance that was brought back from a backup."""

Unavailable: Final = (OperationalError, InterfaceError, PoolTimeout)
"""What is raised when the database cannot be reached or does not answer."""


def fault(error: BaseException) -> str:
    """What the database itself calls an error, without a value: `SQLITE_BUSY`, an SQLSTATE."""
    said = getattr(error, "orig", None)
    return str(getattr(said, "sqlite_errorname", None) or getattr(said, "sqlstate", None) or "")


def is_ours(error: BaseException) -> bool:
    """Whether the database answered that it cannot do what we asked, as with another schema.

    SQLite calls that "operational" too, and PostgreSQL a programming error.
    """
    return fault(error) == "SQLITE_ERROR"


@dataclass(frozen=True, slots=True)
class Health:
    """The state of sending at `now`."""

    now: datetime
    worker_at: datetime | None
    oldest_due_at: datetime | None
    undelivered: int
    paused: bool
    restored: bool = False  # paused since a backup was brought back; nobody has looked yet

    @property
    def worker_alive(self) -> bool:
        """Whether the worker's last beat is fresh."""
        return self.worker_at is not None and self.now - self.worker_at <= PULSE_MAY_BE

    @property
    def stuck(self) -> bool:
        """Whether something due has been waiting for too long."""
        return self.oldest_due_at is not None and self.now - self.oldest_due_at > WAITING_MAY_BE


def look(session: Session, now: datetime) -> Health:
    """Read the state of sending."""
    oldest = outbox.oldest_due(session, now)
    undelivered = session.scalar(
        select(func.count()).select_from(Alert).where(Alert.state == "undelivered")
    )
    pulse = session.get(Pulse, WORKER)
    paused = flag(session, "sending_paused")
    return Health(
        now=now,
        worker_at=pulse.at if pulse else None,
        oldest_due_at=oldest,
        undelivered=undelivered or 0,
        paused=paused is not None,
        restored=paused == RESTORED,
    )


def last_written(session: Session) -> datetime | None:
    """The later of the newest audit row and the worker's last beat; None in a new instance."""
    row = select(AuditRow.at).order_by(AuditRow.seq.desc()).limit(1).scalar_subquery()
    beat = select(Pulse.at).where(Pulse.name == WORKER).scalar_subquery()
    return max((at for at in session.execute(select(row, beat)).one() if at), default=None)


def is_newest(session: Session) -> bool:
    """Whether the database stands at the newest migration this program knows."""
    return migrate.standing(session.connection()) == _newest()


@cache
def _newest() -> str:
    return migrate.head()


def flag(session: Session, name: str) -> str | None:
    """The value of a switch; None where it is off."""
    row = session.get(Flag, name)
    return row.value if row is not None and row.value not in ("", "0", "no") else None
