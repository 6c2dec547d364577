"""Three kinds of session over one pool (house: `store` never commits by itself)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

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
