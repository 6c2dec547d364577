"""The databases that tests get are real, migrated, and nobody else's."""

import sqlalchemy as sa

from tracker.store import migrate


def _tables(url: str) -> set[str]:
    engine = sa.create_engine(url)
    try:
        return set(sa.inspect(engine).get_table_names())
    finally:
        engine.dispose()


def _mark(url: str) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE left_by_a_test (x INTEGER)"))
    engine.dispose()


def test_a_fresh_database_is_at_the_newest_migration(database_url: str) -> None:
    assert "alembic_version" in _tables(database_url)
    engine = sa.create_engine(database_url)
    with engine.begin() as connection:
        version = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    engine.dispose()
    assert version == migrate.head()


def test_an_empty_database_is_empty(empty_database_url: str) -> None:
    assert _tables(empty_database_url) == set()


def test_no_test_sees_what_the_other_left(database_url: str) -> None:
    assert "left_by_a_test" not in _tables(database_url)
    _mark(database_url)


def test_nor_the_other_way_round(database_url: str) -> None:
    assert "left_by_a_test" not in _tables(database_url)
    _mark(database_url)
