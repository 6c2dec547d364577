"""Forms not yet sent: sealed with the office's key, found by a token, thrown away after a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tracker.security.tokens import new_token, token_hash
from tracker.store import room
from tracker.store.schema import Draft, new_id
from tracker.store.sealing import Safe

LASTS = timedelta(hours=24)
"""A draft that was not sent lives so long (S18)."""


def begin(
    session: Session,
    safe: Safe,
    kind: str,
    now: datetime,
    answers: Mapping[str, Any],
    *,
    person_id: str | None = None,
    source: str | None = None,
    lasts: timedelta = LASTS,
    token: str = "",
) -> str:
    """A new draft; the token by which its browser finds it, a new one unless the caller has one
    that nobody else can know. Expired ones go at the same time.

    `source` says from which neighbourhood, in a way that nobody can read.
    """
    forget(session, now)
    room.for_draft(session, kind)
    token = token or new_token()
    draft = Draft(
        id=new_id(),
        token_hash=token_hash(token),
        kind=kind,
        person_id=person_id,
        source=source,
        made_at=now,
        expires_at=now + lasts,
    )
    safe.seal(draft, "answers", dict(answers))
    session.add(draft)
    session.flush()
    return token


def find(
    session: Session, kind: str, token: str | None, now: datetime, *, lock: bool = False
) -> Draft | None:
    """The living draft of a token. `lock` holds it until the transaction ends."""
    if not token:
        return None
    query = select(Draft).where(
        Draft.token_hash == token_hash(token), Draft.kind == kind, Draft.expires_at > now
    )
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def of_person(session: Session, kind: str, person_id: str, now: datetime) -> list[Draft]:
    """A person's living drafts of a kind, the newest first."""
    query = select(Draft).where(
        Draft.person_id == person_id, Draft.kind == kind, Draft.expires_at > now
    )
    return list(session.scalars(query.order_by(Draft.made_at.desc(), Draft.id)))


def replace(
    session: Session,
    safe: Safe,
    kind: str,
    now: datetime,
    told: Mapping[str, Any],
    *,
    person_id: str,
) -> None:
    """Keep a person's draft of a page instead of the one that page left before."""
    for draft in of_person(session, kind, person_id, now):
        if answers(safe, draft)["page"] == told["page"]:
            discard(session, draft)
    begin(session, safe, kind, now, told, person_id=person_id)


def answers(safe: Safe, draft: Draft) -> dict[str, Any]:
    """What was answered so far."""
    kept: dict[str, Any] = safe.open(draft, "answers")
    return kept


def keep(safe: Safe, draft: Draft, told: Mapping[str, Any]) -> None:
    """Keep the answers as they are now."""
    safe.seal(draft, "answers", dict(told))


def sent(safe: Safe, draft: Draft, case_id: str, left: Mapping[str, str]) -> None:
    """The draft became a case. Its words go, and from where it came; the row stays for a second
    submit of the form, with `left`: ids."""
    draft.sent_case_id, draft.source = case_id, None
    safe.seal(draft, "answers", dict(left))


def discard(session: Session, draft: Draft) -> None:
    """Throw a draft away."""
    session.delete(draft)


def forget(session: Session, now: datetime) -> None:
    """Throw away the drafts whose day is over (S18)."""
    session.execute(delete(Draft).where(Draft.expires_at <= now))


def spend(session: Session, safe: Safe, kind: str, token: str, now: datetime, case_id: str) -> None:
    """Remember for a day that a form with this token was sent, so that it is not sent twice."""
    forget(session, now)
    draft = Draft(
        id=new_id(),
        token_hash=token_hash(token),
        kind=kind,
        made_at=now,
        expires_at=now + LASTS,
        sent_case_id=case_id,
    )
    safe.seal(draft, "answers", {})
    session.add(draft)
    session.flush()
