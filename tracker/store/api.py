"""Rows of programs' tokens and of the answers to their acts, and what programs may list.

What a token means is decided in `tracker.engine.staff.api_tokens`.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, delete, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker.domain.actor import Actor
from tracker.store.cases import visible_cases
from tracker.store.schema import Alert, ApiAnswer, ApiToken, Case


def find(session: Session, token_hmac: bytes) -> ApiToken | None:
    """The token with this keyed hash, unless it was ended."""
    query = select(ApiToken).where(ApiToken.token_hmac == token_hmac, ApiToken.ended_at.is_(None))
    return session.scalars(query).one_or_none()


def live(session: Session, person_id: str, at: datetime) -> list[ApiToken]:
    """A person's tokens that are neither ended nor run out, newest first."""
    query = select(ApiToken).where(
        ApiToken.person_id == person_id, ApiToken.ended_at.is_(None), ApiToken.expires_at > at
    )
    return list(session.scalars(query.order_by(ApiToken.made_at.desc(), ApiToken.id)))


def end_all(session: Session, person_id: str, at: datetime) -> None:
    """End every token of a person."""
    session.execute(
        update(ApiToken)
        .where(ApiToken.person_id == person_id, ApiToken.ended_at.is_(None))
        .values(ended_at=at)
    )


def keep(session: Session, row: ApiAnswer) -> ApiAnswer | None:
    """Write down that an act is being done; the row of the first time when it was done before.

    Where two ask at the same instant the second waits here until the first has committed.
    """
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        same = select(ApiAnswer).filter_by(token_id=row.token_id, key_hmac=row.key_hmac)
        return session.scalars(same).one()
    return None


def forget(session: Session, answers_before: datetime, tokens_before: datetime) -> None:
    """Delete old answers, and tokens that ran out or were ended long ago (S18)."""
    session.execute(delete(ApiAnswer).where(ApiAnswer.made_at < answers_before))
    gone = (ApiToken.expires_at < tokens_before) | (ApiToken.ended_at < tokens_before)
    session.execute(delete(ApiToken).where(gone, ~ApiToken.id.in_(select(ApiAnswer.token_id))))


def alerts_page(
    session: Session, actor: Actor, state: str | None, after: Alert | None, limit: int
) -> list[tuple[Alert, Case]]:
    """Alerts of the cases this actor sees, the newest first, from behind one of them on."""
    query = _alerts(actor).order_by(Alert.raised_at.desc(), Alert.id.desc()).limit(limit)
    if state is not None:
        query = query.where(Alert.state == state)
    if after is not None:
        query = query.where(tuple_(Alert.raised_at, Alert.id) < (after.raised_at, after.id))
    return [(alert, case) for alert, case in session.execute(query)]


def alert_with_case(session: Session, actor: Actor, alert_id: str) -> tuple[Alert, Case] | None:
    """One alert with its case, if this actor sees that."""
    found = session.execute(_alerts(actor).where(Alert.id == alert_id)).one_or_none()
    return None if found is None else (found[0], found[1])


def _alerts(actor: Actor) -> Select[Alert, Case]:
    ids = visible_cases(actor).with_only_columns(Case.id)
    return select(Alert, Case).join(Case, Case.id == Alert.case_id).where(Case.id.in_(ids))
