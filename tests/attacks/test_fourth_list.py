"""A fourth list of attacks: by those who are inside already, or hold what others left behind.

A hostile administrator, a curious caseworker, a consul whose post is shown a case no more, a state
that reads the mail, a telephone or a laptop in the wrong hands, a family that is made to speak.
Others of this list have files of their own: `tests/engine/test_second_person` (a puppet account,
the others shut out first), `test_public_doors` and `tests/web/test_floods` (floods),
`tests/browser/test_left_behind` (the way back).
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.attacks.conftest import World
from tests.attacks.test_matrix import counts, filled, table
from tests.web.conftest import ClientAs, Desks, MovableClock, PostForm, csrf_of
from tests.web.staff_cases import make_case
from tests.web.test_signin import PASSWORD, Staff
from tracker.domain.actor import Actor
from tracker.domain.errors import Refused
from tracker.engine.cases import sharing
from tracker.engine.sheets import taking_out
from tracker.engine.staff import (
    account_news,
    accounts,
    colleagues,
    grave_acts,
    mailed_links,
    trial,
)
from tracker.store import work
from tracker.store.schema import (
    AuditRow,
    Case,
    ContactPoint,
    OutboxMessage,
    Person,
    Share,
    SignInLink,
)
from tracker.web import account_changes


@pytest.fixture
def staff(app: Flask, desk: Desks, post_form: PostForm, clock: MovableClock) -> Staff:
    """Somebody with a password and an app."""
    return Staff(app, desk, post_form, clock, "nurlan@example.org")


LINKS = "https://evil.example/in javascript:alert(1) //evil.example mailto:a@evil.example"


def test_a_grave_change_is_not_buried_under_small_ones(
    world: World, desk: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An administrator gives a role, then switches a number off and on until it is off the page."""
    monkeypatch.setattr(account_changes, "AT_MOST", 5)
    with desk() as d:
        person = d.session.get_one(Person, world.mine["person_id"])
        grave_acts.set_roles(d, person.id, ["caseworker", "auditor"])
        for number in range(12):
            colleagues.switch_point(d, person, world.mine["point_id"], on=bool(number % 2))
    for page in ("/people", f"/people/{world.mine['person_id']}"):
        shown = world.who["Vera"].get(page).text
        assert "Roles changed" in shown, page
        assert shown.count("Contact point switched") == 5, page


def test_looking_often_does_not_bury_a_look(
    world: World, desk: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody looks at who reported in another's case, then at their own a hundred times."""
    monkeypatch.setattr(work, "SHOWN", 3)
    with desk() as d:
        mine, other = (
            d.session.scalars(select(Case).filter_by(ref=ids["ref"])).one()
            for ids in (world.mine, world.other)
        )
        d.audit("enquirer.revealed", "enquirer", "1", mine.id)
        for _each in range(9):
            d.audit("enquirer.revealed", "enquirer", "2", other.id)
        vera = Actor("person", "vera", roles=frozenset({"supervisor"}))
        found = work.reveals(d.session, vera, d.now - timedelta(days=1))
    assert {case.ref for _row, case in found} == {world.mine["ref"], world.other["ref"]}


@pytest.mark.parametrize("what", ["says more", "deputy"])
def test_an_administrator_turns_a_colleague_s_messages_or_cases_aside_and_it_is_told(
    client_as: ClientAs, desk: Desks, what: str
) -> None:
    """Case references in clear to a supervisor's mailbox; or her leave, with a deputy of theirs."""
    ada = client_as("administrator", name="Ada")
    victim, deputy = (client_as("supervisor", name=name).person_id for name in ("Vera", "Deputy"))
    with desk(ada.actor) as d:
        person = d.session.get_one(Person, victim)
        if what == "deputy":
            colleagues.set_leave(d, person, d.now.date(), None, deputy)
        else:
            colleagues.set_reading(
                d,
                person,
                disclosure="reference",
                quiet_from=None,
                quiet_until=None,
                expires_on=None,
            )
        assert account_news.lately(d, victim)
        d.session.flush()
        told = {(row.person_id, row.kind) for row in d.session.scalars(select(OutboxMessage))}
    assert told == {(victim, "access"), (deputy, "colleague")}


def test_fifty_cases_leave_by_no_other_door(
    client_as: ClientAs, post_form: PostForm, desk: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two as pictures of their months; the third is refused as a picture, on paper, and as a photo
    of a letter. The two may leave again."""
    monkeypatch.setattr(taking_out, "ALONE_AT_MOST", 2)
    worker = client_as("caseworker", name="Aigul")
    refs = [make_case(desk, worker.person_id) for _each in range(3)]

    def paper(ref: str, **sent: str) -> int:
        page = f"/cases/{ref}/paper"
        return post_form(worker, page, {"language": "en", **sent}, page=page).status_code

    assert paper(refs[0], picture="months") == 200
    assert paper(refs[1], picture="years") == 200
    assert paper(refs[2], picture="months") == 403
    assert paper(refs[2], fields="dates") == 422
    with desk(worker.actor) as d:
        third, second = (
            d.session.scalars(select(Case).filter_by(ref=ref)).one() for ref in (refs[2], refs[1])
        )
        with pytest.raises(Refused, match="More than 2 cases"):  # photos, what a post is shown
            taking_out.let_out(d, third)
        taking_out.let_out(d, second)


def test_a_post_s_member_takes_no_more_than_anybody(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Photos of letters and sheets of shared cases are files too."""
    monkeypatch.setattr(taking_out, "ALONE_AT_MOST", 0)
    consul, ref = world.who["Consul"], world.mine["ref"]
    assert consul.get(f"/shared/{ref}").status_code == 200
    assert consul.get(f"/shared/{ref}/sheet").status_code == 403
    sent = {"csrf_token": world.token("Consul")}
    assert consul.post(f"/shared/{ref}/sheet", data=sent).status_code == 403
    photo = f"/cases/{ref}/pictures/{world.mine['picture_id']}"
    refused = world.who["Aigul"].get(photo)
    assert refused.status_code == 403 and "More than 0 cases" in refused.text
    assert world.who["Aigul"].get(f"{photo}/small").status_code == 200


def test_open_tabs_of_a_post_that_is_shown_the_case_no_more(world: World, desk: Desks) -> None:
    """S8: whatever was open before the share ended answers as if there were no such case."""
    consul, ids = world.who["Consul"], world.mine
    assert consul.get(f"/shared/{ids['ref']}").status_code == 200
    token = world.token("Consul")
    with desk() as d:
        case = d.session.scalars(select(Case).filter_by(ref=ids["ref"])).one()
        share = d.session.scalars(select(Share).filter_by(case_id=case.id)).one()
        sharing.unshare(d, case, share)
    before, tried = counts(desk), 0
    for row in table():
        if row.rule.startswith("/shared/<ref>"):
            address = filled(row.rule, ids)
            found = (
                consul.get(address)
                if row.method == "GET"
                else consul.post(address, data={"csrf_token": token, "outcome": "done"})
            )
            assert found.status_code == 404, f"{row.method} {row.rule}"
            tried += 1
    assert tried == 6 and counts(desk) == before
    assert ids["ref"] not in consul.get("/shared").text


def test_what_a_family_writes_is_never_a_link(world: World, desk: Desks) -> None:
    """A coerced family, or a stranger's report, leads no caseworker to another's site: not by a
    click, and not by what a browser fetches by itself."""
    family, ids = world.who["family"], world.mine
    sent = {"csrf_token": world.token("family"), "text": LINKS, "once": "a"}
    assert family.post("/status/message", data=sent).status_code == 303
    pages = [f"/cases/{ids['ref']}{more}" for more in ("", "/messages", "/tell", "/contact")]
    shown = 0
    for page in [*pages, "/work", "/queue"]:
        text = world.who["Aigul"].get(page).text
        shown += LINKS.split()[0] in text
        for attribute in re.findall(r'(?:href|src|action|content|data-\w+)="([^"]*)"', text):
            assert "evil.example" not in attribute and "javascript:" not in attribute, page
    assert shown, "the words themselves are shown"


def test_who_reads_the_mail_and_finds_a_new_password_s_link_is_not_in(
    staff: Staff, desk: Desks, clock: MovableClock
) -> None:
    """S10: even with its digits, a reset without a lost phone leaves the second factor as it was.
    The owner finds the link used up; the fifth wrong code is told."""
    staff.set_up()
    with desk() as d:
        token = grave_acts.reset(d, staff.id).token
    reader = staff.app.test_client()
    chosen = {"password": "a password of the reader", "again": "a password of the reader"}
    taken = staff.post_form(reader, f"/welcome/{token}", chosen)
    assert taken.location == "/signin"
    assert staff.password(reader, chosen["password"]).location == "/signin/code"
    for _each in range(account_news.TRIES):
        assert staff.post_form(reader, "/signin/code", {"code": "000000"}).status_code == 422
    assert reader.get("/account").location.startswith("/signin")
    assert staff.app.test_client().get(f"/welcome/{token}").status_code == 404
    assert staff.password(staff.app.test_client()).status_code in (422, 429)
    with desk() as d:
        acts = list(d.session.scalars(select(AuditRow.act)))
        assert d.session.scalars(select(SignInLink.used_at)).all().count(None) == 0
    assert "person.code_guessed" in acts


def test_who_reads_the_mail_first_is_not_in_before_its_owner(
    client_as: ClientAs, app: Flask, desk: Desks, post_form: PostForm
) -> None:
    """S10: a mailed link opens with six digits that the administrator says by voice. They are in
    no mail, guessed at a few times only, and gone when they were used."""
    ada = client_as("administrator", name="Ada")
    with desk(ada.actor) as d:
        person = accounts.invite(d, email="n@example.org", name="N", roles=["auditor"]).person.id
        (row,) = trial.send_invitation(d, person)
        row_id, first = row.id, mailed_links.make(d, row.id, person)
    with desk() as d:
        digits, token = mailed_links.digits_of(d.ring, row_id), mailed_links.make(d, row_id, person)
    assert app.test_client().get(f"/welcome/{first}").status_code == 404, "worded once more"
    assert digits in ada.get(f"/people/{person}/edit").text
    assert digits not in ada.get(f"/people/{person}").text
    link, reader = f"/welcome/{token}", app.test_client()
    sent = {"password": PASSWORD, "again": PASSWORD}
    assert digits not in reader.get(link).text
    assert post_form(reader, link, sent).status_code == 422
    wrong = f"{(int(digits) + 1) % 10**6:06d}"
    tries = [post_form(reader, link, {**sent, "digits": wrong}).status_code for _each in range(9)]
    assert tries == [422] * 5 + [429] * 4
    assert post_form(reader, link, {**sent, "digits": digits}).status_code == 429
    owner = app.test_client()
    owner.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    spaced = f"{digits[:3]} {digits[3:]}"
    assert post_form(owner, link, {**sent, "digits": spaced}).location == "/enrol"
    assert digits not in ada.get(f"/people/{person}/edit").text
    with desk() as d:
        assert not any(digits in str(row.detail) for row in d.session.scalars(select(AuditRow)))


def test_a_seized_laptop_s_open_session_is_not_made_to_last(
    world: World, client_as: ClientAs, desk: Desks
) -> None:
    """S10: nothing that outlives the session, lets a program in or takes cases out is done without
    password and code; and none of it is shown."""
    seized = client_as("caseworker", "supervisor", "administrator", name="Seized", confirmed=False)
    world.who["Seized"] = seized
    token, tried = world.token("Seized"), 0
    before = counts(desk)
    for row in table():
        if not row.reauth:
            continue
        address = filled(row.rule, world.mine)
        found = (
            seized.get(address)
            if row.method == "GET"
            else seized.post(address, data={"csrf_token": token})
        )
        if row.roles & {"ca", "su", "ad"}:
            assert found.status_code == 303, f"{row.method} {row.rule}: {found.status}"
            assert found.location.startswith("/account/confirm"), f"{row.method} {row.rule}"
            tried += 1
    assert tried >= 40 and counts(desk) == before
    assert PASSWORD not in seized.get("/account").text


def test_a_family_that_is_made_to_say_all_is_well_silences_nothing(
    world: World, desk: Desks
) -> None:
    """S5, S6: news given by force stops no clock; a way to be reached that is forced out of them
    is written to by nobody; and what was there before is not shown to who forces them."""
    family, ref = world.who["family"], world.mine["ref"]

    def clock_of() -> tuple[object, ...]:
        with desk() as d:
            case = d.session.scalars(select(Case).filter_by(ref=ref)).one()
            return case.band, case.next_look_at, case.silent_rank

    before = clock_of()
    for number in range(3):
        news = {
            "last_precision": "words", "last_words": "yesterday", "means": "telephone",
            "freely": "yes", "staged": "no", "said": "all is well", "sure": "1",
            "once": str(number),
        }  # fmt: skip
        sent = family.post("/status/news", data={**news, "csrf_token": world.token("family")})
        assert sent.status_code == 303
    assert clock_of() == before
    forced = {"reach": "yes", "phone": "+7 701 999 88 77", "called": "me", "other_way": ""}
    page = family.get("/status/reach")
    assert "701" not in page.text
    sent = family.post("/status/reach", data={**forced, "csrf_token": csrf_of(page)})
    assert sent.status_code == 303
    with desk() as d:
        hashed = d.hmac("+77019998877")
        assert not d.session.scalars(select(ContactPoint).filter_by(address_hmac=hashed)).all()
    assert clock_of() == before
