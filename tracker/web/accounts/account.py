"""One's own account: language, sessions, password, authenticator app."""

from __future__ import annotations

from flask import abort, request
from flask.typing import ResponseReturnValue

from tracker.engine.staff import accounts, signing_in, visits
from tracker.i18n.languages import LANGUAGES
from tracker.i18n.words import gettext as _
from tracker.store import people, sessions
from tracker.store.schema import Person
from tracker.web import here, language, limits, notes, unsent
from tracker.web.access import reauth, signed_in
from tracker.web.account_changes import changes_shown
from tracker.web.accounts.door import bp, mine, when, when_real
from tracker.web.accounts.passwords import chosen
from tracker.web.accounts.welcome import app_page, qr_code
from tracker.web.fields import Form
from tracker.web.pages import form_page, go, page
from tracker.web.paths import safe_path

_APP = "/account/app"


@bp.get("/account")
@signed_in
def account() -> ResponseReturnValue:
    """Who I am here, and where else I am signed in."""
    visit, person_id = mine()
    with here.reading() as desk:
        person = desk.session.get_one(Person, person_id)
        return page(
            "accounts/account.html",
            email=desk.safe.open(person, "email"),
            choices=[(each.code, each.own_name) for each in LANGUAGES.values()],
            chosen=person.language,
            shortcuts=person.shortcuts,
            changes=changes_shown(desk, when, person.id),
            points=[
                {"row": point, "address": desk.safe.open(point, "address")}
                for point in people.points_of(desk.session, person.id)
            ],
            sessions=[
                {
                    "id": row.id,
                    "made": when_real(row.made_at),
                    "seen": when_real(row.seen_at),
                    "here": row.id == visit.id,
                }
                for row in sessions.live(desk.session, person.id, visits.real_now(desk))
            ],
        )


@bp.post("/account/language")
@signed_in
def change_language() -> ResponseReturnValue:
    """Pages, mails and SMS in another language."""
    code = Form(request.form).choice("language", LANGUAGES)
    if code is None:
        abort(422)
    with here.writing() as desk:
        accounts.set_language(desk, code)
    language.remember(code)
    return go("/account")


@bp.post("/account/keys")
@signed_in
def switch_keys() -> ResponseReturnValue:
    """Single keys act at the queue, or do not (WCAG 2.1.4)."""
    on = Form(request.form).checked("on")
    with here.writing() as desk:
        accounts.set_shortcuts(desk, on=on)
    notes.add("success", _("Saved."))
    return go("/account")


@bp.post("/account/unsent/forget")
@signed_in
def forget_unsent() -> ResponseReturnValue:
    """Throw away what I typed at a page of mine (field `page`) before my sign-in ended."""
    page_of_form = safe_path(request.form.get("page")) or "/account"
    with here.writing() as desk:
        unsent.drop(desk, page_of_form)
    return go(page_of_form)


@bp.post("/account/sessions/end")
@signed_in
def end_sessions() -> ResponseReturnValue:
    """End one other session of mine (field `id`), or all others."""
    visit, person_id = mine()
    wanted = request.form.get("id")
    with here.writing() as desk:
        at = visits.real_now(desk)
        for row in sessions.live(desk.session, person_id, at):
            if row.id != visit.id and wanted in (None, row.id):
                sessions.end(desk.session, row.id, at)
        desk.audit("session.ended", "person", person_id, all=wanted is None)
    notes.add("success", _("Signed out there."))
    return go("/account")


@bp.get("/account/password")
@signed_in
@reauth
def password_form() -> ResponseReturnValue:
    """A new password."""
    return form_page("accounts/password.html", {})


@bp.post("/account/password")
@signed_in
@reauth
def change_password() -> ResponseReturnValue:
    """Set it; other sessions of mine end."""
    visit, person_id = mine()
    with here.reading() as desk:
        about = signing_in.about(desk, desk.session.get_one(Person, person_id))
    form = Form(request.form)
    hashed = chosen(form, about)
    if hashed is None:
        return form_page("accounts/password.html", form.errors)
    with here.writing() as desk:
        signing_in.change_password(desk, person_id, hashed, keep=visit)
    notes.add("success", _("Your password is changed. You are signed out everywhere else."))
    return go("/account")


@bp.get("/account/app")
@signed_in
@reauth
def app_form() -> ResponseReturnValue:
    """Another authenticator app, for a new phone."""
    return app_page(mine()[0], {}, _APP, back="/account")


@bp.get("/account/app/code.svg")
@signed_in
@reauth
def app_picture() -> ResponseReturnValue:
    """Its QR code."""
    return qr_code(mine()[0])


@bp.post("/account/app")
@signed_in
@reauth
def change_app() -> ResponseReturnValue:
    """The new app shows the right code: the old one is worth nothing any more."""
    visit, _person_id = mine()
    form = Form(request.form)
    typed = form.secret("code", required=_("Write the digits your app shows."))
    if form:
        limits.brake("enrol", visit.id)
        with here.writing() as desk:
            taken = signing_in.take_app(desk, visit, typed)
        if taken:
            notes.add("success", _("From now on only the new app's codes count."))
            return go("/account")
        form.fail("code", _("The code is not right. Check that your phone shows the right time."))
    return app_page(visit, form.errors, _APP, back="/account")
