"""Invitations and resets: GET looks at the link, POST uses it up; then the app is set up."""

from __future__ import annotations

from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from tracker.domain.actor import ANYONE
from tracker.engine.staff import brakes, signing_in
from tracker.engine.staff.mailed_links import MAILED, opens
from tracker.engine.staff.visits import Visit
from tracker.i18n.words import gettext as _
from tracker.store.schema import SignInLink
from tracker.web import here, limits, notes, session
from tracker.web.access import public
from tracker.web.accounts.door import bp
from tracker.web.accounts.passwords import chosen
from tracker.web.fields import Form
from tracker.web.pages import first_page_of, form_page, go, page
from tracker.web.qr import drawing

_PURPOSES = ("invite", "reset", MAILED)


@bp.get("/welcome/<token>")
@public
def welcome_form(token: str) -> ResponseReturnValue:
    """What the link is for; opening it changes nothing, since mail scanners do (S3)."""
    with here.reading(ANYONE) as desk:
        found = signing_in.open_link(desk, token, *_PURPOSES)
        if found is None:
            return _worn_out()
        return form_page("accounts/welcome.html", {}, digits=found[0].purpose == MAILED)


@bp.post("/welcome/<token>")
@public
def welcome(token: str) -> ResponseReturnValue:
    """Set the password; the link is used up only if it may be one, and a mailed one only with its
    digits."""
    with here.reading(ANYONE) as desk:
        found = signing_in.open_link(desk, token, *_PURPOSES)
        about = signing_in.about(desk, found[1]) if found else []
    if found is None:
        return _worn_out()
    form, link = Form(request.form), found[0]
    if link.purpose == MAILED:
        _ask_for_digits(form, link)
    hashed = chosen(form, about) if form else None
    if hashed is None:
        return form_page("accounts/welcome.html", form.errors, digits=link.purpose == MAILED)
    with here.writing(ANYONE) as desk:
        person = signing_in.use_link(desk, token, hashed)
        if person is None:
            return _worn_out()
        if person.totp_confirmed_at is None:
            session.begin(desk, "enrol", person_id=person.id)
            return go("/enrol")
        session.end(desk)
    notes.add("success", _("Your password is set. Sign in with it and the code of your app."))
    return go("/signin")


def _ask_for_digits(form: Form, link: SignInLink) -> None:
    """Who has only the mail guesses a few times an hour (S11)."""
    typed = form.secret("digits", required=_("Write the six digits."))
    if not form:
        return
    attempt = limits.brake("welcome", link.id)
    right = opens(here.services().ring, link, typed)
    with here.writing(ANYONE) as desk:
        if right:
            brakes.passed(desk, attempt)
        else:
            signing_in.refuse(desk, link.person_id, "digits")
            form.fail("digits", _("These are not the digits. Ask for them again, by voice."))


@bp.get("/enrol")
@public
def enrol_form() -> ResponseReturnValue:
    """The secret for the authenticator app, as picture and text."""
    return app_page(_enrolling(), {}, "/enrol")


@bp.get("/enrol/code.svg")
@public
def enrol_picture() -> ResponseReturnValue:
    """The QR code of the secret offered to this session."""
    return qr_code(_enrolling())


@bp.post("/enrol")
@public
def enrol() -> ResponseReturnValue:
    """The app shows the right code: it is the second factor from now on, and the person is in."""
    visit = _enrolling()
    form = Form(request.form)
    typed = form.secret("code", required=_("Write the digits your app shows."))
    if form:
        limits.brake("enrol", visit.id)
        with here.writing(ANYONE) as desk:
            if visit.person_id and signing_in.take_app(desk, visit, typed):
                session.keep(
                    signing_in.enter(desk, visit.person_id, second_factor=True, replaces=visit)
                )
                return go(first_page_of(desk.actor))
        form.fail("code", _("The code is not right. Check that your phone shows the right time."))
    return app_page(visit, form.errors, "/enrol")


def app_page(visit: Visit, errors: dict[str, str], url: str, back: str = "") -> Response:
    """The page on which an app is set up; `back` where one need not."""
    with here.reading() as desk:
        secret = signing_in.pending_secret(desk, visit)
    groups = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    picture = f"{url}/code.svg"
    return form_page(
        "accounts/app.html", errors, secret=groups, url=url, picture=picture, back=back
    )


def qr_code(visit: Visit) -> Response:
    """An SVG of our own, black on white, of the address an app reads."""
    with here.reading() as desk:
        address = signing_in.pending_address(desk, visit)
    return Response(drawing(address), mimetype="image/svg+xml")


def _enrolling() -> Visit:
    """The session that a link opened; without one there is no such page."""
    visit = here.visit()
    if visit is None or visit.kind != "enrol" or visit.person_id is None:
        abort(404)
    return visit


def _worn_out() -> Response:
    """One answer to a link that is used, too old, or was never made."""
    return page("accounts/worn_out.html", 404)
