"""Leaving an interview for later."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from tracker.i18n.words import gettext as _
from tracker.web import here, notes, unsent
from tracker.web.pages import go


def leave(after: str) -> ResponseReturnValue | None:
    """The answer where the form was to be kept; None where it is to be read."""
    if request.form.get("later") and unsent.keep(person_id=here.actor().id):
        notes.add("info", _("Kept for a day, for you alone: open the form again to go on."))
        return go(after)
    return None
