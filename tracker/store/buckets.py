"""The brakes on guessing, kept so that they survive restarts and hold for all processes (S11)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker.security.buckets import BucketState, take, wait_after_failures
from tracker.store.bulk import among, insert_rows, table_of
from tracker.store.schema import TokenBucket

_NO_TIME = timedelta(0)

_BUCKET: Final = table_of(TokenBucket).c
_HELD: Final = select(_BUCKET.key, _BUCKET.tokens, _BUCKET.updated_at).with_for_update()
_OR_CHANGED: Final = (
    " ON CONFLICT (key) DO UPDATE SET tokens = excluded.tokens, updated_at = excluded.updated_at"
)


def draw(
    session: Session, key: str, now: datetime, capacity: float, refill_per_second: float
) -> timedelta:
    """Take one token; zero when there was one, else how long until there is."""
    row = _row(session, key, now, capacity)
    taken = take(BucketState(row.tokens, row.updated_at), now, capacity, refill_per_second)
    row.tokens, row.updated_at = taken.state.tokens, taken.state.at
    return taken.retry_after


def wait(
    session: Session, key: str, now: datetime, capacity: float, refill_per_second: float
) -> timedelta:
    """How long until there is a token, without taking one."""
    row = session.get(TokenBucket, key)
    if row is None:
        return _NO_TIME
    state = BucketState(row.tokens, row.updated_at)
    return take(state, now, capacity, refill_per_second).retry_after


def states(session: Session, keys: Iterable[str]) -> dict[str, BucketState]:
    """What many buckets held when they were last touched; one that never was is not there."""
    keys = list(keys)
    if not keys:
        return {}
    rows = session.execute(_HELD.where(among(session, _BUCKET.key, keys))).all()
    return {key: BucketState(tokens, at) for key, tokens, at in rows}


def keep(session: Session, held: Mapping[str, BucketState]) -> None:
    """Write down what many buckets hold now, in one statement however many there are."""
    insert_rows(
        session,
        table_of(TokenBucket),
        [
            {"key": key, "tokens": state.tokens, "failures": 0, "updated_at": state.at}
            for key, state in sorted(held.items())
        ],
        _OR_CHANGED,
    )


def count_failure(session: Session, key: str, now: datetime) -> timedelta:
    """Count one more failure; zero when this try may be checked, else how long to wait (uncounted).

    Counted before the check, so that many tries at once are many failures; `clear` undoes it.
    """
    row = _row(session, key, now, 0.0)
    wait = wait_after_failures(row.failures, row.updated_at, now)
    if not wait:
        row.failures += 1
        row.updated_at = now
    return wait


def clear(session: Session, key: str) -> None:
    """The failures under this key are over: somebody succeeded."""
    session.execute(delete(TokenBucket).where(TokenBucket.key == key))


def mark(session: Session, key: str, now: datetime) -> None:
    """Remember a key, until `forget`."""
    _row(session, key, now, 0.0).updated_at = now


def has(session: Session, key: str) -> bool:
    """Whether a key is remembered."""
    return session.get(TokenBucket, key) is not None


def forget(session: Session, before: datetime, prefix: str = "") -> None:
    """Delete what was not touched since an instant, of keys that begin so (S18)."""
    session.execute(
        delete(TokenBucket).where(
            TokenBucket.updated_at < before, TokenBucket.key.startswith(prefix, autoescape=True)
        )
    )


def _row(session: Session, key: str, now: datetime, tokens: float) -> TokenBucket:
    """The row of a key, locked; made when it is not there."""
    wanted = select(TokenBucket).filter_by(key=key).with_for_update()
    row = session.scalars(wanted).one_or_none()
    if row is None:
        row = TokenBucket(key=key, tokens=tokens, failures=0, updated_at=now)
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:  # PostgreSQL: another process made it between look and insert
            row = session.scalars(wanted).one()
    return row
