"""The audit trail: one chain, append-only, every change found (safety.md S13)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tracker.domain.actor import WORKER
from tracker.store.audit import AuditTrail, verify
from tracker.store.database import Database, connect
from tracker.store.schema import AuditHead, AuditRow

KEY = bytes(range(32))
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = connect(database_url)
    with opened.writing.begin() as session:
        trail = AuditTrail(session, KEY)
        for number in range(5):
            trail.append(NOW, WORKER, "test.act", "thing", f"{number}", detail={"n": number})
    yield opened
    opened.engine.dispose()


def unguarded(session: Session) -> None:
    """What somebody does who owns the database: the triggers go first."""
    if session.get_bind().dialect.name == "sqlite":
        for name in ("update", "delete", "replace"):
            session.execute(text(f"DROP TRIGGER audit_no_{name}"))
    else:
        session.execute(text("ALTER TABLE audit DISABLE TRIGGER ALL"))


def test_a_whole_chain_holds(database: Database) -> None:
    with database.reading() as session:
        assert verify(session, KEY) is None
        assert session.get_one(AuditHead, 1).seq == 5


@pytest.mark.parametrize(
    "statement",
    [
        update(AuditRow).values(act="nothing"),
        delete(AuditRow).where(AuditRow.seq == 5),
    ],
    ids=["update", "delete"],
)
def test_the_database_itself_refuses_changes(database: Database, statement: object) -> None:
    with pytest.raises(DBAPIError, match="append-only"), database.writing.begin() as session:
        session.execute(statement)  # type: ignore[call-overload]


def test_insert_or_replace_is_refused_too(database: Database) -> None:
    if not database.is_sqlite:
        with pytest.raises(DBAPIError), database.writing.begin() as session:
            session.execute(text("TRUNCATE audit"))
        return
    with pytest.raises(DBAPIError, match="append-only"), database.writing.begin() as session:
        session.execute(text("INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE seq = 2"))


def test_a_changed_row_is_found(database: Database) -> None:
    with database.writing.begin() as session:
        unguarded(session)
        session.execute(update(AuditRow).where(AuditRow.seq == 3).values(act="nothing"))
    with database.reading() as session:
        assert verify(session, KEY) == 3


def test_a_removed_row_is_found(database: Database) -> None:
    with database.writing.begin() as session:
        unguarded(session)
        session.execute(delete(AuditRow).where(AuditRow.seq == 2))
    with database.reading() as session:
        assert verify(session, KEY) is not None


def test_rows_cut_from_the_end_are_found_by_the_head_and_by_a_printed_one(
    database: Database,
) -> None:
    with database.writing.begin() as session:
        printed = AuditTrail(session, KEY).head().partition(": ")[2]
        unguarded(session)
        session.execute(delete(AuditRow).where(AuditRow.seq > 3))
    with database.reading() as session:
        assert verify(session, KEY) == 4
    with database.writing.begin() as session:  # a thief who mends the head as well
        third = session.get_one(AuditRow, 3)
        session.execute(update(AuditHead).values(seq=3, hash=third.hash))
    with database.reading() as session:
        assert verify(session, KEY) is None
        assert verify(session, KEY, [printed]) == 4
