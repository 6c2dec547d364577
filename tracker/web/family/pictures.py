"""Photos of letters: beside a report before it is sent, and later behind its code (S15).

Which pictures were sent is never shown behind the code, only that they arrived (S7).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Response, request
from flask.typing import ResponseReturnValue

from tracker.domain.errors import Refused
from tracker.engine.cases import family as behind_receipt
from tracker.engine.cases import pictures as engine
from tracker.engine.desk import Desk
from tracker.i18n.words import gettext as _
from tracker.security.tokens import new_token
from tracker.store.schema import Draft
from tracker.web import here, language, limits, notes, once, uploads
from tracker.web.access import body_up_to, family, public
from tracker.web.family import answers as drafts
from tracker.web.family.answers import Answers
from tracker.web.family.door import bp
from tracker.web.family.report import ask, lost, onwards, too_much
from tracker.web.family.status_acts import ONCE
from tracker.web.fields import Form
from tracker.web.once import is_first
from tracker.web.pages import form_page, go

_KEY = "pictures"


@bp.get("/report/pictures")
@public
def pictures_form() -> ResponseReturnValue:
    """The pictures that are here already, and a field for more."""
    with here.reading() as desk:
        draft = drafts.find(desk)
        if draft is None or draft.sent_case_id is not None:
            return lost()
        return _ask(drafts.given(desk, draft), {}, _shown(desk, draft))


@bp.post("/report/pictures")
@public
@body_up_to(uploads.LARGEST_BODY)
def pictures() -> ResponseReturnValue:
    """Make the pictures anew, keep them beside the draft, go on; or take one away again."""
    with here.reading() as desk:  # nothing is decoded for somebody who tells nothing
        draft = drafts.find(desk)
        if draft is None or draft.sent_case_id is not None:
            return lost()
        given, kept = drafts.given(desk, draft), _shown(desk, draft)
    if wait := limits.share("pictures"):
        return limits.later(wait, _ask(given, {"": limits.share_is_used(wait)}, kept))
    form, switched = Form(request.form), language.switched()
    made = uploads.read(form)
    with here.writing() as desk:
        draft = drafts.find(desk, lock=True)
        if draft is None or draft.sent_case_id is not None:
            return lost()
        given = drafts.given(desk, draft)
        try:
            engine.wait(desk, draft, made)
        except Refused as refused:
            form.fail(uploads.FIELD, str(refused))
        engine.drop(desk, draft, request.form.get("remove", ""))
        kept = _shown(desk, draft)
        given[_KEY] = {"seen": "1", "count": str(len(kept))}
        if not drafts.keep(desk, draft, given):
            form.fail("", too_much())
    if not form:
        return _ask(given, form.errors, kept)
    stay = switched or request.form.get("add") or request.form.get("remove")
    return go(f"/report/{_KEY}" if stay else onwards(given, _KEY))


@bp.get("/status/pictures")
@family
def later_form() -> ResponseReturnValue:
    """A field for pictures."""
    return _later_page(Form(request.form), {once.FIELD: new_token()})


@bp.post("/status/pictures")
@family
@body_up_to(uploads.LARGEST_BODY)
def later() -> ResponseReturnValue:
    """Keep them with this family's newest report, and tell the caseworker; once."""
    form = Form(request.form)
    if language.switched():
        return _later_page(form, form.raw)
    if wait := limits.share("answer"):
        form.fail("", limits.share_is_used(wait))
        return limits.later(wait, _later_page(form, form.raw))
    text = form.text("text", longest=5_000, lines=True)
    made = uploads.read(form) if form else []
    if form and not made:
        form.fail(uploads.FIELD, _("Choose at least one photo."))
    kept = bool(made)
    if made:
        with here.writing() as desk:
            enquirer, case = behind_receipt.mine(desk)
            if is_first(desk, ONCE, request.form.get(once.FIELD, ""), case):
                try:
                    engine.add_later(desk, enquirer, case, made, text)
                except Refused as refused:
                    desk.session.rollback()
                    form.fail(uploads.FIELD, str(refused))
                    kept = False
    if not form:  # what came with photos that were taken is kept; else it stands there still
        typed = {"text": "" if kept else request.form.get("text", "")}
        return _later_page(form, typed | {once.FIELD: new_token()})
    notes.add("success", _("Your photos are here for the caseworker."))
    return go("/status")


def _shown(desk: Desk, draft: Draft) -> list[tuple[str, str]]:
    """Id and size of the pictures beside a draft."""
    return [(row.id, uploads.kilobytes(row.size)) for row in engine.waiting(desk, draft)]


def _ask(given: Answers, errors: dict[str, str], kept: Sequence[tuple[str, str]]) -> Response:
    return ask(_KEY, given, {}, errors, kept=kept, accept=uploads.ACCEPT)


def _later_page(form: Form, values: Mapping[str, str]) -> Response:
    return form_page("family/pictures.html", form.errors, values=values, accept=uploads.ACCEPT)
