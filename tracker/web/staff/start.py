"""`/start`: the three steps of a new instance, and what is still to do."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from tracker.engine.staff.first_steps import steps_done
from tracker.web import here
from tracker.web.access import access
from tracker.web.pages import page
from tracker.web.staff.door import bp


@bp.get("/start")
@access("administrator", "supervisor")
def start() -> ResponseReturnValue:
    """People, sending, cases: each with where it is done."""
    who = here.actor()
    with here.reading() as desk:
        done = steps_done(desk)
    return page(
        "staff/start.html",
        done=done,
        left=len(done) - sum(done.values()),
        may_invite=who.has("administrator"),
        may_open=who.has("supervisor", "caseworker"),
        may_import=who.has("supervisor"),
        in_files=here.services().settings.file_delivery,
    )
