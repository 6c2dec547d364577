"""Where somebody asks a closed case for what only an open one has: how it ended, the way back."""

from __future__ import annotations

from flask import Response

from tracker.domain.statements import StatementKind
from tracker.engine.desk import Desk
from tracker.engine.staff.people import names_of
from tracker.store import timeline as store
from tracker.store.schema import Case
from tracker.web import here
from tracker.web.facts import value_text
from tracker.web.pages import page
from tracker.web.staff import words
from tracker.web.staff.door import Context, case_of, nothing_more, show_form


def form_of_open(ref: str, template: str, context: Context = nothing_more) -> Response:
    """An open case's form; of a closed one, that it is closed (R15), which the act would say."""
    with here.looking() as desk:
        case = case_of(desk, ref)
        if case.state == "closed":
            desk.audit("case.read", "case", case.id, case.id)
            return _closed(desk, case)
    return show_form(ref, template, context)


def _closed(desk: Desk, case: Case) -> Response:
    told = [
        row for row in store.statements(desk.session, case.id) if row.kind == StatementKind.CLOSING
    ]
    last = told[-1] if told else None
    by = names_of(desk, [last.entered_by]).get(last.entered_by or "") if last else None
    return page(
        "staff/closed_already.html",
        case=case,
        by=by,
        when=words.moment_text(case.closed_at) if case.closed_at else "",
        ended=value_text(desk.safe.open(last, "value"), last.kind) if last else "",
        source=desk.safe.open(last, "source") if last else None,
    )
