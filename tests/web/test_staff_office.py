"""People, posts, the outbox and the record of acts (safety.md S4, S5, S10, S13, matrix)."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from tests.web.conftest import ClientAs, Desks, PostForm
from tests.web.staff_cases import make_case
from tracker.bootstrap import Services
from tracker.domain.contact import ContactClass, Days
from tracker.domain.delivery import State
from tracker.engine.cases import cases, record
from tracker.engine.staff.trial import send_test_alert
from tracker.engine.worker.tick import tick
from tracker.store.health import flag
from tracker.store.schema import Case, ContactPoint, OutboxMessage, Person, PersonRole
from tracker.web.access import rule_of


def test_an_invitation_is_shown_once_and_lets_somebody_in(
    client_as: ClientAs, post_form: PostForm, app: object
) -> None:
    """S10: single use, consumed by POST; the link stands on our own address."""
    admin = client_as("administrator", name="Ada")
    sent = {
        "name": "New Colleague",
        "email": "new.colleague@example.org",
        "roles": ["caseworker"],
        "language": "kk",
        "zone": "Asia/Almaty",
    }
    shown = post_form(admin, "/people/invite", sent)
    link = re.search(r"/welcome/[\w-]+", shown.text)
    assert link
    assert app.test_client().get(link[0]).status_code == 200  # type: ignore[attr-defined]
    assert "New Colleague" in admin.get("/people").text
    assert "already an account" in post_form(admin, "/people/invite", sent).text


def test_changing_accounts_asks_for_the_password_again(client_as: ClientAs) -> None:
    """Matrix: administrator W + re-authentication, supervisor and auditor R, others x."""
    admin = client_as("administrator", name="Ada", confirmed=False)
    edit = f"/people/{admin.person_id}/edit"
    assert admin.get(edit).location.startswith("/account/confirm")
    for role, status in (("supervisor", 200), ("auditor", 200), ("caseworker", 403)):
        browser = client_as(role)
        assert browser.get("/people").status_code == status
        assert browser.get(edit).status_code == 403
    page = client_as("supervisor").get(f"/people/{admin.person_id}").text
    assert "ada@example.org" not in page
    assert "a•••@e•••.org" in page


def test_an_administrator_mends_a_name_and_the_address_somebody_signs_in_with(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """S10: the address first has to be shown to be its reader's; then the button is there."""
    admin, worker = client_as("administrator", name="Ada"), client_as("caseworker", name="Aigul")
    at = f"/people/{worker.person_id}"
    page = admin.get(f"{at}/edit").text
    assert 'value="Aigul"' in page and "they sign in with this address" in page
    assert post_form(admin, f"{at}/name", {"name": " "}, page=f"{at}/edit").status_code == 422
    renamed = post_form(admin, f"{at}/name", {"name": "Aigul Bekova"}, page=f"{at}/edit")
    assert renamed.status_code == 303 and "Aigul Bekova" in admin.get("/people").text
    added = {"channel": "email", "address": "aigul.new@example.org"}
    post_form(admin, f"{at}/points", added, page=f"{at}/edit")
    with desk() as d:
        hashed = d.hmac(added["address"])
        point = d.session.scalars(select(ContactPoint).filter_by(address_hmac=hashed)).one().id
    button = f'action="{at}/points/{point}/sign-in"'
    assert button not in admin.get(f"{at}/edit").text
    early = post_form(admin, f"{at}/points/{point}/sign-in", {}, page=f"{at}/edit")
    assert early.status_code == 422 and "Nobody has shown yet" in early.text
    with desk() as d:
        d.session.get_one(ContactPoint, point).verified_at = d.now
    assert button in admin.get(f"{at}/edit").text
    done = post_form(admin, f"{at}/points/{point}/sign-in", {}, page=f"{at}/edit")
    assert done.status_code == 303
    page = admin.get(f"{at}/edit").text
    assert page.count("they sign in with this address") == 1 and button not in page
    assert worker.get("/queue").location.startswith("/signin"), "what was open is closed"


def test_nobody_is_disabled_while_cases_are_theirs(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """Domain 14; the last administrator stays."""
    admin, worker = client_as("administrator", name="Ada"), client_as("caseworker", name="Aigul")
    make_case(desk, worker.person_id)
    edit = f"/people/{worker.person_id}/edit"
    answer = post_form(admin, f"/people/{worker.person_id}/state", {"state": "off"}, page=edit)
    assert "1 open case is theirs" in answer.text
    mine = f"/people/{admin.person_id}"
    last = post_form(admin, f"{mine}/state", {"state": "off"}, page=f"{mine}/edit")
    assert "last administrator" in last.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("0701 123 45 67", "country code"),
        ("+7 701", "no such number"),
        ("+86 139 1234 5678", "No SMS is ever sent to this country"),
        ("+purple", "no telephone number"),
        ("", "Write the address or the number"),
    ],
)
def test_a_number_that_cannot_be_used_is_refused(
    client_as: ClientAs, post_form: PostForm, desk: Desks, typed: str, said: str
) -> None:
    """S5 and bad input: a clear sentence, nothing written."""
    admin = client_as("administrator", name="Ada")
    at = f"/people/{admin.person_id}"
    sent = {"channel": "sms", "address": typed}
    answer = post_form(admin, f"{at}/points", sent, page=f"{at}/edit")
    assert answer.status_code == 422
    assert said in answer.text
    with desk() as d:
        assert len(d.session.scalars(select(ContactPoint)).all()) == 1


def test_a_number_is_kept_as_e164_and_tried_by_a_test_alert(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """D10: the test alert takes the real outbox, to each contact point."""
    admin = client_as("administrator", name="Ada")
    at = f"/people/{admin.person_id}"
    sent = {"channel": "sms", "address": "+7 (701) 123-45-67"}
    assert post_form(admin, f"{at}/points", sent, page=f"{at}/edit").status_code == 303
    assert "+77011234567" in admin.get(f"{at}/edit").text
    assert post_form(admin, "/account/test-alert", page="/outbox").status_code == 303
    with desk() as d:
        kinds = d.session.execute(select(OutboxMessage.kind, OutboxMessage.channel)).all()
        tests = [(kind, channel) for kind, channel in kinds if kind == "test"]
        assert sorted(tests) == [("test", "email"), ("test", "sms")]
    outbox = admin.get("/outbox").text
    assert "waits to be sent" in outbox
    assert "+77011234567" not in outbox


def test_leave_needs_a_deputy(client_as: ClientAs, post_form: PostForm, desk: Desks) -> None:
    """Domain 14: an empty role is an alarm."""
    admin, worker = client_as("administrator", name="Ada"), client_as("caseworker", name="Aigul")
    at = f"/people/{worker.person_id}"
    leave = {"leave_from": "2026-03-05", "leave_until": "2026-03-20"}
    assert "Name a deputy" in post_form(admin, f"{at}/leave", leave, page=f"{at}/edit").text
    sent = {**leave, "deputy": admin.person_id}
    refused = post_form(admin, f"{at}/leave", sent, page=f"{at}/edit")
    assert "Choose one of the answers." in refused.text, "an administrator opens no case"
    bota = client_as("caseworker", name="Bota").person_id
    sent = {**leave, "deputy": bota}
    assert post_form(admin, f"{at}/leave", sent, page=f"{at}/edit").status_code == 303
    with desk() as d:
        assert d.session.get_one(Person, worker.person_id).deputy_id == bota


def test_sending_is_paused_and_goes_on(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """Matrix: a supervisor pauses, signed in again; every page says so."""
    lead = client_as("supervisor", name="Marta")
    assert post_form(lead, "/outbox/pause", {"paused": "1"}).status_code == 303
    with desk() as d:
        assert flag(d.session, "sending_paused") == "1"
    assert "Sending is paused" in lead.get("/queue").text
    assert post_form(lead, "/outbox/pause", {"paused": "0"}).status_code == 303
    with desk() as d:
        assert flag(d.session, "sending_paused") is None
    assert client_as("caseworker").get("/outbox/pause").status_code == 403


def test_every_message_stands_under_one_tab_of_the_outbox(client_as: ClientAs, desk: Desks) -> None:
    """Whatever became of it (D2): the counts of the tabs add up to all."""
    worker, lead = client_as("caseworker", name="Aigul"), client_as("supervisor", name="Marta")
    make_case(desk, worker.person_id)
    with desk() as d:
        (first,) = d.session.scalars(select(OutboxMessage).limit(1))
        like = {c.key: getattr(first, c.key) for c in OutboxMessage.__table__.columns}
        for number, state in enumerate(State):
            for copy in range(2):
                own = {"id": f"{state}-{copy}", "state": state, "reference": f"R{number}{copy}"}
                own |= {"provider_id": None, "alert_id": None}
                d.session.add(OutboxMessage(**(like | own)))

    def tabs(page: str) -> dict[str, int]:
        found = re.findall(
            r'<a href="/outbox(?:\?view=(\w*))?"[^>]*><bdi>[^<]*</bdi> <span class="count">(\d+)<',
            page,
        )
        return {view: int(number) for view, number in found}

    counts = tabs(lead.get("/outbox").text)
    assert counts.pop("") == sum(counts.values()) > 24
    shown = {view: lead.get(f"/outbox?view={view}").text.count("<tr><td") for view in counts}
    assert shown == counts


def test_good_news_is_no_alert_in_the_outbox_nor_on_the_timeline(
    client_as: ClientAs, desk: Desks, services: Services
) -> None:
    """What tells that a silence is over is called so, beside the alert that began it."""
    worker, lead = client_as("caseworker", name="Aigul"), client_as("supervisor", name="Marta")
    for contact in (True, False):
        ref = make_case(desk, worker.person_id)
        tick(services)  # the alert goes out: only who was told is told that it is over
        with desk(worker.actor) as d:
            case = d.session.scalars(select(Case).filter_by(ref=ref)).one()
            today = d.now.date()
            if contact:
                record.report_contact(
                    d,
                    case,
                    occurred=Days(today, today),
                    cls=ContactClass.DIRECT,
                    details={"words": "He called."},
                    confirmed=True,
                )
            else:
                cases.close(d, case, "released", today, "the mother", "At home.")
        told, over = ("all clear", "after 41 days of silence · told") if contact else ("", "")
        rows = re.findall(r"<tr>.*?</tr>", lead.get("/outbox").text, re.DOTALL)
        said = [re.sub(r"<[^>]+>", " ", row) for row in rows if ref in row]
        settled = sum((told or "case closed") in row for row in said)
        assert 0 < settled < len(said) == settled + sum("alert" in row for row in said)
        timeline = worker.get(f"/cases/{ref}").text
        assert over in timeline and timeline.count("silent · told") == 0


def test_the_outbox_names_no_case_to_an_administrator(client_as: ClientAs, desk: Desks) -> None:
    """Matrix: alerts: administrator, states only."""
    worker, admin = client_as("caseworker", name="Aigul"), client_as("administrator", name="Ada")
    ref = make_case(desk, worker.person_id)
    assert "alert" in admin.get("/outbox").text
    assert ref not in admin.get("/outbox").text
    assert ref in client_as("supervisor").get("/outbox").text


def test_a_written_message_lets_nobody_in_who_reads_it(
    client_as: ClientAs, desk: Desks, services: Services
) -> None:
    """Matrix (users, alerts) and S10: an invitation is read by nobody, an alert by who leads."""
    worker = client_as("caseworker", name="Aigul")
    admin, lead = client_as("administrator", name="Ada"), client_as("supervisor", name="Marta")
    make_case(desk, worker.person_id)
    with desk() as d:
        (mine,) = send_test_alert(d, admin.person_id)
        (invited,) = send_test_alert(d, worker.person_id)
        invited.kind = "invite"
        alert = d.session.scalars(select(OutboxMessage).filter_by(kind="alert")).first()
        assert alert is not None
        rows = {"mine": mine.id, "invite": invited.id, "alert": alert.id}
    folder = services.settings.outbox
    folder.mkdir(parents=True, exist_ok=True)
    told = {"to": "aigul@example.org", "channel": "email", "subject": "Please look"}
    told["text"] = "Please look. https://x.example/a/TOKEN-of_hers and /welcome/WAY-in 1 4711=OK"
    for row_id in rows.values():
        (folder / f"{row_id}.json").write_text(json.dumps(told), "utf-8")

    def seen(browser: FlaskClient) -> dict[str, int]:
        return {name: browser.get(f"/outbox/{row_id}").status_code for name, row_id in rows.items()}

    assert seen(admin) == {"mine": 200, "invite": 404, "alert": 404}
    assert seen(lead) == {"mine": 404, "invite": 404, "alert": 200}
    assert "TOKEN-of_hers" in admin.get(f"/outbox/{mine.id}").text, "as it came to its reader"
    shown = lead.get(f"/outbox/{alert.id}").text
    assert "Please look." in shown
    for secret in ("TOKEN", "WAY-in", "4711", "aigul@example.org"):
        assert secret not in shown
    listed = admin.get("/outbox").text
    assert f"/outbox/{mine.id}" in listed and f"/outbox/{alert.id}" not in listed


def test_posts_and_those_who_serve_there(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """Domain 14: posts, not persons, hold shares."""
    admin, consul = client_as("administrator", name="Ada"), client_as("consular", name="Jan")
    url = "/posts/edit"
    post_form(admin, url, {"act": "post", "name": "Embassy of Lorania", "zone": "UTC"})
    page = admin.get(url).text
    found = re.search(r'<option value="(\w{32})">Embassy of Lorania', page)
    assert found
    sent = {"act": "member", "post": found[1], "person": consul.person_id, "until": "2027-01-01"}
    assert post_form(admin, url, sent).status_code == 303
    assert "Jan" in admin.get("/posts").text
    bad = post_form(admin, url, {"act": "post", "name": "", "zone": "UTC"})
    assert "Give the post a name" in bad.text


def test_a_role_that_opens_cases_waits_for_a_second_person(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """Matrix, row "users, roles, second factors": the page says who could, they find it, it is
    done; whose roles wait sees their own account and nothing else."""
    ada, sara, bo = (
        client_as("administrator", name="Ada"),
        client_as("supervisor", name="Sara"),
        client_as("auditor", name="Bo"),
    )
    edit = f"/people/{bo.person_id}/edit"
    assert "you decide alone" in ada.get(edit).text
    with desk() as d:
        d.session.get_one(Person, sara.person_id).totp_confirmed_at = d.now
    assert "Those who can agree: Sara." in ada.get(edit).text
    sent = {"roles": ["caseworker"]}
    waits = post_form(ada, f"/people/{bo.person_id}/roles", sent, page=edit)
    assert "has agreed" in ada.get(waits.location).text
    assert bo.get("/audit").status_code == 200
    assert "/people/asked" in sara.get("/work").text and "/people/asked" in sara.get("/people").text
    shown = sara.get("/people/asked").text
    agree = re.search(r"/people/asked/\w+/agree", shown)
    assert agree and "caseworker" in shown and "now: auditor" in shown
    assert "/agree" not in ada.get("/people/asked").text
    done = post_form(sara, agree[0], page="/people/asked")
    assert "Nothing waits" in sara.get(done.location).text
    assert "Agreed to a change" in sara.get(f"/people/{bo.person_id}").text
    again = post_form(sara, agree[0], page="/account")
    assert again.status_code == 422 and "no longer waiting" in again.text


def test_the_second_person_sees_what_they_agree_to(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """S10: whose account by address and age, the roles now and after, and into whose hands the
    link goes; who asked shows it once, or takes it back."""
    ada, sara = client_as("administrator", name="Ada"), client_as("supervisor", name="Sara")
    with desk() as d:
        d.session.get_one(Person, sara.person_id).totp_confirmed_at = d.now
    sent = {"name": "Aigul", "email": "evil@other.example.org", "roles": ["caseworker"],
            "language": "en", "zone": "UTC"}  # fmt: skip
    post_form(ada, "/people/invite", sent)
    shown = sara.get("/people/asked").text
    for word in ("evil@other.example.org", "Account made on", "never used until now", "now: none"):
        assert word in shown, word
    refuse = re.search(r"/people/asked/\w+/decline", shown)
    assert refuse
    assert post_form(sara, refuse[0], page="/people/asked").status_code == 303
    again = post_form(sara, refuse[0], page="/account")
    assert again.status_code == 422 and "no longer waiting" in again.text
    bo = client_as("caseworker", name="Bo").person_id
    post_form(ada, f"/people/{bo}/reset", page=f"/people/{bo}/edit")
    shown = sara.get("/people/asked").text
    assert "shown to the person who asked" in shown and "never set up" in shown
    agree = re.search(r"/people/asked/\w+/agree", shown)
    assert agree and post_form(sara, agree[0], page="/people/asked").status_code == 303
    link = agree[0].replace("/agree", "/link")
    assert "/welcome/" in post_form(ada, link, page="/people/asked").text
    once = post_form(ada, link, page="/account")
    assert once.status_code == 422 and "/welcome/" not in once.text


def test_whose_roles_wait_sees_their_own_account_alone(
    client_as: ClientAs, app: Flask, desk: Desks
) -> None:
    """S9: invited with roles that a second person has not agreed to yet."""
    fresh = client_as("auditor", name="Fresh")
    with desk() as d:
        d.session.execute(delete(PersonRole).where(PersonRole.person_id == fresh.person_id))
    assert "You have no role yet" in fresh.get("/account").text
    opened = set()
    for rule in app.url_map.iter_rules():
        declared = rule_of(app, rule.endpoint)
        if declared is None or declared.kind != "staff" or "GET" not in (rule.methods or ()):
            continue
        path = re.sub(r"<\w+>", "0" * 32, rule.rule)
        if fresh.get(path).status_code != 403:
            opened.add(rule.rule.split("/")[1])
    assert opened == {"account", "help"}
