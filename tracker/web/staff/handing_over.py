"""`/people/<id>/cases`: all cases of somebody who leaves go to somebody else at once."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from tracker.domain.actor import DESK
from tracker.domain.errors import Refused
from tracker.engine.cases import leaving
from tracker.engine.staff.people import colleagues, names_of
from tracker.i18n.words import gettext as _
from tracker.i18n.words import ngettext
from tracker.web import here, notes, unsent, whom
from tracker.web.access import access
from tracker.web.fields import Form
from tracker.web.pages import form_page, go
from tracker.web.staff.door import bp
from tracker.web.staff.people import person_of


@bp.get("/people/<person_id>/cases")
@access("supervisor")
def hand_over_all_form(person_id: str) -> ResponseReturnValue:
    """What is theirs, and who shall have it."""
    return _show(person_id, {})


@bp.post("/people/<person_id>/cases")
@access("supervisor")
def hand_over_all(person_id: str) -> ResponseReturnValue:
    """A batch a transaction; should it be broken off, doing it again goes on."""
    form = Form(request.form)
    with here.reading() as desk:
        person_of(desk, person_id)
        others = [each for each in colleagues(desk, *DESK) if each[0] != person_id]
    to = whom.read(form, "person", others, required=_("Choose who takes these cases."))
    reason = form.text("reason", required=_("Say why."), longest=2000, lines=True)
    moved, batch = 0, 1
    try:
        while form and batch:
            with here.writing() as desk:
                batch = leaving.hand_over_batch(
                    desk, person_id, to or "", reason, is_first=not moved
                )
            moved += batch
    except Refused as refused:
        form.fail("", str(refused))
    if not form:
        return _show(person_id, form.errors)
    with here.writing() as desk:
        unsent.drop(desk)
    notes.add(
        "success",
        ngettext("%(n)s case is handed over.", "%(n)s cases are handed over.", moved),
    )
    return go(f"/people/{person_id}")


def _show(person_id: str, errors: dict[str, str]) -> ResponseReturnValue:
    with here.reading() as desk:
        typed = unsent.typed(desk)
        row = person_of(desk, person_id)
        theirs = leaving.belongings(desk, person_id)
        others = [each for each in colleagues(desk, *DESK) if each[0] != person_id]
        return form_page(
            "staff/person_cases.html",
            errors,
            values=typed,
            person=row,
            name=desk.safe.open(row, "name"),
            theirs=theirs,
            stands_in_for=sorted(names_of(desk, theirs.stands_in_for).values()),
            others=whom.field(others, typed=typed.get("person")),
        )
