"""`/cases/<ref>/code`: another code for a family that lost its own, after an identity check."""

from __future__ import annotations

from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from tracker.domain.errors import Refused
from tracker.domain.moments import zone
from tracker.engine.cases import family as behind_receipt
from tracker.engine.desk import Desk
from tracker.i18n.dates import date_text
from tracker.i18n.words import gettext as _
from tracker.store import family
from tracker.store.schema import Case, Enquirer
from tracker.web import here, unsent
from tracker.web.access import access, reauth
from tracker.web.fields import Form
from tracker.web.interview.door import bp
from tracker.web.interview.tell import find
from tracker.web.pages import form_page, page


@bp.get("/cases/<ref>/code")
@access("caseworker", "supervisor")
@reauth
def code_form(ref: str) -> ResponseReturnValue:
    """For whom, and how the caseworker knows that it is them."""
    with here.reading() as desk:
        return _page(desk, find(desk, ref), Form(request.form))


@bp.post("/cases/<ref>/code")
@access("caseworker", "supervisor")
@reauth
def code(ref: str) -> ResponseReturnValue:
    """The new code is shown in this answer only; the old one opens nothing any more."""
    form = Form(request.form)
    with here.reading() as desk:
        case = find(desk, ref)
        people = {person.id for person in family.enquirers(desk.session, case.id)}
        chosen = form.choice("enquirer", people, required=_("Choose who lost the code."))
        checked = form.text("checked", required=_("Say how you made sure who this is."), lines=True)
        if not form or chosen is None:
            return _page(desk, case, form)
        receipt = behind_receipt.new_code(desk)
    kept = behind_receipt.code_of(receipt, here.services().ring.pepper)
    with here.writing() as desk:
        case = find(desk, ref)
        enquirer = family.enquirer(desk.session, chosen)
        if enquirer is None or enquirer.case_id != case.id:
            abort(404)
        try:
            behind_receipt.replace_code(desk, enquirer, kept, checked)
            unsent.drop(desk)
        except Refused as refused:
            desk.session.rollback()
            form.fail("checked", str(refused))
            return _page(desk, find(desk, ref), form)
    return page("interview/code_shown.html", code=receipt.code, ref=ref)


def _page(desk: Desk, case: Case, form: Form) -> Response:
    people, typed = family.enquirers(desk.session, case.id), unsent.typed(desk)
    return form_page(
        "interview/code.html",
        form.errors,
        values=typed,
        ref=case.ref,
        people=[(person.id, _who(case, person, n)) for n, person in enumerate(people, start=1)],
    )


def _who(case: Case, person: Enquirer, number: int) -> str:
    """No name: who reported is shown only where it is revealed with a reason."""
    day = date_text(person.created_at.astimezone(zone(case.zone_name)).date())
    return _("%(number)s. reported on %(day)s", number=number, day=day)
