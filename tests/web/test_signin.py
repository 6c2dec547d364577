"""S8, S10, S11: signing in with password and code, links, sessions, re-authentication."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.web.conftest import ClientAs, Desks, MovableClock, PostForm, csrf_of
from tracker.bootstrap import Services
from tracker.domain.errors import Refused
from tracker.engine.staff import accounts, grave_acts, signing_in, visits
from tracker.security import argon
from tracker.security.tokens import token_hash
from tracker.store.schema import AuditRow, Person, SignInLink, WebSession

PASSWORD = "a kettle sings in the yard"
WRONG = "The e-mail address or the password is not right."


class Staff:
    """An invited member of staff with a phone."""

    def __init__(
        self, app: Flask, desk: Desks, post_form: PostForm, clock: MovableClock, email: str
    ) -> None:
        self.app, self.post_form, self.clock, self.email = app, post_form, clock, email
        with desk() as d:
            invited = accounts.invite(d, email=email, name="Nurlan Test", roles=["administrator"])
        self.id, self.link = invited.person.id, f"/welcome/{invited.token}"
        self.secret = ""

    def set_up(self) -> FlaskClient:
        """Follow the link to its end; the browser is signed in then."""
        browser = self.app.test_client()
        self.post_form(browser, self.link, {"password": PASSWORD, "again": PASSWORD})
        page = browser.get("/enrol").text
        self.secret = page.split('class="code">')[1].split("<")[0].replace(" ", "")
        done = self.post_form(browser, "/enrol", {"code": self.code()})
        assert done.status_code == 303, done.text
        return browser

    def code(self) -> str:
        return pyotp.TOTP(self.secret).at(self.clock.now)

    def password(self, browser: FlaskClient, password: str = PASSWORD) -> TestResponse:
        return self.post_form(browser, "/signin", {"email": self.email, "password": password})

    def sign_in(self) -> FlaskClient:
        browser = self.app.test_client()
        self.clock.move(timedelta(minutes=1))
        assert self.password(browser).location == "/signin/code"
        assert self.post_form(browser, "/signin/code", {"code": self.code()}).status_code == 303
        return browser


@pytest.fixture
def staff(app: Flask, desk: Desks, post_form: PostForm, clock: MovableClock) -> Staff:
    return Staff(app, desk, post_form, clock, "nurlan@example.org")


def test_an_invitation_ends_with_password_and_second_factor(staff: Staff) -> None:
    """S10: both, always."""
    assert staff.set_up().get("/account").status_code == 200
    assert staff.sign_in().get("/account").status_code == 200


@pytest.mark.parametrize("typed", ["Nurlan@Bücher.example", "nurlan@xn--bcher-kva.example"])
def test_an_account_kept_under_the_letters_of_its_domain_is_found(
    app: Flask, desk: Desks, post_form: PostForm, clock: MovableClock, typed: str
) -> None:
    """Accounts made before addresses had one form; none can be made a second time beside them."""
    staff = Staff(app, desk, post_form, clock, "nurlan@bücher.example")
    staff.set_up()
    with desk() as d:
        row = d.session.get_one(Person, staff.id)
        assert row.email_hmac == d.hmac("nurlan@xn--bcher-kva.example")
        row.email_hmac = d.hmac("nurlan@bücher.example")
    staff.email = typed
    assert staff.sign_in().get("/account").status_code == 200
    with pytest.raises(Refused, match="already an account"), desk() as d:
        accounts.invite(d, email=typed, name="Nurlan Again", roles=["auditor"])


def test_a_session_of_a_kind_of_an_older_program_has_ended(staff: Staff, desk: Desks) -> None:
    browser = staff.set_up()
    with desk() as d:
        for row in d.session.scalars(select(WebSession)):
            row.kind, row.ended_at = "passkey", None
    assert browser.get("/account").location.startswith("/signin")


def test_opening_the_link_changes_nothing(staff: Staff, desk: Desks) -> None:
    """S3: mail scanners open links; the person can still use it afterwards."""
    scanner = staff.app.test_client()
    for _again in range(3):
        assert scanner.get(staff.link).status_code == 200
        assert scanner.head(staff.link).status_code == 200
    with desk() as d:
        assert d.session.scalars(select(SignInLink.used_at)).one() is None
    staff.set_up()


def test_a_link_works_once_and_for_half_an_hour(
    staff: Staff, desk: Desks, post_form: PostForm, clock: MovableClock
) -> None:
    """S10: single use, 30 minutes; used, old and never made look alike."""
    staff.set_up()
    with desk() as d:
        late = f"/welcome/{grave_acts.reset(d, staff.id).token}"
    browser = staff.app.test_client()
    token = csrf_of(browser.get(late))
    clock.move(timedelta(minutes=30))
    post = {"password": PASSWORD, "again": PASSWORD, "csrf_token": token}
    answers = [browser.post(at, data=post) for at in (staff.link, late, "/welcome/never-made")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text.replace(answer.request.path, "") for answer in answers}) == 1


def test_a_refused_password_leaves_the_link_unused(staff: Staff, post_form: PostForm) -> None:
    browser = staff.app.test_client()
    for password, sentence in (
        ("short", "at least 8"),
        ("nurlan@example.org", "easy to guess"),
        ("password123", "easy to guess"),
        ("x" * 129 + "abc", "at most 128"),
    ):
        refused = post_form(browser, staff.link, {"password": password, "again": password})
        assert (refused.status_code, sentence in refused.text) == (422, True), password
    differ = post_form(browser, staff.link, {"password": PASSWORD, "again": PASSWORD + "!"})
    assert "The two passwords differ." in differ.text
    staff.set_up()


def test_a_reset_does_not_pass_by_the_second_factor(
    staff: Staff, desk: Desks, post_form: PostForm
) -> None:
    """S10: a link alone opens nothing where a phone is set up; old sessions end."""
    old = staff.set_up()
    with desk() as d:
        token = grave_acts.reset(d, staff.id).token
    assert old.get("/account").location.startswith("/signin")
    browser = staff.app.test_client()
    done = post_form(browser, f"/welcome/{token}", {"password": PASSWORD, "again": PASSWORD})
    assert done.location == "/signin"
    assert browser.get("/enrol").status_code == 404
    assert browser.get("/account").status_code == 303
    staff.sign_in()


def test_a_reset_of_the_phone_needs_the_link_to_set_up_another(staff: Staff, desk: Desks) -> None:
    """The old password is worth nothing meanwhile: its thief cannot set up a phone of their own."""
    staff.set_up()
    with desk() as d:
        token = grave_acts.reset(d, staff.id, second_factor=True).token
    assert staff.password(staff.app.test_client()).status_code == 422
    staff.link = f"/welcome/{token}"
    staff.set_up()
    staff.sign_in()


def test_unknown_wrong_closed_and_unfinished_accounts_answer_alike(
    staff: Staff, desk: Desks, post_form: PostForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S8: same status, same text, and the same hashing work."""
    staff.set_up()
    with desk() as d:
        closed = accounts.add_person(d, email="closed@example.org", name="C", roles=["auditor"])
        closed.active, closed.password_hash = (
            False,
            d.session.get_one(Person, staff.id).password_hash,
        )
        fresh = accounts.add_person(d, email="fresh@example.org", name="F", roles=["auditor"])
        fresh.password_hash = closed.password_hash
    worked: list[str] = []

    def counted(stored: str | None, text: str) -> bool:
        worked.append(text)
        return check(stored, text)

    check = argon.verify_text
    monkeypatch.setattr(argon, "verify_text", counted)
    answers = set()
    for email, password in (
        ("nobody@example.org", PASSWORD),
        (staff.email, PASSWORD + "!"),
        ("closed@example.org", PASSWORD),
        ("fresh@example.org", PASSWORD),
    ):
        answer = post_form(
            staff.app.test_client(), "/signin", {"email": email, "password": password}
        )
        answers.add((answer.status_code, _without_secrets(answer.text).replace(email, "")))
    assert len(answers) == 1
    assert WRONG in answers.pop()[1]
    assert len(worked) == 4


def _without_secrets(text: str) -> str:
    head, _, rest = text.partition('name="csrf_token" value="')
    return head + rest.partition('"')[2]


def test_a_code_is_used_up(staff: Staff, post_form: PostForm) -> None:
    """S10: one code opens one session, however quick the second try."""
    staff.set_up()
    staff.clock.move(timedelta(minutes=1))
    code = staff.code()
    for expected in (303, 422):
        browser = staff.app.test_client()
        staff.password(browser)
        assert post_form(browser, "/signin/code", {"code": code}).status_code == expected


def test_the_password_alone_opens_nothing(staff: Staff) -> None:
    """Between the steps the browser is nobody, and not for long."""
    staff.set_up()
    browser = staff.app.test_client()
    staff.password(browser)
    assert browser.get("/account").status_code == 303
    assert browser.get("/enrol").status_code == 404
    staff.clock.move(timedelta(minutes=5, seconds=1))
    assert browser.get("/signin/code").location == "/signin"


def test_guessing_is_slowed_and_ends(staff: Staff, post_form: PostForm) -> None:
    """S11: growing delays, alike for accounts that exist and that do not; never for good."""
    staff.set_up()
    for email in (staff.email, "nobody@example.org"):
        browser = staff.app.test_client()
        tries = [
            post_form(browser, "/signin", {"email": email, "password": "not this one"})
            for _ in range(6)
        ]
        assert [answer.status_code for answer in tries] == [422] * 5 + [429], email
        assert int(tries[-1].headers["Retry-After"]) == 30
        assert "Wait 1 minute" in tries[-1].text
        staff.clock.move(timedelta(seconds=31))
        again = post_form(browser, "/signin", {"email": email, "password": "not this one"})
        assert again.status_code == 422
        blocked = post_form(browser, "/signin", {"email": email, "password": "not this one"})
        assert int(blocked.headers["Retry-After"]) == 60
    staff.clock.move(timedelta(hours=1))
    staff.sign_in()


def test_guessing_from_elsewhere_does_not_keep_the_owner_out(
    staff: Staff, post_form: PostForm
) -> None:
    """S11: else whoever knows an address could silence its owner."""
    staff.set_up()
    staff.sign_in()
    answers = []
    for network in range(30):
        stranger = staff.app.test_client()
        stranger.environ_base["REMOTE_ADDR"] = f"198.51.{network}.7"
        answers.append(staff.password(stranger, "not this one").status_code)
    assert answers.count(422) == 19  # one of the account's 20 tries was its owner's own
    assert answers.count(429) == 11
    staff.sign_in()


def test_a_network_that_guesses_at_many_accounts_is_slowed(
    staff: Staff, post_form: PostForm
) -> None:
    browser = staff.app.test_client()
    answers = [
        post_form(browser, "/signin", {"email": f"a{n}@example.org", "password": PASSWORD})
        for n in range(41)
    ]
    assert [answer.status_code for answer in answers] == [422] * 40 + [429]


def test_sessions_end_unused_after_15_minutes_and_always_after_8_hours(
    staff: Staff, clock: MovableClock
) -> None:
    """S10."""
    staff.set_up()
    idle = staff.sign_in()
    clock.move(timedelta(minutes=15, seconds=1))
    assert idle.get("/account").status_code == 303
    busy, started = staff.sign_in(), clock.now
    while clock.now - started < timedelta(hours=8) - timedelta(minutes=10):
        assert busy.get("/account").status_code == 200
        clock.move(timedelta(minutes=10))
    clock.move(timedelta(minutes=10))
    assert busy.get("/account").status_code == 303


def test_reading_pages_hardly_writes(staff: Staff, desk: Desks, clock: MovableClock) -> None:
    """`seen_at` at most once a minute: the write lock belongs to the worker."""
    browser = staff.set_up()
    seen = []
    for _ in range(6):
        clock.move(timedelta(seconds=20))
        browser.get("/account")
        with desk() as d:
            seen.append(d.session.scalars(select(WebSession.seen_at).order_by("seen_at")).all()[-1])
    assert len(set(seen)) == 3


def test_the_cookie_is_random_hidden_and_strict_and_the_database_holds_its_hash(
    staff: Staff, desk: Desks
) -> None:
    """S10: a stolen database opens no session; each privilege change brings a new token."""
    browser = staff.app.test_client()
    staff.set_up()
    staff.clock.move(timedelta(minutes=1))
    before = staff.password(browser)
    after = staff.post_form(browser, "/signin/code", {"code": staff.code()})
    tokens = []
    for response in (before, after):
        header = next(h for h in response.headers.getlist("Set-Cookie") if h.startswith("session="))
        assert "HttpOnly" in header
        assert "SameSite=Strict" in header
        assert "Path=/" in header
        tokens.append(header.split("=")[1].split(";")[0])
    assert tokens[0] != tokens[1]
    assert all(len(token) == 43 for token in tokens)
    with desk() as d:
        rows = {row.token_hash: row for row in d.session.scalars(select(WebSession))}
    assert rows[token_hash(tokens[0])].ended_at is not None
    assert rows[token_hash(tokens[1])].ended_at is None
    assert not any(token.encode() in row for token in tokens for row in rows)


def test_signing_out_ends_the_session_and_clears_the_browser(
    staff: Staff, post_form: PostForm
) -> None:
    browser = staff.set_up()
    cookie = browser.get_cookie("session")
    out = post_form(browser, "/signout", page="/account")
    assert out.location == "/signin"
    assert out.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    thief = staff.app.test_client()
    assert cookie is not None
    thief.set_cookie("session", cookie.value, domain="localhost")
    assert thief.get("/account").status_code == 303


def test_a_person_ends_other_sessions_but_nobody_elses(
    staff: Staff, post_form: PostForm, client_as: ClientAs, desk: Desks
) -> None:
    mine, other = staff.set_up(), staff.sign_in()
    stranger = client_as("auditor")
    post_form(mine, "/account/sessions/end", {"id": stranger.visit.id}, page="/account")
    assert stranger.get("/account").status_code == 200
    post_form(mine, "/account/sessions/end", page="/account")
    assert (mine.get("/account").status_code, other.get("/account").status_code) == (200, 303)


def test_grave_acts_ask_for_password_and_code_again(
    staff: Staff, post_form: PostForm, clock: MovableClock
) -> None:
    """S10: fresh for five minutes; and back to where one was."""
    browser = staff.set_up()
    assert browser.get("/account/password").status_code == 200
    clock.move(timedelta(minutes=5, seconds=1))
    asked = browser.get("/account/password")
    assert asked.location == "/account/confirm?next=%2Faccount%2Fpassword"
    wrong = post_form(browser, asked.location, {"password": "wrong one", "code": staff.code()})
    assert wrong.status_code == 422
    assert browser.get("/account/password").status_code == 303
    right = post_form(browser, asked.location, {"password": PASSWORD, "code": staff.code()})
    assert right.location == "/account/password"
    assert browser.get("/account/password").status_code == 200


def test_changing_the_password_ends_the_other_sessions(staff: Staff, post_form: PostForm) -> None:
    mine, other = staff.set_up(), staff.sign_in()
    another = "quite another sentence"
    assert (
        post_form(
            mine, "/account/confirm", {"password": PASSWORD, "code": _next_code(staff)}
        ).status_code
        == 303
    )
    post_form(mine, "/account/password", {"password": another, "again": another})
    assert (mine.get("/account").status_code, other.get("/account").status_code) == (200, 303)
    assert staff.password(staff.app.test_client()).status_code == 422
    assert staff.password(staff.app.test_client(), another).status_code == 303


def _next_code(staff: Staff) -> str:
    staff.clock.move(timedelta(seconds=30))
    return staff.code()


def test_a_new_phone_replaces_the_old_one(staff: Staff, post_form: PostForm) -> None:
    browser = staff.set_up()
    old = staff.secret
    page = browser.get("/account/app").text
    fresh = page.split('class="code">')[1].split("<")[0].replace(" ", "")
    assert fresh != old
    refused = post_form(browser, "/account/app", {"code": _next_code(staff)})
    assert refused.status_code == 422
    staff.secret = fresh
    assert post_form(browser, "/account/app", {"code": staff.code()}).status_code == 303
    staff.sign_in()


def test_the_qr_code_is_a_picture_of_our_own(staff: Staff, post_form: PostForm) -> None:
    """CSP `img-src 'self'`: no data address, no stranger's server."""
    browser = staff.app.test_client()
    post_form(browser, staff.link, {"password": PASSWORD, "again": PASSWORD})
    assert '<img src="/enrol/code.svg"' in browser.get("/enrol").text
    picture = browser.get("/enrol/code.svg")
    assert picture.mimetype == "image/svg+xml"
    assert b"<svg" in picture.data
    assert b"http://www.w3.org" in picture.data
    assert picture.headers["Cache-Control"] == "no-store"
    assert staff.app.test_client().get("/enrol/code.svg").status_code == 404


def test_the_address_in_the_qr_code_is_the_key_shown(staff: Staff, desk: Desks) -> None:
    with desk() as d:
        visit = visits.begin(d, "enrol", person_id=staff.id)
        address = signing_in.pending_address(d, visit)
        secret = signing_in.pending_secret(d, visit)
    parts = urlsplit(address)
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert parse_qs(parts.query)["secret"] == [secret]
    assert len(secret) == 32


def test_signing_in_leads_back_but_never_away(staff: Staff, post_form: PostForm) -> None:
    staff.set_up()
    for asked, led in (("/account/app", "/account/app"), ("https://evil.example/", "/start")):
        staff.clock.move(timedelta(minutes=1))
        browser = staff.app.test_client()
        first = post_form(
            browser,
            f"/signin?next={asked}",
            {"email": staff.email, "password": PASSWORD},
        )
        last = post_form(browser, first.location, {"code": staff.code()})
        assert last.location == led


def test_the_second_factor_is_sealed(staff: Staff, services: Services) -> None:
    """S1: a stolen file yields no codes."""
    staff.set_up()
    path = services.database.engine.url.database
    if path and services.database.is_sqlite:
        with open(path, "rb") as file, open(f"{path}-wal", "rb") as log:
            content = file.read() + log.read()
        assert staff.secret.encode() not in content
        assert b"nurlan@example.org" not in content


def test_each_step_is_in_the_audit_trail(staff: Staff, desk: Desks) -> None:
    """S13: acts, not content; refused tries too, even of addresses nobody has."""
    staff.set_up()
    staff.password(staff.app.test_client(), "not this one")
    with desk() as d:
        rows = d.session.scalars(select(AuditRow).order_by(AuditRow.seq)).all()
    acts = [row.act for row in rows]
    assert acts[-5:] == [
        "person.invited",
        "person.link_used",
        "person.second_factor",
        "signin",
        "signin.refused",
    ]
    assert "nurlan" not in repr([row.detail for row in rows])
