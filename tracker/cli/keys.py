"""`tracker keys` and `tracker audit`."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import select

from tracker.cli.base import fail, one_sentence, services, write_private
from tracker.domain.actor import OPERATOR
from tracker.domain.errors import TrackerError
from tracker.engine.keeping.rotation import rewrap_all
from tracker.engine.sending.switches import key_copied
from tracker.security import sealed_file
from tracker.security.vault import WrappedKey
from tracker.store.audit import verify as verify_chain
from tracker.store.schema import DataKeyRow


@click.group()
def keys() -> None:
    """The key ring and the data keys it wraps.

    Example: tracker keys verify
    """


@keys.command()
@one_sentence
def verify() -> None:
    """Check that every data key opens with this key ring.

    Example: tracker keys verify
    """
    ready = services()
    count = 0
    with ready.reading(OPERATOR) as desk:
        for row in desk.session.scalars(select(DataKeyRow)):
            if row.wrapped is None:
                continue
            try:
                ready.vault.unwrap(row.purpose, row.id, WrappedKey(row.kek_id, row.wrapped))
            except TrackerError as error:
                fail(f"The key of {row.owner_id} ({row.purpose}) does not open: {error}")
            count += 1
    click.echo(f"{count} data keys open with key ring {ready.ring.fingerprint()}.")


@keys.command()
@one_sentence
def rotate() -> None:
    """Add new key-encryption keys and wrap every data key anew; works while all runs.

    Example: tracker keys rotate
    """
    ready = services()
    with ready.desk(OPERATOR) as desk:
        ring = ready.ring
        for purpose in ("content", "clock", "contact"):
            ring = ring.rotate(purpose, desk.now)
        ring.save(ready.settings.keys)  # before any key is wrapped with it
        count = rewrap_all(desk, ring)
    click.echo(
        f"{count} data keys wrapped anew. Keep a new offline copy of {ready.settings.keys.name}; "
        "restart the web site and the worker."
    )


@keys.command()
@click.argument("fingerprint")
@one_sentence
def copied(fingerprint: str) -> None:
    """Say that the key ring was copied to an offline place; the fingerprint proves which one.

    `tracker keys verify` shows it. Example: tracker keys copied 3f2a-90c1-77d0-1b2e
    """
    with services().desk(OPERATOR) as desk:
        key_copied(desk, fingerprint)
    click.echo("Noted. Copy it again after each `tracker keys rotate`.")


@keys.command()
@click.argument("file", metavar="FILE")
@one_sentence
def backup(file: str) -> None:
    """Make the pair of keys for backups: the secret half goes into FILE, the public one is printed.

    Move FILE to an offline place, twice; nothing here needs it until a restore.
    Example: tracker keys backup /media/stick/backup-key.txt
    """
    public, secret = sealed_file.new_pair()
    write_private(Path(file), f"# public key: {public}\n{secret}\n")
    click.echo(
        f'Keep {file} offline, in two places. Put into settings.toml:\nbackup_key = "{public}"'
    )


@click.group()
def audit() -> None:
    """The audit trail.

    Example: tracker audit verify
    """


@audit.command("verify")
@click.option("--head", "heads", multiple=True, metavar="HEX", help="A head printed in a digest.")
@one_sentence
def audit_verify(heads: tuple[str, ...]) -> None:
    """Check that no row of the audit trail was changed, moved or removed.

    With a head from an old digest, rows cut from the end are noticed too.
    Example: tracker audit verify --head "3f2a 90c1"
    """
    ready = services()
    with ready.reading(OPERATOR) as desk:
        broken = verify_chain(desk.session, ready.ring.audit, heads)
        head = desk.trail.head()
    if broken is not None:
        fail(f"The audit trail was changed at row {broken}; find out by whom.")
    click.echo(f"The audit trail holds. Its head is {head}")
