"""Rows whose fate is unknown: look for them, adopt what is found, repeat once what is not (D4)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tracker.domain.actor import WORKER
from tracker.domain.delivery import Envelope, Outcome, SendResult, State, next_look
from tracker.engine.desk import Desk
from tracker.engine.power import Power
from tracker.engine.sending.asking import ask_about
from tracker.engine.sending.claims import BATCH
from tracker.engine.sending.row_tokens import callback_token_of
from tracker.engine.sending.settle import accept, end, hold, lock, refusal_state, retry
from tracker.store import attempts, outbox, taken
from tracker.store.schema import ContactPoint, OutboxMessage
from tracker.store.sealing import UNREADABLE

NOT_FOUND = "not_found"

_BLIND: Final = SendResult(Outcome.UNKNOWN)
"""Nobody could look, at the provider or for this address: not the same as finding nothing."""

LOOKING_TAKES = timedelta(minutes=1)
"""While one worker looks for a row, no other does."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Search:
    """A message to look for at its provider; its envelope holds no words."""

    envelope: Envelope
    number: int
    started_at: datetime
    known: SendResult | None
    """What a worker noted of it, or that nobody can look: then the provider is not asked."""


def reconcile_batch(services: Power) -> int:
    """Look after rows of unknown fate, for a while; the number looked at.

    All that lapsed does so before the first look: one message's rows are looked for together.
    """
    while _lapsed(services) == BATCH:
        pass
    return ask_about(services, searches, _find, conclude)


def _lapsed(services: Power) -> int:
    with services.desk(WORKER) as desk:
        return lapse(desk, BATCH)


def _find(services: Power, search: Search) -> SendResult | None:
    if search.known is not None:
        return search.known
    channel = services.channels.get(search.envelope.channel)
    try:
        return channel.find(search.envelope, search.started_at) if channel else None
    except Exception as error:  # looking is a help, never a must
        log.warning("looking for a message failed: %s", type(error).__name__)
        return _BLIND


def lapse(desk: Desk, limit: int) -> int:
    """Tries whose lease ran out unrecorded: their process died. Unknown, never pending (D2), but
    for those it had noted as taken."""
    rows = outbox.lapsed(desk.session, desk.now, limit)
    noted = _noted(desk) if rows else {}
    found = list[tuple[str, int, SendResult]]()
    for row in rows:
        if result := noted.get((row.id, row.attempts)):
            accept(desk, row, result.provider_id, State.ACCEPTED)
            found.append((row.id, row.attempts, result))
        else:
            row.error_code = "lease_ended"
            hold(row, desk.now)
    if found:
        attempts.end(desk.session, found, desk.now)
    return len(rows)


def forget_notes(desk: Desk) -> None:
    """Do away with what dead workers noted and the record says by now."""
    taken.forget(desk.settings.instance, outbox.in_doubt(desk.session))


def searches(desk: Desk, limit: int) -> list[Search]:
    """Rows to look for now. Commit before looking."""
    found = []
    rows = outbox.uncertain(desk.session, desk.now, limit)
    noted = _noted(desk) if rows else {}
    for row in rows:
        row.available_at = desk.now + LOOKING_TAKES
        carrier = desk.session.get(OutboxMessage, row.carrier_id) if row.carrier_id else None
        known, address = noted.get((row.id, row.attempts)), ""
        try:
            point = desk.session.get_one(ContactPoint, row.contact_point_id)
            address = str(desk.safe.open(point, "address"))
        except UNREADABLE:  # the others are looked for all the same (D1)
            known = known or _BLIND
        wanted = Envelope(
            row_id=row.id,
            channel=row.channel,
            to=address,
            text="",
            reference=(carrier or row).reference,
            token=callback_token_of(desk.ring, (carrier or row).id),
            at=desk.now,
        )
        found.append(Search(wanted, row.attempts, _started(desk, row), known))
    return found


def conclude(desk: Desk, search: Search, found: SendResult | None) -> None:
    """What the look brought: adopt it, look again later, or give up looking.

    Given up once, the row is sent again, marked as a possible repeat; given up twice, it is dead
    and those above are told.
    """
    row = lock(desk, search.envelope.row_id, with_case=True)
    if row is None or row.state != State.UNKNOWN or row.attempts != search.number:
        return
    _conclude(desk, row, search, found)
    for carried_id in outbox.carried_by(desk.session, row.id):
        carried = lock(desk, carried_id, with_case=True)
        if carried is not None and carried.state == State.UNKNOWN:
            _conclude(desk, carried, search, found)


def _conclude(desk: Desk, row: OutboxMessage, search: Search, found: SendResult | None) -> None:
    if found is not None and found.outcome is Outcome.ACCEPTED:
        accept(desk, row, found.provider_id, State.ACCEPTED)
        return
    if found is not None and found.outcome is Outcome.REFUSED:
        row.provider_id = found.provider_id
        end(desk, row, refusal_state(found.fault), found.code, found.fault)
        return
    again = next_look(row.channel, search.started_at, desk.now, blind=found == _BLIND)
    if again is not None:
        row.available_at = again
    elif not row.possible_repeat:
        row.possible_repeat = True
        row.error_code = NOT_FOUND
        retry(row, desk.now)
    else:
        end(desk, row, State.DEAD, NOT_FOUND, None)


def _noted(desk: Desk) -> Mapping[taken.Try, SendResult]:
    """What workers with this instance folder noted as taken. Never raises: without notes a try is
    in doubt, and that must not hold up the others."""
    try:
        noted = taken.read(desk.settings.instance)
    except Exception as error:
        log.error("what was noted as taken cannot be read: %s", type(error).__name__)
        return {}
    return {
        one: SendResult(Outcome.ACCEPTED, provider_id=provider_id)
        for one, provider_id in noted.items()
    }


def _started(desk: Desk, row: OutboxMessage) -> datetime:
    attempt = attempts.find(desk.session, row.id, row.attempts)
    return attempt.started_at if attempt is not None else desk.now
