"""States, ranks, retries and quiet hours as pure arithmetic (delivery.md D2–D5)."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.delivery import (
    EMAIL,
    HANDED_OVER,
    SMS,
    TRANSITIONS,
    Outcome,
    RetryPolicy,
    SendResult,
    State,
    is_denied,
    merged,
    next_look,
)
from tracker.domain.quiet_hours import quiet_until

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NOT_SENT = SendResult(Outcome.NOT_SENT)


def test_nothing_that_may_have_left_goes_back_to_pending() -> None:
    """D2: a row found in `submitting` after its lease is `unknown`, never `pending`."""
    assert all(State.PENDING not in after for after in TRANSITIONS.values())
    assert set(TRANSITIONS) == set(State)
    assert TRANSITIONS[State.DELIVERED] == frozenset()


@given(st.lists(st.sampled_from(["accepted", "sent", "delivered", "refused"]), max_size=8))
def test_receipts_in_any_order_never_move_a_state_back(words: list[str]) -> None:
    """D5: late ones never move back; delivered and failed both seen is delivered."""
    state = State.ACCEPTED
    seen = [state]
    for word in words:
        state = merged(state, State(word))
        seen.append(state)
    assert (State.DELIVERED in seen) == ("delivered" in words)
    if "delivered" in words:
        assert state is State.DELIVERED
    assert not (state in HANDED_OVER and "refused" in words and "delivered" not in words)


@given(st.integers(0, 10**6))
def test_what_was_not_sent_is_tried_as_d4_says(seed: int) -> None:
    """D4: 0, 15 s, 1 min, 3 min, 10 min, each by 20 % more or less; then given up."""
    policy, rng = RetryPolicy(), Random(seed)
    for tries, seconds in enumerate((0, 15, 60, 180, 600), start=1):
        wait = policy.wait(SMS, tries, NOT_SENT, rng)
        assert wait is not None
        assert abs(wait.total_seconds() - seconds) <= 0.2 * seconds
    assert policy.wait(SMS, 6, NOT_SENT, rng) is None


def test_a_mail_server_that_says_not_now_is_given_longer() -> None:
    """D4: email 4.x.x: 1, 5, 15 min, 1 h, 4 h."""
    soft = SendResult(Outcome.NOT_SENT, code="4.2.0")
    waits = [RetryPolicy().wait(EMAIL, tries, soft, Random(1)) for tries in range(1, 7)]
    for wait, minutes in zip(waits, (1, 5, 15, 60, 240), strict=False):
        assert wait is not None
        assert 0.8 * minutes <= wait.total_seconds() / 60 <= 1.2 * minutes
    assert waits[5] is None


def test_retry_after_wins() -> None:
    """D4"""
    told = SendResult(Outcome.NOT_SENT, retry_after=timedelta(minutes=7))
    assert RetryPolicy().wait(SMS, 1, told, Random(1)) == timedelta(minutes=7)


def test_a_message_of_unknown_fate_is_looked_for_three_times() -> None:
    """D4: at 35 s, 2 min, 5 min from the try, however late we come."""
    after = [35, 120, 300]
    for seconds, at in ((0, after[0]), (34, after[0]), (35, after[1]), (180, after[2])):
        assert next_look(SMS, NOW, NOW + timedelta(seconds=seconds)) == NOW + timedelta(seconds=at)
    assert next_look(SMS, NOW, NOW + timedelta(minutes=5)) is None


def test_a_look_that_could_not_be_made_found_nothing_out() -> None:
    """D4: until ten minutes after the try the provider is asked again, then the looking is over."""
    for minutes in (5, 9):
        now = NOW + timedelta(minutes=minutes)
        assert next_look(SMS, NOW, now, blind=True) == now + timedelta(minutes=1)
    assert next_look(SMS, NOW, NOW + timedelta(minutes=10), blind=True) is None


@pytest.mark.parametrize(
    ("number", "denied"),
    [("+8613800138000", True), ("+85298765432", False), ("+77015550101", False)],
)
def test_the_deny_list_goes_by_prefix(number: str, denied: bool) -> None:
    """S5"""
    assert is_denied(number, ("+86",)) is denied


ALMATY = ZoneInfo("Asia/Almaty")


@pytest.mark.parametrize(
    ("local", "until"),
    [
        ("2026-03-02 21:59", None),
        ("2026-03-02 22:00", "2026-03-03 07:00"),
        ("2026-03-03 00:00", "2026-03-03 07:00"),
        ("2026-03-03 06:59", "2026-03-03 07:00"),
        ("2026-03-03 07:00", None),
    ],
)
def test_quiet_hours_reach_over_midnight(local: str, until: str | None) -> None:
    """D3: in the recipient's own zone."""
    now = datetime.fromisoformat(local).replace(tzinfo=ALMATY)
    found = quiet_until(now, time(22), time(7), ALMATY)
    expected = until and datetime.fromisoformat(until).replace(tzinfo=ALMATY)
    assert found == (expected or None)


def test_no_quiet_hours() -> None:
    assert quiet_until(NOW, None, time(7), ALMATY) is None
    assert quiet_until(NOW, time(7), time(7), ALMATY) is None


ZONES = ("UTC", "America/New_York", "Asia/Almaty", "Australia/Lord_Howe", "Europe/Kyiv")


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001  # made aware below
    st.times(),
    st.times(),
    st.sampled_from(ZONES),
)
def test_a_message_never_waits_longer_than_a_day_and_an_hour(
    moment: datetime, start: time, end: time, zone_name: str
) -> None:
    """Whatever the zone does with its clocks: it always goes out, and later than now."""
    now = moment.replace(tzinfo=UTC)
    where = ZoneInfo(zone_name)
    until = quiet_until(now, start.replace(microsecond=0), end.replace(microsecond=0), where)
    if until is not None:
        assert timedelta(0) < until - now <= timedelta(hours=25)
