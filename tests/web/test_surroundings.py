"""What stands around every page: language, bars, notes; and the answers for machines."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.conftest import ClientAs, Desks, MovableClock, PostForm
from tracker.bootstrap import Services
from tracker.domain.actor import OPERATOR
from tracker.engine import pulse
from tracker.engine.desk import Desk
from tracker.engine.sending import holds
from tracker.engine.staff import accounts
from tracker.i18n.languages import LANGUAGES
from tracker.i18n.words import gettext, speaking, spoken
from tracker.security.errors import Busy
from tracker.store.database import connect
from tracker.store.schema import Flag
from tracker.web import create_app, here
from tracker.web.access import public


def test_the_language_is_the_one_asked_for_then_the_one_chosen_then_the_browsers(
    client: FlaskClient,
) -> None:
    assert '<html lang="ru" dir="ltr">' in _page(client, headers={"Accept-Language": "ru"})
    assert '<html lang="ug" dir="rtl">' in _page(client, "?lang=ug")
    assert '<html lang="ug" dir="rtl">' in _page(client, headers={"Accept-Language": "ru"})
    assert '<html lang="zh-Hans" dir="ltr">' in _page(client, "?lang=zh-CN")
    assert '<html lang="zh-Hans" dir="ltr">' in _page(client, "?lang=<script>")
    assert spoken() == "en"


def _page(client: FlaskClient, query: str = "", **how: object) -> str:
    return client.get(f"/signin{query}", **how).text


def test_every_language_is_offered_in_its_own_name_and_keeps_the_page(client: FlaskClient) -> None:
    text = _page(client, "?next=%2Faccount")
    for language in LANGUAGES.values():
        assert language.own_name in text
        assert f"/signin?next=%2Faccount&amp;lang={language.tag}" in text


def test_staff_read_their_own_language(client_as: ClientAs, post_form: PostForm) -> None:
    browser = client_as("caseworker", language="tr")
    assert '<html lang="tr"' in browser.get("/account").text
    post_form(browser, "/account/language", {"language": "kk"}, page="/account")
    assert '<html lang="kk"' in browser.get("/account").text


def test_a_machine_translation_says_so_in_both_languages(client: FlaskClient) -> None:
    text = _page(client, "?lang=kk")
    with speaking("kk"):
        assert gettext("Translated by a machine, checked by nobody.") in text
    assert "Translated by a machine" in text
    assert "Translated by a machine" not in _page(client, "?lang=en")


def test_a_dead_worker_is_a_red_bar_on_every_staff_page(
    client_as: ClientAs, client: FlaskClient, desk: Desks, clock: MovableClock
) -> None:
    """D10: and strangers are not told."""
    dead = "The worker has not been running"
    browser = client_as("caseworker")
    assert dead in browser.get("/account").text
    with desk() as d:
        pulse.beat(d)
    assert dead not in browser.get("/account").text
    clock.move(timedelta(minutes=5, seconds=1))
    assert dead in browser.get("/account").text
    assert dead not in client.get("/signin").text


def test_staff_see_that_sending_is_paused_and_that_messages_go_to_files(
    client_as: ClientAs, desk: Desks
) -> None:
    browser = client_as("caseworker")
    assert "Messages are written to files here." in browser.get("/account").text
    assert "Sending is paused" not in browser.get("/account").text
    with desk() as d:
        d.session.add(Flag(name="sending_paused", value="1", set_at=d.now))
    assert "Sending is paused" in browser.get("/account").text


def test_readiness_tells_what_is_missing(
    client: FlaskClient, desk: Desks, clock: MovableClock
) -> None:
    """`/healthz` is about the process, `/readyz` about whether alerts can go out."""
    assert client.get("/healthz").json == {"ok": True}
    assert client.get("/readyz").status_code == 503
    assert client.get("/readyz").json["checks"]["worker"] is False  # type: ignore[index]
    with desk() as d:
        pulse.beat(d)
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json is not None
    assert all(ready.json["checks"].values())
    clock.move(timedelta(minutes=6))
    assert client.get("/readyz").status_code == 503


def test_d7_it_is_not_ready_while_a_wrong_clock_holds_sending(
    client: FlaskClient, desk: Desks
) -> None:
    with desk() as d:
        pulse.beat(d)
        holds.hold(d, holds.CLOCK, None)
    held = client.get("/readyz")
    assert held.status_code == 503
    assert held.json is not None
    assert [what for what, well in held.json["checks"].items() if not well] == ["sending"]
    with desk() as d:
        holds.release(d)
    assert client.get("/readyz").status_code == 200


def test_d7_a_storm_does_not_take_the_site_from_who_must_release_it(
    client: FlaskClient, desk: Desks
) -> None:
    with desk() as d:
        pulse.beat(d)
        holds.hold(d, holds.STORM, d.now + holds.STORM_LASTS)
    assert client.get("/readyz").status_code == 200


class TestWithoutChannels:
    """Not file delivery, and nothing configured."""

    @pytest.fixture
    def environ(self) -> dict[str, str]:
        return {"TRACKER_DELIVERY": ""}

    def test_it_is_not_ready_and_the_bar_is_red(
        self, client: FlaskClient, client_as: ClientAs, desk: Desks
    ) -> None:
        with desk() as d:
            pulse.beat(d)
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert answer.json is not None
        assert answer.json["checks"]["channel_sms"] is False
        assert answer.json["checks"]["channel_email"] is False
        assert "No SMS can be sent" in client_as("caseworker").get("/account").text


def test_a_lost_database_is_said_and_not_shown(services: Services) -> None:
    """503 with a moment to wait, on pages and for machines."""
    nowhere = connect("postgresql+psycopg://nobody@127.0.0.1:9/none?connect_timeout=2")
    client = create_app(replace(services, database=nowhere)).test_client()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    channels = {f"channel_{kind}": True for kind in services.channels}
    assert answer.json == {"ready": False, "checks": {**channels, "database": False}}
    client.set_cookie("session", "x" * 43, domain="localhost")
    page = client.get("/signin")
    assert page.status_code == 503
    assert page.headers["Retry-After"] == "5"
    for inside in ("web_sessions", "psycopg", "127.0.0.1", "nobody"):
        assert inside not in page.text


def test_a_database_of_another_schema_is_not_called_busy(
    services: Services, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It would stay so for good: 500, and the log says which table is missing."""
    empty = connect(f"sqlite:///{tmp_path / 'other.db'}")
    client = create_app(replace(services, database=empty)).test_client()
    client.set_cookie("session", "x" * 43, domain="localhost")
    assert client.get("/signin").status_code == 500
    assert "no such table" in caplog.text and "not reachable" not in caplog.text
    empty.engine.dispose()


@pytest.mark.own_site
def test_too_many_checks_at_once_ask_for_patience(app: Flask, client: FlaskClient) -> None:
    """S11: 503 with Retry-After."""

    @public
    def busy() -> str:
        raise Busy

    app.add_url_rule("/busy", view_func=busy)
    answer = client.get("/busy")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_a_note_is_shown_once_and_cannot_be_forged(
    client_as: ClientAs, post_form: PostForm
) -> None:
    browser = client_as("caseworker")
    client_as("caseworker")
    post_form(browser, "/account/sessions/end", page="/account")
    cookie = browser.get_cookie("note")
    assert cookie is not None
    assert "Signed out there." in browser.get("/account").text
    assert "Signed out there." not in browser.get("/account").text
    forged = ("B" if cookie.value[0] == "A" else "A") + cookie.value[1:]
    browser.set_cookie("note", forged, domain="localhost")
    assert "Signed out there." not in browser.get("/account").text


@pytest.mark.own_site
def test_a_refusal_of_the_engine_is_a_page_with_its_sentence(
    app: Flask, client: FlaskClient
) -> None:
    """And nothing is half-written."""
    kept: list[Desk] = []

    @public
    def refuse() -> str:
        with here.writing(OPERATOR) as d:
            kept.append(d)
            accounts.invite(d, email="x@example.org", name="X", roles=["auditor"])
            accounts.invite(d, email="X@example.org", name="X", roles=["auditor"])
        return ""

    app.add_url_rule("/refuse", view_func=refuse)
    answer = client.get("/refuse")
    assert answer.status_code == 422
    assert "There is already an account with this address." in answer.text
    with app.extensions["tracker"].reading(OPERATOR) as d:
        assert d.session.connection().exec_driver_sql("SELECT count(*) FROM people").scalar() == 0


class TestDemo:
    """An instance marked as a demonstration."""

    @pytest.fixture(autouse=True)
    def _marked(self, instance: object) -> None:
        (instance / "demo-instance").touch()  # type: ignore[operator]

    def test_a_link_signs_in_by_button_again_and_again(
        self, app: Flask, desk: Desks, post_form: PostForm, clock: MovableClock
    ) -> None:
        with desk() as d:
            person = accounts.add_person(d, email="d@example.org", name="Dina", roles=["auditor"])
            link = f"/demo/enter/{accounts.demo_link(d, person.id)}"
        for _ in range(2):
            browser = app.test_client()
            assert "Dina" in browser.get(link).text
            assert browser.get("/account").status_code == 303
            assert post_form(browser, link).status_code == 303
            assert browser.get("/account").status_code == 200
        asked = browser.get("/account/password")
        assert asked.location.startswith("/account/confirm")
        assert post_form(browser, asked.location).location == "/account/password"
        clock.move(timedelta(days=30))
        assert browser.get("/account").status_code == 200
        assert "Demonstration with invented people" in browser.get("/account").text


def test_outside_a_demo_there_are_no_such_links(app: Flask, client_as: ClientAs) -> None:
    browser = client_as("administrator")
    for method in ("get", "head"):
        assert getattr(browser, method)("/demo/enter/any").status_code == 404
