"""The fuse box: settings in, services out. Production and tests build the same way."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy.orm import Session

from tracker.channels import build_channels, build_mailbox
from tracker.domain.actor import OPERATOR, Actor
from tracker.domain.clock import Clock, file_clock, system_clock
from tracker.domain.delivery import Channel
from tracker.domain.mailbox import Mailbox
from tracker.engine.cases.directory import Directory
from tracker.engine.desk import Desk
from tracker.engine.staff.first_run import prepare
from tracker.security.keys import KeyRing
from tracker.security.vault import Vault
from tracker.settings import Settings
from tracker.store import migrate
from tracker.store.audit import AuditLater, AuditTrail
from tracker.store.database import Database, connect, keep_private
from tracker.store.sealing import DESTROYED, Safe

log = logging.getLogger(__name__)

_FILE_DELIVERY = """\
# Messages are written to outbox/ in this folder instead of being sent. Remove this line once
# TRACKER_SMTP_URL (and TRACKER_TWILIO_… for SMS) are set, and send yourself a test alert.
delivery = "file"
"""


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a door or a job needs."""

    settings: Settings
    database: Database
    clock: Clock
    ring: KeyRing
    vault: Vault
    channels: Mapping[str, Channel]
    mailbox: Mailbox | None = None
    directory: Directory = field(default_factory=Directory)  # fills where names may be opened

    @contextmanager
    def desk(self, actor: Actor) -> Iterator[Desk]:
        """A transaction: committed when the block ends well, undone when it does not.

        A key that was destroyed in it is in no file after that (S1); while somebody reads on and
        on, that waits for the worker's daily round.
        """
        with self.database.writing.begin() as session:
            yield self._desk(session, actor)
        if session.info.pop(DESTROYED, False) and not self.database.erase_traces():
            log.warning("the write-ahead log could not be emptied after an erasure: somebody reads")

    @contextmanager
    def reading(self, actor: Actor) -> Iterator[Desk]:
        """A read-only transaction; nothing done in it is kept."""
        with self.database.reading() as session:
            yield self._desk(session, actor)

    @contextmanager
    def asking(self, actor: Actor) -> Iterator[Desk]:
        """For short questions, the same ones again and again: as `reading`, but each stands by
        itself, in no transaction, and is planned once."""
        with self.database.asking() as session:
            yield self._desk(session, actor)

    @contextmanager
    def looking(self, actor: Actor) -> Iterator[Desk]:
        """As `reading`, for what is audited (S13): the acts are written when the block ends well,
        in a short transaction of their own. Whoever shows something returns after that.

        So a page is read and made while others write.
        """
        with self.database.reading() as session:
            acts = AuditLater(session, self.ring.audit)
            yield self._desk(session, actor, acts)
        if acts.kept:
            with self.database.writing.begin() as session:
                acts.write(AuditTrail(session, self.ring.audit))

    def _desk(self, session: Session, actor: Actor, trail: AuditTrail | None = None) -> Desk:
        return Desk(
            session=session,
            safe=Safe(session, self.vault),
            trail=trail or AuditTrail(session, self.ring.audit),
            now=self.clock(),
            actor=actor,
            ring=self.ring,
            settings=self.settings,
        )

    def restricted_to(self, *purposes: str) -> Services:
        """The same services without the keys of other purposes: the worker opens no names (S2)."""
        ring = self.ring.restricted(purposes)
        return replace(self, ring=ring, vault=Vault(ring), directory=Directory())


def build(settings: Settings, *, clock: Clock | None = None) -> Services:
    """Connect everything; the database's file becomes its owner's alone.

    Raises KeyRingError or SettingsError, which say what to do.
    """
    ring = KeyRing.load(settings.keys)
    keep_private(settings.database_url)
    if clock is None:
        clock = file_clock(settings.clock_file) if settings.clock_file else system_clock
    return Services(
        settings=settings,
        database=connect(settings.database_url),
        clock=clock,
        ring=ring,
        vault=Vault(ring),
        channels=build_channels(settings),
        mailbox=build_mailbox(settings),
    )


def set_up(settings: Settings, *, clock: Clock | None = None) -> Services:
    """Make what is missing: folder, settings file, key ring, database, policy. Safe to repeat."""
    settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not settings.keys.exists():
        if not settings.file_delivery and not (settings.smtp or settings.twilio or settings.kannel):
            _write_private(settings.instance / "settings.toml", _FILE_DELIVERY)
            settings = replace(settings, file_delivery=True)
        KeyRing.generate(system_clock()).save(settings.keys)
    migrate.upgrade(settings.database_url)
    ready = build(settings, clock=clock)
    with ready.desk(OPERATOR) as desk:
        prepare(desk)
    return ready


def settle() -> None:
    """To be called once by a process that is about to serve: what stands now stays.

    The collector stops every thread while it goes through all that lives, and what was imported
    and built is nearly all of it: a tenth of a second each time, in the middle of somebody's page.
    """
    gc.collect()
    gc.freeze()


def _write_private(path: Path, text: str) -> None:
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
