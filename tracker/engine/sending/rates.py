"""As many messages a second as a provider takes (D7): a token bucket for each channel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from tracker.domain.delivery import EMAIL, SMS
from tracker.engine.desk import Desk
from tracker.security.buckets import BucketState
from tracker.store import buckets

BURST_SECONDS: Final = 10
"""What was not used for so long may go at once."""


def left(desk: Desk) -> dict[str, int]:
    """How many messages may go now, for the channels that have a rate."""
    return {channel: int(held) for channel, held in _held(desk).items()}


def spend(desk: Desk, channels: Iterable[str]) -> None:
    """A message went, or will now, by each of these."""
    held = dict(_held(desk))
    gone = [channel for channel in channels if channel in held]
    for channel in gone:
        held[channel] -= 1
    buckets.keep(
        desk.session,
        {_name(channel): BucketState(max(0.0, held[channel]), desk.now) for channel in set(gone)},
    )


def _held(desk: Desk) -> Mapping[str, float]:
    rates = {SMS: desk.settings.sms_per_second, EMAIL: desk.settings.mails_per_second}
    limited = {channel: rate for channel, rate in rates.items() if rate}
    states = buckets.states(desk.session, [_name(channel) for channel in limited])
    held = {}
    for channel, rate in limited.items():
        state, full = states.get(_name(channel)), float(rate * BURST_SECONDS)
        passed = max(0.0, (desk.now - state.at).total_seconds()) if state else 0.0
        held[channel] = min(full, state.tokens + passed * rate) if state else full
    return held


def _name(channel: str) -> str:
    return f"rate:{channel}"
