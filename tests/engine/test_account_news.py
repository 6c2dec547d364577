"""Nobody enters as somebody else in silence (S10, S13; matrix: "users, roles, second factors")."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.standins.office import Office
from tests.standins.provider import Provider
from tracker.domain.actor import Actor
from tracker.domain.errors import Refused
from tracker.engine.cases import record, reveal
from tracker.engine.desk import Desk
from tracker.engine.digests.digest import prepare, reader_of
from tracker.engine.sheets import taking_out
from tracker.engine.staff import (
    account_news,
    accounts,
    colleagues,
    grave_acts,
    own_details,
    signing_in,
)
from tracker.store import people
from tracker.store.schema import AuditRow, ContactPoint, OutboxMessage, Person, SignInLink

PHONE = "+77011234567"
SMTP = {"TRACKER_SMTP_URL": "smtps://u:a-long-mail-password@mail.example.org", "TRACKER_MAIL_FROM":
        "no-reply@tracker.example.org"}  # fmt: skip


def staffed(office: Office) -> tuple[Actor, str]:
    """An administrator, and the supervisor she turns on; another supervisor, a caseworker."""
    ada = office.person("Ada", "administrator")
    victim = office.person("Victim", "supervisor", phone=PHONE)
    office.person("Sara", "supervisor")
    office.person("Karim", "caseworker")
    return Actor("person", ada, roles=frozenset({"administrator"})), victim


def kinds(office: Office) -> Counter[tuple[str, str]]:
    """Who was told what, by name and kind."""
    with office.desk() as desk:
        names = {one.id: desk.safe.open(one, "name") for one in people.everyone(desk.session)}
    return Counter((names[row.person_id], row.kind) for row in office.rows())


def test_a_reset_is_told_where_its_owner_was_reached_until_lately(
    office: Office, mail: Provider, sms: Provider
) -> None:
    """S10: also at the number that the administrator switched off just before; and to the others,
    but not to a caseworker."""
    ada, victim = staffed(office)
    with office.services.desk(ada) as desk:
        person = desk.session.get_one(Person, victim)
        for point in people.points_of(desk.session, victim):
            colleagues.switch_point(desk, person, point.id, on=False)
        grave_acts.reset(desk, victim, second_factor=True)
    told = kinds(office)
    assert told["Victim", "access"] == 4 and told["Victim", "access_shown"] == 2
    assert told["Sara", "colleague"] == 3
    assert not {("Ada", "colleague"), ("Karim", "colleague")} & set(told)
    office.tick()
    (to_phone,) = {each.text.split(" https")[0][:24] for each in sms.taken}
    assert to_phone == "Your access was changed."
    mails = [each for each in mail.taken if each.to == "victim@example.net"]
    assert any("shown to an administrator" in each.text for each in mails)
    assert all("Victim" not in each.text and "Ada" not in each.text for each in mail.taken)


def test_who_stopped_our_messages_is_not_told_there(office: Office) -> None:
    """S5: opted out means every sender."""
    ada, victim = staffed(office)
    with office.services.desk(ada) as desk:
        phone = desk.session.scalars(select(ContactPoint).filter_by(channel="sms")).one()
        phone.opted_out_at = desk.now
        grave_acts.set_roles(desk, victim, ["auditor"])
    assert kinds(office)["Victim", "access"] == 1


def test_news_of_an_account_follows_an_old_way_for_a_month(office: Office) -> None:
    ada, victim = staffed(office)
    with office.services.desk(ada) as desk:
        phone = desk.session.scalars(select(ContactPoint).filter_by(channel="sms")).one()
        colleagues.switch_point(desk, desk.session.get_one(Person, victim), phone.id, on=False)
        assert account_news.is_way(phone, desk.now + account_news.FORMER)
        assert not account_news.is_way(phone, desk.now + account_news.FORMER + timedelta(days=1))
        phone.disabled_reason = "wrong_number"
        assert not account_news.is_way(phone, desk.now)


def test_the_link_goes_to_the_address_of_the_account_alone(
    instance: object, database_url: str, mail: Provider
) -> None:
    """S10: whoever adds an address of their own first does not get the link, nor sees it."""
    office = Office.opened(instance, database_url, {"email": mail}, **SMTP)  # type: ignore[arg-type]
    ada, victim = staffed(office)
    with office.services.desk(ada) as desk:
        person = desk.session.get_one(Person, victim)
        colleagues.add_point(desk, person, "email", "mine@example.net").position = -1
        assert grave_acts.reset(desk, victim) == (None, None)
        assert not desk.session.scalars(select(SignInLink)).all()
    office.tick()
    links = {each.to for each in mail.taken if "/welcome/" in each.text}
    assert links == {"victim@example.net"}
    with office.services.desk(ada) as desk:
        for point in people.points_of(desk.session, victim):
            if point.address_hmac == desk.hmac("victim@example.net"):
                point.disabled_at, point.disabled_reason = desk.now, "bounced"
        assert grave_acts.reset(desk, victim).token is not None
        acts = list(desk.session.scalars(select(AuditRow.act)))
    assert "person.link_shown" in acts
    assert kinds(office)["Sara", "colleague"] == 3
    office.services.database.engine.dispose()


@pytest.mark.parametrize("how", ["reset", "granted", "invited"])
def test_for_a_day_no_reveal_and_no_export(office: Office, how: str) -> None:
    """Matrix: reveal and export; the day in which somebody can object."""
    ada, id_ = staffed(office)
    role = "supervisor"
    with office.services.desk(ada) as desk:
        if how == "reset":
            grave_acts.reset(desk, id_, second_factor=True)
        elif how == "granted":
            id_ = ada.id or ""
            grave_acts.set_roles(desk, id_, ["administrator", role])
        else:
            new = accounts.invite(desk, email="n@example.org", name="New", roles=[role])
            id_ = new.person.id
    case_id = office.silent_case(None, None)
    with office.desk() as desk:
        enquirer = record.add_enquirer(desk, office.case(case_id, desk), {"name": "Caller"}).id
    actor = Actor("person", id_, roles=frozenset({role}))
    for act in (
        lambda d: reveal.reveal(
            d, office.case(case_id, d), reveal.enquirer_of(d, office.case(case_id, d), enquirer),
            "why",
        ),
        lambda d: taking_out.ask(d, "csv"),
        lambda d: taking_out.let_leave(d, [office.case(case_id, d)]),
    ):  # fmt: skip
        with pytest.raises(Refused, match="24 hours"), office.services.desk(actor) as desk:
            act(desk)  # type: ignore[no-untyped-call]
    office.clock.move(hours=24, seconds=1)
    with office.services.desk(actor) as desk:
        case = office.case(case_id, desk)
        row = reveal.enquirer_of(desk, case, enquirer)
        assert row is not None
        assert reveal.reveal(desk, case, row, "why") == {"name": "Caller"}
        taking_out.ask(desk, "csv")


def test_a_password_alone_or_a_role_that_opens_no_case_holds_nothing(office: Office) -> None:
    """Also the first colleague of an office: nobody is there who could object."""
    ada, victim = staffed(office)
    with office.services.desk(ada) as desk:
        desk.session.get_one(Person, victim).totp_confirmed_at = desk.now
        grave_acts.reset(desk, victim)
        grave_acts.set_roles(desk, ada.id or "", ["administrator", "auditor"])
        for id_ in (victim, ada.id):
            assert account_news.held_until(desk, Actor("person", id_)) is None


def test_changes_are_in_the_supervisors_digest(office: Office) -> None:
    """D9: a count; a caseworker's says none."""
    ada, victim = staffed(office)
    with office.services.desk(ada) as desk:
        grave_acts.reset(desk, victim, second_factor=True)
    with office.desk() as desk:
        found = {}
        for person in people.everyone(desk.session):
            reader = reader_of(desk, person)
            found[desk.safe.open(person, "name")] = prepare(
                desk, reader, "2026-W10", "2026-W10"
            ).accounts
    assert (found["Sara"], found["Karim"]) == (3, 0)  # that nobody could agree is one


def test_five_wrong_codes_after_a_right_password_are_told_once_a_day(office: Office) -> None:
    """S11: from many addresses a brake that never locks lets some through."""
    _ada, victim = staffed(office)

    def wrong(times: int, what: str = "code") -> None:
        for _each in range(times):
            with office.desk() as desk:
                signing_in.refuse(desk, victim, what)

    wrong(9, "password")
    wrong(4)
    assert not office.rows()
    wrong(1)
    expected = {("Victim", "guessed"): 2, ("Ada", "colleague"): 1}
    assert kinds(office) == expected
    wrong(20)
    assert kinds(office) == expected
    office.clock.move(hours=24, seconds=1)
    wrong(5)
    assert kinds(office) == {key: 2 * n for key, n in expected.items()}


def test_s10_an_account_signs_in_only_with_an_address_its_owner_was_shown_to_read(
    office: Office,
) -> None:
    """Told at the former one and to the others; what waited for a second person, sessions and
    links end; for a day nobody is revealed to it."""
    ada, victim = staffed(office)
    with office.services.desk(ada) as desk:
        person = desk.session.get_one(Person, victim)
        point = colleagues.add_point(desk, person, "email", "new@example.net")
        taken = colleagues.add_point(desk, person, "email", "sara@example.net")
        taken.verified_at = desk.now
        with pytest.raises(Refused, match="Nobody has shown yet"):
            own_details.sign_in_with(desk, victim, point.id)
        with pytest.raises(Refused, match="already an account"):
            own_details.sign_in_with(desk, victim, taken.id)
        phone = desk.session.scalars(select(ContactPoint).filter_by(channel="sms")).one()
        with pytest.raises(Refused, match="no such contact point"):
            own_details.sign_in_with(desk, victim, phone.id)
        token = accounts.new_link(desk, person, "reset")
        point.verified_at = desk.now
        told = len([row for row in office_rows(desk) if row.kind == "access"])
        own_details.sign_in_with(desk, victim, point.id)
        assert len([row for row in office_rows(desk) if row.kind == "access"]) > told
        assert people.find_by_email(desk.session, desk.hmac("new@example.net")) is person
        assert people.find_by_email(desk.session, desk.hmac("victim@example.net")) is None
        assert desk.safe.open(person, "email") == "new@example.net"
        assert signing_in.use_link(desk, token, "a hash") is None
        assert account_news.held_until(desk, Actor("person", victim)) is not None
        assert "person.address" in account_news.GRAVE_CHANGES
        desk.actor = Actor("person", victim, frozenset({"supervisor"}))
        with pytest.raises(Refused, match="Only an administrator"):
            own_details.rename(desk, victim, "Somebody Else")


def test_who_is_listed_under_another_name_is_told(office: Office) -> None:
    """S13: it stands in the trail that it was changed, and no name does."""
    ada, victim = staffed(office)
    with office.services.desk(ada) as desk:
        with pytest.raises(Refused, match="Write the name"):
            own_details.rename(desk, victim, "  ")
        own_details.rename(desk, victim, " Viktoria Example ")
        own_details.rename(desk, victim, "Viktoria Example")
        rows = desk.session.scalars(select(AuditRow).filter_by(act="person.renamed")).all()
        assert [row.object_id for row in rows] == [victim]
        assert "Viktoria" not in str(rows[0].detail)
    assert kinds(office)["Viktoria Example", "access"] == 2, "by mail and telephone"


def office_rows(desk: Desk) -> list[OutboxMessage]:
    return list(desk.session.scalars(select(OutboxMessage)))
