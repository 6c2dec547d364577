"""`/help`: the runbook, for everybody who works here; the red bar and the doctor link to it."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from tracker.engine.keeping.alarms import FOR_ADMINISTRATORS, ringing
from tracker.web import here
from tracker.web.access import signed_in
from tracker.web.help.runbook import entries
from tracker.web.help.tabs import tabs
from tracker.web.pages import page

bp = Blueprint("help", __name__)


@bp.get("/help")
@signed_in
def runbook() -> ResponseReturnValue:
    """Every alarm there is; those that ring now come first and are marked."""
    with here.reading() as desk:
        now = ringing(desk, here.refused_channels())
        if not here.actor().has("administrator"):
            now = {alarm: n for alarm, n in now.items() if alarm not in FOR_ADMINISTRATORS}
        found = sorted(entries(), key=lambda entry: entry.alarm not in now)
        return page("help/alarms.html", entries=found, ringing=now, guides=tabs("alarms"))
