"""People, posts, the outbox and the record of acts (safety.md S4, S5, S10, S13, matrix)."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from tests.web.conftest import ClientAs, Desks, PostForm
from tests.web.staff_cases import make_case
from tracker.store.health import flag
from tracker.store.schema import ContactPoint, OutboxMessage, Person


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
    assert "could not open these cases" in refused.text
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


def test_the_outbox_names_no_case_to_an_administrator(client_as: ClientAs, desk: Desks) -> None:
    """Matrix: alerts: administrator, states only."""
    worker, admin = client_as("caseworker", name="Aigul"), client_as("administrator", name="Ada")
    ref = make_case(desk, worker.person_id)
    assert "alert" in admin.get("/outbox").text
    assert ref not in admin.get("/outbox").text
    assert ref in client_as("supervisor").get("/outbox").text


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
