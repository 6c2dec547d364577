"""A circuit breaker for each channel (D7): while a provider cannot be reached, rows wait untried.

Five tries in a row that found nobody open it. Then one row goes every five minutes to see; the
first that gets through closes it. Waiting rows stay due, so pages say that they wait.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from tracker.domain.delivery import CHANNEL_KINDS, Outcome, SendResult
from tracker.engine.desk import Desk
from tracker.store.pulses import locked_pulse
from tracker.store.schema import Pulse

OPENS_AT: Final = 5
PROBE_EVERY: Final = timedelta(minutes=5)
_NETWORK: Final = ("connect_", "net_", "lost")


def note(desk: Desk, channel: str, result: SendResult) -> None:
    """Count what a try says about its provider; a refusal of one message says nothing."""
    if result.outcome is Outcome.ACCEPTED:
        row = desk.session.get(Pulse, _name(channel))
        if row is not None:
            desk.session.delete(row)
    elif result.outcome is Outcome.NOT_SENT and (result.code or "").startswith(_NETWORK):
        _count(desk, channel)


def _count(desk: Desk, channel: str) -> None:
    row = locked_pulse(desk.session, _name(channel), desk.now)
    failures = int(row.detail or 0) + 1
    row.at, row.detail = desk.now, str(failures)
    if failures >= OPENS_AT:
        row.lease_until = desk.now + PROBE_EVERY


def limits(desk: Desk, limit: int) -> dict[str, int]:
    """How many rows of each channel may be claimed now: `limit`, one to probe with, or none."""
    allowed = dict.fromkeys(CHANNEL_KINDS, limit)
    for channel in CHANNEL_KINDS:
        row = desk.session.get(Pulse, _name(channel))
        if row is not None and row.lease_until is not None:
            left = row.lease_until - desk.now
            allowed[channel] = 0 if timedelta(0) < left <= PROBE_EVERY else 1
    return allowed


def probing(desk: Desk, channel: str) -> None:
    """A row goes to see whether the provider is back; the others wait for what it finds."""
    row = desk.session.get(Pulse, _name(channel))
    if row is not None:
        row.lease_until = desk.now + PROBE_EVERY


def _name(channel: str) -> str:
    return f"breaker:{channel}"
