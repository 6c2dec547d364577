"""S10: passkeys and recovery codes; what one answer opens, and that it opens it once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.standins.authenticator import Authenticator
from tests.web.conftest import ClientAs, Desks, MovableClock, PostForm, StaffClient, csrf_of
from tests.web.test_signin import PASSWORD, Staff
from tracker.domain.actor import OPERATOR
from tracker.engine.staff import grave_acts
from tracker.security import passkeys, recovery
from tracker.store.schema import AuditRow, Passkey, Person, RecoveryCode, WebSession

ORIGIN = "http://localhost:8000"


@pytest.fixture
def environ() -> dict[str, str]:
    return {"TRACKER_PUBLIC_URL": ORIGIN, "TRACKER_TRUSTED_HOSTS": "localhost"}


@pytest.fixture
def staff(app: Flask, desk: Desks, post_form: PostForm, clock: MovableClock) -> Staff:
    return Staff(app, desk, post_form, clock, "nurlan@example.org")


def options(page: TestResponse) -> str:
    found = re.search(r'data-options="([^"]+)"', page.text)
    assert found, page.text
    return unescape(found[1])


def with_passkey(staff: Staff, key: Authenticator) -> FlaskClient:
    """A browser of somebody who has just made a passkey."""
    browser = staff.set_up()
    page = browser.get("/account/passkeys")
    answer = key.make(options(page))
    sent = staff.post_form(browser, "/account/passkeys", {"answer": answer, "label": "a phone"})
    assert sent.status_code == 303, sent.text
    assert "a phone" in browser.get("/account/passkeys").text
    return browser


def asked(app: Flask) -> tuple[FlaskClient, str]:
    """A stranger's browser that asks to sign in with a passkey, and what is to be signed."""
    browser = app.test_client()
    token = csrf_of(browser.get("/signin"))
    sent = browser.post("/signin/passkey", data={"csrf_token": token})
    assert sent.location == "/signin/passkey"
    return browser, options(browser.get("/signin/passkey"))


def answer_with(browser: FlaskClient, answer: str) -> TestResponse:
    token = csrf_of(browser.get("/signin/passkey"))
    return browser.post("/signin/passkey", data={"csrf_token": token, "answer": answer})


def test_a_passkey_alone_signs_in(app: Flask, staff: Staff, desk: Desks) -> None:
    key = Authenticator(ORIGIN)
    with_passkey(staff, key)
    browser, wanted = asked(app)
    assert answer_with(browser, key.use(wanted)).status_code == 303
    assert browser.get("/account").status_code == 200
    with desk() as d:
        (row,) = d.session.scalars(select(Passkey))
        assert row.used_at is not None and row.sign_count == key.count
        assert b"phone" not in (row.label_sealed or b"")


def test_after_the_password_it_stands_for_the_code(app: Flask, staff: Staff) -> None:
    """A key that asks for no PIN is enough there, and not alone."""
    key = Authenticator(ORIGIN, verifies=False)
    with_passkey(staff, key)
    browser, wanted = asked(app)
    assert answer_with(browser, key.use(wanted)).status_code == 422
    browser = app.test_client()
    assert staff.password(browser).location == "/signin/code"
    answer = key.use(options(browser.get("/signin/code")))
    assert staff.post_form(browser, "/signin/code", {"answer": answer}).status_code == 303
    assert browser.get("/account").status_code == 200


def other_site(_staff: Staff, key: Authenticator, wanted: str) -> str:
    key.origin = "http://localhost.evil.example"
    return key.use(wanted)


def other_port(_staff: Staff, key: Authenticator, wanted: str) -> str:
    key.origin = "http://localhost:8001"
    return key.use(wanted)


def other_key(_staff: Staff, key: Authenticator, wanted: str) -> str:
    return Authenticator(ORIGIN, credential_id=key.credential_id, count=50).use(wanted)


def unknown_key(_staff: Staff, _key: Authenticator, wanted: str) -> str:
    return Authenticator(ORIGIN).use(wanted)


def copied_key(staff: Staff, key: Authenticator, wanted: str) -> str:
    key.count = 0
    return key.use(wanted)


def old_challenge(staff: Staff, key: Authenticator, _wanted: str) -> str:
    return key.use(asked(staff.app)[1])


def garbage(_staff: Staff, _key: Authenticator, _wanted: str) -> str:
    return '{"id":"x","rawId":"%%%","type":"public-key","response":{"signature":5}}'


def closed_account(staff: Staff, key: Authenticator, wanted: str) -> str:
    with staff.app.extensions["tracker"].desk(OPERATOR) as d:
        d.session.get_one(Person, staff.id).active = False
    return key.use(wanted)


ATTACKS = [
    other_site, other_port, other_key, unknown_key, copied_key, old_challenge, garbage,
    closed_account,
]  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_a_wrong_answer_opens_nothing_and_says_nothing(
    app: Flask, staff: Staff, attack: Callable[[Staff, Authenticator, str], str]
) -> None:
    """S8: one answer to all of them."""
    key = Authenticator(ORIGIN, count=10)
    with_passkey(staff, key)
    browser, wanted = asked(app)
    refused = answer_with(browser, attack(staff, key, wanted))
    assert refused.status_code == 422 and "That did not work." in refused.text
    assert browser.get("/account").status_code == 303


def test_an_answer_counts_once(app: Flask, staff: Staff) -> None:
    """Whoever has the answer and an older cookie cannot use it again."""
    key = Authenticator(ORIGIN, counts=False)
    with_passkey(staff, key)
    browser, wanted = asked(app)
    cookie = browser.get_cookie("asked")
    assert cookie is not None
    answer = key.use(wanted)
    assert answer_with(browser, answer).status_code == 303
    assert browser.get_cookie("asked") is None
    thief = app.test_client()
    thief.set_cookie("asked", cookie.value)
    assert answer_with(thief, answer).status_code == 422
    assert thief.get("/account").status_code == 303


def test_asking_for_a_signature_writes_nothing_and_waits_five_minutes(
    app: Flask, staff: Staff, desk: Desks, clock: MovableClock
) -> None:
    """S11: there is nothing to fill a disk with, so nobody has to be braked; a word of somebody's
    own making is none of ours."""
    key = Authenticator(ORIGIN, counts=False)
    with_passkey(staff, key)
    with desk() as d:
        before = d.session.scalars(select(WebSession.id)).all()
    browser, wanted = asked(app)
    for _each in range(50):
        asked(app)
    with desk() as d:
        assert d.session.scalars(select(WebSession.id)).all() == before
    cookie = browser.get_cookie("asked")
    assert cookie is not None and cookie.http_only and cookie.same_site == "Strict"
    forged = app.test_client()
    forged.set_cookie("asked", f"9{cookie.value}")
    assert forged.get("/signin/passkey").location == "/signin"
    clock.move(timedelta(minutes=5, seconds=2))
    assert browser.get("/signin/passkey").location == "/signin"
    late = browser.post(
        "/signin/passkey",
        data={"csrf_token": csrf_of(browser.get("/signin")), "answer": key.use(wanted)},
    )
    assert late.location == "/signin/passkey", "asked anew, for another signature"
    assert browser.get("/account").status_code == 303


def test_grave_acts_are_opened_by_a_passkey_once(
    staff: Staff, clock: MovableClock, desk: Desks
) -> None:
    key = Authenticator(ORIGIN)
    browser = with_passkey(staff, key)
    clock.move(timedelta(minutes=6))
    assert browser.get("/account/passkeys").location.startswith("/account/confirm")
    answer = key.use(options(browser.get("/account/confirm")))
    sent = staff.post_form(browser, "/account/confirm", {"answer": answer})
    assert sent.status_code == 303
    assert browser.get("/account/passkeys").status_code == 200
    again = staff.post_form(browser, "/account/confirm", {"answer": answer})
    assert again.status_code == 422


def test_nobody_removes_anothers_passkey(
    staff: Staff, client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    with_passkey(staff, Authenticator(ORIGIN))
    with desk() as d:
        wanted = d.session.scalars(select(Passkey.id)).one()
    other: StaffClient = client_as("administrator", name="Other One")
    url = "/account/passkeys/remove"
    assert post_form(other, url, {"id": wanted}, page="/account").status_code == 404
    browser = staff.sign_in()
    assert post_form(browser, url, {"id": wanted}, page="/account").status_code == 303
    with desk() as d:
        assert d.session.scalars(select(Passkey)).all() == []


def test_recovery_codes_open_once_after_the_password(
    app: Flask, staff: Staff, desk: Desks, clock: MovableClock
) -> None:
    """Ten, single use, kept as keyed hashes; digits of any script do."""
    browser = staff.set_up()
    page = staff.post_form(browser, "/account/recovery")
    codes = re.findall(r'class="code">([\d ]+)<', page.text)
    assert len(codes) == len(set(codes)) == recovery.COUNT
    assert codes[0] not in browser.get("/account/recovery").text
    arabic = codes[0].translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert _code(app, staff, arabic) == 303
    assert _code(app, staff, codes[0]) == 422
    assert _code(app, staff, "0000 0000 0000") == 422
    assert _code(app, staff, codes[1]) == 303
    with desk() as d:
        rows = d.session.scalars(select(RecoveryCode)).all()
        assert sorted(row.used_at is not None for row in rows) == [False] * 8 + [True] * 2
        assert not any(
            code.replace(" ", "").encode() in row.code_hash for row in rows for code in codes
        )
        used = select(AuditRow).filter_by(act="person.recovery_used")
        assert len(d.session.scalars(used).all()) == 2
    again = staff.sign_in()
    staff.post_form(again, "/account/recovery")
    assert _code(app, staff, codes[2]) == 422, "new ones end the old"


def _code(app: Flask, staff: Staff, code: str) -> int:
    browser = app.test_client()
    assert staff.password(browser).location == "/signin/code"
    return staff.post_form(browser, "/signin/code", {"code": code}).status_code


def test_a_reset_of_the_second_factor_takes_all_of_them(
    staff: Staff, desk: Desks, app: Flask
) -> None:
    """Who stole the phone has no passkey and no code either, after an administrator's reset."""
    key = Authenticator(ORIGIN)
    browser = with_passkey(staff, key)
    staff.post_form(browser, "/account/recovery")
    with desk() as d:
        grave_acts.reset(d, staff.id, second_factor=True)
        assert d.session.scalars(select(Passkey)).all() == []
        assert d.session.scalars(select(RecoveryCode)).all() == []


def test_after_a_reset_of_the_password_a_passkey_waits_for_the_new_one(
    staff: Staff, desk: Desks, app: Flask
) -> None:
    """S10: a reset ends every way in until its link was used."""
    key = Authenticator(ORIGIN)
    with_passkey(staff, key)
    with desk() as d:
        token = grave_acts.reset(d, staff.id).token
    browser, wanted = asked(app)
    assert answer_with(browser, key.use(wanted)).status_code == 422
    staff.post_form(
        app.test_client(), f"/welcome/{token}", {"password": PASSWORD, "again": PASSWORD}
    )
    browser, wanted = asked(app)
    assert answer_with(browser, key.use(wanted)).status_code == 303


@pytest.mark.parametrize("address", ["http://127.0.0.1:8000", "http://[::1]:8000"])
def test_an_address_without_a_name_has_no_passkeys(address: str) -> None:
    assert passkeys.site_of(address, "Contact") is None
