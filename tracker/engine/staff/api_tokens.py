"""Tokens that let a program ask in a person's name: made, shown once, known again, ended (S10).

A token opens less than its owner: references, bands, days, states and due times; never a name or a
word, whatever the owner may read. 256 random bits cannot be guessed, so only a keyed hash of it is
kept, without which no token can be put into the database by hand either; Argon2id, which makes
guessing at short secrets dear, would make every request dear here (ASVS 5.0 6.5.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tracker.domain.actor import Actor
from tracker.domain.errors import Refused
from tracker.engine.desk import Desk
from tracker.engine.staff import once
from tracker.engine.staff.audience import may_enter
from tracker.engine.staff.visits import actor_of, real_now
from tracker.i18n.words import gettext as _
from tracker.security.tokens import lookup_hmac, new_token
from tracker.store import api as store
from tracker.store import buckets
from tracker.store.schema import ApiToken, Person, new_id

PREFIX: Final = "ctk_"
"""So that people, and scanners of source code, see what it is."""

READ: Final = "read"
ACT: Final = "act"
SCOPES: Final = (READ, ACT)
"""`act` may acknowledge for 24 hours and hand in unconfirmed reports besides."""

DAYS: Final = (7, 30, 90)
"""How long a token may live."""

AT_ONCE: Final = 10
"""Living tokens of one person."""

SEEN_EVERY: Final = timedelta(minutes=5)
"""`used_at` is written at most this often."""

KEPT: Final = timedelta(days=30)
"""How long the row of a token that ended is kept."""

CALLS: Final = 60
CALLS_REFILL: Final = 1.0
"""One token: 60 requests at once, then one a second."""

_LONGEST: Final = 64


@dataclass(frozen=True, slots=True)
class Bearer:
    """A program that was let in: whose token it holds, and what that is good for."""

    token_id: str
    scope: str
    actor: Actor

    def may(self, scope: str) -> bool:
        """Whether the token is good for acts of this scope."""
        return scope == READ or self.scope == ACT


def make(desk: Desk, label: str, scope: str, days: int) -> str:
    """A new token of the acting person, to be shown once.

    Raises Refused for a scope or a time that is not offered, and beyond so many tokens.
    """
    if scope not in SCOPES or days not in DAYS:
        raise Refused(_("Choose one of the answers."))
    at, person_id = real_now(desk), desk.person_id or ""
    if len(store.live(desk.session, person_id, at)) >= AT_ONCE:
        raise Refused(_("You have ten tokens already. Remove one that is not needed any more."))
    token = PREFIX + new_token()
    row = ApiToken(
        id=new_id(),
        person_id=person_id,
        token_hmac=_hmac(desk, token),
        scope=scope,
        made_at=at,
        expires_at=at + timedelta(days=days),
    )
    desk.safe.seal(row, "label", label or None)
    desk.session.add(row)
    desk.session.flush()
    desk.audit("token.made", "token", row.id, scope=scope, days=days)
    return token


def has_form(token: str) -> bool:
    """Whether it looks like a token of ours; what does not is looked for nowhere."""
    return token.isascii() and token.startswith(PREFIX) and len(token) <= _LONGEST


def find(desk: Desk, token: str) -> Bearer | None:
    """Who holds this token; None when it is not good (any more), or its owner's account is not."""
    if not has_form(token):
        return None
    row, at = store.find(desk.session, _hmac(desk, token)), real_now(desk)
    if row is None or at >= row.expires_at:
        return None
    person = desk.session.get_one(Person, row.person_id)
    if not may_enter(desk, person):
        return None
    return Bearer(row.id, row.scope, actor_of(desk, person))


def used(desk: Desk, token_id: str) -> timedelta:
    """The token is used now: zero when it may be, else how long until it may."""
    row, at = desk.session.get_one(ApiToken, token_id), real_now(desk)
    if row.used_at is None or at - row.used_at >= SEEN_EVERY:
        row.used_at = at
    return buckets.draw(desk.session, f"api:{token_id}", at, CALLS, CALLS_REFILL)


def end(desk: Desk, token_id: str) -> bool:
    """End one of the acting person's tokens; False when it is not theirs."""
    row = desk.session.get(ApiToken, token_id)
    if row is None or row.person_id != desk.person_id or row.ended_at is not None:
        return False
    row.ended_at = real_now(desk)
    desk.audit("token.ended", "token", row.id)
    return True


def forget(desk: Desk) -> None:
    """Delete what is no longer needed (S18). For the worker, once a day."""
    at = real_now(desk)
    store.forget(desk.session, answers_before=at - once.KEPT, tokens_before=at - KEPT)


def _hmac(desk: Desk, token: str) -> bytes:
    return lookup_hmac(token, kind="api token", pepper=desk.ring.pepper)
