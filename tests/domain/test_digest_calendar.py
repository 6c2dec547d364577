"""D9: one digest a reader and ISO week, late rather than never, whatever clocks and years do."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.digest import due_at, due_digest, monday_of, newest_due, week_of, window
from tracker.domain.errors import Refused
from tracker.domain.moments import zone

ZONES = (
    "Asia/Almaty",
    "Europe/Berlin",
    "America/St_Johns",
    "Pacific/Apia",
    "Africa/Casablanca",
    "America/Havana",
)
MOMENTS = st.integers(1_100_000_000, 2_200_000_000).map(lambda s: datetime.fromtimestamp(s, UTC))


def test_monday_reports_the_week_before() -> None:
    almaty = zone("Asia/Almaty")
    monday_morning = datetime(2018, 4, 30, 2, tzinfo=UTC)  # 08:00 there
    assert newest_due(monday_morning, 1, time(8), almaty) == "2018-W17"
    just_before = monday_morning - timedelta(seconds=1)
    assert newest_due(just_before, 1, time(8), almaty) == "2018-W16"


def test_a_year_of_53_weeks() -> None:
    assert week_of(date(2021, 1, 3)) == "2020-W53"
    assert newest_due(datetime(2021, 1, 4, 8, tzinfo=UTC), 1, time(8), zone("UTC")) == "2020-W53"


@pytest.mark.parametrize("week", ["2019-W53", "2018-W00", "2018W17", "W17", ""])
def test_a_week_that_no_year_has_is_refused(week: str) -> None:
    with pytest.raises(Refused, match="write it as 2018-W17"):
        monday_of(week)


@given(st.sampled_from(ZONES), MOMENTS, st.integers(1, 7), st.times())
def test_the_newest_due_week_is_the_last_one_due(
    name: str, now: datetime, weekday: int, at: time
) -> None:
    where = zone(name)
    week = newest_due(now, weekday, at, where)
    assert due_at(week, weekday, at, where) <= now
    after = week_of(monday_of(week) + timedelta(days=7))
    assert due_at(after, weekday, at, where) > now


@given(
    st.sampled_from(ZONES), MOMENTS, st.lists(st.integers(1, 60 * 24 * 40), min_size=1, max_size=40)
)
def test_every_week_is_covered_exactly_once_however_often_we_look(
    name: str, start: datetime, gaps_in_minutes: list[int]
) -> None:
    where, now, last, covered = zone(name), start, None, list[str]()
    for gap in gaps_in_minutes:
        due = due_digest(
            now, where, 1, time(8), last_week=last, reader_since=start - timedelta(days=60)
        )
        if due is not None:
            week = due.covers_from
            while True:
                covered.append(week)
                if week == due.week:
                    break
                week = week_of(monday_of(week) + timedelta(days=7))
            last = due.week
        again = due_digest(
            now, where, 1, time(8), last_week=last, reader_since=start - timedelta(days=60)
        )
        assert again is None
        now += timedelta(minutes=gap)
    mondays = [monday_of(week) for week in covered]
    assert mondays == [mondays[0] + timedelta(days=7 * n) for n in range(len(mondays))]


def test_somebody_new_waits_for_the_next_one() -> None:
    now = datetime(2018, 5, 2, tzinfo=UTC)
    joined = datetime(2018, 5, 1, tzinfo=UTC)
    assert due_digest(now, zone("UTC"), 1, time(8), last_week=None, reader_since=joined) is None


def test_the_window_is_local_midnight_to_midnight() -> None:
    start, end = window("2018-W12", "2018-W13", zone("Europe/Berlin"))
    assert (start, end) == (
        datetime(2018, 3, 18, 23, tzinfo=UTC),
        datetime(2018, 4, 1, 22, tzinfo=UTC),
    )
