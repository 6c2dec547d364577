"""A provider's word about a message: kept, matched to our row, never moving it back (D5)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tracker.domain.delivery import (
    CALL_AGAIN,
    UNREACHABLE_RETRY,
    VOICE,
    Outcome,
    State,
    Word,
    merged,
)
from tracker.engine.desk import Desk
from tracker.engine.sending.settle import accept, end, lock, refusal_state, retry
from tracker.store import outbox
from tracker.store.schema import OutboxMessage, Receipt, new_id

SECOND_TRIES = 1
"""A message that failed on its way is tried once more where its code says so (2.6)."""


def take_receipt(desk: Desk, row_id: str, word: Word) -> bool:
    """Keep a receipt and let it count; whether it was new. Unknown rows are passed over.

    It may come before our own record of the try: then it says what that record would have said.
    """
    row = lock(desk, row_id, with_case=word.state is State.REFUSED)
    if row is None or not _keep(desk, row, word):
        return False
    for carried_id in outbox.carried_by(desk.session, row.id):
        take_receipt(desk, carried_id, word)
    match word.state:
        case State.ACCEPTED | State.SENT | State.DELIVERED as told:
            _advance(desk, row, word, told)
        case State.REFUSED:
            _fail(desk, row, word)
        case _:
            pass
    return True


def _keep(desk: Desk, row: OutboxMessage, word: Word) -> bool:
    same = select(Receipt.id).filter_by(
        outbox_id=row.id, provider_id=word.provider_id, status=word.status
    )
    if desk.session.scalars(same).first() is not None:
        return False
    try:
        with desk.session.begin_nested():
            desk.session.add(
                Receipt(
                    id=new_id(),
                    outbox_id=row.id,
                    provider_id=word.provider_id,
                    status=word.status,
                    code=word.code,
                    received_at=desk.now,
                )
            )
    except IntegrityError:  # the same word came twice at once
        return False
    return True


def _advance(desk: Desk, row: OutboxMessage, word: Word, told: State) -> None:
    current = State(row.state)
    if current in (State.SUBMITTING, State.UNKNOWN, State.RETRY_WAIT):
        accept(desk, row, word.provider_id, told)
        return
    row.handed_over_at = row.handed_over_at or desk.now
    after = merged(current, told)
    if after is not current:
        row.state = after
        if after is State.DELIVERED:
            row.ended_at, row.look_at = desk.now, None


def _fail(desk: Desk, row: OutboxMessage, word: Word) -> None:
    """It failed after it was taken. The word about an older copy of ours ends nothing."""
    current = State(row.state)
    older_copy = row.provider_id is not None and row.provider_id != word.provider_id
    if older_copy or current not in (
        State.SUBMITTING,
        State.UNKNOWN,
        State.ACCEPTED,
        State.SENT,
    ):
        return
    row.provider_id = word.provider_id
    row.handed_over_at = row.handed_over_at or desk.now
    if word.outcome is Outcome.NOT_SENT and row.attempts <= SECOND_TRIES:
        row.error_code = word.code
        retry(row, desk.now + (CALL_AGAIN if row.channel == VOICE else UNREACHABLE_RETRY))
        return
    end(desk, row, refusal_state(word.fault), word.code, word.fault)
