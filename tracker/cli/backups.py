"""`tracker backup` and `tracker restore`."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.bootstrap import build
from tracker.cli.base import fail, one_sentence, progress, services, settings
from tracker.domain.actor import OPERATOR
from tracker.domain.clock import system_clock
from tracker.domain.moments import format_instant
from tracker.engine.keeping import backup as taking
from tracker.engine.keeping import restore as bringing_back
from tracker.engine.keeping.integrity import faults


@click.command()
@click.argument("target", metavar="FILE", type=click.Path())
@one_sentence
def backup(target: str) -> None:
    """Write a sealed backup of the database, while everything runs.

    FILE may be a folder: the backup gets a name there, and those older than TRACKER_BACKUP_DAYS go.
    The key ring and settings.toml are not in it: keep copies of both offline.
    Example: tracker backup /srv/backups/
    """
    if target.endswith("/") and not Path(target).is_dir():
        # as a file of that name it would stand in the way of every later one
        fail(f"There is no folder {target}; make it first.")
    with progress("Backup") as show:
        made = taking.take(services(), Path(target), show)
    click.echo(f"{made.path}: {made.rows} rows, {made.size} bytes, sealed.")
    if made.dropped:
        click.echo(f"{len(made.dropped)} older than the setting says were thrown away.")


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--key",
    "key",
    metavar="KEYFILE",
    type=click.Path(path_type=Path),
    help="The secret half; asked for if it is not named.",
)
@click.option("--however-old", is_flag=True, help="Though it is older than erasure allows.")
@one_sentence
def restore(file: Path, key: Path | None, however_old: bool) -> None:
    """Bring a backup back into an empty database. Sending starts paused.

    Stop the web site and the worker first, and put the offline copy of the key ring in its place.
    Example: tracker restore tracker-20261122T051200Z.backup --key /media/stick/backup-key.txt
    """
    found = settings()
    found.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    secret = _secret(key)
    with progress("Restore") as show:
        back = bringing_back.restore(
            found, file, secret, system_clock(), however_old=however_old, progress=show
        )
    ready = build(found)
    with ready.desk(OPERATOR) as desk:
        wrong = faults(desk)
        desk.audit("instance.restored", "instance", rows=back.rows, faults=len(wrong))
    ready.database.engine.dispose()
    click.echo(
        f"{back.rows} rows are back, as they were at {format_instant(back.made_at)}. Sending is "
        "paused: look at the outbox page, erase again what was erased since, then let messages go."
    )
    if wrong:
        fail("\n".join(wrong))


def _secret(key: Path | None) -> str:
    if key is None:
        return str(click.prompt("Secret key", hide_input=True, err=True))
    try:
        return key.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        fail(f"{key} cannot be read; name the file of the secret key.", 2)
