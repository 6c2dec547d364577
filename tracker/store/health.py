"""What the red bar and `/readyz` ask the database: does the worker live, do alerts leave (D10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    Date,
    ScalarSelect,
    Select,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from tracker.store import digest, migrate, outbox
from tracker.store.schema import (
    Alert,
    AuditRow,
    Case,
    Digest,
    Flag,
    Person,
    PersonRole,
    Pulse,
)
from tracker.store.schema.base import UTCInstant

WORKER = "worker"
PULSE_MAY_BE = timedelta(minutes=5)
"""Older than this, the worker counts as dead."""

WAITING_MAY_BE = timedelta(minutes=15)
"""A row due for longer than this is stuck."""

BACKUP_MAY_BE = timedelta(days=2)
"""A daily backup older than this is missing."""

DIGEST_MAY_BE: Final = timedelta(days=8)
"""A weekly digest older than this is missing."""

PAUSED: Final = "sending_paused"
"""The flag that holds every message."""

HELD: Final = "sending_held"
"""The flag of the brakes of our own: `clock`, or `storm <until>`; once it was let go, `storm` until
then."""

MOVING: Final = "policies_moving"
"""The flag that a policy's new version counts, and cases may still stand under an older one."""

KEY_COPY: Final = "key_copy"
"""The flag that holds the fingerprint of the key ring that somebody has copied offline."""

BACKUP: Final = "backup"
"""The pulse of backups."""

DAILY: Final = "daily"
"""The pulse of the worker's chores of the day."""

DAILY_FAILED: Final = "daily_failed"
"""The pulse that says which of them failed when they were last done; gone once none does."""

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
    hold: str | None  # the value of the flag `HELD`
    restored: bool = False  # paused since a backup was brought back; nobody has looked yet

    @property
    def worker_alive(self) -> bool:
        """Whether the worker's last beat is fresh."""
        return self.worker_at is not None and self.now - self.worker_at <= PULSE_MAY_BE

    @property
    def stuck(self) -> bool:
        """Whether something due has been waiting for too long."""
        return self.oldest_due_at is not None and self.now - self.oldest_due_at > WAITING_MAY_BE


@dataclass(frozen=True, slots=True)
class Watch:
    """Everything that may ring, besides what `health` says; asked in one question, for every page
    of the desk asks it."""

    health: Health
    key_copy: str | None
    backup_at: datetime | None
    unreachable: int  # providers out of reach
    set_aside: int  # cases the clock failed on
    oldest_look_at: datetime | None  # of those it can look at
    digest_at: datetime | None  # when the last one was decided
    unmailed: int
    has_cases: bool
    had_cases: bool  # when the last digest should have been; asked where there was none
    supervisors: bool  # whether anybody with the role has an open account today (UTC)
    administrators: bool

    @property
    def late(self) -> bool:
        """Whether a case that can be looked at has been due for too long."""
        oldest = self.oldest_look_at
        return oldest is not None and self.health.now - oldest > WAITING_MAY_BE

    @property
    def digest_missing(self) -> bool:
        """Whether no weekly digest was made for more than eight days, though there are cases."""
        if self.digest_at is None:
            return self.had_cases
        return self.health.now - self.digest_at > DIGEST_MAY_BE

    @property
    def backup_fresh(self) -> bool:
        """Whether a backup was taken in the last two days."""
        return self.backup_at is not None and self.health.now - self.backup_at <= BACKUP_MAY_BE


def look(session: Session, now: datetime) -> Health:
    """Read the state of sending."""
    row = session.execute(_asking(all_of_it=False), {"now": now}).one()
    return _health(row, now)


def watch(session: Session, now: datetime) -> Watch:
    """Read everything that may ring."""
    asked = {"now": now, "digest_since": now - DIGEST_MAY_BE, "today": now.date()}
    row = session.execute(_asking(all_of_it=True), asked).one()
    return Watch(
        health=_health(row, now),
        key_copy=_switched(row.key_copy),
        backup_at=row.backup_at,
        unreachable=row.unreachable,
        set_aside=row.set_aside,
        oldest_look_at=row.oldest_look_at,
        digest_at=row.digest_at,
        unmailed=row.unmailed,
        has_cases=bool(row.has_cases),
        had_cases=bool(row.had_cases),
        supervisors=bool(row.supervisors),
        administrators=bool(row.administrators),
    )


def _health(row: Any, now: datetime) -> Health:
    paused = _switched(row.paused)
    return Health(
        now=now,
        worker_at=row.worker_at,
        oldest_due_at=row.oldest_due_at,
        undelivered=row.undelivered,
        paused=paused is not None,
        hold=_switched(row.hold),
        restored=paused == RESTORED,
    )


@cache
def _asking(*, all_of_it: bool) -> Select[Any]:
    """One row with a column for each answer, so that the database is asked once."""
    now = bindparam("now", type_=UTCInstant())
    columns: dict[str, Any] = {
        "worker_at": _beat(WORKER),
        "oldest_due_at": outbox.firsts(now)[0].scalar_subquery(),
        "undelivered": _count(Alert.state == "undelivered"),
        "paused": _flag(PAUSED),
        "hold": _flag(HELD),
    }
    if all_of_it:
        columns |= _what_else_rings(
            bindparam("digest_since", type_=UTCInstant()), bindparam("today", type_=Date())
        )
    return select(*(column.label(name) for name, column in columns.items()))


def _what_else_rings(
    digest_since: BindParameter[datetime], today: BindParameter[date]
) -> dict[str, Any]:
    readable = Case.set_aside_at.is_(None)
    digest_at = select(func.max(Digest.decided_at)).scalar_subquery()
    opened = exists().where(Case.opened_at < digest_since)  # a long look where all are new
    holders = select(PersonRole.role).join(Person, Person.id == PersonRole.person_id)
    lasts = or_(Person.expires_on.is_(None), Person.expires_on >= today)
    held = holders.where(Person.active, lasts)
    return {
        "key_copy": _flag(KEY_COPY),
        "backup_at": _beat(BACKUP),
        "unreachable": _count(
            Pulse.name.startswith("breaker:", autoescape=True), Pulse.lease_until.is_not(None)
        ),
        "set_aside": _count(~readable),
        "oldest_look_at": select(func.min(Case.next_look_at)).where(readable).scalar_subquery(),
        "digest_at": digest_at,
        "unmailed": digest.unmailed(digest_since),
        "has_cases": exists(select(Case.id)),
        "had_cases": case((digest_at.is_(None), opened), else_=True),
        "supervisors": held.where(PersonRole.role == "supervisor").exists(),
        "administrators": held.where(PersonRole.role == "administrator").exists(),
    }


def _beat(name: str) -> ScalarSelect[Any]:
    return select(Pulse.at).where(Pulse.name == name).scalar_subquery()


def _flag(name: str) -> ScalarSelect[Any]:
    return select(Flag.value).where(Flag.name == name).scalar_subquery()


def _count(*where: Any) -> ScalarSelect[Any]:
    return select(func.count()).where(*where).scalar_subquery()


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
    return _switched(row.value) if row is not None else None


def _switched(value: str | None) -> str | None:
    return None if value in (None, "", "0", "no") else value
