"""What the database can tell of the promises S1–S18 (safety.md). Reads only."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from tracker.store.cases import ERASED
from tracker.store.schema import Base, Case, ContactPoint, Enquirer, Person, WebSession

SEALED: Final = "_sealed"


def sealed_samples(session: Session, most: int) -> list[tuple[str, bytes, int]]:
    """Column, first byte and length of up to `most` values of every sealed column, not empty."""
    found = []
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if column.key.endswith(SEALED):
                size = func.length(column)
                query = select(func.substr(column, 1, 1), size).where(size > 0).limit(most)
                name = f"{table.name}.{column.key}"
                found += [(name, bytes(first), length) for first, length in session.execute(query)]
    return found


def told_more(session: Session) -> int:
    """Active people whose messages say more than next to nothing (S4)."""
    query = select(func.count()).select_from(Person)
    return session.scalar(query.where(Person.active, Person.disclosure != "notice")) or 0


def numbers_in_use(session: Session) -> list[ContactPoint]:
    """Contact points that may be sent to and are telephone numbers (S5)."""
    used = select(ContactPoint).where(
        ContactPoint.disabled_at.is_(None), ContactPoint.channel.in_(("sms", "voice"))
    )
    return list(session.scalars(used))


def receipts(session: Session) -> tuple[int, int]:
    """How many receipts there are, and how many are kept otherwise than by Argon2id (S7)."""
    query = select(func.count()).where(Enquirer.receipt_hash.is_not(None))
    plain = query.where(~Enquirer.receipt_hash.startswith("$argon2id$", autoescape=True))
    return session.scalar(query) or 0, session.scalar(plain) or 0


def let_in_by_half(session: Session, at: datetime) -> int:
    """Living sessions of staff that showed no second factor (S10)."""
    query = select(func.count()).where(
        WebSession.kind == "staff",
        WebSession.second_factor.is_(False),
        WebSession.ended_at.is_(None),
        WebSession.expires_at > at,
    )
    return session.scalar(query) or 0


def guards_of_the_trail(session: Session) -> int:
    """How many triggers keep the audit trail append-only (S13)."""
    if session.get_bind().dialect.name == "sqlite":
        query = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"
    else:
        query = (
            "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
            " AND tgrelid = 'audit'::regclass"
        )
    return session.scalar(text(query)) or 0


def undated(session: Session) -> int:
    """Cases nobody will ever be asked about, for they have no review date (S18)."""
    query = select(func.count()).select_from(Case)
    return session.scalar(query.where(Case.review_on.is_(None), Case.state != ERASED)) or 0
