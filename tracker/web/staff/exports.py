"""`/exports`: cases as a file, asked for, agreed to by a second person, downloaded once."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, request
from flask.typing import ResponseReturnValue

from tracker.domain.errors import Refused
from tracker.engine.desk import Desk
from tracker.engine.sheets import export_forms, taking_out
from tracker.engine.staff.people import names_of
from tracker.i18n.words import gettext as _
from tracker.store import trail
from tracker.web import here, notes
from tracker.web.access import access, reauth
from tracker.web.fields import Form
from tracker.web.pages import form_page, go
from tracker.web.staff import words
from tracker.web.staff.door import DESK, bp, desk_actor


@bp.get("/exports")
@access(*DESK)
@reauth
def exports() -> ResponseReturnValue:
    """What I asked for, what waits for my word, and asking."""
    return _page(Form(request.form))


@bp.post("/exports")
@access(*DESK)
@reauth
def ask_export() -> ResponseReturnValue:
    """Ask for a file: of one case, or of all that I see."""
    form = Form(request.form)
    wanted = form.choice("form", taking_out.FORMS, required=_("Choose one."))
    ref = form.text("ref", longest=20) or None
    if not _done(form, lambda desk: taking_out.ask(desk, wanted or "", ref)):
        return _page(form)
    return go("/exports")


@bp.post("/exports/<request_id>/agree")
@access("supervisor")
@reauth
def agree_export(request_id: str) -> ResponseReturnValue:
    """The second person's word."""
    form = Form(request.form)
    if not _done(form, lambda desk: taking_out.agree(desk, request_id)):
        return _page(form)
    notes.add("success", _("You agreed. The other person can take the file now."))
    return go("/exports")


@bp.post("/exports/<request_id>/decline")
@access(*DESK)
@reauth
def decline_export(request_id: str) -> ResponseReturnValue:
    """Not this time; or: I do not need it any more."""
    form = Form(request.form)
    if not _done(form, lambda desk: taking_out.decline(desk, request_id)):
        return _page(form)
    return go("/exports")


@bp.post("/exports/<request_id>/file")
@access(*DESK)
@reauth
def export_file(request_id: str) -> ResponseReturnValue:
    """The file, once. It leaves only after the record says so."""
    form = Form(request.form)
    try:
        with here.reading(desk_actor()) as desk:
            asked, made = taking_out.prepare(desk, request_id)
            kind, day = asked.form, desk.now.date()
            content = export_forms.as_file(kind, made.cases, here.services().settings, desk.now)
        with here.writing(desk_actor()) as desk:
            taking_out.take(desk, request_id, made)
    except Refused as refused:
        form.fail("", str(refused))
        return _page(form)
    name = f"{day.isoformat()}.{export_forms.SUFFIXES[kind]}"
    return Response(
        content,
        mimetype=export_forms.MIMETYPES[kind],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _done(form: Form, act: Callable[[Desk], object]) -> bool:
    """Do it in one transaction; False, and a sentence in the form, when it is refused."""
    if form:
        try:
            with here.writing(desk_actor()) as desk:
                act(desk)
        except Refused as refused:
            form.fail("", str(refused))
    return bool(form)


def _page(form: Form) -> Response:
    with here.reading(desk_actor()) as desk:
        mine, theirs = taking_out.mine(desk), taking_out.to_agree(desk)
        refs = trail.refs_of(desk.session, [row.case_id for row in mine if row.case_id])
        return form_page(
            "staff/exports.html",
            form.errors,
            values=form.raw,
            alone=taking_out.ALONE_AT_MOST,
            mine=mine,
            theirs=theirs,
            refs=refs,
            names=names_of(desk, [row.asked_by for row in theirs]),
            waits=taking_out.waits,
            forms=words.export_forms(),
            moment=words.moment_text,
        )
