"""`/doctor`: what `tracker doctor` finds, for an administrator who is not at the machine."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from tracker.engine.keeping.doctor import examine
from tracker.i18n.dates import whole_datetime_text
from tracker.i18n.words import speaking
from tracker.web import here
from tracker.web.access import access
from tracker.web.pages import page
from tracker.web.staff.door import bp, my_zone


@bp.get("/doctor")
@access("administrator")
def doctor() -> ResponseReturnValue:
    """What is wrong first, each with the part of the runbook that says what to do.

    The sentences are the command's own, in English: they name settings and commands, and whoever
    mends them finds the same words at the machine. Their times are on the reader's clocks. The
    rows are not gone through here.
    """
    with here.reading() as desk, speaking("en"):
        findings = examine(
            desk,
            here.services().channels,
            whole=False,
            when=lambda instant: whole_datetime_text(instant, my_zone()),
        )
    return page("staff/doctor.html", findings=sorted(findings, key=lambda each: each.well))
