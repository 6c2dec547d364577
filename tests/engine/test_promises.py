"""`tracker doctor` on S1–S18: each told once, and each that can be looked at seen when broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.standins.office import Office
from tracker.domain.contact import Interval
from tracker.engine.cases import cases, record
from tracker.engine.desk import Desk
from tracker.engine.keeping import promises
from tracker.engine.keeping.promises import State
from tracker.engine.staff import visits
from tracker.engine.staff.addresses import new_point
from tracker.security import argon
from tracker.store.schema import Case, Enquirer, Person


@pytest.fixture
def office(instance: Path, database_url: str) -> Iterator[Office]:
    office = Office.opened(instance, database_url)
    aigul = office.person("Aigul", "caseworker", phone="+77010000001")
    with office.desk() as desk:
        day = desk.now.date()
        case = cases.open_case(
            desk, zone_name="UTC", caseworker_id=aigul, missing_since=Interval(day, day)
        )
        sister = record.add_enquirer(desk, case, {"name": "Invented"}, language="en")
        sister.receipt_hash, sister.receipt_locator = argon.hash_text("secret"), b"1" * 32
        record.add_name(desk, case, "Tursun Hapiz", source="her sister")
    office.tick()
    yield office
    office.services.database.engine.dispose()


def _bare(desk: Desk) -> None:
    desk.session.query(Enquirer).one().details_sealed = b'{"name":"Invented"}'


def _denied(desk: Desk) -> None:
    person = desk.session.query(Person).one()
    new_point(desk, person.id, "sms", "+8613912345678")


def _plain_receipt(desk: Desk) -> None:
    desk.session.query(Enquirer).one().receipt_hash = "0123456789AB"


def _half_in(desk: Desk) -> None:
    person = desk.session.query(Person).one()
    visits.begin(desk, "staff", person_id=person.id, second_factor=False)


def _unguarded(desk: Desk) -> None:
    if desk.session.get_bind().dialect.name == "sqlite":
        names = desk.session.scalars(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'")
        ).all()
        for name in names:
            desk.session.execute(text(f"DROP TRIGGER {name}"))
    else:
        desk.session.execute(text("ALTER TABLE audit DISABLE TRIGGER ALL"))


def _undated_and_late(desk: Desk) -> None:
    desk.session.query(Case).one().review_on = None
    desk.session.execute(text("DELETE FROM pulses WHERE name = 'retention'"))


BREAKING: dict[int, Callable[[Desk], None]] = {
    1: _bare,
    5: _denied,
    7: _plain_receipt,
    10: _half_in,
    13: _unguarded,
    18: _undated_and_late,
}


def test_each_promise_is_told_once_and_none_is_broken(office: Office) -> None:
    with office.desk() as desk:
        found = promises.examine(desk)
    assert [promise.number for promise in found] == list(range(1, 19))
    assert not [promise for promise in found if promise.state is State.BROKEN]


@pytest.mark.parametrize("number", BREAKING, ids=lambda number: f"S{number}")
def test_a_promise_that_is_broken_is_seen(office: Office, number: int) -> None:
    with office.desk() as desk:
        BREAKING[number](desk)
        desk.session.flush()
        broken = {p.number for p in promises.examine(desk) if p.state is State.BROKEN}
        assert broken == {number}
        desk.session.rollback()


def test_what_is_set_is_judged_too(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """S11, S17: cheap hashes, and settings that would not be started with."""
    monkeypatch.setattr(argon, "COST", argon.Cost(passes=1, memory_kib=16))
    with office.desk() as desk:
        desk.settings = replace(desk.settings, debug=True)
        broken = {p.number for p in promises.examine(desk) if p.state is State.BROKEN}
    assert broken == {11, 17}


def test_s18_who_withdrew_and_was_not_erased_is_seen_though_the_round_was_made(
    office: Office,
) -> None:
    """The worker's round goes on where one of them fails, and its pulse beats."""
    with office.desk() as desk:
        sister = desk.session.query(Enquirer).one()
        sister.withdrawn_at = desk.now - timedelta(days=15)
        desk.session.flush()
        assert promises.examine(desk)[17].state is State.KEPT, "it is erased within two days"
        sister.withdrawn_at = desk.now - timedelta(days=17)
        desk.session.flush()
        found = promises.examine(desk)[17]
    assert (found.number, found.state) == (18, State.BROKEN)
    assert "not erased: 1" in found.says
