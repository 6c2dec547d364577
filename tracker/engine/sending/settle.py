"""Writing down what became of a try (D4): taken, to be tried again, refused, or unknown.

Locks are taken in one order everywhere, case before row, so that nothing waits in a circle.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from random import Random

from sqlalchemy import select

from tracker.domain.alerts import NEEDS_SOMEBODY
from tracker.domain.delivery import (
    EMAIL,
    TRANSITIONS,
    UNSENT,
    Fault,
    Outcome,
    RetryPolicy,
    SendResult,
    State,
    next_look,
)
from tracker.engine.cases.sharing import consular_covered, tell_clock
from tracker.engine.clock.withdrawing import tell_caseworker_instead
from tracker.engine.desk import Desk
from tracker.engine.sending.breaker import note
from tracker.engine.staff.ladder import climb, first_look
from tracker.engine.staff.points import opt_out, tell_supervisors
from tracker.engine.staff.undelivered import MOVED, hand_up, move
from tracker.store import attempts, outbox
from tracker.store.schema import Alert, Case, ContactPoint, OutboxMessage

LATE = "late"
"""The code of a try whose turn did not come in time: it was none."""

Try = tuple[str, int, SendResult]
"""A row, which try of it, and what that came to."""


def record(desk: Desk, tries: Sequence[Try], policy: RetryPolicy, rng: Random) -> None:
    """The outcomes of tries. A newer try, or a receipt that came first, is not undone.

    Several at once only where none may end its row badly (`may_end`): then no case is locked.
    """
    taken, left = _take(desk, tries)
    rows = dict[str, OutboxMessage]()
    if len(left) == 1 and may_end(left[0][2]):
        row = lock(desk, left[0][0], with_case=True)
        rows = {} if row is None else {row.id: row}
    elif left:
        rows = outbox.locked_many(desk.session, [row_id for row_id, _, _ in left])
    known = [one for one in left if one[0] in rows]
    if known:
        attempts.end(desk.session, known, desk.now)
    heard: dict[str, OutboxMessage | attempts.Submitted] = {**rows, **taken}
    own = [  # one message, one word
        (heard[row_id].channel, result)
        for row_id, _, result in tries
        if row_id in heard and heard[row_id].carrier_id is None
    ]
    note(desk, own)
    for row_id, number, result in known:
        _settle(desk, rows[row_id], number, result, policy, rng)


def _take(desk: Desk, tries: Sequence[Try]) -> tuple[dict[str, attempts.Submitted], Sequence[Try]]:
    """Write down the tries that were taken, and came to nothing else before: nearly all.

    Their rows, and the tries that are left.
    """
    first = dict[str, Try]()
    for one in tries:
        if one[2].outcome is Outcome.ACCEPTED:
            first.setdefault(one[0], one)
    rows = attempts.submitted(desk.session, first) if first else {}
    if not rows:
        return {}, tries
    taken = [first[row_id] for row_id in rows]
    attempts.end(desk.session, taken, desk.now)
    attempts.accepted(
        desk.session,
        [
            (row.id, first[row.id][2].provider_id or row.provider_id, first_look(desk, row.channel))
            for row in rows.values()
        ],
        desk.now,
    )
    done = {(row_id, number) for row_id, number, _ in taken}
    return rows, [one for one in tries if one[:2] not in done]


def _settle(
    desk: Desk,
    row: OutboxMessage,
    number: int,
    result: SendResult,
    policy: RetryPolicy,
    rng: Random,
) -> None:
    if result.outcome is Outcome.ACCEPTED:
        accept(desk, row, result.provider_id, State.ACCEPTED)
        return
    if number != row.attempts or row.state not in (State.SUBMITTING, State.UNKNOWN):
        return
    row.error_code = result.code
    match result.outcome:
        case Outcome.UNKNOWN:
            hold(row, next_look(row.channel, desk.now, desk.now) or desk.now)
        case Outcome.NOT_SENT if result.code == LATE:
            attempts.forget(desk.session, row.id, number)
            row.attempts -= 1
            retry(row, desk.now)
        case Outcome.NOT_SENT:
            wait = policy.wait(row.channel, row.attempts, result, rng)
            if wait is None:
                end(desk, row, State.DEAD, result.code, None)
            else:
                retry(row, desk.now + wait)
        case Outcome.REFUSED:
            end(desk, row, refusal_state(result.fault), result.code, result.fault)


def may_end(result: SendResult) -> bool:
    """Whether an outcome can end a row badly, so that its case must be locked first."""
    return result.outcome is Outcome.REFUSED or (
        result.outcome is Outcome.NOT_SENT and result.code != LATE
    )


def lock(desk: Desk, row_id: str, *, with_case: bool) -> OutboxMessage | None:
    """The row as it stands, locked; its case before it where the case may be touched."""
    if with_case:
        case_id = outbox.case_of(desk.session, row_id)
        if case_id is not None:
            desk.session.scalars(
                select(Case)
                .where(Case.id == case_id)
                .with_for_update()
                .execution_options(populate_existing=True)
            ).one()
    return outbox.locked(desk.session, row_id)


def accept(desk: Desk, row: OutboxMessage, provider_id: str | None, state: State) -> None:
    """A provider has it. The person counts as told from here on (D6).

    Of a copy that failed on its way already only its arrival is news: the next one goes on (D5).
    """
    if state is not State.DELIVERED and _has_failed(row, provider_id):
        return
    if row.provider_id is None or row.state in (State.SUBMITTING, State.UNKNOWN):
        row.provider_id = provider_id or row.provider_id
    row.handed_over_at = row.handed_over_at or desk.now
    if state in TRANSITIONS[State(row.state)]:
        row.state = state
        row.error_code = row.lease_owner = row.lease_until = row.ended_at = None
        row.look_at = first_look(desk, row.channel)


def _has_failed(row: OutboxMessage, provider_id: str | None) -> bool:
    """Whether a word is about the last copy, which failed, while the next waits or is under way.

    All copies of a mail bear one id: once the next is under way a word may be about that one.
    """
    if row.provider_id is None or row.provider_id != provider_id:
        return False
    return row.state == State.RETRY_WAIT or (
        row.channel != EMAIL and row.state in (State.SUBMITTING, State.UNKNOWN)
    )


def retry(row: OutboxMessage, at: datetime) -> None:
    """Try again at `at`."""
    row.state, row.available_at = State.RETRY_WAIT, at
    row.lease_owner = row.lease_until = row.look_at = None


def hold(row: OutboxMessage, look_at: datetime) -> None:
    """Nobody knows whether it left: look for it first (D4)."""
    row.state, row.available_at = State.UNKNOWN, look_at
    row.lease_owner = row.lease_until = None


def stop(desk: Desk, row_id: str, code: str, fault: Fault | None) -> None:
    """Set aside a row that was found unfit before it was tried. Without a fault: consent ended, or
    it is somebody else's (`MOVED`)."""
    row = lock(desk, row_id, with_case=True)
    if row is None or row.state not in UNSENT:
        return
    if code == MOVED:
        move(desk, row)
    elif fault is None and row.case_id and row.alert_id:
        row.state, row.error_code, row.ended_at = State.CANCELLED, code, desk.now
        desk.session.flush()
        case = desk.session.get_one(Case, row.case_id)
        tell_clock(desk, case)
        alert = desk.session.get_one(Alert, row.alert_id, populate_existing=True)
        tell_caseworker_instead(desk, case, alert, covered=consular_covered(desk, case))
    else:
        state = State.DEAD if fault is Fault.CONTENT else State.SUPPRESSED
        end(desk, row, state, code, fault)


def end(
    desk: Desk, row: OutboxMessage, state: State, code: str | None, fault: Fault | None
) -> None:
    """A row that will not arrive: mark what was to blame, and find another way (D4, D6)."""
    row.state, row.error_code, row.ended_at = state, code, desk.now
    row.lease_owner = row.lease_until = row.look_at = None
    _blame(desk, row, code, fault)
    desk.session.flush()
    if row.digest_id is not None:  # somebody else must know: its absence is an alarm (D9)
        tell_supervisors(desk, desk.session.get_one(ContactPoint, row.contact_point_id))
    if row.alert_id is None or row.case_id is None:
        return
    alert = desk.session.get_one(Alert, row.alert_id, populate_existing=True)
    if alert.state in NEEDS_SOMEBODY and climb(desk, row, alert):
        return
    if outbox.has_working_row(desk.session, row.alert_id, [row.person_id], besides=row.id):
        return
    hand_up(desk, desk.session.get_one(Case, row.case_id), alert, row.person_id)


def refusal_state(fault: Fault | None) -> State:
    """The state a refusal ends in."""
    match fault:
        case Fault.OPTED_OUT | Fault.DENIED:
            return State.SUPPRESSED
        case Fault.CONTENT:
            return State.DEAD
        case _:
            return State.REFUSED


def _blame(desk: Desk, row: OutboxMessage, code: str | None, fault: Fault | None) -> None:
    """A bad address is marked and shown, an opt-out kept; the rest is the operator's business."""
    point = desk.session.get_one(ContactPoint, row.contact_point_id)
    if fault is Fault.ADDRESS and point.disabled_at is None and row.attempts:
        point.disabled_at = desk.now
        point.disabled_reason = "bounced" if row.channel == "email" else "wrong_number"
        desk.audit("contact_point.disabled", "contact_point", point.id, code=code)
    elif fault is Fault.OPTED_OUT:
        opt_out(desk, point, code)
