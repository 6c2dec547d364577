"""`tracker restore`: a backup back into an empty database, of either kind, with sending paused.

Alerts that went out after the backup was taken stand in it as unsent. So nothing leaves until a
person has looked and lets messages go again; until then `/readyz` fails and the operator's own
watch is not told that all is well.
"""

from __future__ import annotations

import hmac
import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.engine import make_url

from tracker.domain.errors import Refused
from tracker.domain.moments import parse_instant
from tracker.engine.keeping.backup import FORMAT, PROOF, WHAT, Progress, proof
from tracker.security import sealed_file
from tracker.security.errors import KeyMissing, KeyRingError
from tracker.security.keys import KeyRing
from tracker.settings import Settings
from tracker.store import dump, migrate
from tracker.store.database import connect_once
from tracker.store.health import RESTORED
from tracker.store.schema.base import UTCInstant

_AFTERWARDS: Final = (
    "DELETE FROM flags WHERE name = 'sending_paused'",
    f"INSERT INTO flags (name, value, set_at) VALUES ('sending_paused', '{RESTORED}', :now)",  # noqa: S608
    "UPDATE web_sessions SET ended_at = :now WHERE ended_at IS NULL",
    "UPDATE sign_in_links SET used_at = :now WHERE used_at IS NULL",
    "UPDATE api_tokens SET ended_at = :now WHERE ended_at IS NULL",
    "DELETE FROM pulses WHERE name LIKE 'worker%' OR name LIKE 'breaker:%'",
    "UPDATE outbox SET possible_repeat = :true "
    "WHERE state IN ('pending', 'retry_wait', 'submitting', 'unknown')",
)
"""In the same transaction as the rows, so that no unpaused copy ever exists: sending stops, nobody
is signed in, no program is let in, no worker of old holds anything, and what waits may have been
sent before."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back."""

    made_at: datetime
    rows: int


def restore(
    settings: Settings,
    path: Path,
    secret: str,
    now: datetime,
    *,
    however_old: bool = False,
    progress: Progress = lambda done, of: None,
) -> Restored:
    """Bring a backup back. The database must be empty; it is filled whole or not at all.

    Raises Refused for another key, a damaged file, a key ring that does not open what is in it, a
    newer program's backup, one older than erasure allows, or a database that holds something.
    """
    manifest = _manifest(path, secret)
    made_at = parse_instant(manifest["made_at"])
    _check_age(settings, now - made_at, however_old)
    ring = _check_keys(settings, manifest)
    _check_empty(settings)
    with _Target(settings.database_url) as target:
        try:
            migrate.upgrade(target.url, manifest["revision"])
        except migrate.UnknownRevision:
            raise Refused(
                "This backup was made by a newer version of the program; install that one first."
            ) from None
        engine = connect_once(target.url)
        with engine.begin() as connection:
            filling = _Filling(connection, manifest, proof(ring), progress)
            sealed_file.open_sealed(path, WHAT, secret, filling.line)
            filling.finish()
            _make_safe(connection, now)
        migrate.upgrade(target.url)
        target.keep()
    return Restored(made_at, int(manifest["rows"]))


class _Enough(Exception):
    """The first line was read."""


def _manifest(path: Path, secret: str) -> dict[str, Any]:
    found: list[bytes] = []

    def first(line: bytes) -> None:
        found.append(line)
        raise _Enough

    with suppress(_Enough):
        sealed_file.open_sealed(path, WHAT, secret, first)
    try:
        manifest = json.loads(found[0])
        if manifest["format"] == FORMAT:
            return dict(manifest)
    except (ValueError, IndexError, KeyError, TypeError):
        pass
    raise Refused(
        f"{path.name} is of a form that this version does not know; install the one that made it."
    )


def _check_age(settings: Settings, age: timedelta, however_old: bool) -> None:
    if age > timedelta(days=settings.backup_days) and not however_old:
        raise Refused(
            f"This backup is {age.days} days old, and erasure is promised within "
            f"{settings.backup_days}: people erased since would come back. If it must be, say "
            "--however-old and erase them again."
        )


def _check_keys(settings: Settings, manifest: dict[str, Any]) -> KeyRing:
    needed = manifest["key_ring"]
    try:
        ring = KeyRing.load(settings.keys)
    except KeyRingError as error:
        if error.code != "missing":
            raise
        raise Refused(
            f"Put the offline copy of key ring {needed} at {settings.keys} first (mode 0600)."
        ) from None
    try:
        for purpose, kek_id in manifest["keks"]:
            ring.find(purpose, kek_id)
    except KeyMissing:
        raise Refused(
            f"This backup needs key ring {needed} or a later one; {settings.keys} is "
            f"{ring.fingerprint()}. Put the right offline copy there."
        ) from None
    return ring


def _check_empty(settings: Settings) -> None:
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return
    engine = connect_once(settings.database_url)
    if not dump.is_empty(engine):
        raise Refused(
            "The database holds a record already. Restore into an empty one: move the old file "
            "away, or name another in TRACKER_DATABASE_URL."
        )


class _Target:
    """Where the rows go: on SQLite a new file beside the database, which takes its place at the
    end; on PostgreSQL the empty database itself, in one transaction."""

    def __init__(self, url: str) -> None:
        self._database = make_url(url)
        self._is_file = self._database.get_backend_name() == "sqlite"
        name = f"{self._database.database}.restoring"
        here = self._database.set(database=name) if self._is_file else self._database
        self.url = here.render_as_string(hide_password=False)

    def __enter__(self) -> _Target:
        self._remove()
        return self

    def __exit__(self, *_error: object) -> None:
        self._remove()

    def keep(self) -> None:
        """Let the new database take its place."""
        if not self._is_file:
            return
        link = connect_once(self.url).raw_connection()
        link.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        link.close()
        old = Path(self._database.database or "")
        for file in (Path(f"{old}-wal"), Path(f"{old}-shm")):
            file.unlink(missing_ok=True)
        Path(f"{old}.restoring").replace(old)
        old.chmod(0o600)

    def _remove(self) -> None:
        if self._is_file:
            for ending in ("", "-wal", "-shm"):
                Path(f"{self._database.database}.restoring{ending}").unlink(missing_ok=True)


@dataclass
class _Filling:
    """Lines of a backup into tables."""

    connection: Connection
    manifest: dict[str, Any]
    told: hmac.HMAC
    progress: Progress
    done: int = 0
    begun: bool = False
    proven: bool = False
    pointing: list[tuple[int, list[list[Any]]]] = field(default_factory=list)

    def line(self, line: bytes) -> None:
        """One line: the manifest again, some rows of a table, or what proves them all. Raises
        Refused where it does not, or something follows."""
        if self.proven:
            raise _not_ours()
        if not self.begun:
            self.begun = True
            self.told.update(line + b"\n")
            return
        number, some = json.loads(line)
        if number == PROOF:
            self.proven = hmac.compare_digest(str(some), self.told.hexdigest())
            if not self.proven:
                raise _not_ours()
            return
        self.told.update(line + b"\n")
        about = self.manifest["tables"][number]
        if self.pointing and self.pointing[0][0] != number:
            self._point()
        dump.write(self.connection, about, some)
        if about["later"]:
            self.pointing.append((number, some))
        self.done += len(some)
        self.progress(self.done, int(self.manifest["rows"]))

    def finish(self) -> None:
        """All lines were read. Raises Refused when rows are missing, or nobody vouches for them."""
        if not self.proven:
            raise _not_ours()
        self._point()
        if self.done != self.manifest["rows"]:
            raise Refused("This backup is not whole; take another copy of it.")

    def _point(self) -> None:
        for number, some in self.pointing:
            dump.point(self.connection, self.manifest["tables"][number], some)
        self.pointing.clear()


def _not_ours() -> Refused:
    return Refused(
        "Nobody who holds this key ring made this backup: it was put together or changed by "
        "somebody else. Take another copy from a place you trust."
    )


def _make_safe(connection: Connection, now: datetime) -> None:
    values: dict[str, tuple[Any, Any]] = {
        "now": (now, UTCInstant()),
        "true": (True, sa.Boolean()),
    }
    for sentence in _AFTERWARDS:
        given = [
            sa.bindparam(name, value, kind)
            for name, (value, kind) in values.items()
            if f":{name}" in sentence
        ]
        connection.execute(sa.text(sentence).bindparams(*given))
