"""Beside the queue: the page as CSV, and a person's own views of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator

from flask import Response, request
from flask.typing import ResponseReturnValue

from tracker.domain.errors import Refused
from tracker.engine.cases import queue as engine
from tracker.engine.desk import Desk
from tracker.engine.sheets.taking_out import let_leave
from tracker.engine.staff import saved_views
from tracker.engine.staff.people import names_of
from tracker.i18n.words import gettext as _
from tracker.security.text import csv_cell
from tracker.store.queue import Wanted
from tracker.store.schema import Case
from tracker.web import here, notes
from tracker.web.access import access, reauth
from tracker.web.fields import Form
from tracker.web.pages import go
from tracker.web.staff import finding, words
from tracker.web.staff.door import DESK, bp
from tracker.web.staff.queue import PAGE, page_of, searched, url_of, wanted_of
from tracker.web.staff.queue_rows import Wording


@bp.post("/queue.csv")
@access(*DESK)
@reauth
def queue_csv() -> ResponseReturnValue:
    """The rows that the page of the same address shows, and no others.

    It counts what leaves, so no link does it (S3).
    """
    find, _asked, _found, only = searched()
    if finding.is_over(find):
        return go("/queue")
    try:
        with here.writing() as desk:
            cases = page_of(desk, wanted_of(desk, request.args), only)[:PAGE]
            named = let_leave(desk, cases)
            rows, unread_cases = engine.rows(desk, cases)
            lines = list(_lines(desk, rows, named))
            lines += [_unread_line(case) for case in unread_cases]
    except Refused as refused:
        notes.add("warning", str(refused))
        return go("/queue")
    text = io.StringIO()
    table = csv.writer(text, quoting=csv.QUOTE_ALL)
    table.writerow([csv_cell(each) for each in _head()])
    table.writerows([csv_cell(each) for each in line] for line in lines)
    response = Response(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="list.csv"'
    return response


def _head() -> list[str]:
    return [
        _("Band"),
        _("Silent days, at least"),
        _("Silent days, at most"),
        _("Person"),
        _("Reference"),
        _("Reports to confirm"),
        _("Last confirmed contact"),
        _("Owner"),
        _("Next step"),
        _("When"),
    ]


def _lines(desk: Desk, rows: list[engine.Row], named: set[str]) -> Iterator[list[object]]:
    people = names_of(desk, [row.case.caseworker_id for row in rows])
    bands, wording = words.bands(), Wording(desk.now)
    for row in rows:
        shown = wording.cells(row)
        snoozed = shown.snoozed
        step = _("Snoozed until %(date)s", date=snoozed) if snoozed else shown.next
        yield [
            _("Closed") if row.case.state == "closed" else bands[row.case.band],
            row.silence.days.at_least,
            "" if row.silence.days.is_more else row.silence.days.at_most,
            row.names[0] if row.names and row.case.id in named else "",
            row.case.ref,
            row.pending,
            shown.last,
            people.get(row.case.caseworker_id or "", ""),
            step,
            "" if snoozed else shown.next_on,
        ]


def _unread_line(case: Case) -> list[object]:
    """A case that cannot be read: its band and reference, and that."""
    shown: list[object] = [""] * len(_head())
    shown[0], shown[3:5] = words.bands()[case.band], [_("cannot be read"), case.ref]
    return shown


@bp.post("/queue/views")
@access(*DESK)
def keep_view() -> ResponseReturnValue:
    """Keep these filters under a name, for oneself."""
    form = Form(request.form)
    name = form.text("name", required=_("Give the view a name."), longest=40)
    with here.reading() as desk:
        wanted = wanted_of(desk, request.form)
    return _change(form, lambda desk: saved_views.keep(desk, name, wanted), url_of(wanted))


@bp.post("/queue/views/<view_id>/remove")
@access(*DESK)
def drop_view(view_id: str) -> ResponseReturnValue:
    """Keep it no longer."""
    return _change(
        Form(request.form), lambda desk: saved_views.drop(desk, view_id), url_of(Wanted())
    )


def _change(form: Form, act: Callable[[Desk], None], after: str) -> ResponseReturnValue:
    try:
        if not form:
            raise Refused(next(iter(form.errors.values())))
        with here.writing() as desk:
            act(desk)
    except Refused as refused:
        notes.add("warning", str(refused))
    else:
        notes.add("success", _("Saved."))
    return go(after)
