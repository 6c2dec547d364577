"""Brakes on guessing (safety.md S11): per source, per account from there, and per account at all.

No lock is for good, and guessing at an account from elsewhere does not keep its owner out: where
somebody got in before, only their own neighbourhood's failures count.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tracker.engine.desk import Desk
from tracker.engine.staff.visits import real_now
from tracker.security.buckets import source_key, source_path
from tracker.security.keys import derive_key
from tracker.security.tokens import lookup_hmac
from tracker.store import buckets

SOURCE_TRIES: Final = 40
SOURCE_REFILL: Final = 40 / 600
"""A neighbourhood: 40 tries at once, then 40 in ten minutes (an office behind one address)."""

ACCOUNT_TRIES: Final = 20
ACCOUNT_REFILL: Final = 1 / 60
"""An account, from all places where it was not used before: 20 at once, then one a minute."""

SHARES: Final = {"report": 30, "answer": 300, "pictures": 30, "send": 30}
"""What a neighbourhood may send of forms that need no sign-in: so many at once, and so many an hour
after. An office that helps families behind one address has room; a flood of false reports is slow
enough for people to see it."""

KNOWN_FOR: Final = timedelta(days=30)
"""`forget` keeps neighbourhoods where somebody got in for so long; everything else for a day."""


@dataclass(frozen=True, slots=True)
class Try:
    """One try to get in. While `wait` is not zero nothing may be checked."""

    wait: timedelta
    pair: str
    known: str


def enter(desk: Desk, kind: str, account: str, address: str | None) -> Try:
    """Before a secret is checked: may it be? The try counts as failed until `passed`.

    `kind` is what is guessed at (`signin`, `code`, `receipt`), `account` whose it is said to be,
    `address` the network address it comes from. Unknown accounts are braked like known ones (S8).
    Commit before the check, whatever its outcome.
    """
    session, now = desk.session, real_now(desk)
    source = _source(desk, address, now)
    found = Try(
        timedelta(0),
        pair=f"pair:{kind}:{_hash(desk, kind, f'{account} {source}')}",
        known=f"known:{_hash(desk, kind, f'{account} {_lasting(desk, address)}')}",
    )
    wait = buckets.draw(session, f"source:{kind}:{source}", now, SOURCE_TRIES, SOURCE_REFILL)
    if not wait and not buckets.has(session, found.known):
        key = f"account:{kind}:{_hash(desk, kind, account)}"
        wait = buckets.draw(session, key, now, ACCOUNT_TRIES, ACCOUNT_REFILL)
    if not wait:
        wait = buckets.count_failure(session, found.pair, now)
    return Try(wait, found.pair, found.known)


def standing(desk: Desk, kind: str, address: str | None) -> timedelta:
    """How long this neighbourhood has to wait already; reads only, and counts nothing."""
    now = real_now(desk)
    key = f"source:{kind}:{_source(desk, address, now)}"
    return buckets.wait(desk.session, key, now, SOURCE_TRIES, SOURCE_REFILL)


def share(desk: Desk, kind: str, address: str | None) -> timedelta:
    """Take one of a neighbourhood's `SHARES`; zero when there was one, else how long to wait."""
    session, now, most = desk.session, real_now(desk), SHARES[kind]
    key = f"source:{kind}:{_source(desk, address, now)}"
    return buckets.draw(session, key, now, most, most / 3600)


def passed(desk: Desk, attempt: Try) -> None:
    """The secret was right: earlier failures from there are forgiven."""
    buckets.clear(desk.session, attempt.pair)
    buckets.mark(desk.session, attempt.known, real_now(desk))


def forget(desk: Desk) -> None:
    """Delete what is no longer needed (S18). For the worker, once a day or oftener."""
    now = real_now(desk)
    for prefix in ("told:", "rate:", "pair:", "source:", "account:", "reply:", "api:"):
        buckets.forget(desk.session, now - timedelta(days=1), prefix)
    buckets.forget(desk.session, now - KNOWN_FOR, "known:")


def neighbourhood(desk: Desk, address: str | None) -> str:
    """From where a form is written that is not sent yet, the widest neighbourhood first: comparable
    with others of the same day, and with nothing else (`store.room`)."""
    key = derive_key(desk.ring.pepper, f"source of drafts {real_now(desk).date()}")
    return source_path(address, key)


def _source(desk: Desk, address: str | None, now: datetime) -> str:
    """The neighbourhood under today's key: tomorrow it cannot be joined with today's."""
    return source_key(address, derive_key(desk.ring.pepper, f"source {now.date()}"))


def _lasting(desk: Desk, address: str | None) -> str:
    return source_key(address, derive_key(desk.ring.pepper, "source known"))


def _hash(desk: Desk, kind: str, text: str) -> str:
    return lookup_hmac(text, kind=f"brake {kind}", pepper=desk.ring.pepper).hex()[:32]
