"""The worker's chores of the day: each by itself, however another fails (D1, S18)."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.engine.test_withdrawing import shared_case
from tests.refusing import allow, refuse
from tests.standins.office import START, Office
from tracker.engine.keeping.doctor import Finding, examine
from tracker.engine.worker.tick import tick
from tracker.store.health import DAILY, DAILY_FAILED
from tracker.store.schema import ContactPoint, Inbound, Pulse, Share, new_id

pytestmark = pytest.mark.database


def keep_answers(office: Office) -> None:
    """From now on the database deletes no answer; there is one that is old enough to go."""
    bolat = office.person("Bolat", "caseworker")
    with office.desk() as desk:
        point = desk.session.scalars(select(ContactPoint.id).filter_by(person_id=bolat)).first()
        long_ago = desk.now - timedelta(days=40)
        desk.session.add(
            Inbound(
                id=new_id(),
                provider="twilio",
                provider_id="SM1",
                contact_point_id=point,
                codes=[],
                received_at=long_ago,
            )
        )
    refuse(office, "DELETE ON inbound")


def worker_finding(office: Office) -> Finding:
    with office.desk() as desk:
        return next(one for one in examine(desk, {}, whole=False) if one.what == "worker")


def beat_of(office: Office, name: str) -> Pulse | None:
    with office.desk() as desk:
        return desk.session.get(Pulse, name)


def answers(office: Office) -> int:
    with office.desk() as desk:
        return desk.session.scalar(select(func.count()).select_from(Inbound)) or 0


def test_d1_a_chore_that_fails_costs_the_others_nothing_and_is_not_tried_at_every_tick(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    shared_case(office)
    with office.desk() as desk:
        desk.session.scalars(select(Share)).one().until_on = (START - timedelta(days=1)).date()
    keep_answers(office)
    with caplog.at_level(logging.ERROR), pytest.raises(ExceptionGroup):
        tick(office.worker())
    assert "answers: IntegrityError" in caplog.text
    with office.desk() as desk:
        assert desk.session.scalars(select(Share)).one().ended_at == office.clock.now
    for _ in range(3):
        office.clock.move(seconds=10)
        tick(office.worker())  # nothing is tried, nothing fails
    found = worker_finding(office)
    assert not found.well
    assert "answers: IntegrityError" in found.says


def test_s18_a_chore_that_failed_is_tried_again_the_same_day_until_it_is_done(
    office: Office,
) -> None:
    keep_answers(office)
    with pytest.raises(ExceptionGroup):
        tick(office.worker())
    office.clock.move(hours=1)
    with pytest.raises(ExceptionGroup):
        tick(office.worker())
    allow(office, "inbound")
    office.clock.move(minutes=59)
    tick(office.worker())
    assert answers(office) == 1
    office.clock.move(minutes=1)
    tick(office.worker())
    assert answers(office) == 0
    assert beat_of(office, DAILY_FAILED) is None
    assert worker_finding(office).well


def test_d10_the_day_is_done_once_however_many_workers_there_are(office: Office) -> None:
    tick(office.worker())
    done = beat_of(office, DAILY)
    office.clock.move(minutes=1)
    tick(office.worker())
    again = beat_of(office, DAILY)
    assert done is not None
    assert again is not None
    assert again.at == done.at
