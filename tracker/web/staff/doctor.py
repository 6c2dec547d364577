"""`/doctor`: what `tracker doctor` finds, for an administrator who is not at the machine."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from tracker.engine.keeping.doctor import examine
from tracker.web import here
from tracker.web.access import access
from tracker.web.pages import page
from tracker.web.staff.door import bp


@bp.get("/doctor")
@access("administrator")
def doctor() -> ResponseReturnValue:
    """What is wrong first, each with the part of the runbook that says what to do.

    The sentences are the command's own, in English: they name settings and commands, and whoever
    mends them finds the same words at the machine. The rows are not gone through here.
    """
    with here.reading() as desk:
        findings = examine(desk, here.services().channels, whole=False)
    return page("staff/doctor.html", findings=sorted(findings, key=lambda each: each.well))
