"""Three kinds of session over one pool (house: `store` never commits by itself)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, text

from tracker.store.database import Database, connect
from tracker.store.schema import Pulse

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)

pytestmark = pytest.mark.database


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = connect(database_url)
    yield opened
    opened.engine.dispose()


def pulses(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Pulse)) or 0


def test_a_question_sees_what_was_committed_meanwhile_and_holds_up_nobody(
    database: Database,
) -> None:
    with database.asking() as asking:
        before = asking.scalar(select(func.count()).select_from(Pulse)) or 0
        with database.writing.begin() as session:
            session.add(Pulse(name="test", at=NOW))
        assert asking.scalar(select(func.count()).select_from(Pulse)) == before + 1


def test_a_connection_that_answered_a_question_has_transactions_again(database: Database) -> None:
    with database.asking() as asking:
        asking.scalar(select(func.count()).select_from(Pulse))
    before = pulses(database)
    with database.writing() as session:  # the pool gives back the one that was used last
        session.add(Pulse(name="test", at=NOW))
        session.flush()
        session.rollback()
    assert pulses(database) == before


def test_a_log_that_cannot_be_emptied_fails_nobody() -> None:
    """S1: what was destroyed is committed by then; the next round tries again."""
    opened = connect("sqlite://")  # one connection, so that the writer stands in its own way
    with opened.writing() as session:
        session.execute(text("CREATE TABLE told (words TEXT)"))
        assert not opened.erase_traces()
    assert opened.erase_traces()


def test_questions_on_postgresql_are_planned_once_and_leave_no_connection_behind(
    database: Database,
) -> None:
    """D10: an idle tick asks the same every few seconds; planning took longer than answering."""
    if database.is_sqlite:
        pytest.skip("SQLite keeps no plans")
    with database.asking() as asking:
        assert asking.scalar(text("SHOW plan_cache_mode")) == "force_generic_plan"
        here = asking.scalar(text("SELECT pg_backend_pid()"))
    with database.reading() as session:
        assert session.scalar(text("SHOW plan_cache_mode")) == "auto"
    database.engine.dispose()
    with database.reading() as session:
        alive = session.scalar(
            text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid"), {"pid": here}
        )
    assert alive == 0
