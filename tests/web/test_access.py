"""S9: each route declares who may, one that does not answers 403; the way to sign in and back."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule as Route

from tests.web.conftest import ClientAs
from tracker.domain.actor import ROLES
from tracker.web.access import access, public, rule_of
from tracker.web.paths import safe_path


def _filled(app: Flask, route: Route) -> str:
    values = dict.fromkeys(route.arguments, "1")
    with app.test_request_context():
        address = app.url_map.bind("localhost").build(route.endpoint, values)
    return str(address)


def test_every_route_declares_who_may(app: Flask) -> None:
    """S9: a view without a rule fails the build."""
    bare = [r.rule for r in app.url_map.iter_rules() if rule_of(app, r.endpoint) is None]
    assert bare == []


@pytest.mark.own_site
def test_a_route_that_declares_nothing_answers_403(app: Flask, client: FlaskClient) -> None:
    """S9, for strangers and for staff, whatever the view would do."""
    app.add_url_rule("/forgotten", view_func=lambda: "secret", methods=["GET", "POST"])
    for method in ("GET", "HEAD", "POST"):
        response = client.open("/forgotten", method=method)
        assert response.status_code == 403
        assert b"secret" not in response.data


def test_staff_pages_send_strangers_to_sign_in(app: Flask, client: FlaskClient) -> None:
    """Matrix, column "anyone": L. No page of the desk shows anything before sign-in."""
    staff = [
        route
        for route in app.url_map.iter_rules()
        if (rule := rule_of(app, route.endpoint)) and rule.kind == "staff"
    ]
    assert staff
    for route in staff:
        address = _filled(app, route)
        for method in sorted((route.methods or set()) & {"GET", "POST"}):
            response = client.open(address, method=method)
            assert response.status_code == 303, address
            assert response.location.startswith("/signin"), address


def test_each_role_is_refused_where_it_is_not_named(app: Flask, client_as: ClientAs) -> None:
    """Matrix: x is 403, before anything is looked up."""
    for role in ROLES:
        browser = client_as(role)
        for route in app.url_map.iter_rules():
            rule = rule_of(app, route.endpoint)
            if rule is None or rule.kind != "staff" or role in rule.roles:
                continue
            for method in sorted((route.methods or set()) & {"GET", "POST"}):
                response = browser.open(_filled(app, route), method=method)
                assert response.status_code == 403, (role, method, route.rule)


@pytest.mark.own_site
def test_rights_of_several_roles_add_up(app: Flask, client_as: ClientAs) -> None:
    @access("auditor")
    def view() -> str:
        return "seen"

    app.add_url_rule("/only-auditors", view_func=view)
    assert client_as("caseworker").get("/only-auditors").status_code == 403
    assert client_as("caseworker", "auditor", name="Both").get("/only-auditors").data == b"seen"


def test_a_family_session_is_nobody_on_the_desk(client: FlaskClient) -> None:
    assert client.get("/account").location == "/signin?next=%2Faccount"


def test_options_are_not_answered(client: FlaskClient) -> None:
    """No cross-origin use is offered."""
    assert client.options("/signin").status_code == 405


@pytest.mark.parametrize(
    ("target", "safe"),
    [
        ("/account", True),
        ("/account?x=1", True),
        ("//evil.example/account", False),
        ("https://evil.example/", False),
        ("/\\evil.example", False),
        ("/account\n/x", False),
        ("/signout", False),
        ("/nowhere", False),
        ("", False),
        (None, False),
    ],
)
def test_only_pages_of_ours_are_led_to(app: Flask, target: str | None, safe: bool) -> None:
    """An open redirect would make our own address a phishing link."""
    with app.test_request_context("/"):
        assert (safe_path(target) is not None) is safe


def test_a_link_from_another_site_asks_once_more(app: Flask, client: FlaskClient) -> None:
    """Strict cookies are withheld from links in mail pages: a page of ours repeats the request."""
    response = client.get("/account", headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 200
    assert 'content="0; url=/account"' in response.text


def test_two_rules_on_one_view_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="two rules"):

        @public
        @access("auditor")
        def view() -> str:
            return ""


def test_a_role_nobody_has_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="roles are of"):
        access("director")
