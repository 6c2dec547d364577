"""`tracker db`: migrations and integrity."""

from __future__ import annotations

import click

from tracker.cli.base import fail, one_sentence, services, settings
from tracker.domain.actor import OPERATOR
from tracker.engine.keeping.integrity import faults
from tracker.store import migrate


@click.group()
def db() -> None:
    """Migrations and integrity.

    Example: tracker db upgrade
    """


@db.command()
@one_sentence
def upgrade() -> None:
    """Bring the database to the newest schema.

    Example: tracker db upgrade
    """
    found = settings()
    found.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    migrate.upgrade(found.database_url)
    click.echo(f"The database stands at revision {migrate.head()}.")


@db.command()
@one_sentence
def check() -> None:
    """Check that the database is whole and agrees with itself.

    Example: tracker db check
    """
    ready = services()
    if migrate.current(ready.settings.database_url) != migrate.head():
        fail("The database is not at the newest schema; run: tracker db upgrade")
    with ready.reading(OPERATOR) as desk:
        found = faults(desk)
    if found:
        fail("\n".join(found))
    click.echo("The database is whole.")
