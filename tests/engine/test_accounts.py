"""S10: who may change accounts, and what must never be lost by it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.standins.office import Office
from tracker.domain.actor import ROLES, Actor
from tracker.domain.errors import Refused
from tracker.engine.cases import record
from tracker.engine.desk import Desk
from tracker.engine.staff import accounts, grave_acts, visits
from tracker.store import people
from tracker.store.schema import ContactPoint, Person, SignInLink, WebSession


def test_an_invited_person_is_sealed_and_reachable_by_mail(office: Office) -> None:
    """S1: in the row stand no name and no address."""
    with office.desk() as desk:
        person = accounts.invite(
            desk,
            email="Dana@Example.org",
            name="Dana Invented",
            roles=["caseworker", "administrator"],
            language="zh-CN",
            zone_name="Asia/Almaty",
        ).person
        assert desk.safe.open(person, "name") == "Dana Invented"
        assert (person.language, person.zone_name) == ("zh_Hans", "Asia/Almaty")
        assert people.roles_of(desk.session, person.id) == {"caseworker", "administrator"}
        assert people.find_by_email(desk.session, desk.hmac(" dana@example.ORG ")) is person
        point = desk.session.scalars(select(ContactPoint)).one()
        assert desk.safe.open(point, "address") == "Dana@Example.org"
        for blob in (person.name_sealed, person.email_sealed, point.address_sealed):
            assert b"Dana" not in blob


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"email": "TAKEN@example.net"}, "already an account"),
        ({"roles": []}, "at least one role"),
        ({"roles": ["director"]}, "no such role"),
        ({"language": "tlh"}, "language"),
        ({"zone_name": "Mars/Base"}, "time zone"),
    ],
)
def test_wrong_invitations_are_refused_with_a_sentence(
    office: Office, wrong: dict[str, object], sentence: str
) -> None:
    office.person("Taken", "auditor")
    given = {"email": "new@example.org", "name": "N", "roles": ["auditor"], **wrong}
    with pytest.raises(Refused, match=sentence), office.desk() as desk:
        accounts.invite(desk, **given)  # type: ignore[arg-type]
    with office.desk() as desk:
        assert len(people.everyone(desk.session)) == 1


ACTS: dict[str, Callable[[Desk, str], object]] = {
    "invite": lambda d, _id: accounts.invite(d, email="n@x.org", name="N", roles=["auditor"]),
    "reset": lambda d, id: grave_acts.reset(d, id),
    "roles": lambda d, id: grave_acts.set_roles(d, id, ["auditor"]),
    "disable": lambda d, id: accounts.disable(d, id),
    "enable": lambda d, id: accounts.enable(d, id),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("role", sorted(set(ROLES) - {"administrator"}))
def test_only_administrators_change_accounts(office: Office, act: str, role: str) -> None:
    """Matrix, row "users, roles, second factors": also a supervisor cannot."""
    id_ = office.person("Someone", "caseworker")
    who = Actor("person", office.person("Other", role), roles=frozenset({role}))
    with pytest.raises(Refused, match="Only an administrator"), office.services.desk(who) as desk:
        ACTS[act](desk, id_)


def test_the_last_administrator_stays(office: Office) -> None:
    """Disabled ones and other roles do not count."""
    first = office.person("First", "administrator")
    second = office.person("Second", "administrator")
    office.person("Third", "supervisor")
    with office.desk() as desk:
        accounts.disable(desk, second)
    for act in ("disable", "roles"):
        with pytest.raises(Refused, match="last administrator"), office.desk() as desk:
            ACTS[act](desk, first)
    with office.desk() as desk:
        accounts.enable(desk, second)
        grave_acts.set_roles(desk, first, ["caseworker"])
        assert people.roles_of(desk.session, first) == {"caseworker"}


def test_changed_rights_end_every_session_and_link(office: Office) -> None:
    """S10: nobody goes on with rights that were taken away."""
    for act in ("roles", "disable", "reset"):
        id_ = office.person(act.capitalize(), "caseworker")
        with office.desk() as desk:
            visits.begin(desk, "staff", person_id=id_, second_factor=True)
            grave_acts.reset(desk, id_)
            visits.begin(desk, "staff", person_id=id_, second_factor=True)
            ACTS[act](desk, id_)
            open_sessions = desk.session.scalars(
                select(WebSession).filter_by(person_id=id_, ended_at=None)
            ).all()
            open_links = desk.session.scalars(
                select(SignInLink).filter_by(person_id=id_, used_at=None)
            ).all()
        assert open_sessions == []
        assert len(open_links) == (0 if act == "disable" else 1)


def test_a_session_lives_no_longer_than_its_account(office: Office) -> None:
    """Disabled, or past its last day (a consular account ends yearly unless renewed)."""
    id_ = office.person("Visitor", "consular")
    with office.desk() as desk:
        visit = visits.begin(desk, "staff", person_id=id_, second_factor=True)
        assert visits.find(desk, visit.token) is not None
        person = desk.session.get_one(Person, id_)
        person.expires_on = date(2026, 3, 1)
        assert visits.find(desk, visit.token) is None
        person.expires_on = date(2026, 3, 2)
        found = visits.find(desk, visit.token)
        assert found is not None
        assert found[1].roles == {"consular"}
        person.active = False
        assert visits.find(desk, visit.token) is None


def test_a_begun_session_ends_the_one_it_replaces(office: Office) -> None:
    id_ = office.person("Anyone", "auditor")
    with office.desk() as desk:
        first = visits.begin(desk, "code", person_id=id_)
        second = visits.begin(desk, "staff", person_id=id_, second_factor=True, replaces=first)
        assert visits.find(desk, first.token) is None
        assert visits.find(desk, second.token) is not None
        assert first.token != second.token


def test_a_staff_session_without_a_second_factor_is_none(office: Office) -> None:
    """S10: always both, whatever door forgot it."""
    id_ = office.person("Anyone", "administrator")
    with office.desk() as desk:
        visit = visits.begin(desk, "staff", person_id=id_)
        assert visits.find(desk, visit.token) is None


@pytest.mark.parametrize("kind", ["code", "enrol"])
def test_a_session_before_the_second_factor_is_nobody(office: Office, kind: str) -> None:
    id_ = office.person("Anyone", "administrator")
    with office.desk() as desk:
        visit = visits.begin(desk, kind, person_id=id_)
        found = visits.find(desk, visit.token)
        assert found is not None
        assert (found[1].kind, found[1].roles) == ("anyone", frozenset())


@pytest.mark.parametrize("kind", visits.LIMITS)
def test_sessions_end_as_the_table_says(office: Office, kind: str) -> None:
    """S10: unused, and in any case, to the second."""
    limits = visits.LIMITS[kind]
    caseworker = office.person("Anyone", "caseworker")
    case_id = office.silent_case(caseworker, None)
    with office.desk() as desk:
        enquirer = record.add_enquirer(desk, office.case(case_id, desk), {})
        start = desk.now
        visit = visits.begin(
            desk, kind, person_id=caseworker, enquirer_id=enquirer.id, second_factor=True
        )
        row = desk.session.get_one(WebSession, visit.id)
        desk.now = start + limits.idle - timedelta(seconds=1)
        assert visits.find(desk, visit.token) is not None
        desk.now = start + limits.idle + timedelta(seconds=1)
        assert visits.find(desk, visit.token) is None
        row.seen_at = start + limits.absolute - timedelta(seconds=1)
        desk.now = start + limits.absolute - timedelta(seconds=1)
        assert visits.find(desk, visit.token) is not None
        desk.now = start + limits.absolute
        assert visits.find(desk, visit.token) is None


def test_the_limits_are_those_promised() -> None:
    """S10 and research: staff 15 min and 8 h, families 10 and 30 min."""
    minutes = {
        kind: (each.idle.total_seconds() / 60, each.absolute.total_seconds() / 60)
        for kind, each in visits.LIMITS.items()
    }
    assert (minutes["staff"], minutes["family"]) == ((15, 480), (10, 30))


def test_demo_links_exist_only_in_a_demo(office: Office) -> None:
    id_ = office.person("Anyone", "auditor")
    with pytest.raises(Refused, match="demonstration"), office.desk() as desk:
        accounts.demo_link(desk, id_)
