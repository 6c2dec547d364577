"""`/people/<id>/edit`: roles, ways to be reached, leave, disclosure, reset, closing an account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from tracker.domain.actor import ROLES
from tracker.domain.errors import Refused
from tracker.engine.cases import leavers
from tracker.engine.desk import Desk
from tracker.engine.staff import accounts, colleagues, grave_acts, mailed_links, trial
from tracker.engine.staff.addresses import hashes
from tracker.i18n.words import gettext as _
from tracker.store.schema import Person
from tracker.web import here, notes, whom
from tracker.web.access import access, reauth
from tracker.web.fields import Form
from tracker.web.pages import form_page, go
from tracker.web.staff import words
from tracker.web.staff.door import bp
from tracker.web.staff.people import link_page, person_of, shown, waits_text


@bp.get("/people/<person_id>/edit")
@access("administrator")
@reauth
def edit(person_id: str) -> ResponseReturnValue:
    """Everything about one account that can be changed."""
    return _edit_page(person_id, {}, {})


def _edit_page(person_id: str, errors: dict[str, str], values: Any) -> ResponseReturnValue:
    with here.reading() as desk:
        row = person_of(desk, person_id)
        deputies = colleagues.deputies(desk, row)
        return form_page(
            "staff/person_edit.html",
            errors,
            values=values,
            role_choices=list(words.roles().items()),
            deputy_field=whom.field(deputies, row.deputy_id, values.get("deputy")),
            digits=mailed_links.on_its_way(desk, row.id),
            channels=[(kind, name) for kind, name in words.channels().items() if _can(kind)],
            **shown(desk, row),
        )


def _can(kind: str) -> bool:
    """Whether there is such a way: a call only where a number to call from is set."""
    return kind in here.services().channels


def change(
    person_id: str,
    form: Form,
    act: Callable[[Desk, Person], object],
    said: str | Callable[[object], str],
) -> ResponseReturnValue:
    """Do it to this account, and say so; the page again with what is wrong where it is refused."""
    came = None
    if form:
        try:
            with here.writing() as desk:
                came = act(desk, person_of(desk, person_id))
        except Refused as refused:
            form.fail("", str(refused))
    if not form:
        return _edit_page(person_id, form.errors, form.raw)
    notes.add("success", said if isinstance(said, str) else said(came))
    return go(f"/people/{person_id}/edit")


@bp.post("/people/<person_id>/roles")
@access("administrator")
@reauth
def set_roles(person_id: str) -> ResponseReturnValue:
    """Exactly these roles; their sessions end."""
    form = Form(request.form)
    chosen = form.choices("roles", ROLES, required=_("Choose at least one role."))
    return change(
        person_id,
        form,
        lambda desk, row: grave_acts.set_roles(desk, row.id, chosen),
        lambda waits: waits_text() if waits else _("Saved."),
    )


@bp.post("/people/<person_id>/state")
@access("administrator")
@reauth
def set_state(person_id: str) -> ResponseReturnValue:
    """Close the account, or open it again."""
    form = Form(request.form)
    on = form.choice("state", ("on", "off"), required=_("Choose one.")) == "on"
    if on:
        return change(
            person_id,
            form,
            lambda desk, row: accounts.enable(desk, row.id),
            lambda waits: waits_text() if waits else _("Opened again."),
        )
    return change(person_id, form, lambda desk, row: accounts.disable(desk, row.id), _("Closed."))


@bp.get("/people/<person_id>/erase")
@access("administrator")
@reauth
def erase_account_form(person_id: str) -> ResponseReturnValue:
    """What is lost, before it is."""
    return _erase_page(person_id, Form(request.form))


@bp.post("/people/<person_id>/erase")
@access("administrator")
@reauth
def erase_account(person_id: str) -> ResponseReturnValue:
    """Only the id of a closed account stays; whoever does it writes its address once more."""
    form = Form(request.form)
    typed = form.email("typed", required=_("Write the e-mail address."))
    try:
        with here.writing() as desk:
            row = person_of(desk, person_id)
            if form and row.email_hmac not in hashes(desk, typed):
                form.fail("typed", _("This is not the address of this account."))
            if form:
                leavers.erase(desk, row.id)
    except Refused as refused:
        form.fail("", str(refused))
    if not form:
        return _erase_page(person_id, form)
    notes.add("success", _("Deleted for good."))
    return go("/people")


def _erase_page(person_id: str, form: Form) -> ResponseReturnValue:
    with here.reading() as desk:
        return form_page(
            "staff/person_erase.html",
            form.errors,
            values=form.raw,
            **shown(desk, person_of(desk, person_id)),
        )


@bp.post("/people/<person_id>/reset")
@access("administrator")
@reauth
def reset(person_id: str) -> ResponseReturnValue:
    """A new link, sent to its owner, or shown once where no mail goes; the old password ends."""
    form = Form(request.form)
    phone_too = form.checked("second_factor")
    try:
        with here.writing() as desk:
            row = person_of(desk, person_id)
            token, waits = grave_acts.reset(desk, row.id, second_factor=phone_too)
    except Refused as refused:
        return _edit_page(person_id, {"": str(refused)}, form.raw)
    if token is not None:
        return link_page(person_id, token, told=True)
    if waits is not None:
        notes.add("info", waits_text())
        return go("/people/asked")
    notes.add("success", _("The link is on its way to their own mail address."))
    return go(f"/people/{person_id}/edit")


@bp.post("/people/<person_id>/points")
@access("administrator")
@reauth
def add_point(person_id: str) -> ResponseReturnValue:
    """One more way to reach them."""
    form = Form(request.form)
    channel = form.choice("channel", words.channels(), required=_("Choose one."))
    wanted = _("Write the address or the number.")
    if channel == "email":
        address = form.email("address", required=wanted)
    else:
        address = form.text("address", required=wanted, longest=40 if channel == "sms" else 500)
    return change(
        person_id,
        form,
        lambda desk, row: colleagues.add_point(desk, row, channel or "", address),
        _("Added. Send a test alert to see whether it arrives."),
    )


@bp.post("/people/<person_id>/points/<point_id>")
@access("administrator")
@reauth
def switch_point(person_id: str, point_id: str) -> ResponseReturnValue:
    """Use it, or not."""
    form = Form(request.form)
    on = form.choice("state", ("on", "off"), required=_("Choose one.")) == "on"
    return change(
        person_id,
        form,
        lambda desk, row: colleagues.switch_point(desk, row, point_id, on=on),
        _("Saved."),
    )


@bp.post("/people/<person_id>/leave")
@access("administrator")
@reauth
def set_leave(person_id: str) -> ResponseReturnValue:
    """Who is told meanwhile."""
    form = Form(request.form)
    first, last = form.date("leave_from"), form.date("leave_until")
    with here.reading() as desk:
        known = colleagues.deputies(desk, person_of(desk, person_id))
    deputy = whom.read(form, "deputy", known)
    return change(
        person_id,
        form,
        lambda desk, row: colleagues.set_leave(desk, row, first, last, deputy),
        _("Saved."),
    )


@bp.post("/people/<person_id>/reading")
@access("administrator")
@reauth
def set_reading(person_id: str) -> ResponseReturnValue:
    """How much messages say, quiet hours, the account's last day."""
    form = Form(request.form)
    disclosure = form.choice("disclosure", colleagues.DISCLOSURES, required=_("Choose one."))
    first, last = _time(form, "quiet_from"), _time(form, "quiet_until")
    expires = form.date("expires")
    return change(
        person_id,
        form,
        lambda desk, row: colleagues.set_reading(
            desk,
            row,
            disclosure=disclosure or "",
            quiet_from=first,
            quiet_until=last,
            expires_on=expires,
        ),
        lambda waits: waits_text() if waits else _("Saved."),
    )


@bp.post("/people/<person_id>/test")
@access("administrator")
@reauth
def test_alert(person_id: str) -> ResponseReturnValue:
    """Through the real outbox, to each of their contact points."""
    return change(
        person_id,
        Form(request.form),
        lambda desk, row: trial.send_test_alert(desk, row.id),
        _("The test alert is on its way; the outbox shows what becomes of it."),
    )


def _time(form: Form, name: str) -> time | None:
    text = form.text(name, longest=5)
    try:
        return time.fromisoformat(text) if text else None
    except ValueError:
        form.fail(name, _("Write a time of day, as 22:00."))
        return None
