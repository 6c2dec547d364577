"""Many messages to one person at once become one: "4 messages wait for you" (D7).

Each row keeps its own state; one of them, the carrier, gives the message its reference. Who reads
it signs in and acknowledges case by case. A message that is repeated bears the same reference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tracker.engine.desk import Desk
from tracker.security.buckets import BucketState
from tracker.store import buckets
from tracker.store.schema import OutboxMessage, Person
from tracker.store.unsent import Unsent

REFILL: Final = timedelta(minutes=5)
"""After so long one more message may go by itself."""

DIGITS: Final = 6
"""Small sums of refilling leave a whole message short of itself by a last digit: waited for in no
time at all, again and again."""

PREFIX: Final = "told:"


@dataclass(frozen=True, slots=True)
class Ready:
    """A row that may go, and to whom."""

    row: Unsent
    person: Person
    address: str


def messages(desk: Desk, ready: Sequence[Ready]) -> list[list[Ready]]:
    """The rows, each message's together, its carrier first. What has to wait is left out.

    A contact point gets `merge_above` messages by themselves, and one more every five minutes;
    when more fall due than are left of these, they become one. An urgent one never waits.
    """
    found = [[one] for one in ready if one.row.kind != "alert"]
    fresh, repeated = _told_apart([one for one in ready if one.row.kind == "alert"])
    for together in repeated:
        _keep_reference(desk, together[0].row)
    found += repeated
    left = room(desk, fresh)
    for point, mine in fresh.items():
        if len(mine) <= left[point]:
            found += [[one] for one in mine]
            left[point] -= len(mine)
        elif left[point] >= 1 or any(one.row.urgent for one in mine):
            found.append(_carrier_first(mine))
            left[point] = max(0.0, left[point] - 1)
        else:
            for one in mine:
                one.row.put_off(desk.now + REFILL * (1 - left[point]))
    now = desk.now
    buckets.keep(
        desk.session, {_name(point): BucketState(held, now) for point, held in left.items()}
    )
    return found


def room(desk: Desk, points: Collection[str]) -> dict[str, float]:
    """How many messages may go singly to each of these contact points now."""
    states = buckets.states(desk.session, map(_name, points))
    full = float(desk.settings.merge_above)
    held = {point: _refilled(states.get(_name(point)), desk.now, full) for point in points}
    return {point: round(tokens, DIGITS) for point, tokens in held.items()}


def _name(point: str) -> str:
    return f"{PREFIX}{point}"


def _told_apart(
    ready: Sequence[Ready],
) -> tuple[dict[str, list[Ready]], list[list[Ready]]]:
    """Rows by contact point, and those that were in one message before: they stay together."""
    carriers = {one.row.carrier_id for one in ready} - {None}
    fresh, repeated = defaultdict[str, list[Ready]](list), defaultdict[str, list[Ready]](list)
    for one in ready:
        before = one.row.carrier_id or (one.row.id if one.row.id in carriers else None)
        if before is None:
            fresh[one.row.contact_point_id].append(one)
        else:
            repeated[before].append(one)
    return fresh, [_carrier_first(together) for together in repeated.values()]


def _carrier_first(together: list[Ready]) -> list[Ready]:
    """The row that carried them before, else always the same one of them."""
    before = {one.row.carrier_id for one in together}
    return sorted(together, key=lambda one: (one.row.id not in before, one.row.id))


def _keep_reference(desk: Desk, first: Unsent) -> None:
    """Where nobody needs the row any more that carried them, another carries the rest, and bears
    its reference: to the reader it is the same message (D4)."""
    if first.carrier_id is not None:
        first.refer_as(desk.session.get_one(OutboxMessage, first.carrier_id).reference)


def _refilled(state: BucketState | None, now: datetime, full: float) -> float:
    """Whatever the clock did, never less than there was, never more than it holds."""
    if state is None:
        return full
    passed = max(timedelta(0), now - state.at)
    return min(full, state.tokens + passed / REFILL)
