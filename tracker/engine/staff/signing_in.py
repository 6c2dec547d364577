"""Signing in: a password, then a code, always both; and setting both up by a link (S8, S10).

Slow hashing runs between transactions: read a `Candidate`, check it, write down what came of it.
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import select

from tracker.engine.desk import Desk
from tracker.engine.staff import account_news, factors, mailed_links
from tracker.engine.staff.addresses import hashes
from tracker.engine.staff.audience import may_enter
from tracker.engine.staff.visits import Visit, actor_of, begin, real_now
from tracker.security import passwords, totp
from tracker.security.keys import derive_key
from tracker.security.tokens import token_hash
from tracker.store import api, people, sessions
from tracker.store.schema import AuditRow, Person, SignInLink

NEUTRAL_ISSUER: Final = "Contact"
"""What an authenticator app shows where no organisation is named (S4: it says little)."""

_SECRET_BYTES: Final = 20


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who says to be somebody. Who is nobody, or may not enter, has no hash and is checked too."""

    person_id: str | None
    password_hash: str | None = field(repr=False)

    def knows(self, password: str) -> bool:
        """Is it the password? Takes as long for nobody (S8). Raises `Busy`."""
        return passwords.verify_password(self.password_hash, password)


def by_email(desk: Desk, email: str) -> Candidate:
    """The account of an address, if it may be entered."""
    return _candidate(desk, people.find_by_email(desk.session, *hashes(desk, email)))


def by_id(desk: Desk, person_id: str) -> Candidate:
    """The account of a person, if it may be entered."""
    return _candidate(desk, desk.session.get(Person, person_id))


def _candidate(desk: Desk, person: Person | None) -> Candidate:
    if person is None:
        return Candidate(None, None)
    ready = may_enter(desk, person) and person.totp_confirmed_at is not None
    return Candidate(person.id, person.password_hash if ready else None)


def is_code(desk: Desk, person_id: str, code: str) -> bool:
    """Is it a code of this person's app, or a recovery code, not used before? It is used up."""
    person = desk.session.get(Person, person_id)
    if person is None or not may_enter(desk, person) or person.totp_confirmed_at is None:
        return False
    secret = desk.safe.open(person, "totp")
    step = totp.check(secret, code, real_now(desk), person.totp_last_step) if secret else None
    if step is not None:
        return people.use_code(desk.session, person.id, step)
    return factors.is_recovery_code(desk, person.id, code)


def enter(desk: Desk, person_id: str, *, second_factor: bool, replaces: Visit | None) -> Visit:
    """Password and code were right, or it is a demo: the person is in, with a new session."""
    person = desk.session.get_one(Person, person_id)
    desk.actor = actor_of(desk, person)
    visit = begin(
        desk, "staff", person_id=person_id, second_factor=second_factor, replaces=replaces
    )
    desk.audit("signin", "person", person_id, second_factor=second_factor)
    return visit


def refuse(desk: Desk, person_id: str | None, what: str) -> None:
    """Write down that a `password` or `code` was wrong; also for addresses nobody has (S8)."""
    desk.audit("signin.refused", "person", person_id, what=what)
    if what == "code" and person_id is not None:
        account_news.wrong_code(desk, person_id)


def confirm(desk: Desk, visit: Visit) -> None:
    """Password and code were entered again: acts that need it are open for five minutes."""
    sessions.confirm(desk.session, visit.id, real_now(desk))
    desk.audit("signin.confirmed", "person", visit.person_id)


def open_link(desk: Desk, token: str, *purposes: str) -> tuple[SignInLink, Person] | None:
    """An unused link that has not run out, and whose it is; looking changes nothing (S3)."""
    link = people.find_link(desk.session, token_hash(token))
    if link is None or link.purpose not in purposes or link.used_at is not None:
        return None
    person = desk.session.get_one(Person, link.person_id)
    return (link, person) if real_now(desk) < link.expires_at and may_enter(desk, person) else None


def about(desk: Desk, person: Person) -> list[str]:
    """Words that no password of this person may be."""
    known = [desk.safe.open(person, "email"), desk.safe.open(person, "name")]
    return [word for word in [*known, desk.settings.organisation] if word]


def use_link(desk: Desk, token: str, password_hash: str) -> Person | None:
    """Use up an invitation or reset: the password is set, every session and other link ends.

    None when the link was used or ran out meanwhile. The second factor stays to be given, or set
    up, next: a link alone opens nothing.
    """
    found = open_link(desk, token, "invite", "reset", mailed_links.MAILED)
    if found is None or not people.use_link(desk.session, found[0].id, real_now(desk)):
        return None
    link, person = found
    people.void_links(desk.session, person.id, real_now(desk))
    _set_password(desk, person, password_hash)
    desk.audit("person.link_used", "person", person.id, purpose=link.purpose)
    return person


def change_password(desk: Desk, person_id: str, password_hash: str, keep: Visit | None) -> None:
    """The acting person's new password; their tokens and all sessions but this one end."""
    person = desk.session.get_one(Person, person_id)
    _set_password(desk, person, password_hash, but=keep.id if keep else None)
    desk.audit("person.password", "person", person.id)


def _set_password(desk: Desk, person: Person, hashed: str, but: str | None = None) -> None:
    person.password_hash = hashed
    sessions.end_all(desk.session, person.id, real_now(desk), but=but)
    api.end_all(desk.session, person.id, real_now(desk))


def pending_secret(desk: Desk, visit: Visit) -> str:
    """The app secret offered to this session, in base 32; kept nowhere until it is confirmed.

    Derived from the session's token, so that it is the same on each page, and another one in the
    next session.
    """
    key = derive_key(desk.ring.session, "enrol")
    return base64.b32encode(
        hmac.digest(key, visit.token.encode(), "sha256")[:_SECRET_BYTES]
    ).decode()


def pending_address(desk: Desk, visit: Visit) -> str:
    """The `otpauth://` address of that secret, for the QR code."""
    person = desk.session.get_one(Person, visit.person_id)
    issuer = desk.settings.organisation or NEUTRAL_ISSUER
    return totp.provisioning_uri(
        pending_secret(desk, visit), desk.safe.open(person, "email"), issuer
    )


def take_app(desk: Desk, visit: Visit, code: str) -> bool:
    """Make the offered secret the second factor, if the app shows its code; other sessions end."""
    secret = pending_secret(desk, visit)
    step = totp.check(secret, code, real_now(desk), None)
    if step is None or visit.person_id is None:
        return False
    person = desk.session.get_one(Person, visit.person_id)
    known = _had_app(desk, person)
    desk.safe.seal(person, "totp", secret)
    person.totp_last_step = step
    person.totp_confirmed_at = real_now(desk)
    sessions.end_all(desk.session, person.id, real_now(desk), but=visit.id)
    desk.audit("person.second_factor", "person", person.id)
    if known:  # the first one of a new colleague is no change
        account_news.tell(desk, person)
    return True


def _had_app(desk: Desk, person: Person) -> bool:
    """Whether there is a second factor, or was one before it was reset."""
    earlier = select(AuditRow.seq).where(
        AuditRow.act == "person.second_factor", AuditRow.object_id == person.id
    )
    if person.totp_confirmed_at is not None:
        return True
    return desk.session.scalars(earlier.limit(1)).first() is not None
