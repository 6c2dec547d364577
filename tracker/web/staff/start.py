"""`/start`: the three steps of a new instance, and what is still to do."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from tracker.engine.staff.first_steps import steps_done
from tracker.store.factors import recovery_codes_left
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
        codes = recovery_codes_left(desk.session, desk.person_id or "")
    return page(
        "staff/start.html",
        done=done,
        left=len(done) - sum(done.values()),
        may_invite=who.has("administrator"),
        may_open=who.has("supervisor", "caseworker"),
        may_import=who.has("supervisor"),
        has_codes=codes > 0,
        in_files=here.services().settings.file_delivery,
    )
