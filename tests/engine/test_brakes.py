"""S11: brakes on guessing, kept in the database."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from tests.standins.office import Office
from tracker.bootstrap import build
from tracker.domain.actor import OPERATOR
from tracker.engine.staff import brakes
from tracker.store.schema import TokenBucket

HOME, AWAY = "192.0.2.7", "198.51.100.9"
NO_TIME = timedelta(0)


def _enter(office: Office, address: str, account: str = "A", kind: str = "signin") -> brakes.Try:
    with office.desk() as desk:
        return brakes.enter(desk, kind, account, address)


def test_a_try_counts_as_failed_until_it_passed(office: Office) -> None:
    """Many tries at once are many failures, before any of them was checked."""
    assert [_enter(office, HOME).wait for _ in range(6)] == [NO_TIME] * 5 + [timedelta(seconds=30)]
    office.clock.move(seconds=30)
    attempt = _enter(office, HOME)
    assert attempt.wait == NO_TIME
    with office.desk() as desk:
        brakes.passed(desk, attempt)
    assert [_enter(office, HOME).wait for _ in range(5)] == [NO_TIME] * 5


def test_failures_survive_a_restart(office: Office) -> None:
    """And hold for every process: they are rows."""
    for _ in range(5):
        _enter(office, HOME)
    again = build(office.services.settings, clock=office.clock)
    with again.desk(OPERATOR) as desk:
        assert brakes.enter(desk, "signin", "A", HOME).wait == timedelta(seconds=30)
    again.database.engine.dispose()


def test_one_accounts_failures_are_not_anothers(office: Office) -> None:
    for _ in range(6):
        _enter(office, HOME)
    assert _enter(office, HOME, account="B").wait == NO_TIME
    assert _enter(office, HOME, kind="receipt").wait == NO_TIME
    assert _enter(office, AWAY).wait == NO_TIME
    assert _enter(office, "192.0.2.200").wait > NO_TIME  # the same /24 is one neighbourhood


def test_waiting_never_exceeds_an_hour_and_always_ends(office: Office) -> None:
    """No lock for good: else whoever knows an address locks its owner out."""
    waits = []
    for _ in range(20):
        wait = _enter(office, HOME).wait
        while wait:
            waits.append(wait)
            office.clock.now += wait
            wait = _enter(office, HOME).wait
    assert max(waits) == timedelta(hours=1)


def test_what_is_kept_names_nobody_and_goes(office: Office) -> None:
    """No address and no account in clear; gone after a day, known neighbourhoods after thirty."""
    attempt = _enter(office, HOME, account="dana@example.org")
    with office.desk() as desk:
        brakes.passed(desk, attempt)
    _enter(office, AWAY, account="dana@example.org")
    assert len(_keys(office)) == 5
    assert not any(part in key for key in _keys(office) for part in ("dana", "192.", "198."))
    office.clock.move(days=1, seconds=1)
    with office.desk() as desk:
        brakes.forget(desk)
    assert [key.split(":")[0] for key in _keys(office)] == ["known"]
    office.clock.move(days=30)
    with office.desk() as desk:
        brakes.forget(desk)
    assert _keys(office) == []


def _keys(office: Office) -> list[str]:
    with office.desk() as desk:
        return list(desk.session.scalars(select(TokenBucket.key).order_by(TokenBucket.key)))


def test_days_cannot_be_joined(office: Office) -> None:
    """The neighbourhood's name changes each day."""
    _enter(office, HOME)
    before = {key for key in _keys(office) if key.startswith(("source:", "pair:"))}
    office.clock.move(days=1)
    _enter(office, HOME)
    after = {key for key in _keys(office) if key.startswith(("source:", "pair:"))} - before
    assert len(before) == len(after) == 2
