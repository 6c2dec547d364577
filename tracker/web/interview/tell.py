"""`/cases/<ref>/tell`: another source tells about the same person; nothing is averaged."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from tracker.domain.errors import Refused
from tracker.domain.moments import local_date, zone
from tracker.engine.cases.intake import tell as take
from tracker.engine.cases.reveal import numbered
from tracker.engine.desk import Desk
from tracker.i18n.languages import LANGUAGES
from tracker.i18n.words import gettext as _
from tracker.security.tokens import new_token
from tracker.store import timeline
from tracker.store.cases import find_case
from tracker.store.schema import Case
from tracker.web import headers, here, notes, once, unsent
from tracker.web.access import access
from tracker.web.facts import source_text, value_text
from tracker.web.fields import Form
from tracker.web.interview import reading, words
from tracker.web.interview.door import bp
from tracker.web.interview.later import leave
from tracker.web.pages import form_page, go
from tracker.web.record_words import statement_kinds

_ONCE = "account"


@bp.get("/cases/<ref>/tell")
@access("caseworker", "supervisor")
def tell_form(ref: str) -> ResponseReturnValue:
    """The form, with what is on record already beside it."""
    with here.looking() as desk:
        case = find(desk, ref)
        values = {
            "said_on": local_date(desk.now, zone(case.zone_name)).isoformat(),
            "language": desk.actor.language,
            once.FIELD: new_token(),
        }
        desk.audit("case.read", "case", case.id, case.id)
        return _page(desk, case, Form(MultiDict()), values)


@bp.post("/cases/<ref>/tell")
@access("caseworker", "supervisor")
def tell(ref: str) -> ResponseReturnValue:
    """As for a new case: what was understood is shown first."""
    with here.reading() as desk:
        today = local_date(desk.now, zone(find(desk, ref).zone_name))
    if left := leave(f"/cases/{ref}"):
        return left
    form = Form(request.form)
    source = form.text("source", required=_("Say who tells this."), longest=300)
    language = form.choice("language", set(LANGUAGES)) or here.actor().language
    said_on = form.date("said_on", required=_("Say on which day this was said.")) or today
    if said_on > today:
        form.fail("said_on", _("The day on which it was said cannot lie in the future."))
    dates = reading.Dates(said_on, language)
    account = reading.read_account(form, dates, source=source)
    if form and not (account.names or account.facts or account.contact):
        form.fail("names", _("Write at least one thing that this source tells."))
    if request.form.get("more_rows"):
        form.errors.clear()
        with here.reading() as desk:
            return _page(desk, find(desk, ref), form, form.raw)
    if not form or not (dates.is_plain or request.form.get("agreed") == dates.signature):
        with here.reading() as desk:
            return _page(desk, find(desk, ref), form, form.raw, dates)
    confirmed = form.checked("confirmed")
    with here.writing() as desk:
        case = find(desk, ref)
        if once.is_first(desk, _ONCE, request.form.get(once.FIELD, ""), case):
            unsent.drop(desk)
            try:
                take(desk, case, account, confirmed=confirmed, told_on=said_on)
            except Refused as refused:
                desk.session.rollback()
                form.fail("heard_words", str(refused))
                return _page(desk, find(desk, ref), form, form.raw, dates)
    notes.add("success", _("It is on record, beside what others told."))
    return go(f"/cases/{ref}/pictures" if form.checked("photos") else f"/cases/{ref}")


def find(desk: Desk, ref: str) -> Case:
    """The case, or 404 where this person may not see it (S8)."""
    case = find_case(desk.session, desk.actor.at_desk(), ref)
    if case is None:
        abort(404)
    return case


def _page(
    desk: Desk,
    case: Case,
    form: Form,
    values: Any,
    dates: reading.Dates | None = None,
) -> Response:
    values = unsent.typed(desk) or values
    labels = statement_kinds()
    numbers = numbered(desk, case)
    made = form_page(
        "interview/tell.html",
        form.errors,
        values=values,
        ref=case.ref,
        names=[
            (
                desk.safe.open(row, "name"),
                source_text(desk.safe.open(row, "source"), numbers.get(row.enquirer_id or "")),
            )
            for row in timeline.names(desk.session, case.id)
        ],
        statements=[
            (
                labels[row.kind],
                value_text(desk.safe.open(row, "value")),
                source_text(desk.safe.open(row, "source"), numbers.get(row.enquirer_id or "")),
            )
            for row in timeline.statements(desk.session, case.id)
        ],
        rows=reading.rows_shown(Form(values)),
        echoes=dates.echoes if dates else {},
        date_labels=words.dates(reading.MOST_ROWS),
        agreed=dates.signature if dates and form else "",
        words=words,
    )
    return headers.asking(made)
