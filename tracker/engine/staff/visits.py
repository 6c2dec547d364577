"""Signed-in browsers: begun, found again, confirmed, ended (safety.md S10).

Kinds: `staff` and `family` are signed in. `code` has given a right password and still owes a code,
`enrol` has used an invitation and still owes a second factor; both are nobody until then. Who asks
for a passkey's signature is nobody too, and has no row before it is given: anybody may ask.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from tracker.domain.actor import ANYONE, Actor, family
from tracker.domain.clock import system_clock
from tracker.engine.desk import Desk
from tracker.engine.staff.audience import about_today, deputy_of, may_enter
from tracker.engine.staff.people import name_of
from tracker.security.tokens import callback_token, check_callback_token, new_token, token_hash
from tracker.store import people, sessions
from tracker.store.schema import Enquirer, Person, WebSession, new_id


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session lives unused, and at most."""

    idle: timedelta
    absolute: timedelta


LIMITS: Final = {
    "staff": Limits(timedelta(minutes=15), timedelta(hours=8)),
    "family": Limits(timedelta(minutes=10), timedelta(minutes=30)),
    "code": Limits(timedelta(minutes=5), timedelta(minutes=5)),
    "enrol": Limits(timedelta(minutes=30), timedelta(minutes=30)),
}
ASKED: Final = "passkey"
"""The kind of what a passkey is asked to sign for."""

ASKED_FOR: Final = timedelta(minutes=5)
"""How long it may take to sign."""

CONFIRMED_FOR: Final = timedelta(minutes=5)
"""How long a re-authentication holds."""

SEEN_EVERY: Final = timedelta(minutes=1)
"""`seen_at` is written at most this often, so that looking at pages writes next to nothing."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One browser's session. `token` is what its cookie holds."""

    id: str
    kind: str
    token: str
    person_id: str | None
    enquirer_id: str | None
    seen_at: datetime
    confirmed_at: datetime | None
    second_factor: bool
    shortcuts: bool = False  # whether this person lets single keys act (WCAG 2.1.4)

    def is_confirmed(self, at: datetime) -> bool:
        """Whether password and code were entered within the last minutes."""
        return self.confirmed_at is not None and at - self.confirmed_at <= CONFIRMED_FOR

    def is_unseen(self, at: datetime) -> bool:
        """Whether `seen_at` wants writing."""
        return at - self.seen_at >= SEEN_EVERY


def real_now(desk: Desk) -> datetime:
    """The instant that sessions, codes and brakes go by.

    In a demo the story's clock is moved by hand; browsers, phones and guessers know only the
    real one.
    """
    return system_clock() if desk.settings.demo else desk.now


def begin(
    desk: Desk,
    kind: str,
    *,
    person_id: str | None = None,
    enquirer_id: str | None = None,
    second_factor: bool = False,
    replaces: Visit | None = None,
) -> Visit:
    """A new session with a new token; the one it replaces ends (a token never gains rights)."""
    at = real_now(desk)
    if replaces is not None:
        sessions.end(desk.session, replaces.id, at)
    token = new_token()
    row = WebSession(
        id=new_id(),
        token_hash=token_hash(token),
        kind=kind,
        person_id=person_id,
        enquirer_id=enquirer_id,
        made_at=at,
        seen_at=at,
        expires_at=at + LIMITS[kind].absolute,
        confirmed_at=at if second_factor else None,
        second_factor=second_factor,
    )
    desk.session.add(row)
    desk.session.flush()
    return _visit(row, token)


def ask_to_sign(desk: Desk) -> str:
    """A new token for a browser that wants to sign in with a passkey alone. Nothing is written."""
    made_at = int(real_now(desk).timestamp())
    return callback_token(f"{made_at}-{new_token()}", desk.ring.session, use=ASKED)


def asked_to_sign(desk: Desk, token: str) -> Visit | None:
    """What such a token stands for while it counts: somebody not known yet."""
    told = check_callback_token(token, desk.ring.session, use=ASKED)
    if told is None:
        return None
    made_at = datetime.fromtimestamp(int(told.partition("-")[0]), UTC)
    if not timedelta(0) <= real_now(desk) - made_at < ASKED_FOR + timedelta(seconds=1):
        return None
    return Visit(
        id=token_hash(token).hex()[:32],
        kind=ASKED,
        token=token,
        person_id=None,
        enquirer_id=None,
        seen_at=made_at,
        confirmed_at=None,
        second_factor=False,
    )


def has_signed(desk: Desk, visit: Visit) -> bool:
    """Set down that this asking was answered; False when it was before: each counts once."""
    return sessions.spend(desk.session, visit.id, token_hash(visit.token), ASKED, real_now(desk))


def find(desk: Desk, token: str) -> tuple[Visit, Actor] | None:
    """The living session of a token and who it is; None when there is none (any more)."""
    row, person = sessions.find(desk.session, token_hash(token)) or (None, None)
    at = real_now(desk)
    limits = LIMITS.get(row.kind) if row else None
    if row is None or limits is None:  # a kind that older programs wrote ends with them
        return None
    if at >= row.expires_at or at - row.seen_at > limits.idle:
        return None
    actor = _actor(desk, row, person)
    return None if actor is None else (_visit(row, token, person), actor)


def _actor(desk: Desk, row: WebSession, person: Person | None) -> Actor | None:
    """Who a session is; None when they may not be here any more."""
    if row.kind == "family" and row.enquirer_id is not None:
        enquirer = desk.session.get(Enquirer, row.enquirer_id)
        return None if enquirer is None else family(enquirer.id, enquirer.language)
    if person is None or not may_enter(desk, person):
        return None
    if row.kind != "staff":
        return ANYONE
    # A demo's links sign in without a phone; nowhere else is anybody in without one.
    return actor_of(desk, person) if row.second_factor or desk.settings.demo else None


def actor_of(desk: Desk, person: Person) -> Actor:
    """A member of staff as an actor, with the roles and posts of today."""
    standing = people.standing(desk.session, person.id, desk.today, about_today(desk))
    return Actor(
        "person",
        person.id,
        roles=standing.roles,
        name=name_of(desk, person),
        language=person.language,
        zone_name=person.zone_name,
        posts=standing.posts,
        stands_in_for=deputy_of(desk, person.id, standing.away),
    )


def seen(desk: Desk, visit: Visit) -> None:
    """The browser was here."""
    sessions.touch(desk.session, visit.id, real_now(desk))


def end(desk: Desk, visit: Visit) -> None:
    """Sign out."""
    sessions.end(desk.session, visit.id, real_now(desk))


def _visit(row: WebSession, token: str, person: Person | None = None) -> Visit:
    return Visit(
        id=row.id,
        kind=row.kind,
        token=token,
        person_id=row.person_id,
        enquirer_id=row.enquirer_id,
        seen_at=row.seen_at,
        confirmed_at=row.confirmed_at,
        second_factor=row.second_factor,
        shortcuts=person is not None and person.shortcuts,
    )
