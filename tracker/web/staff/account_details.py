"""`/people/<id>/name` and the address somebody signs in with."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from tracker.engine.staff import own_details
from tracker.i18n.words import gettext as _
from tracker.web.access import access, reauth
from tracker.web.fields import Form
from tracker.web.staff.account_edit import change
from tracker.web.staff.door import bp


@bp.post("/people/<person_id>/name")
@access("administrator")
@reauth
def rename(person_id: str) -> ResponseReturnValue:
    """How an account is listed; its owner is told."""
    form = Form(request.form)
    name = form.text("name", required=_("Write the name."))
    return change(
        person_id, form, lambda desk, row: own_details.rename(desk, row.id, name), _("Saved.")
    )


@bp.post("/people/<person_id>/points/<point_id>/sign-in")
@access("administrator")
@reauth
def sign_in_with(person_id: str, point_id: str) -> ResponseReturnValue:
    """The address of a contact point that was shown to be its reader's."""
    return change(
        person_id,
        Form(request.form),
        lambda desk, row: own_details.sign_in_with(desk, row.id, point_id),
        _(
            "They sign in with this address now, and were told. Switch the former one off if "
            "nobody reads it."
        ),
    )
