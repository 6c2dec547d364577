"""How soon alerts are answered, as ranges (screens.md: response times; ranges, not precision)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.answering import Answering, Range, answering, place_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Took(NamedTuple):
    lasted: timedelta
    acknowledged: bool


def seen_of(times: Sequence[Took]) -> Answering:
    return answering(Counter((place_of(one.lasted), one.acknowledged) for one in times))


def took(*hours: float, unanswered: tuple[float, ...] = ()) -> list[Took]:
    answered = [Took(HOUR * each, acknowledged=True) for each in hours]
    return answered + [Took(HOUR * each, acknowledged=False) for each in unanswered]


def test_no_alert_shows_nothing() -> None:
    assert answering({}) == Answering(0, 0, None, None)


def test_the_middle_one_is_told_as_the_range_it_lies_in() -> None:
    seen = seen_of(took(0.2, 3, 30))
    assert seen.middle == Range(2 * HOUR, 4 * HOUR)
    assert seen.slowest == Range(DAY, 2 * DAY)


def test_of_an_even_number_the_middle_spans_two() -> None:
    assert seen_of(took(0.2, 3)).middle == Range(timedelta(0), 4 * HOUR)


def test_what_nobody_answered_pulls_the_middle_and_has_no_end() -> None:
    """Leaving it out would make a desk look quicker the more it lets lie."""
    seen = seen_of(took(0.5, unanswered=(50, 30)))
    assert (seen.alerts, seen.unanswered) == (3, 2)
    assert seen.middle == Range(DAY, None)
    assert seen.slowest == Range(2 * DAY, None)


def test_while_one_waits_nobody_knows_how_slow_the_slowest_will_be() -> None:
    """It came a moment ago, and may yet lie for a month."""
    seen = seen_of(took(30, 31, unanswered=(0.1,)))
    assert seen.slowest == Range(DAY, None)
    assert seen.middle == Range(DAY, 2 * DAY)


def test_beyond_two_weeks_no_end_is_claimed() -> None:
    assert seen_of(took(400)).slowest == Range(14 * DAY, None)


@given(
    st.lists(
        st.builds(Took, st.timedeltas(timedelta(0), timedelta(days=60)), st.booleans()), min_size=1
    )
)
def test_the_ranges_hold_what_they_tell_of(times: list[Took]) -> None:
    seen = seen_of(times)
    assert seen.middle and seen.slowest
    longest = max(one.lasted for one in times)
    assert seen.slowest.at_least <= longest
    assert seen.slowest.below is None or longest < seen.slowest.below
    assert seen.slowest.below is None or not seen.unanswered
    for answered_at in (timedelta(0), timedelta(days=90)):  # however soon the others will be
        ends = sorted(one.lasted + (not one.acknowledged) * answered_at for one in times)
        assert seen.middle.at_least <= ends[len(ends) // 2]
        assert seen.middle.below is None or ends[(len(ends) - 1) // 2] < seen.middle.below
    faster = seen_of([*times, Took(timedelta(0), acknowledged=True)])
    assert faster.middle and faster.middle.at_least <= seen.middle.at_least
