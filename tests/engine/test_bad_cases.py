"""What is wrong with one case, person or policy holds nobody else's alert back (D1)."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text, update

from tests.engine.test_watch import raised_already, silent, staff
from tests.standins.office import START, Office
from tracker.engine.clock.deciding import PART
from tracker.store.schema import Case, DataKeyRow, OutboxMessage, Person, PolicyVersion, new_id

pytestmark = pytest.mark.database


def told(office: Office) -> set[str | None]:
    return {alert.case_id for alert in office.alerts(state="triggered")}


def test_a_policy_that_cannot_be_read_holds_back_its_own_cases_only(office: Office) -> None:
    aigul, serik = staff(office)
    bad, *good = [silent(office, 8, aigul, serik) for _ in range(4)]
    with office.desk() as desk:
        case = desk.session.get_one(Case, bad)
        policy = desk.session.get_one(PolicyVersion, case.policy_version_id).policy_id
        broken = PolicyVersion(
            id=new_id(), policy_id=policy, number=9, body={}, state="draft", made_at=START
        )
        desk.session.add(broken)
        desk.session.flush()
        case.policy_version_id = broken.id
        if office.services.database.engine.dialect.name == "sqlite":  # no JSON at all
            desk.session.execute(
                text("UPDATE policy_versions SET body = '{' WHERE id = :id"), {"id": broken.id}
            )
    office.tick()
    assert told(office) == set(good)


def test_a_zone_the_machine_does_not_know_holds_nobody_back(office: Office) -> None:
    """D6: whoever may be on leave is asked about for many cases together."""
    aigul, serik = staff(office)
    kate = office.person("Kate", "caseworker")
    cases = {silent(office, 8, kate, serik), silent(office, 8, aigul, serik)}
    with office.desk() as desk:
        lost = update(Person).where(Person.id == kate)
        desk.session.execute(lost.values(zone_name="Mars/Olympus", deputy_id=aigul))
    office.tick()
    assert told(office) == cases
    with office.desk() as desk:
        hers = select(OutboxMessage.state).filter_by(person_id=kate)
        assert set(desk.session.scalars(hers)) == {"accepted"}


def test_two_bad_cases_far_apart_in_a_batch_are_left_alone(office: Office) -> None:
    """What the database refuses of the first is not taken for the fault of the second."""
    aigul, serik = staff(office)
    ids = [silent(office, 8, aigul, serik) for _ in range(PART + 9)]
    twice, locked = ids[0], ids[-4]
    raised_already(office, twice)
    with office.desk() as desk:
        for number, case_id in enumerate(ids):
            desk.session.get_one(Case, case_id).next_look_at = START.replace(microsecond=number)
        key = update(DataKeyRow).where(DataKeyRow.owner_id == locked, DataKeyRow.purpose == "clock")
        desk.session.execute(key.values(wrapped=b"damaged" * 9))
    office.clock.move(minutes=1)
    office.tick()
    assert told(office) == set(ids) - {twice, locked}
