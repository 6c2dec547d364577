"""Readers' OpenPGP keys: given, announced, held for a day, and used while they hold (S4).

A key that somebody else gave in a reader's name would turn that reader's mails into theirs. So each
change is told to every contact point the reader has, and counts only after `HELD`: long enough to
be read at the start of a working day, short enough that nobody stays at the lesser level for long.
Until then the key before it counts, or none: then mails say next to nothing, and leave as ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select

from tracker.domain.errors import Refused
from tracker.engine.desk import Desk
from tracker.engine.staff.audience import ADMINISTRATOR, people_with_role
from tracker.engine.staff.notices import queue_notice
from tracker.engine.staff.points import POINT
from tracker.i18n.words import _
from tracker.security import openpgp
from tracker.security.errors import KeyRefused
from tracker.store.schema import OpenPgpKey, OutboxMessage, Person, new_id

HELD: Final = timedelta(hours=24)
KEY: Final = "key"
"""The kind of message that says: look at your OpenPGP key."""

WARNED: Final = timedelta(days=30)
"""So long before a key ends, its page says so."""


@dataclass(frozen=True, slots=True)
class Given:
    """A key as its owner is shown it. `fault` is a code of `KeyRefused`, "" when all is well."""

    id: str
    fingerprint: str
    counts_from_at: datetime
    counts: bool
    expires_at: datetime | None = None
    fault: str = ""

    def ends_soon(self, now: datetime) -> bool:
        """Whether it ends within a month."""
        return self.expires_at is not None and self.expires_at - now < WARNED


def given(desk: Desk, person_id: str) -> list[Given]:
    """The keys of a reader: the one that counts, and one that will, if there is one."""
    counting, coming = _standing(desk, person_id)
    return [_shown(desk, row, row is counting) for row in (counting, coming) if row is not None]


def give(desk: Desk, person: Person, text: str) -> None:
    """A reader's new key, in place of one that does not count yet. It counts after `HELD`.

    Raises KeyRefused for one that cannot be encrypted to, Refused for the one there is.
    """
    key = openpgp.read(text, desk.now)
    counting, coming = _standing(desk, person.id)
    for row in (counting, coming):
        if row is not None and desk.safe.open(row, "key")["armored"] == key.armored:
            raise Refused(_("This key is here already."))
    if coming is not None:
        coming.ended_at = desk.now
    row = OpenPgpKey(
        id=new_id(), person_id=person.id, made_at=desk.now, counts_from_at=desk.now + HELD
    )
    desk.safe.seal(row, "key", {"armored": key.armored, "fingerprint": key.fingerprint})
    desk.session.add(row)
    desk.session.flush()
    _announce(desk, person, "openpgp.given", row)


def remove(desk: Desk, person: Person, key_id: str) -> None:
    """Take a key away, at once: mails then say less, not more."""
    for row in _standing(desk, person.id):
        if row is not None and row.id == key_id:
            row.ended_at = desk.now
            _announce(desk, person, "openpgp.removed", row)


def drop_all(desk: Desk, person_id: str) -> None:
    """Delete the keys of somebody who left for good."""
    desk.session.execute(delete(OpenPgpKey).where(OpenPgpKey.person_id == person_id))


def seal_for(desk: Desk, person: Person, content: bytes) -> str | None:
    """The content for this reader alone, armored; None where no key of theirs can be used now.

    A key that stopped working is told to the reader and the administrators, once.
    """
    row, _coming = _standing(desk, person.id)
    if row is None:
        return None
    try:
        sealed = openpgp.encrypt(content, desk.safe.open(row, "key")["armored"], desk.now)
    except KeyRefused as refused:
        _tell_trouble(desk, person, row, refused.code)
        return None
    row.trouble = row.trouble_at = None
    return sealed


def is_about_key(desk: Desk, row_id: str, person_id: str | None) -> bool:
    """Whether a message asked this reader to look at their key."""
    row = desk.session.get(OutboxMessage, row_id)
    return row is not None and row.kind == KEY and row.person_id == person_id


def works(desk: Desk, person: Person) -> bool:
    """Whether mails to a reader can be encrypted now."""
    return any(key.counts and not key.fault for key in given(desk, person.id))


def in_trouble(desk: Desk) -> list[str]:
    """The readers whose key could not be used when a mail was due, by id."""
    query = (
        select(OpenPgpKey.person_id)
        .join(Person, Person.id == OpenPgpKey.person_id)
        .where(OpenPgpKey.trouble.is_not(None), OpenPgpKey.ended_at.is_(None), Person.active)
    )
    return list(desk.session.scalars(query))


def _standing(desk: Desk, person_id: str) -> tuple[OpenPgpKey | None, OpenPgpKey | None]:
    """The key that counts now, and the one that waits."""
    query = select(OpenPgpKey).filter_by(person_id=person_id, ended_at=None)
    rows = desk.session.scalars(query.order_by(OpenPgpKey.counts_from_at, OpenPgpKey.id)).all()
    counting = [row for row in rows if row.counts_from_at <= desk.now]
    coming = [row for row in rows if row.counts_from_at > desk.now]
    return counting[-1] if counting else None, coming[-1] if coming else None


def _shown(desk: Desk, row: OpenPgpKey, counts: bool) -> Given:
    kept = desk.safe.open(row, "key")
    shown = (row.id, openpgp.grouped(kept["fingerprint"]), row.counts_from_at, counts)
    try:
        return Given(*shown, expires_at=openpgp.read(kept["armored"], desk.now).expires_at)
    except KeyRefused as refused:
        return Given(*shown, fault=refused.code)


def _announce(desk: Desk, person: Person, act: str, row: OpenPgpKey) -> None:
    queue_notice(desk, KEY, [person])
    desk.audit(act, "openpgp_key", row.id)


def _tell_trouble(desk: Desk, person: Person, row: OpenPgpKey, code: str) -> None:
    if row.trouble == code:
        return
    row.trouble, row.trouble_at = code, desk.now
    queue_notice(desk, KEY, [person])
    others = [one for one in people_with_role(desk, ADMINISTRATOR) if one.id != person.id]
    queue_notice(desk, POINT, others)
    desk.audit("openpgp.unusable", "openpgp_key", row.id, code=code)
