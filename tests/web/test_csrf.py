"""S3: nothing changes on GET, and only our own pages post."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.web.conftest import ClientAs, Desks, csrf_of
from tracker.store.schema import Base
from tracker.web.access import body_up_to, public, rule_of, signed_hook

FORM = {"email": "nobody@example.org", "password": "long enough"}


def test_a_post_without_a_token_is_refused(app: Flask, client: FlaskClient) -> None:
    """Every POST route but signed hooks."""
    for route in app.url_map.iter_rules():
        rule = rule_of(app, route.endpoint)
        if "POST" not in (route.methods or ()) or rule is None or rule.kind != "public":
            continue
        address = route.rule.replace("<token>", "t")
        for data in ({}, {"csrf_token": ""}, {"csrf_token": "A" * 88}, {"csrf_token": "ü"}):
            assert client.post(address, data=data).status_code == 400, route.rule


def test_a_token_of_another_browser_is_refused(app: Flask, client: FlaskClient) -> None:
    token = csrf_of(app.test_client().get("/signin"))
    client.get("/signin")
    assert client.post("/signin", data={**FORM, "csrf_token": token}).status_code == 400


def test_a_browser_that_keeps_no_cookies_is_told_so(app: Flask, client: FlaskClient) -> None:
    """Who blocks them would go back and reload for ever."""
    blocking = app.test_client(use_cookies=False)
    token = {"csrf_token": csrf_of(blocking.get("/report"))}
    answer = blocking.post("/report", data=token)
    assert answer.status_code == 400 and "allow cookies" in answer.text
    client.get("/report")
    assert "allow cookies" not in client.post("/report", data=token).text


def test_a_token_of_a_session_is_worth_nothing_in_another(client_as: ClientAs) -> None:
    mine, yours = client_as("caseworker"), client_as("auditor")
    token = csrf_of(mine.get("/account"))
    data = {"language": "ru", "csrf_token": token}
    assert yours.post("/account/language", data=data).status_code == 400
    assert mine.post("/account/language", data=data).status_code == 303


def test_tokens_look_different_each_time_and_all_count(client: FlaskClient) -> None:
    """BREACH: compression tells nothing about what is never the same twice."""
    tokens = [csrf_of(client.get("/signin")) for _ in range(3)]
    assert len(set(tokens)) == 3
    for token in tokens:
        assert client.post("/signin", data={**FORM, "csrf_token": token}).status_code == 422


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 422),
        ({"Sec-Fetch-Site": "none"}, 422),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 422),
        ({"Origin": "http://localhost"}, 422),
        ({"Origin": "http://127.0.0.1:8000"}, 422),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 422),
    ],
)
def test_where_a_post_comes_from(client: FlaskClient, headers: dict[str, str], status: int) -> None:
    """Sec-Fetch-Site where the browser sends it, else Origin; the token in any case."""
    data = {**FORM, "csrf_token": csrf_of(client.get("/signin"))}
    assert client.post("/signin", data=data, headers=headers).status_code == status


def test_a_page_opened_from_a_mail_can_be_posted_by_someone_signed_in(client_as: ClientAs) -> None:
    """Strict cookies stay away from the first request and come with the second."""
    browser = client_as("caseworker")
    session = browser.get_cookie("session")
    assert session is not None
    browser.delete_cookie("session", domain="localhost")
    token = csrf_of(browser.get("/signin", headers={"Sec-Fetch-Site": "cross-site"}))
    browser.set_cookie("session", session.value, domain="localhost")
    sent = browser.post("/account/language", data={"language": "tr", "csrf_token": token})
    assert sent.status_code == 303


@pytest.mark.own_site
def test_hooks_need_no_token_and_see_no_session(app: Flask, client_as: ClientAs) -> None:
    from tracker.web import here  # noqa: PLC0415

    @signed_hook
    def hook() -> str:
        return here.actor().kind

    app.add_url_rule("/hooks/try", view_func=hook, methods=["POST"])
    answer = client_as("caseworker").post("/hooks/try", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.text == "anyone"


def test_getting_any_page_writes_nothing(app: Flask, client_as: ClientAs, desk: Desks) -> None:
    """S3 over every route; `/leave` is the one exception and says why."""
    browser = client_as("caseworker", "supervisor", "consular", "administrator", "auditor")
    before = _counts(desk)
    for route in app.url_map.iter_rules():
        if "GET" in (route.methods or ()) and not route.arguments and route.rule != "/leave":
            browser.get(route.rule)
    assert _counts(desk) == before


def _counts(desk: Desks) -> dict[str, int]:
    with desk() as d:
        return {
            table.name: d.session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
            if table.name not in ("audit", "audit_head")  # reading is an act that is written down
        }


@pytest.mark.own_site
def test_a_large_body_is_refused(app: Flask, client: FlaskClient) -> None:
    """256 KiB, unless the view says otherwise."""

    @public
    @body_up_to(400_000)
    def view() -> str:
        return str(len(request.get_data()))

    app.add_url_rule("/large", view_func=view, methods=["POST"])
    body = b"x" * 300_000
    assert client.post("/signin", data=body).status_code == 413
    form = {"email": "x" * 300_000, "csrf_token": "t"}
    assert client.post("/signin", data=form).status_code == 413
    token = csrf_of(client.get("/signin"))
    sent = {"csrf_token": token, "file": (BytesIO(body), "letter.png")}
    assert client.post("/large", data=sent).status_code == 200
    sent = {"csrf_token": token, "file": (BytesIO(body[:150_000] + body), "letter.png")}
    assert client.post("/large", data=sent).status_code == 413
