"""Signing in (password, then code), signing out, and entering both again before grave acts."""

from __future__ import annotations

from flask import Response, make_response, request
from flask.typing import ResponseReturnValue

from tracker.engine.desk import Desk
from tracker.engine.staff import brakes, factors, signing_in
from tracker.engine.staff.visits import Visit
from tracker.i18n.words import gettext as _
from tracker.web import headers, here, limits, notes, session
from tracker.web.access import public, signed_in
from tracker.web.accounts.door import bp, mine
from tracker.web.fields import Form
from tracker.web.pages import first_page_of, form_page, go
from tracker.web.paths import safe_path, with_next

_PASSWORD = "signin"  # noqa: S105 — names of brakes
_CODE = "code"


@bp.get("/signin")
@public
def signin_form() -> ResponseReturnValue:
    """Address and password."""
    if here.actor().kind == "person":
        return go(_onwards())
    return _signin_page({}, {})


@bp.post("/signin")
@public
def signin() -> ResponseReturnValue:
    """The first step. Unknown, wrong, closed: one answer, in the same time (S8)."""
    form = Form(request.form)
    email = form.email("email", required=_("Write your e-mail address."))
    password = form.secret("password", required=_("Write your password."))
    if not form:
        return _signin_page(form.errors, form.raw)
    attempt = limits.brake(_PASSWORD, email.lower())
    with here.reading() as desk:
        candidate = signing_in.by_email(desk, email)
    right = candidate.knows(password)
    with here.writing() as desk:
        if right:
            brakes.passed(desk, attempt)
            session.begin(desk, "code", person_id=candidate.person_id)
        else:
            signing_in.refuse(desk, candidate.person_id, "password")
    if not right:
        form.fail("email", _("The e-mail address or the password is not right."))
        return _signin_page(form.errors, form.raw)
    return go(with_next("/signin/code", _next()))


@bp.get("/signin/code")
@public
def code_form() -> ResponseReturnValue:
    """The code of the authenticator app, or a passkey."""
    visit = _owes_code()
    if visit is None:
        return go(with_next("/signin", _next()))
    return _code_page(visit, {})


@bp.post("/signin/code")
@public
def code() -> ResponseReturnValue:
    """The second step: in, with a new session."""
    visit = _owes_code()
    if visit is None or visit.person_id is None:
        notes.add("warning", _("That took too long. Start again."))
        return go(with_next("/signin", _next()))
    form = Form(request.form)
    answer = request.form.get("answer")
    typed = "" if answer else form.secret("code", required=_("Write the digits your app shows."))
    if not form:
        return _code_page(visit, form.errors)
    attempt = limits.brake(_CODE, visit.person_id)
    with here.writing() as desk:
        if _is_second_factor(desk, visit, visit.person_id, typed, answer):
            brakes.passed(desk, attempt)
            session.keep(
                signing_in.enter(desk, visit.person_id, second_factor=True, replaces=visit)
            )
            return go(_next() or first_page_of(desk.actor))
        signing_in.refuse(desk, visit.person_id, "code")
    form.fail("code", _wrong_code())
    return _code_page(visit, form.errors)


@bp.post("/signout")
@signed_in
def signout() -> ResponseReturnValue:
    """Out. The browser forgets what it kept of us."""
    with here.writing() as desk:
        desk.audit("signout", "person", here.actor().id)
        session.end(desk)
    response: Response = make_response(go("/signin"))
    response.headers["Clear-Site-Data"] = headers.FORGET
    return response


@bp.get("/account/confirm")
@signed_in
def confirm_form() -> ResponseReturnValue:
    """Password and code once more."""
    return _confirm_page({})


@bp.post("/account/confirm")
@signed_in
def confirm() -> ResponseReturnValue:
    """Open the acts that need it for five minutes."""
    visit, person_id = mine()
    if _came_by_demo_link():
        with here.writing() as desk:
            signing_in.confirm(desk, visit)
        return go(_onwards())
    form = Form(request.form)
    if answer := request.form.get("answer"):
        attempt = limits.brake(_PASSWORD, person_id)
        with here.writing() as desk:
            if factors.who_signed(desk, visit, answer) == person_id:
                brakes.passed(desk, attempt)
                signing_in.confirm(desk, visit)
                return go(_onwards())
            signing_in.refuse(desk, person_id, "confirm")
        return _confirm_page({"": _("That did not work. Try again.")})
    password = form.secret("password", required=_("Write your password."))
    typed = form.secret("code", required=_("Write the digits your app shows."))
    if form and _is_me(person_id, password, typed):
        with here.writing() as desk:
            signing_in.confirm(desk, visit)
        return go(_onwards())
    form.fail("password", _("The password or the code is not right."))
    return _confirm_page(form.errors)


def _is_me(person_id: str, password: str, typed: str) -> bool:
    attempt = limits.brake(_PASSWORD, person_id)
    with here.reading() as desk:
        candidate = signing_in.by_id(desk, person_id)
    right = candidate.knows(password)
    with here.writing() as desk:
        right = right and signing_in.is_code(desk, person_id, typed)
        if right:
            brakes.passed(desk, attempt)
        else:
            signing_in.refuse(desk, person_id, "confirm")
    return right


def _is_second_factor(
    desk: Desk, visit: Visit, person_id: str, typed: str, answer: str | None
) -> bool:
    if answer:
        return factors.who_signed(desk, visit, answer) == person_id
    return signing_in.is_code(desk, person_id, typed)


def _signin_page(errors: dict[str, str], values: object) -> ResponseReturnValue:
    with here.reading() as desk:
        passkeys = factors.site(desk) is not None
    return form_page("accounts/signin.html", errors, values=values, passkeys=passkeys)


def _code_page(visit: Visit, errors: dict[str, str]) -> ResponseReturnValue:
    with here.reading() as desk:
        return form_page("accounts/code.html", errors, options=factors.ask(desk, visit))


def _confirm_page(errors: dict[str, str]) -> ResponseReturnValue:
    by_button = _came_by_demo_link()
    with here.reading() as desk:
        options = "" if by_button else factors.ask(desk, mine()[0])
    return form_page("accounts/confirm.html", errors, by_button=by_button, options=options)


def _came_by_demo_link() -> bool:
    """A demo's people have neither password nor phone: there a button is enough."""
    visit = here.visit()
    return here.services().settings.demo and visit is not None and not visit.second_factor


def _owes_code() -> Visit | None:
    visit = here.visit()
    return visit if visit is not None and visit.kind == "code" else None


def _wrong_code() -> str:
    return _("The code is not right. Wait for the next one your app shows, then try again.")


def _next() -> str | None:
    return safe_path(request.args.get("next"))


def _onwards() -> str:
    return _next() or first_page_of(here.actor())
