"""Limits against guessing (S11): token buckets and growing delays, as pure arithmetic.

The database keeps the states, so limits survive restarts and hold for all processes. Nobody is
ever locked out for good: else whoever guesses wrongly could lock a family out.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import Final, NamedTuple

FREE_FAILURES: Final = 5
FIRST_DELAY: Final = timedelta(seconds=30)
LONGEST_DELAY: Final = timedelta(hours=1)
_NO_TIME: Final = timedelta(0)

STEP: Final = 16
"""Signs of a `source_path` for each width of neighbourhood."""


@dataclass(frozen=True, slots=True)
class BucketState:
    """What a bucket held at an instant; a bucket without state is full."""

    tokens: float
    at: datetime


class Taken(NamedTuple):
    """`retry_after` is zero when allowed, else the time until it would be."""

    allowed: bool
    state: BucketState
    retry_after: timedelta


def take(
    state: BucketState | None,
    now: datetime,
    capacity: float,
    refill_per_second: float,
    cost: float = 1.0,
) -> Taken:
    """Take `cost` tokens if they are there; a refusal takes none.

    When the clock goes back, refilling goes on from the new time, so a clock that was wrong once
    locks nobody out. Raises `ValueError` when
    `0 < cost <= capacity` or `refill_per_second > 0` does not hold.
    """
    if not 0 < cost <= capacity or refill_per_second <= 0:
        raise ValueError("a bucket needs 0 < cost <= capacity and a refill above 0")
    if state is None:
        state = BucketState(capacity, now)
    passed = max(0.0, (now - state.at).total_seconds())
    tokens = min(capacity, max(0.0, state.tokens) + passed * refill_per_second)
    if tokens >= cost:
        return Taken(True, BucketState(tokens - cost, now), _NO_TIME)
    wait = timedelta(seconds=(cost - tokens) / refill_per_second)
    return Taken(False, BucketState(tokens, now), wait)


def failure_delay(failures: int) -> timedelta:
    """How long after the last of so many failures in a row nothing more is checked.

    None for the first few, then 30 s, doubled at each, at most an hour.
    """
    if failures < FREE_FAILURES:
        return _NO_TIME
    doublings = min(failures - FREE_FAILURES, 16)
    return min(LONGEST_DELAY, FIRST_DELAY * (1 << doublings))


def wait_after_failures(failures: int, last_failure_at: datetime, now: datetime) -> timedelta:
    """What is left of that delay at `now`; zero when the next try may be checked.

    Never longer than the delay itself, even if the clock went back.
    """
    delay = failure_delay(failures)
    return max(_NO_TIME, min(delay, last_failure_at + delay - now))


def source_key(ip: str | None, daily_key: bytes) -> str:
    """The bucket of an address's neighbourhood: /24 for IPv4, /48 for IPv6, as 32 hex digits.

    The address itself is not kept, and `daily_key` changes each day, so days cannot be joined
    (e.g. `derive_key(ring.pepper, f"source {today}")`; drop the rows after 24 h). What is no
    address shares one bucket.
    """
    return _hashed(_neighbourhood(ip), daily_key)[:32]


def source_path(ip: str | None, daily_key: bytes) -> str:
    """As `source_key`, with the wider neighbourhoods before it: `STEP` signs each.

    /16 and /24 for IPv4; /20, /32 and /48 for IPv6, of which one provider may hold as many as it
    likes within the first two.
    """
    whole = _neighbourhood(ip)
    parts = [whole[:3], whole] if whole[:1] == b"4" else [_first_bits(whole), whole[:5], whole]
    return "".join(_hashed(part, daily_key)[:STEP] for part in parts)


def _first_bits(whole: bytes) -> bytes:
    """A sign for the kind, and the first 20 bits."""
    return b"w" + whole[:3] + bytes(byte & 0xF0 for byte in whole[3:4])


def _hashed(part: bytes, daily_key: bytes) -> str:
    return hmac.digest(daily_key, b"source 1 " + part, "sha256").hex()


def _neighbourhood(ip: str | None) -> bytes:
    try:
        address = ip_address((ip or "").strip())
    except ValueError:
        return b"unknown"
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is None:
            return b"6" + address.packed[:6]
        address = address.ipv4_mapped
    return b"4" + address.packed[:3]
