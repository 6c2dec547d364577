"""Bringing a database to the newest schema, and back (Alembic, inside the package).

Alembic is loaded when it is used: a worker never does, and keeps twelve MiB the less.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tracker.domain.errors import TrackerError
from tracker.store.database import connect_once

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

_MIGRATIONS = Path(__file__).parent / "migrations"


class UnknownRevision(TrackerError):
    """This program has no such migration, or the database stands at one it does not know."""


def _config(url: str) -> Config:
    from alembic.config import Config  # noqa: PLC0415 — see above

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["engine"] = connect_once(url)
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Apply the migrations up to `revision`. Raises UnknownRevision for one of a newer program."""
    from alembic import command  # noqa: PLC0415 — see above
    from alembic.util import CommandError  # noqa: PLC0415

    try:
        command.upgrade(_config(url), revision)
    except CommandError as error:
        raise UnknownRevision(str(error)) from error


def downgrade(url: str, revision: str) -> None:
    """Take migrations back down to `revision` (`base` for an empty database)."""
    from alembic import command  # noqa: PLC0415 — see above

    command.downgrade(_config(url), revision)


def head() -> str:
    """The newest revision this program knows."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 — see above

    newest = ScriptDirectory(str(_MIGRATIONS)).get_current_head()
    assert newest is not None
    return newest


def current(url: str) -> str | None:
    """The revision a database stands at; None for an empty one."""
    engine = connect_once(url)
    with engine.connect() as connection:
        return standing(connection)


def standing(connection: Connection) -> str | None:
    """The revision that the database behind a connection stands at; None for an empty one."""
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415 — see above

    return MigrationContext.configure(connection).get_current_revision()
