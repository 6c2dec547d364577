"""`/status`: in with the receipt's code, and what has become of the report (S7).

Nothing that a family typed is ever shown here: whoever forces the code out of somebody learns
that there was a report, when it was read, and what a caseworker wrote.
"""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, request
from flask.typing import ResponseReturnValue

from tracker.engine.cases import family as behind_receipt
from tracker.engine.desk import Desk
from tracker.engine.staff import brakes
from tracker.i18n.dates import clock_text, date_text, place_text
from tracker.i18n.words import gettext as _
from tracker.security import receipts
from tracker.store import family
from tracker.store.schema import Case, ContactReport, Enquirer
from tracker.web import headers, here, limits, session
from tracker.web.access import public
from tracker.web.family import again, status_acts
from tracker.web.family.door import bp
from tracker.web.fields import Form
from tracker.web.pages import go, page


@bp.get("/status")
@public
def status() -> ResponseReturnValue:
    """The form for the code; behind it, what has become of the report."""
    if here.actor().kind != "family":
        return again.code_page({}, to="", kept=request.form)
    with here.reading() as desk:
        enquirer, case = behind_receipt.mine(desk)
        return page("family/status.html", **_overview(desk, enquirer, case))


@bp.post("/status")
@public
def sign_in() -> ResponseReturnValue:
    """Unknown and wrong codes get one answer in one time (S8); tries are braked (S11).

    A code with a typing mistake is told apart by its check character alone: that says nothing
    about which codes exist. Who was writing when the session ended goes on with it.
    """
    form = Form(request.form)
    to, kept = request.form.get(again.TO, ""), request.form
    as_typed = form.secret(again.CODE, required=_("Write your code."))[:200]
    typed = receipts.parse(as_typed)
    if form and typed is None:
        form.fail(
            "code",
            _("This is not a whole code. It has 21 letters and digits; look for a wrong one."),
        )
    if not form or typed is None:
        return again.code_page(form.errors, to=to, kept=kept, typed=as_typed)
    locator, secret = typed
    attempt = limits.enter("receipt", locator)
    if attempt.wait:
        form.fail("code", limits.tries_are_used(attempt.wait))
        return limits.later(attempt.wait, again.code_page(form.errors, to=to, kept=kept))
    pepper = here.services().ring.pepper
    with here.reading() as desk:
        found = behind_receipt.find(desk, locator)
        stored = found.receipt_hash if found else None
    right = receipts.verify_secret(stored, secret, pepper)
    with here.writing() as desk:
        enquirer = behind_receipt.find(desk, locator) if right else None
        if enquirer is None:
            desk.audit("receipt.refused", "receipt")
        else:
            brakes.passed(desk, attempt)
            behind_receipt.opened(desk, enquirer)
            session.begin(desk, "family", enquirer_id=enquirer.id)
    if enquirer is None:
        form.fail("code", _("This code is not right. Look at it again."))
        return again.code_page(form.errors, to=to, kept=kept)
    return status_acts.anew(to, again.written(kept)) if to in again.FORMS else go("/status")


@bp.post("/status/out")
@public
def sign_out() -> ResponseReturnValue:
    """Out; the browser forgets what it kept of us."""
    with here.writing() as desk:
        session.end(desk)
    response: Response = make_response(go("/"))
    response.headers["Clear-Site-Data"] = headers.FORGET
    return response


def _overview(desk: Desk, enquirer: Enquirer, case: Case) -> dict[str, Any]:
    where = here.services().settings.timezone  # the office's: a case's own may tell where they are
    worked = family.last_worked_on(desk.session, case.id)
    before = enquirer.opened_before_at
    messages = [
        {
            "when": clock_text(message.written_at, where),
            "from_family": message.from_family,
            "body": None if message.from_family else desk.safe.open(message, "body"),
            "read": message.read_at is not None,
        }
        for message in family.messages(desk.session, enquirer.id)
    ]
    erased = behind_receipt.erased_on(enquirer, case)
    return {
        "clocks_of": place_text(where, desk.now),
        "read_on": date_text(worked.astimezone(where).date()) if worked else None,
        "has_owner": case.caseworker_id is not None,
        "closed": case.state == "closed",
        "opened_before": clock_text(before, where) if before else None,
        "reports": [
            (clock_text(report.entered_at, where), _what_became(report))
            for report in family.reports(desk.session, enquirer.id)
        ],
        "messages": messages,
        "unread": any(not m["read"] and not m["from_family"] for m in messages),
        "up_to": desk.now.isoformat(),
        "protected": enquirer.protected,
        "reachable": enquirer.reachable,
        "withdrawn": date_text(enquirer.withdrawn_at.astimezone(where).date())
        if enquirer.withdrawn_at
        else None,
        "erased": date_text(erased) if erased else None,
    }


def _what_became(report: ContactReport) -> str:
    match report.state:
        case "confirmed":
            return _("A caseworker confirmed it.")
        case "rejected":
            return _("A caseworker could not confirm it. It stays on the record.")
        case "retracted":
            return _("It was confirmed first and taken back later.")
        case _:
            return _("Received; not confirmed yet.")
