"""Migrations: one head, equal to the schema, up and down with data on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from tracker.domain.actor import OPERATOR
from tracker.store import migrate
from tracker.store.audit import AuditTrail
from tracker.store.database import connect, connect_once
from tracker.store.schema import Base, Flag, PolicyRow, new_id


def test_the_migrated_database_is_the_schema(database_url: str) -> None:
    engine = connect_once(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Base.metadata)
    assert differences == []
    assert migrate.current(database_url) == migrate.head()


def test_down_to_nothing_and_up_again_with_data(empty_database_url: str) -> None:
    migrate.upgrade(empty_database_url)
    database = connect(empty_database_url)
    now = datetime(2026, 11, 22, tzinfo=UTC)
    with database.writing.begin() as session:
        session.add(PolicyRow(id=new_id(), name="Default", is_default=True, created_at=now))
        session.add(Flag(name="demo", value="1", set_at=now))
        AuditTrail(session, bytes(32)).append(now, OPERATOR, "test.act", "thing")
    database.engine.dispose()
    migrate.downgrade(empty_database_url, "base")
    engine = connect_once(empty_database_url)
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    engine.dispose()
    migrate.upgrade(empty_database_url)
    assert migrate.current(empty_database_url) == migrate.head()
