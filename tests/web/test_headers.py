"""S12: the headers of every answer, errors and static files too; the Host leads nowhere."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.conftest import ClientAs
from tracker.bootstrap import Services
from tracker.web import assets, create_app
from tracker.web.access import public

POLICY = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'"],
    "font-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
    "object-src": ["'none'"],
}
ASKING = {"/cases/new"}
"""Pages whose script asks this site how a date is understood; no other may connect to anything."""


def _directives(response: TestResponse) -> dict[str, list[str]]:
    parts = (part.split() for part in response.headers["Content-Security-Policy"].split(";"))
    return {name: values for name, *values in parts}


def _check(response: TestResponse) -> None:
    headers = response.headers
    where = f"{response.request.path} {response.status}"
    asks = {"connect-src": ["'self'"]} if response.request.path in ASKING else {}
    assert _directives(response) == POLICY | (asks if response.status_code == 200 else {}), where
    assert headers["X-Content-Type-Options"] == "nosniff", where
    assert headers["X-Frame-Options"] == "DENY", where
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin", where
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin", where
    assert headers["X-Robots-Tag"] == "noindex, nofollow", where
    assert headers["Permissions-Policy"].count("=()") >= 20, where
    assert "Server" not in headers, where


def test_every_page_carries_them(app: Flask, client: FlaskClient, client_as: ClientAs) -> None:
    staff = client_as("supervisor", "administrator")
    for route in app.url_map.iter_rules():
        if route.arguments or "GET" not in (route.methods or ()):
            continue
        for browser in (client, staff):
            response = browser.get(route.rule)
            _check(response)
            assert response.status_code < 500 or route.rule == "/readyz", route.rule
            assert response.headers["Cache-Control"] == "no-store", route.rule
            expected = "no-referrer" if route.rule == "/leave" else "same-origin"
            assert response.headers["Referrer-Policy"] == expected, route.rule


@pytest.mark.own_site
def test_failures_carry_them_and_say_one_sentence(app: Flask, client: FlaskClient) -> None:
    """No stack trace, no word of a library."""

    @public
    def fail(status: int) -> str:
        if status == 500:
            raise RuntimeError("word of a family")
        abort(status)

    app.add_url_rule("/fail/<int:status>", view_func=fail)
    for status in (400, 403, 404, 413, 422, 429, 500, 503):
        response = client.get(f"/fail/{status}")
        assert response.status_code == status
        _check(response)
        assert response.text.count("<h1") == 1
        for inside in ("Traceback", "werkzeug", "word of a family", "RuntimeError", "The server"):
            assert inside not in response.text, status
    for response in (client.get("/nowhere"), client.put("/signin"), client.post("/healthz")):
        _check(response)
        assert response.status_code in (404, 405)


def test_static_files_are_kept_for_ever_and_compressed(client: FlaskClient) -> None:
    manifest = json.loads(
        (Path(assets.__file__).parent / "static" / "MANIFEST.json").read_text("utf-8")
    )
    for name, hashed in manifest["names"].items():
        plain = client.get(assets.asset(name))
        assert plain.request.path == f"/static/{hashed}"
        _check(plain)
        assert plain.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Set-Cookie" not in plain.headers
        if name.endswith(".woff2"):
            continue  # compressed by its form
        packed = client.get(assets.asset(name), headers={"Accept-Encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data
        brotli = client.get(assets.asset(name), headers={"Accept-Encoding": "gzip, br"})
        assert brotli.headers["Content-Encoding"] == "br"
        assert len(brotli.data) < len(plain.data)
        assert "Accept-Encoding" in brotli.headers["Vary"]


@pytest.mark.parametrize("name", ["MANIFEST.json", "../app.py", "LICENSES/govuk-frontend.txt", "x"])
def test_only_built_files_are_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/{name}").status_code == 404


def test_an_unbuilt_asset_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        assets.asset("nothing.css")


def test_pages_are_compressed(client: FlaskClient) -> None:
    plain = client.get("/signin")
    packed = client.get("/signin", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) * 2 < len(plain.data)
    assert b"</html>" in gzip.decompress(packed.data)


def test_another_host_name_is_refused(client: FlaskClient) -> None:
    """Traps: a forged Host must lead nowhere, and be in no page."""
    response = client.get("/signin", headers={"Host": "evil.example"})
    assert response.status_code == 400
    _check(response)
    assert "evil" not in response.text + str(response.headers)


class TestUnderTls:
    """A public address with TLS."""

    @pytest.fixture
    def environ(self) -> dict[str, str]:
        return {
            "TRACKER_PUBLIC_URL": "https://contact.example.org",
            "TRACKER_TRUSTED_HOSTS": "contact.example.org",
        }

    def test_cookies_are_tied_to_host_and_tls(self, client: FlaskClient) -> None:
        response = client.get("/signin?lang=kk", base_url="https://contact.example.org")
        cookies = response.headers.getlist("Set-Cookie")
        assert len(cookies) == 2
        for cookie in cookies:
            assert cookie.startswith("__Host-")
            for part in ("; Secure", "; HttpOnly", "; Path=/", "; SameSite=Strict"):
                assert part in cookie
            assert "Domain" not in cookie

    def test_tls_is_asked_for_from_then_on(self, client: FlaskClient) -> None:
        response = client.get("/signin", base_url="https://contact.example.org")
        assert response.headers["Strict-Transport-Security"] == "max-age=63072000"

    def test_loopback_names_are_refused_there(self, client: FlaskClient) -> None:
        assert client.get("/signin", base_url="http://localhost").status_code == 400

    def test_behind_a_proxy_its_word_is_the_last(self, services: Services) -> None:
        """A client may write any X-Forwarded-For; the proxy adds what it saw at the end."""
        from tracker.web import limits  # noqa: PLC0415

        app = create_app(services, testing=True)
        sent = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7"}
        near = {"REMOTE_ADDR": "127.0.0.1"}
        with app.test_request_context("/", headers=sent, environ_base=near):
            assert limits.address() == "198.51.100.7"
        far = {"REMOTE_ADDR": "192.0.2.1"}
        with app.test_request_context("/", headers=sent, environ_base=far):
            assert limits.address() == "192.0.2.1", "a stranger's own word"

    def test_s11_a_proxy_on_another_address_is_named(self, services: Services) -> None:
        """Behind the image's bridge everybody came from one address, and was braked as one."""
        from tracker.web import limits  # noqa: PLC0415

        named = replace(services.settings, trusted_proxies=("172.17.0.0/16", "10.0.0.7/32"))
        app = create_app(replace(services, settings=named), testing=True)
        for sent, peer, found in (
            ("203.0.113.9, 198.51.100.7", "172.17.0.1", "198.51.100.7"),
            ("203.0.113.9, 198.51.100.7, 10.0.0.7", "172.17.0.1", "198.51.100.7"),
            ("203.0.113.9", "::ffff:172.17.0.1", "203.0.113.9"),
            ("203.0.113.9", "192.0.2.1", "192.0.2.1"),
            ("203.0.113.9", "127.0.0.1", "127.0.0.1"),
        ):
            near = {"REMOTE_ADDR": peer}
            with app.test_request_context(
                "/", headers={"X-Forwarded-For": sent}, environ_base=near
            ):
                assert limits.address() == found


def test_without_a_proxy_that_header_is_not_read(app: Flask) -> None:
    from tracker.web import limits  # noqa: PLC0415

    with app.test_request_context(
        "/", headers={"X-Forwarded-For": "203.0.113.9"}, environ_base={"REMOTE_ADDR": "127.0.0.1"}
    ):
        assert limits.address() == "127.0.0.1"


def test_no_hsts_without_tls(client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/signin").headers


def test_leaving_ends_everything_at_once(
    app: Flask, client_as: ClientAs, services: Services
) -> None:
    """S12: a neutral page, no cookie, no session, no referrer."""
    browser = client_as("caseworker")
    browser.get("/account?lang=ru")
    away = browser.get("/leave")
    assert away.status_code == 303
    assert away.location == services.settings.quick_exit_url
    assert away.headers["Clear-Site-Data"] == '"cookies", "storage"'
    for name in ("session", "lang", "visitor", "note"):
        assert browser.get_cookie(name) is None
    thief = app.test_client()
    thief.set_cookie("session", browser.visit.token, domain="localhost")
    assert thief.get("/account").status_code == 303
