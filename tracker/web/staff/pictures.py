"""`/cases/<ref>/pictures`: photos of letters told with the contacts of a case (S15)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue

from tracker.domain.errors import Refused
from tracker.engine.cases import pictures as engine
from tracker.engine.desk import Desk
from tracker.engine.sheets.taking_out import let_out
from tracker.i18n.words import gettext as _
from tracker.store import timeline as store
from tracker.store.schema import Attachment, Case, ContactReport
from tracker.web import here, notes, uploads
from tracker.web.access import access, body_up_to
from tracker.web.facts import edtf_text
from tracker.web.fields import Form
from tracker.web.pages import go
from tracker.web.refusals import refusing
from tracker.web.staff import words
from tracker.web.staff.door import DESK, bp, carry_out, case_of, show_form

_PAGE = "staff/pictures.html"


@bp.get("/cases/<ref>/pictures")
@access(*DESK)
def pictures_form(ref: str) -> ResponseReturnValue:
    """The pictures of a case, and a form to add some."""
    return show_form(ref, _PAGE, _context, values={"contact": request.args.get("contact", "")})


@bp.post("/cases/<ref>/pictures")
@access(*DESK)
@body_up_to(uploads.LARGEST_BODY)
def pictures(ref: str) -> ResponseReturnValue:
    """Add pictures to one contact. Those that can be read are kept, the others are named."""
    with here.reading() as desk:  # nothing is decoded for a case that is not theirs
        case_of(desk, ref)
    form = Form(request.form)
    contact = form.text("contact", required=_("Choose the contact they belong to."), longest=32)
    made = uploads.read(form) if contact else []
    if form and not made:
        form.fail(uploads.FIELD, _("Choose at least one photo."))
    if made:
        kept = Form(request.form)
        if not carry_out(kept, ref, lambda d, c: engine.add(d, c, _contact(d, c, contact), made)):
            form.errors.update(kept.errors)
    if not form:
        return show_form(ref, _PAGE, _context, form)
    notes.add("success", _("The photos are on the record."))
    return go(f"/cases/{ref}/pictures")


@bp.get("/cases/<ref>/pictures/<picture_id>")
@access(*DESK)
def picture(ref: str, picture_id: str) -> ResponseReturnValue:
    """One picture, as a file. That it was read is audited."""
    with refusing(), here.writing() as desk:
        case = case_of(desk, ref)
        row = _found(desk, case, picture_id)
        let_out(desk, case)
        return uploads.answer(engine.look(desk, row), "picture")


@bp.get("/cases/<ref>/pictures/<picture_id>/small")
@access(*DESK)
def small_picture(ref: str, picture_id: str) -> ResponseReturnValue:
    """The same, small, for the page."""
    with here.looking() as desk:
        row = _found(desk, case_of(desk, ref), picture_id)
        return uploads.answer(engine.glance(desk, row), "small")


@bp.post("/cases/<ref>/pictures/<picture_id>/delete")
@access(*DESK)
def delete_picture(ref: str, picture_id: str) -> ResponseReturnValue:
    """Delete one for good, once it was said twice."""
    form = Form(request.form)
    if not form.checked("sure"):
        with here.reading() as desk:
            _found(desk, case_of(desk, ref), picture_id)
        form.fail(f"sure-{picture_id}", _("Tick the box to delete the photo for good."))
        return show_form(ref, _PAGE, _context, form)
    carry_out(form, ref, lambda d, c: engine.delete(d, _found(d, c, picture_id)))
    notes.add("success", _("The photo is deleted."))
    return go(f"/cases/{ref}/pictures")


def shown(desk: Desk, case: Case, report_id: str = "") -> list[dict[str, Any]]:
    """The pictures of a case, or of one contact, for a page."""
    return [
        {
            "url": f"/cases/{case.ref}/pictures/{row.id}",
            "id": row.id,
            "number": number,
            "size": uploads.kilobytes(row.size),
            "added": words.day_text(row.added_at),
            "contact": _label(desk, report),
            "by_family": row.added_by is None,
        }
        for number, (row, report) in enumerate(engine.of_case(desk, case), start=1)
        if report_id in ("", report.id)
    ]


def _context(desk: Desk, case: Case) -> Mapping[str, Any]:
    reports = sorted(
        store.reports(desk.session, case.id), key=lambda row: row.entered_at, reverse=True
    )
    return {
        "pictures": shown(desk, case),
        "contacts": [(row.id, _label(desk, row)) for row in reports],
        "newest": reports[0].id if reports else "",
        "accept": uploads.ACCEPT,
    }


def _label(desk: Desk, report: ContactReport) -> str:
    when = edtf_text(desk.safe.open(report, "occurred")["edtf"])
    reported = _("reported %(when)s", when=words.day_text(report.reported_at))
    return " · ".join(part for part in (when, reported) if part)


def _contact(desk: Desk, case: Case, report_id: str) -> ContactReport:
    report = desk.session.get(ContactReport, report_id)
    if report is None or report.case_id != case.id:
        raise Refused(_("Choose the contact they belong to."))
    return report


def _found(desk: Desk, case: Case, picture_id: str) -> Attachment:
    row = engine.find(desk, case, picture_id)
    if row is None:
        abort(404)
    return row
