"""`/account/openpgp`: the key to which a reader's own mails are encrypted (safety.md S4)."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import Response, request
from flask.typing import ResponseReturnValue

from tracker.domain.errors import Refused
from tracker.engine.desk import Desk
from tracker.engine.staff import mail_keys
from tracker.i18n.dates import date_text, whole_datetime_text
from tracker.i18n.words import gettext as _
from tracker.messages.kinds import FULL
from tracker.security import openpgp
from tracker.security.errors import KeyRefused
from tracker.store.schema import Person
from tracker.web import here, notes
from tracker.web.access import reauth, signed_in
from tracker.web.accounts.door import bp, mine
from tracker.web.fields import Form
from tracker.web.pages import form_page, go


@bp.get("/account/openpgp")
@signed_in
@reauth
def openpgp_form() -> ResponseReturnValue:
    """My keys, and giving another."""
    return _page(Form(request.form))


@bp.post("/account/openpgp")
@signed_in
@reauth
def give_key() -> ResponseReturnValue:
    """First its fingerprint, to compare; once that is agreed to, it is kept, and waits a day."""
    form = Form(request.form)
    text = form.secret("key", required=_("Paste your public key.")).strip()
    key = None
    if form:
        try:
            key = openpgp.read(text, here.now())
        except KeyRefused as refused:
            form.fail("key", refusal(refused.code))
    if key is None:
        return _page(form)
    if request.form.get("sure") != key.fingerprint:
        return _page(form, key)
    try:
        with here.writing() as desk:
            mail_keys.give(desk, _me(desk), text)
    except Refused as refused:
        form.fail("key", str(refused))
        return _page(form)
    notes.add("success", _("Your key is here. It counts in 24 hours; you were sent a message."))
    return go("/account/openpgp")


@bp.post("/account/openpgp/remove")
@signed_in
@reauth
def remove_key() -> ResponseReturnValue:
    """At once: mails then say next to nothing."""
    with here.writing() as desk:
        mail_keys.remove(desk, _me(desk), Form(request.form).text("id", longest=32))
    notes.add("success", _("The key is taken away."))
    return go("/account/openpgp")


def refusal(code: str) -> str:
    """Why a key cannot be used, and what to do."""
    match code:
        case "secret":
            return _(
                "This is your secret key. It was not kept. Never give it to anybody; export the "
                "public key and paste that."
            )
        case "revoked":
            return _("This key was revoked. Give another.")
        case "expired":
            return _("This key has expired. Extend it, or give another.")
        case "cannot_encrypt":
            return _("This key can only sign. Give one that can encrypt.")
        case "several":
            return _("These are several keys. Paste one.")
        case _:
            return _(
                "This is no OpenPGP public key. Paste all of it, with its first and last line."
            )


def _me(desk: Desk) -> Person:
    return desk.session.get_one(Person, mine()[1])


def _page(form: Form, key: openpgp.PublicKey | None = None) -> Response:
    zone = ZoneInfo(here.actor().zone_name)
    with here.reading() as desk:
        given = mail_keys.given(desk, mine()[1])
        return form_page(
            "accounts/openpgp.html",
            form.errors,
            typed=form.raw.get("key", "") if key is not None else "",
            key=key,
            fingerprint=openpgp.grouped(key.fingerprint) if key else "",
            ends=date_text(key.expires_at.astimezone(zone).date())
            if key and key.expires_at
            else "",
            is_full=_me(desk).disclosure == FULL,
            keys=[
                {
                    "id": row.id,
                    "fingerprint": row.fingerprint,
                    "counts": row.counts,
                    "from": whole_datetime_text(row.counts_from_at, zone),
                    "fault": refusal(row.fault) if row.fault else "",
                    "ends": date_text(row.expires_at.astimezone(zone).date())
                    if row.expires_at
                    else "",
                    "soon": row.ends_soon(desk.now),
                }
                for row in given
            ],
        )
