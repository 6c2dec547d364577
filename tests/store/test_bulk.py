"""Many rows at once: written as they were given, refused as any other row (D1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tracker.store.bulk import among, besides, insert_rows, update_rows, without_waiting
from tracker.store.database import Database, connect
from tracker.store.schema import AuditRow, Flag

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
FLAGS, AUDIT = (model.metadata.tables[model.__tablename__] for model in (Flag, AuditRow))

pytestmark = pytest.mark.database

_COMMON = {"actor_kind": "worker", "object_kind": "test", "previous": b"\\x"}

words = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=9)
awkward = st.sampled_from(["", "NULL", "null", "{", '"', "\\", '\\"', ",", " a ", "ئۇ", "{a,b}"])
either = st.one_of(words, awkward)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = connect(database_url)
    yield opened
    opened.engine.dispose()


def flag(name: str, value: str) -> dict[str, Any]:
    return {"name": name, "value": value, "set_by": None, "set_at": NOW}


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(either, st.none() | either, st.binary(max_size=5), st.none() | st.lists(either)),
        min_size=1,
        max_size=4,
    )
)
def test_rows_are_kept_as_they_were_given(
    database: Database, told: list[tuple[str, str | None, bytes, list[str] | None]]
) -> None:
    rows = [
        {
            "seq": number,
            "at": NOW + timedelta(microseconds=number),
            "act": act,
            "object_id": about,
            "hash": digest,
            "detail": {"of": detail},
        }
        for number, (act, about, digest, detail) in enumerate(told, 1)
    ]
    with database.writing() as session:
        insert_rows(session, AUDIT, [_COMMON | row for row in rows])
        kept = select(AUDIT).where(AUDIT.c.seq <= len(rows)).order_by(AUDIT.c.seq)
        found = [dict(row._mapping) for row in session.execute(kept)]
        assert [{name: row[name] for name in rows[0]} for row in found] == rows
        session.rollback()


def written(database: Database, *batches: list[dict[str, Any]]) -> None:
    with database.writing.begin() as session, without_waiting(session):
        for rows in batches:
            insert_rows(session, FLAGS, rows)


def test_what_is_refused_while_nobody_waits_is_raised_and_undone(database: Database) -> None:
    with pytest.raises(IntegrityError):
        written(database, [flag("one", "1"), flag("two", "2")], [flag("one", "again")])
    with database.reading() as session:
        assert session.scalars(select(Flag.name)).all() == []
    written(database, [flag("one", "1")])
    with database.reading() as session:
        assert session.scalars(select(Flag.value)).all() == ["1"]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(either, max_size=4), st.sets(either, max_size=4))
def test_among_and_besides_tell_texts_apart_as_they_are(
    database: Database, kept: set[str], wanted: set[str]
) -> None:
    with database.writing() as session:
        insert_rows(session, FLAGS, [flag(name, "1") for name in kept])
        for column in (Flag.name, FLAGS.c.name):
            found = session.scalars(select(column).where(among(session, column, wanted)))
            assert set(found) == kept & wanted
            others = session.scalars(select(column).where(besides(session, column, wanted)))
            assert set(others) == kept - wanted
        session.rollback()


def test_a_row_is_changed_where_all_its_keys_and_the_condition_agree(database: Database) -> None:
    later = NOW + timedelta(hours=1)
    with database.writing() as session:
        insert_rows(session, FLAGS, [flag(name, name) for name in ("one", "two", "three")])
        told = (("one", "one"), ("two", "other"), ("three", "three"))
        new = [{"name": name, "set_at": later, "value": value} for name, value in told]
        update_rows(session, FLAGS, new, by=("name", "value"), where="flags.name <> 'three'")
        kept = dict(session.execute(select(Flag.name, Flag.set_at)).all())
        assert kept == {"one": later, "two": NOW, "three": NOW}
        session.rollback()


def test_rows_that_are_there_already_are_changed_where_that_is_said(database: Database) -> None:
    end = " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
    with database.writing() as session:
        insert_rows(session, FLAGS, [flag("one", "1")])
        insert_rows(session, FLAGS, [flag("one", "again"), flag("two", "2")], end)
        kept = dict(session.execute(select(Flag.name, Flag.value)).all())
        assert kept == {"one": "again", "two": "2"}
        session.rollback()
