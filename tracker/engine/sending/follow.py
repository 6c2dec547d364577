"""What a telephone got, without a final state: asked about, then the next way (D5, D6)."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tracker.domain.delivery import Asked, State, Word
from tracker.engine.desk import Desk
from tracker.engine.power import Power
from tracker.engine.sending.asking import ask_about
from tracker.engine.sending.receipts import take_receipt
from tracker.engine.sending.settle import lock
from tracker.engine.staff.ladder import climb_in_time, later_look
from tracker.store import outbox

ASKING_TAKES: Final = timedelta(minutes=1)
"""While one worker asks about a row, no other does."""

NOT_FINAL: Final = (State.ACCEPTED, State.SENT)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Look:
    """A row to ask about. `provider_id` None: another row's message carried it and is asked."""

    row_id: str
    channel: str
    provider_id: str | None


def follow_batch(services: Power) -> int:
    """Look after rows whose receipts are late, for a while; the number looked at."""
    return ask_about(services, looks, _ask, conclude_look)


def looks(desk: Desk, limit: int) -> list[Look]:
    """Rows to ask about now. Commit before asking."""
    rows = outbox.to_follow(desk.session, desk.now, limit)
    for row in rows:
        row.look_at = desk.now + ASKING_TAKES
    return [Look(row.id, row.channel, None if row.carrier_id else row.provider_id) for row in rows]


def conclude_look(desk: Desk, look: Look, word: Word | None) -> None:
    """Let the provider's word count; where there is still no receipt, take the next way."""
    row = lock(desk, look.row_id, with_case=True)
    if row is None:
        return
    if word is not None:
        take_receipt(desk, row.id, word)
    if row.state not in NOT_FINAL:
        row.look_at = None
        return
    climb_in_time(desk, row)
    row.look_at = later_look(desk, row)


def _ask(services: Power, look: Look) -> Word | None:
    channel = services.channels.get(look.channel)
    if look.provider_id is None or not isinstance(channel, Asked):
        return None
    try:
        return channel.status(look.provider_id)
    except Exception as error:  # asking is a help, never a must
        log.warning("asking about a message failed: %s", type(error).__name__)
        return None
