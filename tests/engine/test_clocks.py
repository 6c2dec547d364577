"""Clocks that do what clocks do: summer time, leap days, long years, jumps, days without power.

Each digest once, each alert once, late rather than never (R4, R7, R8; delivery.md D7, D9)."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from time import monotonic, sleep
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import select

from tests.standins.office import Office
from tests.standins.provider import Provider
from tracker.domain.clock import system_clock
from tracker.domain.contact import Interval
from tracker.engine.cases import cases
from tracker.engine.sending.dispatch import Sender
from tracker.engine.sending.holds import CLOCK, held
from tracker.engine.worker import scheduler
from tracker.store.schema import Digest

ZONES = (
    "Europe/Berlin",  # an hour, at 02:00
    "America/New_York",
    "Australia/Lord_Howe",  # half an hour
    "America/Santiago",  # at midnight: a Monday may begin at 01:00
    "Asia/Kathmandu",  # none, and 45 minutes beside everybody else
    "Africa/Casablanca",  # back for Ramadan, and forward again
)
MINUTE = timedelta(minutes=1)


def run(office: Office) -> scheduler._Run:
    """A worker's ticks, to be called one by one."""
    return scheduler._Run(office.worker(), Sender(), threading.Event())


def case_in(office: Office, zone_name: str, caseworker: str, silent_since: date) -> str:
    with office.desk() as desk:
        return cases.open_case(
            desk,
            zone_name=zone_name,
            caseworker_id=caseworker,
            missing_since=Interval(silent_since, silent_since),
        ).id


def weeks(office: Office, person_id: str) -> list[tuple[str, str]]:
    """A reader's digests: first and last week covered, in order."""
    with office.desk() as desk:
        rows = desk.session.scalars(select(Digest).filter_by(person_id=person_id))
        return sorted((row.covers_from, row.week) for row in rows)


def first_moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The first minute of a day that a wall clock shows as `at` or later, found by looking.

    The day begins 14 hours before it does in UTC, at the earliest.
    """
    moment = datetime.combine(day, time(0), UTC) - timedelta(hours=14)
    while moment.astimezone(zone).date() < day or moment.astimezone(zone).time() < at:
        moment += MINUTE
    return moment


def changes(zone: ZoneInfo, year: int) -> list[date]:
    """The local days of a year on which a zone's offset changes; a Sunday where there is none."""
    days = [date(year, 1, 2) + timedelta(days=n) for n in range(360)]
    noon = [datetime.combine(day, time(12), UTC).astimezone(zone) for day in days]
    return [b.date() for a, b in pairwise(noon) if a.utcoffset() != b.utcoffset()] or [
        date(year, 3, 28)
    ]


def test_d10_a_tick_that_is_hours_late_runs(office: Office) -> None:
    """The machine slept: what was planned before runs when it wakes, not only what comes next."""
    ticks = run(office)
    ticker = scheduler._planned(ticks, office.worker(), system_clock() - timedelta(hours=2))
    for job in ticker.get_jobs():
        job.modify(trigger=IntervalTrigger(hours=10))  # what comes next is far away
    ticker.start()
    try:
        deadline = monotonic() + 10
        while not ticks.well and monotonic() < deadline:
            sleep(0.02)
        assert ticks.well
    finally:
        ticker.shutdown(wait=True)


@pytest.mark.parametrize("zone_name", ZONES)
def test_the_weeks_in_which_clocks_change(office: Office, mail: Provider, zone_name: str) -> None:
    """R4, D9: the step at nine and the digest at eight of the local day, each once.

    On PostgreSQL, whose ticks take longer, a zone's first change is lived through and not looked
    at again later: that its database keeps instants is what it may do otherwise.
    """
    whole = office.services.database.is_sqlite
    zone = ZoneInfo(zone_name)
    aigul = office.person("Aigul", "caseworker", zone_name=zone_name)
    raised = 0
    for day in changes(zone, 2027)[: None if whole else 1]:
        office.clock.now = datetime.combine(day - timedelta(days=2), time(12), UTC)
        case_in(office, zone_name, aigul, day - timedelta(days=7))
        office.tick()
        monday = day + timedelta(days=7 - day.weekday())
        before = len(weeks(office, aigul))
        for due, kind in (
            (first_moment(day, time(9), zone), "alert"),
            (first_moment(monday, time(8), zone), "digest"),
        ):
            was = len(office.rows(kind=kind))
            later = (due + timedelta(hours=1), due + timedelta(hours=2)) if whole else ()
            for instant in (due - MINUTE, due, *later):
                office.clock.now = instant
                office.tick()
                assert len(office.rows(kind=kind)) - was == (instant >= due), (kind, instant)
        raised += 1
        assert len(weeks(office, aigul)) == before + 1
    assert len(office.alerts(kind="step", step=1)) == raised
    assert set(mail.times().values()) == {1}


@pytest.mark.parametrize(
    ("day", "why"), [(date(2027, 3, 28), "never comes"), (date(2027, 10, 31), "comes twice")]
)
def test_a_digest_at_a_time_that_is_odd(
    instance: Path, database_url: str, day: date, why: str
) -> None:
    """R4: half past two on the Sunday when clocks change in Berlin: once, whatever it is."""
    settings = {"DIGEST_WEEKDAY": "sunday", "DIGEST_AT": "02:30", "DELIVERY": "file"}
    named = {f"TRACKER_{name}": value for name, value in settings.items()}
    office = Office.opened(instance, database_url, **named)
    office.clock.now = datetime.combine(day, time(12), UTC) - timedelta(days=2)
    aigul = office.person("Aigul", "caseworker", zone_name="Europe/Berlin")
    office.clock.now = datetime.combine(day, time(0), UTC) - timedelta(hours=1)
    made = []
    for _ in range(24):
        office.clock.now += timedelta(minutes=15)
        office.tick()
        if len(weeks(office, aigul)) > len(made):
            made.append(office.clock.now.time())
    expected = time(1, 30) if why == "never comes" else time(0, 30)  # in UTC
    assert made == [expected]
    office.services.database.engine.dispose()


def test_leap_days(office: Office) -> None:
    """R4: days are counted over the 29th of February, and months end on it."""
    aigul = office.person("Aigul", "caseworker")
    due = datetime(2028, 2, 29, 9, 0, tzinfo=UTC)
    office.clock.now = due - timedelta(hours=1)
    thirty = case_in(office, "UTC", aigul, date(2028, 1, 30))
    months = case_in(office, "UTC", aigul, date(2027, 11, 30))
    office.tick()
    assert {(a.case_id, a.step) for a in office.alerts(kind="step")} == {(thirty, 2), (months, 4)}
    office.clock.now = due
    office.tick()
    assert {(a.case_id, a.step) for a in office.alerts(kind="step") if a.raised_at == due} == {
        (thirty, 3),
        (months, 5),
    }


def test_a_year_of_fifty_three_weeks(office: Office) -> None:
    """D9: 2026 has a week 53; each week is reported once, and in order."""
    aigul = office.person("Aigul", "caseworker")
    office.clock.now = datetime(2026, 12, 14, 8, 0, tzinfo=UTC)
    for _ in range(6):
        office.tick()
        office.tick()
        office.clock.move(days=7)
    numbers = ("2026-W50", "2026-W51", "2026-W52", "2026-W53", "2027-W01", "2027-W02")
    assert weeks(office, aigul) == [(week, week) for week in numbers]


def test_downtime_over_the_end_of_a_long_year(office: Office, mail: Provider) -> None:
    """D9: one digest that covers the missed weeks, 53 included."""
    aigul = office.person("Aigul", "caseworker")
    office.clock.now = datetime(2026, 12, 14, 8, 0, tzinfo=UTC)
    office.tick()
    office.clock.move(days=28)
    office.tick()
    assert weeks(office, aigul) == [("2026-W50", "2026-W50"), ("2026-W51", "2027-W01")]
    assert len(mail.taken) == 2


def test_ten_days_without_a_worker(office: Office, mail: Provider) -> None:
    """R8, R9: of what fell due meanwhile only the highest step fires, at once, and once."""
    aigul = office.person("Aigul", "caseworker")
    office.clock.now = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
    case_in(office, "UTC", aigul, date(2026, 2, 27))  # seven days: the 6th; fourteen: the 13th
    office.tick()
    office.clock.move(days=10)
    for _ in range(3):
        office.tick()
        office.clock.move(minutes=1)
    (alert,) = office.alerts()
    assert (alert.kind, alert.step, alert.passed_over) == ("step", 2, [1])
    assert len(office.rows(kind="alert", state="accepted")) == 1
    assert weeks(office, aigul) == [("2026-W10", "2026-W10")]
    assert set(mail.times().values()) == {1}


@pytest.mark.parametrize("jump", [timedelta(hours=-2), timedelta(days=365)], ids=["back", "ahead"])
def test_a_clock_that_jumps_and_comes_right_costs_nobody_an_alert(
    office: Office, mail: Provider, jump: timedelta
) -> None:
    """D7, R7: what a wrong clock says is decided by nobody; set right, all comes when it is due."""
    aigul = office.person("Aigul", "caseworker")
    office.clock.now = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
    case_in(office, "UTC", aigul, date(2026, 2, 27))
    worker = run(office)
    worker.tick()
    office.clock.now += jump
    worker.tick()
    assert held_for(office) == CLOCK
    worker.tick()
    run(office).tick()  # one that was started meanwhile knows no better, but is told
    assert (office.alerts(), mail.taken, weeks(office, aigul)) == ([], [], [])
    office.clock.now -= jump
    worker.tick()
    assert held_for(office) is None
    office.clock.now = datetime(2026, 3, 6, 9, 0, tzinfo=UTC)
    office.tick()
    office.tick()
    assert [(a.step, a.raised_at) for a in office.alerts()] == [(1, office.clock.now)]
    office.clock.now = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
    office.tick()
    office.tick()
    assert weeks(office, aigul) == [("2026-W10", "2026-W10")]
    assert sorted(mail.times().values()) == [1, 1]


def test_a_clock_set_back_between_two_workers_repeats_nothing(
    office: Office, mail: Provider
) -> None:
    """R7: nobody can see the jump; what was told is told all the same, and not again."""
    aigul = office.person("Aigul", "caseworker")
    office.clock.now = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
    case_in(office, "UTC", aigul, date(2026, 3, 2))
    office.tick()
    told = mail.times()
    assert len(told) == 2
    office.clock.move(hours=-2)
    for _ in range(16):
        office.tick()
        office.clock.move(minutes=15)
    assert mail.times() == told
    assert len(office.alerts()) == 1


def held_for(office: Office) -> str | None:
    with office.desk() as desk:
        return held(desk)
