"""A circuit breaker for each channel (D7): while a provider is out of reach, rows wait untried.

Five tries in a row that found nobody open it, and a single one that found our account closed (a
wrong password). Then one row goes every five minutes to see; the first that gets through closes it.
Waiting rows stay due, so pages say that they wait; whom they do not reach in time is told in
another way (`engine.sending.waiting`). A provider that asked to be left alone for a while
(Retry-After) is in reach: after its time one row goes first, and any answer but "not now" to that
is enough, a refusal of its message too. What no provider said is no answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from tracker.domain.delivery import CHANNEL_KINDS, Outcome, SendResult, is_account_closed
from tracker.engine.desk import Desk
from tracker.store.pulses import locked_pulse, pulses_of
from tracker.store.schema import Pulse

OPENS_AT: Final = 5
PROBE_EVERY: Final = timedelta(minutes=5)
NEXT_AFTER_A_PAUSE: Final = timedelta(seconds=30)
"""The next row goes then where nothing was heard of the first: its worker may have died."""
_NETWORK: Final = ("connect_", "net_", "lost")


def note(desk: Desk, results: Sequence[tuple[str, SendResult]]) -> None:
    """Count what tries say about their providers; a refusal of one message says nothing.

    A provider that says for how long it wants to be left alone (Retry-After) is left alone.
    """
    for channel in sorted({channel for channel, _ in results}):
        mine = [result for one, result in results if one == channel]
        asked = max((r.retry_after for r in mine if r.retry_after), default=None)
        failures = 0
        for result in mine:
            failures = 0 if result.outcome is Outcome.ACCEPTED else failures + _weight(result)
        if any(result.outcome is Outcome.ACCEPTED for result in mine):
            row = desk.session.get(Pulse, _name(channel))
            if row is not None:
                desk.session.delete(row)
                desk.session.flush()
        elif any(not result.local and not _weight(result) for result in mine):
            _end_pause(desk, channel)
        if failures or asked:
            _count(desk, channel, failures, asked)


def _weight(result: SendResult) -> int:
    """One for a try that nobody answered; a closed account is told by a single one."""
    if is_account_closed(result):
        return OPENS_AT
    tried = result.outcome in (Outcome.NOT_SENT, Outcome.UNKNOWN)
    return int(tried and (result.code or "").startswith(_NETWORK))


def _end_pause(desk: Desk, channel: str) -> None:
    """Somebody answered: a provider that only asked to be left alone is asked as before."""
    row = desk.session.get(Pulse, _name(channel))
    if row is not None and not _is_open(row):
        row.lease_until = None
        desk.session.flush()


def _is_open(row: Pulse) -> bool:
    return int(row.detail or 0) >= OPENS_AT


def _count(desk: Desk, channel: str, failures: int, asked: timedelta | None) -> None:
    row = locked_pulse(desk.session, _name(channel), desk.now)
    failures += int(row.detail or 0)
    row.at, row.detail = desk.now, str(failures)
    if failures >= OPENS_AT:
        row.lease_until = desk.now + PROBE_EVERY
    elif asked is not None:
        row.lease_until = desk.now + min(asked, PROBE_EVERY)


def limits(desk: Desk, limit: int) -> dict[str, int]:
    """How many rows of each channel may be claimed now: `limit`, one to probe with, or none."""
    allowed = dict.fromkeys(CHANNEL_KINDS, limit)
    rows = pulses_of(desk.session, map(_name, CHANNEL_KINDS))
    for channel in CHANNEL_KINDS:
        row = rows.get(_name(channel))
        if row is not None and row.lease_until is not None:
            left = row.lease_until - desk.now
            allowed[channel] = 0 if timedelta(0) < left <= PROBE_EVERY else 1
    return allowed


def broken(desk: Desk) -> frozenset[str]:
    """The channels whose providers are out of reach now."""
    return frozenset(channel for channel, most in limits(desk, 2).items() if most < 2)


def probing(desk: Desk, channel: str) -> None:
    """A row goes to see whether the provider is back; the others wait for what it finds."""
    row = desk.session.get(Pulse, _name(channel))
    if row is not None:
        row.lease_until = desk.now + (PROBE_EVERY if _is_open(row) else NEXT_AFTER_A_PAUSE)


def _name(channel: str) -> str:
    return f"breaker:{channel}"
