"""A leaver's account is erased: only its id stays (S13, S18; domain.md 14)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.standins.office import Office
from tracker.domain.errors import Refused
from tracker.engine.cases import cases, leavers
from tracker.engine.staff import accounts, factors
from tracker.engine.staff.accounts import add_person
from tracker.engine.staff.people import names_of
from tracker.store import people
from tracker.store.schema import (
    AuditRow,
    Case,
    ContactPoint,
    DataKeyRow,
    OutboxMessage,
    Person,
    RecoveryCode,
)
from tracker.store.sealing import Erased


def refused(office: Office, person_id: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence), office.desk() as desk:
        leavers.erase(desk, person_id)


def test_only_the_id_of_a_leaver_stays(office: Office) -> None:
    """Name, addresses, password and second factors go; the trail keeps who did what, by id."""
    boss = office.person("Boss", "administrator", "supervisor")
    leaver = office.person("Aigul", "caseworker", phone="+77010000001", password_hash="$argon2id$x")
    heir = office.person("Bota", "caseworker")
    case_id = office.silent_case(leaver, leaver)
    with office.desk() as desk:
        factors.new_recovery_codes(desk, leaver)
        sealed = desk.session.get_one(Person, leaver).name_sealed
    refused(office, leaver, "Close the account first")
    with pytest.raises(Refused, match="1 open case is theirs"), office.desk() as desk:
        accounts.disable(desk, leaver)
    with office.desk() as desk:
        cases.hand_over(desk, office.case(case_id, desk), heir, "she leaves")
    with office.desk() as desk:
        accounts.disable(desk, leaver)
        leavers.erase(desk, leaver)
    with office.desk() as desk:
        row = desk.session.get_one(Person, leaver)
        assert (row.name_sealed, row.email_sealed, row.password_hash) == (b"", b"", None)
        assert row.erased_at == desk.now
        assert people.find_by_email(desk.session, desk.hmac("aigul@example.net")) is None
        points = desk.session.scalars(select(ContactPoint).filter_by(person_id=leaver)).all()
        assert [point.address_sealed for point in points] == [b"", b""]
        assert all(point.disabled_at for point in points)
        assert desk.hmac("+77010000001") not in {point.address_hmac for point in points}
        assert not desk.session.scalars(select(RecoveryCode).filter_by(person_id=leaver)).all()
        keys = desk.session.scalars(select(DataKeyRow).filter_by(owner_id=leaver)).all()
        assert {key.wrapped for key in keys} == {None}
        with pytest.raises(Erased):  # as an older copy of the row has it
            desk.safe.open_for(Person, "name", leaver, leaver, sealed)
        assert names_of(desk, [leaver, boss]) == {leaver: "a former colleague", boss: "Boss"}
        assert leaver not in {person.id for person in people.everyone(desk.session)}
        acts = select(AuditRow.act).filter_by(object_id=leaver).order_by(AuditRow.seq)
        assert list(desk.session.scalars(acts))[-2:] == ["person.disabled", "person.erased"]
        assert desk.session.get_one(Case, case_id).supervisor_id is None
        add_person(desk, email="aigul@example.net", name="Another", roles=["caseworker"])
    with pytest.raises(Refused, match="no such account"), office.desk() as desk:
        accounts.enable(desk, leaver)


def test_their_messages_are_stopped_and_what_is_on_its_way_is_waited_for(office: Office) -> None:
    """A provider's books must not meet a person who is nobody any more (D4)."""
    office.person("Boss", "administrator", "supervisor")
    leaver, heir = office.person("Aigul", "caseworker"), office.person("Bota", "caseworker")
    case_id = office.silent_case(leaver, None)
    with office.desk() as desk:
        cases.hand_over(desk, office.case(case_id, desk), heir, "she leaves")
        accounts.disable(desk, leaver)
        row = desk.session.scalars(
            select(OutboxMessage).filter_by(person_id=leaver, kind="alert")
        ).one()
        row.state = "unknown"
    refused(office, leaver, "still on its way")
    with office.desk() as desk:
        desk.session.get_one(OutboxMessage, row.id).state = "pending"
    with office.desk() as desk:
        leavers.erase(desk, leaver)
    row = office.row(person_id=leaver, kind="alert")
    assert (row.state, row.error_code) == ("cancelled", "erased")
    assert office.tick() >= 0, "the worker goes on"
    assert {each.state for each in office.rows(person_id=leaver)} == {"cancelled"}
