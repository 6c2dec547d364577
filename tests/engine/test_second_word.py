"""Whoever gains the way into an account that opens something needs a second person's word (S10).

By a first link, a closed or ended account, a last day, oneself as deputy, the only other person's
reset; and a word counts once, by somebody who was not just let in.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from tests.engine.test_second_person import SMTP, Team, mailing, team
from tests.standins.office import Office
from tests.standins.provider import Provider
from tracker.domain.actor import Actor
from tracker.engine.sheets import taking_out
from tracker.engine.staff import accounts, audience, colleagues, grave_acts, second_person, visits
from tracker.store import asking, people
from tracker.store.schema import AccountRequest, Case, ExportRequest, Person, new_id

__all__ = ["mailing", "team"]

GONE, LATER = date(2020, 1, 1), date(2030, 1, 1)


def reading(person_id: str, last: date | None) -> Any:
    """As the page saves it."""
    return lambda d: colleagues.set_reading(
        d,
        d.session.get_one(Person, person_id),
        disclosure="notice",
        quiet_from=None,
        quiet_until=None,
        expires_on=last,
    )


def changed(team: Team, name: str, **values: Any) -> None:
    with team.office.desk() as desk:
        for key, value in values.items():
            setattr(desk.session.get_one(Person, team.id(name)), key, value)


def set_up(team: Team, name: str) -> None:
    """Somebody opened the link and has an app, as `signing_in.take_app` leaves it."""
    changed(team, name, totp_confirmed_at=team.office.clock.now)
    with team.office.services.desk(team.who[name]) as desk:
        desk.audit("person.second_factor", "person", team.id(name))


def test_a_first_link_to_an_account_with_a_role_takes_two(mailing: Team) -> None:
    """Never set up, or reset by two and mailed: no plain reset shows its link to one."""
    for name in ("Sara", "Karim"):
        changed(mailing, name, totp_confirmed_at=None)
        out = mailing.do(
            "Ada", lambda d, n=name: grave_acts.reset(d, mailing.id(n), show_link=True)
        )
        assert out.token is None and out.waits is not None and out.waits.act == "second_factor"
    changed(mailing, "Sara", totp_confirmed_at=mailing.office.clock.now)
    waits = mailing.reset("Omar").waits
    assert waits is not None
    mailing.do("Sara", lambda d: grave_acts.agree(d, waits.id))
    again = mailing.do("Ada", lambda d: grave_acts.reset(d, mailing.id("Omar"), show_link=True))
    assert again.token is None and again.waits is not None, "agreed to was a mailed link"


def test_in_an_office_s_first_hour_a_link_that_ran_out_is_shown_again(office: Office) -> None:
    """Nobody could agree and nobody could object; then the new one's word counts at once."""
    team = Team(office)
    for name in ("Omar", "Karim", "Aud"):
        changed(team, name, active=False)
    changed(team, "Sara", totp_confirmed_at=None)
    assert team.do("Ada", lambda d: grave_acts.reset(d, team.id("Sara"))).token
    set_up(team, "Sara")
    team.do("Sara", second_person.refuse_without_word)


@pytest.mark.parametrize("how", ["closed", "ended"])
def test_an_account_that_was_over_opens_with_its_roles_by_two(team: Team, how: str) -> None:
    """Its password and code may be known to whoever opens it."""
    sara = team.id("Sara")
    if how == "closed":
        team.do("Ada", lambda d: accounts.disable(d, sara))
        waits = team.do("Ada", lambda d: accounts.enable(d, sara))
    else:
        team.do("Ada", reading(sara, GONE))
        visits_before = team.do("Ada", lambda d: visits.begin(d, "staff", person_id=sara))
        waits = team.do("Ada", reading(sara, LATER))
        assert team.do("Ada", lambda d: visits.find(d, visits_before.token)) is None
    assert waits is not None and team.roles(sara) == frozenset()
    with team.office.services.desk(Actor("person", sara)) as desk:
        assert not second_person.to_agree(desk)
    team.do("Omar", lambda d: grave_acts.agree(d, waits.id))
    assert team.roles(sara) == {"supervisor"}
    team.refused("Sara", second_person.refuse_without_word, "24 hours")
    assert team.do("Ada", lambda d: accounts.enable(d, sara)) is None, "an open one stays as it is"
    assert team.roles(sara) == {"supervisor"}


def test_a_last_day_is_told_and_ends_nobody_who_has_cases(team: Team) -> None:
    """Both ways; as closing is. The last administrator gets none. Alerts of who is over go on."""
    karim = team.id("Karim")
    team.office.silent_case(karim, team.id("Sara"))
    for last in (GONE, LATER):
        team.refused("Ada", reading(karim, last), "1 open case is theirs")
    before = team.told("Sara").count("access")
    team.do("Ada", reading(team.id("Sara"), LATER))
    team.do("Ada", reading(team.id("Sara"), None))
    assert team.told("Sara").count("access") == before + 2
    assert [act for act, _how in team.acts()].count("person.last_day") == 2
    team.do("Ada", reading(team.id("Sara"), None))
    assert team.told("Sara").count("access") == before + 2, "nothing changed"
    team.do("Ada", lambda d: accounts.disable(d, team.id("Omar")))
    team.refused("Ada", reading(team.id("Ada"), GONE), "last administrator")
    changed(team, "Karim", expires_on=GONE)
    with team.office.desk() as desk:
        (case,) = desk.session.scalars(select(Case))
        told = audience.recipients(desk, case, ["caseworker"])
        assert [each.person.id for each in told] == [team.id("Sara")]


def test_nobody_opens_another_s_cases_to_themselves_as_deputy(team: Team) -> None:
    """An administrator who is a caseworker too; another administrator names them, and it is told"""
    two = team.add("Both", "administrator", "caseworker")
    leave = lambda d: colleagues.set_leave(  # noqa: E731
        d, d.session.get_one(Person, team.id("Karim")), d.now.date(), None, two
    )
    team.refused("Both", leave, "cannot name yourself")
    team.do("Ada", leave)
    assert "access" in team.told("Karim") and "colleague" in team.told("Sara")


def test_who_was_reset_by_one_alone_has_no_word_for_three_days(office: Office) -> None:
    """One administrator, one supervisor: it stays possible, all hear of it, and a new phone by
    whoever is in makes it no shorter."""
    team = Team(office)
    changed(team, "Omar", active=False)
    assert team.reset("Sara").token
    assert "access_shown" in team.told("Sara") and "colleague" in team.told("Aud")
    office.clock.move(hours=30)
    set_up(team, "Sara")
    waits = team.give("Ada", "administrator", "supervisor")
    assert waits is not None
    agree = lambda d: grave_acts.agree(d, waits.id)  # noqa: E731
    office.clock.move(hours=71)
    set_up(team, "Sara")
    team.refused("Sara", agree, "set up anew")
    office.clock.move(hours=0.9)
    team.refused("Sara", agree, "set up anew")
    office.clock.move(hours=0.2)
    waits = team.give("Ada", "administrator", "supervisor")
    team.do("Sara", agree)
    assert "supervisor" in team.roles(team.id("Ada"))


def test_who_was_let_in_again_by_two_has_no_word_for_a_day_after(team: Team) -> None:
    """Counted from when the new phone is there, not from when it was agreed to."""
    waits = team.reset("Sara").waits
    assert waits is not None
    team.do("Omar", lambda d: grave_acts.agree(d, waits.id))
    assert team.do("Ada", lambda d: grave_acts.hand_over(d, waits.id))
    team.office.clock.move(hours=23.9)
    set_up(team, "Sara")
    team.office.clock.move(hours=23.9)
    team.refused("Sara", second_person.refuse_without_word, "set up anew")
    team.office.clock.move(hours=0.2)
    team.do("Sara", second_person.refuse_without_word)


def test_a_held_account_has_no_word_for_exports_and_what_is_answered_stays(team: Team) -> None:
    """S10, matrix "export": no word of who was just let in; a file taken is refused no more."""
    vera = team.add("Vera", "supervisor")
    with team.office.desk() as desk:
        row = ExportRequest(
            id=new_id(), form="csv", case_count=60, state=asking.WAITING, asked_by=vera,
            asked_at=desk.now, ends_at=desk.now + taking_out.LASTS,
        )  # fmt: skip
        desk.session.add(row)
        request = row.id
        desk.audit("person.reset", "person", team.id("Sara"), second_factor=True, held=True)
    team.refused("Sara", lambda d: taking_out.agree(d, request), "24 hours")
    sofia = team.add("Sofia", "supervisor")
    assert sofia
    team.do("Sofia", lambda d: taking_out.agree(d, request))
    team.refused("Sara", lambda d: taking_out.decline(d, request), "no longer")
    with team.office.desk() as desk:
        asking.move(
            desk.session, desk.session.get_one(ExportRequest, request), asking.READY,
            asking.TAKEN, desk.now,
        )  # fmt: skip
    for name in ("Vera", "Sara"):
        team.refused(name, lambda d: taking_out.decline(d, request), "no longer")


def test_a_change_that_was_answered_or_done_is_answered_no_more(team: Team) -> None:
    """Asked, then agreed or refused, then done: nothing goes back, and no row is written."""
    waits = team.reset("Karim").waits
    assert waits is not None
    answers: tuple[Any, ...] = (grave_acts.agree, second_person.decline)
    team.do("Sara", lambda d: grave_acts.agree(d, waits.id))
    for answer in answers:
        team.refused("Omar", lambda d, a=answer: a(d, waits.id), "no longer")
    assert team.do("Ada", lambda d: grave_acts.hand_over(d, waits.id))
    for name in ("Omar", "Sara", "Ada"):
        team.refused(name, lambda d: second_person.decline(d, waits.id), "no longer")
    with team.office.desk() as desk:
        assert desk.session.get_one(AccountRequest, waits.id).state == asking.TAKEN
    assert "person.change_declined" not in [act for act, _how in team.acts()]


def test_a_link_that_can_be_mailed_again_is_mailed(
    instance: Any, database_url: str, mail: Provider
) -> None:
    """It was agreed to while no mail went there: what is queued stays queued."""
    office = Office.opened(instance, database_url, {"email": mail}, **SMTP)
    team = Team(office)

    def switch(off: bool) -> None:
        with office.desk() as desk:
            for point in people.points_of(desk.session, team.id("Sara")):
                point.disabled_at = desk.now if off else None

    switch(True)
    waits = team.reset("Sara").waits
    assert waits is not None
    team.do("Omar", lambda d: grave_acts.agree(d, waits.id))
    assert team.do("Ada", lambda d: grave_acts.shows_link(d, waits)) is True
    switch(False)
    assert team.do("Ada", lambda d: grave_acts.hand_over(d, waits.id)) is None
    assert not team.has_app("Sara") and "invite" in team.told("Sara")
    office.tick()
    assert {each.to for each in mail.taken if "/welcome/" in each.text} == {"sara@example.net"}
    office.services.database.engine.dispose()
