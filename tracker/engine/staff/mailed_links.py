"""A link that lets somebody in, sent by mail: it opens with six digits that were told by voice.

Else whoever reads the mail would be in before its owner (S10). The digits stand in no mail and in
no table: they follow from the link's id under a key of the ring, and an administrator sees them.
"""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from tracker.engine.desk import Desk
from tracker.engine.staff.visits import real_now
from tracker.security.keys import KeyRing, derive_key
from tracker.security.tokens import new_token, token_hash
from tracker.store.schema import OutboxMessage, SignInLink

MAILED: Final = "mailed"
"""The purpose of such a link; those that were handed over open without digits."""

LASTS: Final = timedelta(minutes=30)
"""S10: counted from the moment the message goes out."""

_SHOWN: Final = timedelta(hours=24)
"""So long a message may wait to be sent, and its digits are shown."""

_DIGITS: Final = 6


def make(desk: Desk, row_id: str, person_id: str) -> str:
    """The token of the link in an outbox row that is worded now: only its hash is kept.

    Worded once more, the link gets a new token, and the same digits.
    """
    token, now = new_token(), real_now(desk)
    link = desk.session.get(SignInLink, row_id)
    if link is None:
        link = SignInLink(id=row_id, person_id=person_id, purpose=MAILED)
        desk.session.add(link)
    link.token_hash, link.made_at, link.expires_at = token_hash(token), now, now + LASTS
    return token


def digits_of(ring: KeyRing, link_id: str) -> str:
    """The six digits of a mailed link."""
    key = derive_key(ring.pepper, "digits of a mailed link")
    mac = hmac.digest(key, link_id.encode(), "sha256")
    return f"{int.from_bytes(mac[:8], 'big') % 10**_DIGITS:0{_DIGITS}d}"


def opens(ring: KeyRing, link: SignInLink, typed: str) -> bool:
    """Whether these are the digits of this link; blanks do not matter."""
    digits = "".join(typed.split())
    return digits.isascii() and hmac.compare_digest(digits, digits_of(ring, link.id))


def on_its_way(desk: Desk, person_id: str) -> str | None:
    """The digits of the link that was mailed to somebody last and can still be used, or will be
    mailed; None where there is none."""
    newest = (
        select(OutboxMessage)
        .filter_by(kind="invite", person_id=person_id)
        .order_by(OutboxMessage.created_at.desc(), OutboxMessage.id)
        .limit(1)
    )
    row = desk.session.scalars(newest).one_or_none()
    if row is None or row.created_at <= desk.now - _SHOWN:
        return None
    link = desk.session.get(SignInLink, row.id)
    if link is not None and (link.used_at or link.expires_at <= real_now(desk)):
        return None
    return digits_of(desk.ring, row.id)
