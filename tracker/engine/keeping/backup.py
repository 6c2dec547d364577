"""`tracker backup`: the whole database, taken while everything runs, sealed to an offline key (S1).

A backup holds no key: neither the key ring that opens its sealed values, nor the secret half that
opens the backup itself. Its last line proves that a holder of the key ring made it: the key it is
sealed to is no secret, and whoever has it could else write a record of their own making.

What was erased stays in older backups, so their age bounds an erasure (S18): those older than the
setting says are thrown away.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, select

from tracker.domain.actor import OPERATOR
from tracker.domain.errors import Refused
from tracker.domain.moments import format_instant
from tracker.engine.power import Power
from tracker.engine.pulse import beat
from tracker.engine.staff.visits import real_now
from tracker.security import sealed_file
from tracker.security.keys import KeyRing, derive_key
from tracker.store import dump, migrate
from tracker.store.health import BACKUP
from tracker.store.schema import DataKeyRow

WHAT: Final = "backup"
ENDING: Final = ".backup"
FORMAT: Final = 2
PROOF: Final = "proof"
"""How the last line begins."""

Progress = Callable[[int, int], None]
"""Told rows done and rows in all, now and then."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A backup that was made, and the older ones that went."""

    path: Path
    size: int
    rows: int
    dropped: tuple[Path, ...]


def take(services: Power, target: Path, progress: Progress = lambda done, of: None) -> Taken:
    """Write a backup to a new file, or into a folder, where older ones are thrown away too.

    Raises Refused when no key is set, the file is there already or cannot be written.
    """
    recipient = services.settings.backup_key
    if recipient is None:
        raise Refused(
            "There is no key to seal a backup to. Make one with `tracker keys backup FILE`, and "
            "set TRACKER_BACKUP_KEY to what it prints."
        )
    with services.reading(OPERATOR) as desk:
        made_at, ring = real_now(desk), desk.ring
    path = target / _name(made_at) if target.is_dir() else target
    with dump.snapshot(services.database.engine) as connection:
        manifest = _manifest(connection, made_at, ring.fingerprint())
        lines = _proven(_lines(connection, manifest, progress), proof(ring))
        size = sealed_file.seal(path, sealed_file.Head(WHAT, made_at, recipient), lines)
    rows = int(manifest["rows"])
    dropped = _drop_old(target, made_at, services.settings.backup_days) if target.is_dir() else ()
    with services.desk(OPERATOR) as desk:
        beat(desk, BACKUP, detail=ring.fingerprint())
        desk.audit("backup.taken", "instance", rows=rows, dropped=len(dropped))
    return Taken(path, size, rows, dropped)


def proof(ring: KeyRing) -> hmac.HMAC:
    """What is told every line, its end included, and then says who made a backup."""
    return hmac.new(derive_key(ring.audit, "backup"), digestmod="sha256")


def _proven(lines: Iterator[bytes], told: hmac.HMAC) -> Iterator[bytes]:
    for line in lines:
        told.update(line + b"\n")
        yield line
    yield _json([PROOF, told.hexdigest()])


def _name(made_at: datetime) -> str:
    return f"tracker-{made_at:%Y%m%dT%H%M%SZ}{ENDING}"


def _manifest(connection: Connection, made_at: datetime, ring: str) -> dict[str, Any]:
    tables = dump.tables()
    for about in tables:
        about["rows"] = dump.count(connection, about["table"])
    keks = connection.execute(
        select(DataKeyRow.purpose, DataKeyRow.kek_id)
        .where(DataKeyRow.wrapped.is_not(None))
        .distinct()
    )
    return {
        "format": FORMAT,
        "made_at": format_instant(made_at),
        "revision": migrate.head(),
        "key_ring": ring,
        "keks": sorted([purpose, kek_id] for purpose, kek_id in keks),
        "rows": sum(about["rows"] for about in tables),
        "tables": tables,
    }


def _lines(connection: Connection, manifest: dict[str, Any], progress: Progress) -> Iterator[bytes]:
    """The manifest, then each table's rows in their order."""
    yield _json(manifest)
    done, total = 0, int(manifest["rows"])
    for number, about in enumerate(manifest["tables"]):
        for some in dump.rows(connection, about):
            yield _json([number, some])
            done += len(some)
            progress(done, total)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _drop_old(folder: Path, now: datetime, days: int) -> tuple[Path, ...]:
    """Throw away the backups of this program older than so many days."""
    dropped = []
    for path in sorted(folder.glob(f"*{ENDING}")):
        try:
            head = sealed_file.read_head(path, WHAT)
        except Refused:
            continue  # somebody else's file
        if now - head.made_at > timedelta(days=days):
            path.unlink()
            dropped.append(path)
    return tuple(dropped)
