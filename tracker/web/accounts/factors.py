"""One's passkeys and recovery codes, and signing in with a passkey alone (safety.md S10)."""

from __future__ import annotations

from flask import abort, request
from flask.typing import ResponseReturnValue

from tracker.domain.errors import Refused
from tracker.engine.staff import brakes, factors, signing_in, visits
from tracker.engine.staff.visits import Visit
from tracker.i18n.words import gettext as _
from tracker.store import factors as store
from tracker.web import cookies, here, limits, notes, session
from tracker.web.access import public, reauth, signed_in
from tracker.web.accounts.door import bp, mine, when, when_real
from tracker.web.fields import Form
from tracker.web.pages import first_page_of, form_page, go, page

_BRAKE = "passkey"
_ASKED = "asked"
"""The cookie that holds what is to be signed for."""


@bp.get("/signin/passkey")
@public
def passkey_form() -> ResponseReturnValue:
    """The button that asks the device."""
    visit = _asking()
    if visit is None:
        return go("/signin")
    return _passkey_page(visit, {})


@bp.post("/signin/passkey")
@public
def passkey() -> ResponseReturnValue:
    """First something to sign, which writes nothing; then, with the device's answer, in. Unknown
    and wrong: one answer (S8)."""
    visit, answer = _asking(), request.form.get("answer", "")
    if visit is None:
        with here.reading() as desk:
            if factors.site(desk) is None:
                abort(404)
            cookies.put(
                _ASKED, visits.ask_to_sign(desk), lasts=int(visits.ASKED_FOR.total_seconds())
            )
        return go("/signin/passkey")
    attempt = limits.brake(_BRAKE, visit.id)
    with here.writing() as desk:
        person_id = factors.who_signed(desk, visit, answer)
        if person_id is not None:
            brakes.passed(desk, attempt)
            cookies.drop(_ASKED)
            entered = signing_in.enter(desk, person_id, second_factor=True, replaces=here.visit())
            session.keep(entered)
            return go(first_page_of(desk.actor))
        signing_in.refuse(desk, None, "passkey")
    return _passkey_page(visit, {"": _("That did not work. Try again.")})


@bp.get("/account/passkeys")
@signed_in
@reauth
def passkeys_form() -> ResponseReturnValue:
    """My passkeys, and making one."""
    return _passkeys_page(mine()[0], {})


@bp.post("/account/passkeys")
@signed_in
@reauth
def add_passkey() -> ResponseReturnValue:
    """Keep the one my device made."""
    visit, _person_id = mine()
    form = Form(request.form)
    label = form.text("label", longest=60)
    try:
        with here.writing() as desk:
            factors.take(desk, visit, request.form.get("answer", ""), label)
    except Refused as refused:
        return _passkeys_page(visit, {"": str(refused)})
    notes.add("success", _("The passkey works from now on."))
    return go("/account/passkeys")


@bp.post("/account/passkeys/remove")
@signed_in
@reauth
def remove_passkey() -> ResponseReturnValue:
    """It opens nothing any more."""
    _visit, person_id = mine()
    with here.writing() as desk:
        if not factors.remove(desk, person_id, request.form.get("id", "")):
            abort(404)
    notes.add("success", _("Removed."))
    return go("/account/passkeys")


@bp.get("/account/recovery")
@signed_in
@reauth
def recovery_form() -> ResponseReturnValue:
    """How many codes are left."""
    _visit, person_id = mine()
    with here.reading() as desk:
        left = store.recovery_codes_left(desk.session, person_id)
    return page("accounts/recovery.html", left=left, codes=[])


@bp.post("/account/recovery")
@signed_in
@reauth
def make_recovery_codes() -> ResponseReturnValue:
    """Ten new ones, shown on this one page."""
    _visit, person_id = mine()
    with here.writing() as desk:
        codes = factors.new_recovery_codes(desk, person_id)
    return page("accounts/recovery.html", codes=codes, left=len(codes))


def _asking() -> Visit | None:
    with here.reading() as desk:
        return visits.asked_to_sign(desk, cookies.read(_ASKED) or "")


def _passkey_page(visit: Visit, errors: dict[str, str]) -> ResponseReturnValue:
    with here.reading() as desk:
        options = factors.ask(desk, visit)
    return form_page("accounts/passkey.html", errors, options=options)


def _passkeys_page(visit: Visit, errors: dict[str, str]) -> ResponseReturnValue:
    with here.reading() as desk:
        return form_page(
            "accounts/passkeys.html",
            errors,
            options=factors.offer(desk, visit),
            passkeys=[
                {
                    "id": row.id,
                    "label": desk.safe.open(row, "label"),
                    "made": when(row.made_at),
                    "used": when_real(row.used_at) if row.used_at else "",
                }
                for row in store.passkeys(desk.session, visit.person_id or "")
            ],
        )
