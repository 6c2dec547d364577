"""Every form that needs no sign-in, or a family's code alone, has its brake (S11).

Made from the addresses there are: a new one that is in neither list fails. Flooded from one
neighbourhood, those of the first list answer 429; those of the second leave no row behind.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.attacks.conftest import World
from tests.attacks.test_matrix import filled
from tests.web.conftest import Desks, MovableClock, PostForm, csrf_of
from tests.web.family_reports import answer
from tests.web.test_signin import PASSWORD, Staff
from tracker.engine.staff import api_tokens, brakes
from tracker.security import receipts
from tracker.store.schema import Base
from tracker.web.access import rule_of

Ready = tuple[FlaskClient, dict[str, Any]]
"""A browser that has come so far, and what it sends."""

FEW = 2
TRIES = FEW + 1


def _stranger(_world: World, _staff: Callable[[], Staff], browser: FlaskClient) -> Ready:
    return browser, {
        "email": "nobody@example.org",
        "password": "x",
        "code": receipts.new_receipt().code,
        "anew": "1",
    }


def _with_draft(_world: World, _staff: Callable[[], Staff], browser: FlaskClient) -> Ready:
    token = csrf_of(browser.get("/report"))
    assert browser.post("/report", data={"csrf_token": token}).status_code == 303
    return browser, {}


def _complete(_world: World, _staff: Callable[[], Staff], browser: FlaskClient) -> Ready:
    assert answer(browser).location == "/report/check"
    return browser, {}


def _half_in(_world: World, staff: Callable[[], Staff], browser: FlaskClient) -> Ready:
    somebody = staff()
    somebody.set_up()
    assert somebody.password(browser).location == "/signin/code"
    return browser, {"code": "000000"}


def _enrolling(_world: World, staff: Callable[[], Staff], browser: FlaskClient) -> Ready:
    somebody = staff()
    sent = {"password": PASSWORD, "again": PASSWORD}
    assert somebody.post_form(browser, somebody.link, sent).location == "/enrol"
    return browser, {"code": "000000"}


def _asking(_world: World, _staff: Callable[[], Staff], browser: FlaskClient) -> Ready:
    token = csrf_of(browser.get("/signin"))
    assert browser.post("/signin/passkey", data={"csrf_token": token}).status_code == 303
    return browser, {"answer": "{}"}


def _family(world: World, _staff: Callable[[], Staff], _browser: FlaskClient) -> Ready:
    return world.who["family"], {"text": "news", "once": ""}


def _program(_world: World, _staff: Callable[[], Staff], browser: FlaskClient) -> Ready:
    browser.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {api_tokens.PREFIX}nobody-has-this-one"
    return browser, {}


BRAKED: dict[str, Callable[..., Ready]] = {
    "/a/<token>": _stranger,
    "/api/v1/alerts/<alert_id>/acknowledge": _program,
    "/api/v1/cases/<ref>/reports": _program,
    "/enrol": _enrolling,
    "/report": _stranger,
    "/report/<key>": _with_draft,
    "/report/pictures": _with_draft,
    "/report/send": _complete,
    "/signin": _stranger,
    "/signin/code": _half_in,
    "/signin/passkey": _asking,
    "/status": _stranger,
    "/status/message": _family,
    "/status/news": _family,
    "/status/pictures": _family,
    "/status/reach": _family,
    "/status/read": _family,
}
FREE = {
    "/demo": "in a demonstration only",
    "/demo/clock": "in a demonstration only",
    "/demo/enter/<token>": "in a demonstration only",
    "/hooks/twilio/sms": "signed",
    "/hooks/twilio/status/<token>": "signed",
    "/hooks/twilio/voice/<token>": "signed",
    "/report/delete": "takes away one's own, and then nothing",
    "/status/permissions": "each once, and never refused to who has the code",
    "/status/out": "ends one's own session, and then nothing",
    "/status/withdraw": "once, and never refused to who has the code",
    "/welcome/<token>": "a link of 256 bits, once",
}
"""Why these need none. That they write nothing again and again is tried."""


@pytest.fixture
def environ() -> dict[str, str]:
    """Passkeys belong to an address."""
    site = "http://localhost:8000"
    return {"TRACKER_PUBLIC_URL": site, "TRACKER_TRUSTED_HOSTS": "localhost"}


def test_every_public_form_is_in_a_list(app: Flask) -> None:
    """S11, S9: whoever adds one says how it is braked, or why it needs nothing."""
    there = set()
    for route in app.url_map.iter_rules():
        rule = rule_of(app, route.endpoint)
        if "POST" in (route.methods or ()) and (rule is None or rule.kind != "staff"):
            there.add(route.rule)
    assert there == {*BRAKED, *FREE}


def rows(desk: Desks) -> dict[str, int]:
    with desk() as d:
        return {
            table.name: d.session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def flood(browser: FlaskClient, address: str, data: dict[str, Any], source: str) -> list[int]:
    """The same form again and again, from one neighbourhood."""
    token = _token(browser)
    return [
        browser.post(
            address,
            data={**data, "csrf_token": token},
            environ_overrides={"REMOTE_ADDR": source},
        ).status_code
        for _each in range(TRIES)
    ]


def _token(browser: FlaskClient) -> str:
    for page in ("/status/message", "/signin", "/report"):
        found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(page).text)
        if found:
            return found[1]
    return ""


def test_s11_a_flood_of_any_of_them_is_braked(
    world: World,
    app: Flask,
    desk: Desks,
    post_form: PostForm,
    clock: MovableClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ids = {**world.mine, "token": "x" * 43, "alert_id": "0" * 32, "key": "names"}
    ready = {}
    for number, (rule, prepare) in enumerate(BRAKED.items(), start=1):
        email = f"person{number}@example.org"
        staff = partial(Staff, app, desk, post_form, clock, email)
        ready[rule] = prepare(world, staff, app.test_client())
    monkeypatch.setattr(brakes, "SOURCE_TRIES", FEW)
    monkeypatch.setattr(brakes, "ACCOUNT_TRIES", FEW)
    monkeypatch.setattr(brakes, "SHARES", dict.fromkeys(brakes.SHARES, FEW))
    open_ones = []
    for number, (rule, (browser, data)) in enumerate(ready.items(), start=1):
        source = f"203.0.{number}.7"
        if rule == "/report/send":  # one form is sent once: others of that neighbourhood were
            with desk() as d:
                for _each in range(FEW):
                    brakes.share(d, "send", source)
        found = flood(browser, filled(rule, ids), data, source)
        assert not any(status >= 500 for status in found), f"{rule}: {found}"
        if found[-1] != 429:
            open_ones.append((rule, found))
    assert open_ones == []


def test_s11_what_has_no_brake_leaves_nothing_behind(world: World, desk: Desks) -> None:
    """However often it is sent: no row in any table after the first time."""
    ids = {**world.mine, "token": "x" * 43}
    for rule in FREE:
        name = "family" if rule.startswith("/status/") else "anyone"
        browser, address = world.who[name], filled(rule, ids)
        flood(browser, address, {}, "203.0.113.9")
        before = rows(desk)
        found = flood(browser, address, {}, "203.0.113.9")
        assert rows(desk) == before, rule
        assert not any(status >= 500 for status in found), f"{rule}: {found}"
