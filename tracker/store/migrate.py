"""Bringing a database to the newest schema, and back (Alembic, inside the package)."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from tracker.store.database import connect_once

_MIGRATIONS = Path(__file__).parent / "migrations"


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["engine"] = connect_once(url)
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Apply the migrations up to `revision`."""
    command.upgrade(_config(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Take migrations back down to `revision` (`base` for an empty database)."""
    command.downgrade(_config(url), revision)


def head() -> str:
    """The newest revision this program knows."""
    newest = ScriptDirectory(str(_MIGRATIONS)).get_current_head()
    assert newest is not None
    return newest


def current(url: str) -> str | None:
    """The revision a database stands at; None for an empty one."""
    engine = connect_once(url)
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()
