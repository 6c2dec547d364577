"""Time limits that protect a right count from the earliest day (domain.md, WGEID-URG)."""

from __future__ import annotations

from datetime import date

import pytest

from tracker.domain.contact import Interval
from tracker.domain.deadlines import un_urgent_window


@pytest.mark.parametrize(
    ("earliest", "latest", "closes"),
    [
        (date(2018, 1, 22), date(2018, 1, 22), date(2018, 4, 22)),
        (date(2017, 11, 30), date(2018, 1, 31), date(2018, 2, 28)),  # clamped to the month's end
        (date(2019, 11, 30), date(2019, 11, 30), date(2020, 2, 29)),
    ],
)
def test_the_window_closes_three_months_after_the_earliest_day(
    earliest: date, latest: date, closes: date
) -> None:
    window = un_urgent_window(Interval(earliest, latest), date(2018, 1, 31))
    assert window.closes_on == closes


def test_it_is_open_on_its_last_day_and_closed_on_the_next() -> None:
    last = Interval(date(2018, 1, 22), date(2018, 3, 1))
    on_it = un_urgent_window(last, date(2018, 4, 22))
    after = un_urgent_window(last, date(2018, 4, 23))
    assert (on_it.is_open, on_it.days_left) == (True, 0)
    assert (after.is_open, after.days_left) == (False, -1)
