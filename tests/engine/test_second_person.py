"""Grave acts on accounts take two people (safety.md "Who may": users, roles, second factors; S10).

As the hostile administrator would try it: alone, with a puppet, after shutting the others out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.standins.office import START, Office
from tests.standins.provider import Provider
from tracker.domain.actor import Actor
from tracker.domain.errors import Refused
from tracker.engine.desk import Desk
from tracker.engine.staff import account_news, accounts, colleagues, grave_acts, second_person
from tracker.store import people
from tracker.store.schema import AccountRequest, AuditRow, Person, PersonRole

SMTP = {"TRACKER_SMTP_URL": "smtps://u:a-long-mail-password@mail.example.org", "TRACKER_MAIL_FROM":
        "no-reply@tracker.example.org"}  # fmt: skip


class Team:
    """Ada administers, Omar too; Sara supervises; Karim has the cases; Aud reads the record."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.who: dict[str, Actor] = {}
        for name, role in (
            ("Ada", "administrator"),
            ("Omar", "administrator"),
            ("Sara", "supervisor"),
            ("Karim", "caseworker"),
            ("Aud", "auditor"),
        ):
            self.add(name, role)

    def add(self, name: str, *roles: str) -> str:
        person = self.office.person(name, *roles, totp_confirmed_at=START)
        self.who[name] = Actor("person", person, roles=frozenset(roles))
        return person

    def id(self, name: str) -> str:
        return self.who[name].id or ""

    def do(self, name: str, act: Callable[[Desk], Any]) -> Any:
        with self.office.services.desk(self.who[name]) as desk:
            return act(desk)

    def refused(self, name: str, act: Callable[[Desk], Any], match: str) -> None:
        with pytest.raises(Refused, match=match):
            self.do(name, act)

    def reset(self, whose: str, by: str = "Ada") -> grave_acts.Outcome:
        outcome: grave_acts.Outcome = self.do(
            by, lambda d: grave_acts.reset(d, self.id(whose), second_factor=True)
        )
        return outcome

    def give(self, whose: str, *roles: str, by: str = "Ada") -> AccountRequest | None:
        waits: AccountRequest | None = self.do(
            by, lambda d: grave_acts.set_roles(d, self.id(whose), roles)
        )
        return waits

    def roles(self, person_id: str) -> frozenset[str]:
        with self.office.desk() as desk:
            return people.roles_of(desk.session, person_id)

    def has_app(self, name: str) -> bool:
        with self.office.desk() as desk:
            return desk.session.get_one(Person, self.id(name)).totp_confirmed_at is not None

    def told(self, name: str) -> list[str]:
        return sorted(row.kind for row in self.office.rows(person_id=self.id(name)))

    def acts(self) -> list[tuple[str, dict[str, Any]]]:
        with self.office.desk() as desk:
            rows = desk.session.scalars(select(AuditRow).order_by(AuditRow.seq))
            return [(row.act, row.detail or {}) for row in rows]


@pytest.fixture
def team(office: Office) -> Team:
    return Team(office)


@pytest.fixture
def mailing(instance: Any, database_url: str, mail: Provider) -> Iterator[Team]:
    """The same where mail goes out."""
    office = Office.opened(instance, database_url, {"email": mail}, **SMTP)
    yield Team(office)
    office.services.database.engine.dispose()


def test_a_second_factor_is_reset_by_two(mailing: Team, mail: Provider) -> None:
    """Nothing ends before a second one agrees; then the link goes to its owner and nobody else."""
    waits = mailing.reset("Sara").waits
    assert waits is not None and mailing.has_app("Sara")
    assert mailing.told("Sara") == ["access_asked"]
    assert mailing.told("Omar") == ["colleague"] and not mailing.told("Karim")
    for name in ("Ada", "Sara", "Karim", "Aud"):
        mailing.refused(
            name, lambda d: grave_acts.agree(d, waits.id), "Another administrator or a supervisor"
        )
    assert mailing.has_app("Sara")
    mailing.do("Omar", lambda d: grave_acts.agree(d, waits.id))
    assert not mailing.has_app("Sara")
    mailing.office.tick()
    assert {each.to for each in mail.taken if "/welcome/" in each.text} == {"sara@example.net"}
    assert "access" in mailing.told("Sara") and mailing.told("Ada") == ["colleague"]
    by = {"asked_by": mailing.id("Ada"), "agreed_by": mailing.id("Omar")}
    (how,) = [how for act, how in mailing.acts() if act == "person.reset"]
    assert by.items() <= how.items()
    mailing.refused("Sara", account_news.refuse_while_held, "24 hours")


def test_where_no_mail_goes_who_asked_gets_the_link_once(team: Team) -> None:
    """Not the supervisor who agreed: she would hold an administrator's account."""
    waits = team.reset("Omar").waits
    assert waits is not None
    ask = lambda d: grave_acts.hand_over(d, waits.id)  # noqa: E731
    team.refused("Ada", ask, "no longer")
    team.do("Sara", lambda d: grave_acts.agree(d, waits.id))
    assert team.has_app("Omar")  # until its owner is ready
    team.refused("Sara", ask, "Only an administrator")
    assert team.do("Ada", ask) and not team.has_app("Omar")
    team.refused("Ada", ask, "no longer")
    assert "access_shown" in team.told("Omar")


def test_asking_again_after_it_was_agreed_to_does_it(team: Team) -> None:
    """The command line's way: the same words once more."""
    waits = team.reset("Karim").waits
    assert waits is not None
    team.do("Sara", lambda d: grave_acts.agree(d, waits.id))
    again = team.reset("Karim", by="Omar")
    assert again.waits is not None  # somebody else's word for somebody else
    team.do("Sara", lambda d: grave_acts.agree(d, again.waits.id))
    assert team.reset("Karim", by="Omar").token


@pytest.mark.parametrize("role", ["caseworker", "supervisor", "consular", "administrator"])
def test_a_role_that_opens_something_is_given_by_two(team: Team, role: str) -> None:
    """To others and to oneself; until then nothing changes."""
    for whose in ("Aud", "Ada"):
        roles = {*team.roles(team.id(whose)), role}
        if role == "administrator" and whose == "Ada":
            continue
        waits = team.give(whose, *roles)
        assert waits is not None and role not in team.roles(team.id(whose))
        team.do("Sara", lambda d, waits=waits: grave_acts.agree(d, waits.id))
        assert team.roles(team.id(whose)) == roles
        with team.office.desk() as desk:
            row = desk.session.get_one(PersonRole, (team.id(whose), role))
            assert row.given_by == team.id("Ada")


def test_what_takes_rights_away_or_opens_nothing_needs_nobody(team: Team) -> None:
    assert team.give("Karim", "auditor") is None
    assert team.roles(team.id("Karim")) == {"auditor"}
    assert team.do("Ada", lambda d: grave_acts.reset(d, team.id("Omar"))).waits is None


def test_a_puppet_account_has_no_word(team: Team) -> None:
    """The first thing to try: invite oneself a second administrator, who then agrees."""

    def invite(desk: Desk) -> accounts.Invited:
        roles = ["administrator", "supervisor", "auditor"]
        return accounts.invite(desk, email="puppet@example.org", name="Puppet", roles=roles)

    puppet = team.do("Ada", invite)
    assert puppet.waits is not None
    assert team.roles(puppet.person.id) == {"auditor"}
    held = Actor("person", puppet.person.id, roles=frozenset({"auditor"}))
    waits = team.reset("Karim").waits
    assert waits is not None
    with pytest.raises(Refused), team.office.services.desk(held) as desk:
        grave_acts.agree(desk, waits.id)
    with pytest.raises(Refused), team.office.services.desk(held) as desk:
        grave_acts.agree(desk, puppet.waits.id)
    team.do("Sara", lambda d: grave_acts.agree(d, puppet.waits.id))
    assert team.roles(puppet.person.id) == {"administrator", "supervisor", "auditor"}
    held = Actor("person", puppet.person.id, roles=frozenset({"supervisor"}))
    with pytest.raises(Refused, match="24 hours"), team.office.services.desk(held) as desk:
        grave_acts.agree(desk, waits.id)  # what was just let in lets nobody in


def test_it_runs_out_and_is_refused_and_taken_back(team: Team) -> None:
    agree = lambda waits: lambda d: grave_acts.agree(d, waits.id)  # noqa: E731
    waits = team.give("Karim", "supervisor")
    assert waits is not None and team.do("Sara", second_person.to_agree)
    team.office.clock.move(hours=72)
    assert not team.do("Sara", second_person.to_agree)
    team.refused("Sara", agree(waits), "no longer")
    for who in ("Sara", "Ada"):
        waits = team.give("Karim", "supervisor")
        assert waits is not None
        team.refused("Karim", lambda d, w=waits: second_person.decline(d, w.id), "Another")
        team.do(who, lambda d, w=waits: second_person.decline(d, w.id))
        team.refused("Sara", agree(waits), "no longer")
    assert team.roles(team.id("Karim")) == {"caseworker"}


def test_what_changed_meanwhile_is_not_undone_by_a_late_word(team: Team) -> None:
    """Rights taken away since stay away; and who asked must still be who may ask."""
    first = team.give("Karim", "caseworker", "supervisor")
    team.give("Karim", "auditor", by="Omar")
    assert first is not None
    team.refused("Sara", lambda d: grave_acts.agree(d, first.id), "no longer")
    assert team.roles(team.id("Karim")) == {"auditor"}
    second = team.give("Karim", "supervisor")
    assert second is not None
    team.do("Omar", lambda d: accounts.disable(d, team.id("Ada")))
    team.refused("Sara", lambda d: grave_acts.agree(d, second.id), "no longer")
    third = team.give("Karim", "supervisor", by="Omar")
    assert third is not None
    team.do("Omar", lambda d: accounts.disable(d, team.id("Karim")))
    team.refused("Sara", lambda d: grave_acts.agree(d, third.id), "no longer")


@pytest.mark.parametrize("how", ["closed", "role taken", "reset"])
def test_nobody_is_shut_out_so_that_one_is_alone(office: Office, how: str) -> None:
    """The second thing to try. For three days nothing goes alone; then it does, and says so."""
    team = Team(office)
    team.do("Omar", lambda d: accounts.disable(d, team.id("Omar")))
    office.clock.move(hours=100)
    if how == "closed":
        team.do("Ada", lambda d: accounts.disable(d, team.id("Sara")))
    elif how == "role taken":
        assert team.give("Sara", "auditor") is None
    else:  # nobody but Sara could agree, and it is about Sara
        assert team.reset("Sara").token
        assert team.reset("Sara").token  # the link ran out: again
    assert "access" in team.told("Sara") or "access_shown" in team.told("Sara")
    team.refused(
        "Ada",
        lambda d: grave_acts.set_roles(d, team.id("Ada"), ["administrator", "supervisor"]),
        "nobody is left",
    )
    office.clock.move(hours=72, seconds=1)
    assert team.give("Ada", "administrator", "supervisor") is None
    assert ("person.alone", {"what": "roles"}) in team.acts()


def test_a_last_day_set_by_one_shuts_nobody_out(team: Team) -> None:
    """Nor does a leave: both are set by an administrator alone."""
    for name in ("Omar", "Sara"):
        team.do("Ada", lambda d, name=name: colleagues.set_reading(
            d, d.session.get_one(Person, team.id(name)), disclosure="notice", quiet_from=None,
            quiet_until=None, expires_on=date(2020, 1, 1),
        ))  # fmt: skip
    assert team.give("Ada", "administrator", "supervisor") is not None


def test_an_office_in_its_first_hour_waits_for_nobody(office: Office) -> None:
    """Who was invited and never came cannot agree; it is in the record that one was alone."""
    ada = Actor("person", office.person("Ada", "administrator"), roles=frozenset({"administrator"}))
    with office.services.desk(ada) as desk:
        for name in ("Sara", "Berik"):
            new = accounts.invite(
                desk, email=f"{name}@example.org", name=name, roles=["supervisor"]
            )
            assert new.waits is None
            assert people.roles_of(desk.session, new.person.id) == {"supervisor"}
        acts = list(desk.session.scalars(select(AuditRow.act)))
    assert acts.count("person.alone") == 2


def test_the_last_administrator_is_let_in_by_the_machine_and_all_are_told(team: Team) -> None:
    """No mail, no phone, no other administrator: a shell on the server; never while one is left."""
    user = 1000
    with pytest.raises(Refused, match="another administrator"), team.office.desk() as desk:
        grave_acts.rescue(desk, team.id("Ada"), user)
    with pytest.raises(Refused, match="no administrator"), team.office.desk() as desk:
        grave_acts.rescue(desk, team.id("Sara"), user)
    team.do("Ada", lambda d: accounts.disable(d, team.id("Omar")))
    with team.office.desk() as desk:
        assert grave_acts.rescue(desk, team.id("Ada"), user)
    assert ("person.rescued", {"user": user}) in team.acts()
    assert team.told("Sara").count("colleague") == 2  # Omar's closing, and this
    assert "access_shown" in team.told("Ada")


def test_an_administrator_whose_last_day_has_passed_is_none(team: Team) -> None:
    """S10: nobody stays outside because one is left who cannot come in either."""
    with team.office.desk() as desk:
        yesterday = desk.now.date() - timedelta(days=1)
        desk.session.get_one(Person, team.id("Omar")).expires_on = yesterday
    with pytest.raises(Refused, match="last administrator"):
        team.do("Ada", lambda d: accounts.disable(d, team.id("Ada")))
    with team.office.desk() as desk:
        desk.session.get_one(Person, team.id("Ada")).expires_on = yesterday
        assert grave_acts.rescue(desk, team.id("Ada"), 1000)
        assert desk.session.get_one(Person, team.id("Ada")).expires_on is None
