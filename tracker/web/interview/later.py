"""Leaving an interview for later, and beginning anew."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from tracker.i18n.words import gettext as _
from tracker.web import here, notes, unsent
from tracker.web.pages import go


def leave_or_forget(after: str) -> ResponseReturnValue | None:
    """The answer where the form was to be kept, or thrown away; None where it is to be read."""
    if unsent.forget():
        return go(request.path)
    if request.form.get("later") and unsent.keep(person_id=here.actor().id):
        notes.add("info", _("Kept for a day, for you alone: open the form again to go on."))
        return go(after)
    return None
