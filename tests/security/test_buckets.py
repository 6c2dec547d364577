"""Limits against guessing (S11)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.security.buckets import (
    LONGEST_DELAY,
    BucketState,
    failure_delay,
    source_key,
    take,
    wait_after_failures,
)

NOW = datetime(2018, 4, 2, 9, 0, tzinfo=UTC)
KEY = bytes(range(32))
ZERO = timedelta(0)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_a_new_bucket_is_full_and_empties() -> None:
    state = None
    for left in (2, 1, 0):
        allowed, state, wait = take(state, NOW, 3, 0.1)
        assert (allowed, state.tokens, wait) == (True, left, ZERO)
    assert take(state, NOW, 3, 0.1) == (False, BucketState(0, NOW), timedelta(seconds=10))


def test_it_refills_with_time_and_never_over_the_brim() -> None:
    empty = BucketState(0, NOW)
    assert not take(empty, later(9.9), 3, 0.1).allowed
    assert take(empty, later(10), 3, 0.1).allowed
    assert take(empty, later(10_000), 3, 0.1).state == BucketState(2, later(10_000))


def test_a_refusal_takes_nothing_so_waiting_always_helps() -> None:
    state = BucketState(0, NOW)
    for second in range(1, 10):
        allowed, state, wait = take(state, later(second), 3, 0.1)
        assert not allowed
        assert wait == pytest.approx(timedelta(seconds=10 - second), abs=timedelta(milliseconds=1))
    assert take(state, later(10.001), 3, 0.1).allowed


def test_dearer_acts_cost_more() -> None:
    assert take(BucketState(2, NOW), NOW, 5, 1, cost=2).state.tokens == 0
    assert take(BucketState(2, NOW), NOW, 5, 1, cost=5).retry_after == timedelta(seconds=3)


def test_s11_a_clock_that_was_a_year_ahead_locks_nobody_out() -> None:
    ahead = BucketState(0, NOW + timedelta(days=365))
    allowed, state, wait = take(ahead, NOW, 3, 0.1)
    assert (allowed, wait) == (False, timedelta(seconds=10))
    assert take(state, later(10), 3, 0.1).allowed


@pytest.mark.parametrize(
    ("capacity", "refill", "cost"), [(0, 1, 1), (1, 0, 1), (1, 1, 0), (1, 1, 2)]
)
def test_buckets_that_make_no_sense(capacity: float, refill: float, cost: float) -> None:
    with pytest.raises(ValueError, match="bucket"):
        take(None, NOW, capacity, refill, cost)


@given(
    st.lists(st.floats(0, 100), min_size=1, max_size=60),
    st.integers(1, 5),
    st.sampled_from([0.01, 0.5, 2.0]),
)
def test_s11_never_more_than_the_capacity_and_what_time_brings(
    pauses: list[float], capacity: int, refill: float
) -> None:
    state, now, allowed = None, NOW, 0
    for pause in pauses:
        now += timedelta(seconds=pause)
        taken = take(state, now, capacity, refill)
        state = taken.state
        allowed += taken.allowed
        assert -1e-9 <= state.tokens <= capacity
        assert taken.allowed == (taken.retry_after == ZERO)
    assert allowed <= capacity + (now - NOW).total_seconds() * refill + 1e-6


@given(st.floats(0, 0.999), st.sampled_from([0.01, 0.5, 2.0]))
def test_after_the_time_told_it_is_allowed(tokens: float, refill: float) -> None:
    refused = take(BucketState(tokens, NOW), NOW, 3, refill)
    assert not refused.allowed
    again = take(refused.state, NOW + refused.retry_after + timedelta(milliseconds=1), 3, refill)
    assert again.allowed


def test_s11_delays_grow_and_end_at_an_hour() -> None:
    delays = [failure_delay(failures) for failures in range(60)]
    assert delays[:5] == [ZERO] * 5
    assert delays[5:9] == [timedelta(seconds=s) for s in (30, 60, 120, 240)]
    assert delays == sorted(delays)
    assert delays[-1] == LONGEST_DELAY == failure_delay(10**9)


def test_s11_nobody_waits_longer_than_the_delay() -> None:
    assert wait_after_failures(4, NOW, NOW) == ZERO
    assert wait_after_failures(6, NOW, NOW) == timedelta(seconds=60)
    assert wait_after_failures(6, NOW, later(45)) == timedelta(seconds=15)
    assert wait_after_failures(6, NOW, later(60)) == ZERO
    assert wait_after_failures(999, later(10**8), NOW) == LONGEST_DELAY, "clock went back"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.7", "203.0.113.250", True),
        ("203.0.113.7", "203.0.112.7", False),
        ("2001:db8:1:2::3", "2001:db8:1:ffff::9", True),
        ("2001:db8:1::", "2001:db8:2::", False),
        ("::ffff:203.0.113.7", "203.0.113.9", True),
        ("fe80::1%eth0", "fe80::2", True),
        ("203.0.113.7", None, False),
        (None, "nonsense", True),
        ("", "203.0.113.7 , 1.2.3.4", True),
    ],
)
def test_s11_neighbours_share_a_bucket(one: str | None, other: str | None, same: bool) -> None:
    assert (source_key(one, KEY) == source_key(other, KEY)) is same


def test_an_address_is_not_in_its_key_and_days_cannot_be_joined() -> None:
    today, tomorrow = source_key("203.0.113.7", KEY), source_key("203.0.113.7", bytes(32))
    assert today != tomorrow
    assert len(bytes.fromhex(today)) == 16
