"""`/shared`: the cases a post was shown, its page for each, a sheet, answers (domain.md 14)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from tracker.domain.errors import Refused
from tracker.domain.moments import local_date
from tracker.engine.cases import shared as engine
from tracker.engine.cases.pictures import look
from tracker.engine.cases.sharing import OUTCOMES
from tracker.engine.desk import Desk
from tracker.engine.sheets.taking_out import let_out
from tracker.i18n.dates import date_text, short_date_text
from tracker.i18n.words import gettext as _
from tracker.web import excerpts, here, notes, paper, record_words, unread, unsent, uploads
from tracker.web.access import access, reauth
from tracker.web.consular.door import bp, case_of
from tracker.web.fields import Form
from tracker.web.pages import form_page, go, page
from tracker.web.refusals import refusing


@bp.get("/shared")
@access("consular")
def shared() -> ResponseReturnValue:
    """The cases shared with my posts; those that wait for an answer longest come first."""
    with here.looking() as desk:
        found, unread_cases = engine.shared_cases(desk)
        desk.audit("shared.listed", "case", count=len(found))
        return page(
            "consular/shared.html",
            cases=found,
            unread=unread_cases,
            unread_words=unread.sentence(),
            last=excerpts.last_text,
            day=_day,
        )


@bp.get("/shared/<ref>")
@access("consular")
def shared_case(ref: str) -> ResponseReturnValue:
    """One case, as far as it is shared. That it was read is audited."""
    with here.looking() as desk:
        found = case_of(desk, ref)
        desk.audit("shared.read", "case", found.case.id, found.case.id)
        return _page(desk, found, {})


@bp.get("/shared/<ref>/sheet")
@access("consular")
def sheet(ref: str) -> ResponseReturnValue:
    """The same on paper: for a visit, or to be asked about."""
    with refusing(), here.writing() as desk:
        found = case_of(desk, ref)
        let_out(desk, found.case)
        desk.audit("shared.printed", "case", found.case.id, found.case.id)
        shown = _context(found)
    return page("consular/sheet.html", **shown, printed=date_text(_today()))


@bp.get("/shared/<ref>/pictures/<picture_id>")
@access("consular")
def picture(ref: str, picture_id: str) -> ResponseReturnValue:
    """A photo of a letter, where those are shared. That it was read is audited."""
    with refusing(), here.writing() as desk:
        found = case_of(desk, ref)
        row = next((each for each in found.pictures if each.id == picture_id), None)
        if row is None:
            abort(404)
        let_out(desk, found.case)
        return uploads.answer(look(desk, row), "picture")


@bp.post("/shared/<ref>/sheet")
@access("consular")
@reauth
def sheet_pdf(ref: str) -> ResponseReturnValue:
    """The sheet as a file. It leaves the desk, so the password is asked for again (S10)."""
    outcomes = record_words.outcomes()
    with refusing(), here.writing() as desk:
        found = case_of(desk, ref)
        let_out(desk, found.case)
        desk.audit("shared.printed", "case", found.case.id, found.case.id, file=True)
        made = paper.case_sheet(
            found,
            on=_today(),
            asked=[
                (
                    _day(one.row.asked_at),
                    one.words,
                    outcomes.get(one.row.outcome or "", ""),
                    one.answer,
                )
                for one in found.asked
            ],
        )
    return paper.pdf_answer(paper.pdf(made))


@bp.post("/shared/<ref>/answer")
@access("consular")
def answer(ref: str) -> ResponseReturnValue:
    """My post answers what it was asked."""
    form = Form(request.form)
    question = form.text("question", longest=32)
    outcome = form.choice("outcome", OUTCOMES, required=_("Choose what was done."))
    words = form.text("words", longest=5000, lines=True)
    if form and outcome:
        try:
            with here.writing() as desk:
                engine.answer(desk, case_of(desk, ref), question, outcome, words)
                unsent.drop(desk)
        except Refused as refused:
            form.fail("", str(refused))
    if not form:
        with here.reading() as desk:
            return _page(desk, case_of(desk, ref), form.errors)
    notes.add("success", _("Your answer was written down. Thank you."))
    return go(f"/shared/{ref}")


@bp.post("/shared/<ref>/seen")
@access("consular")
def seen(ref: str) -> ResponseReturnValue:
    """I have seen the alert. Recorded; the caseworkers' own reminders go on."""
    with here.writing() as desk:
        if engine.acknowledge(desk, case_of(desk, ref)):
            notes.add("success", _("It was written down that you have seen this."))
    return go(f"/shared/{ref}")


def _page(desk: Desk, found: engine.Shared, errors: dict[str, str]) -> Response:
    typed = unsent.typed(desk)
    return form_page(
        "consular/case.html",
        errors,
        **_context(found),
        values=typed,
        answering=typed.get("question", ""),
    )


def _context(found: engine.Shared) -> dict[str, Any]:
    groups = record_words.field_groups()
    return {
        "seen": found,
        "groups": [groups[name] for name in groups if name in found.fields],
        "last": excerpts.last_text(found),
        "since": _day(found.since_at),
        "until": date_text(found.until) if found.until else "",
        "facts": excerpts.facts_told(found),
        "heard": excerpts.heard_rows(found),
        "outcomes": record_words.outcomes(),
        "day": _day,
        "kilobytes": uploads.kilobytes,
    }


def _day(at: datetime) -> str:
    return short_date_text(local_date(at, ZoneInfo(here.actor().zone_name)))


def _today() -> date:
    return local_date(here.now(), ZoneInfo(here.actor().zone_name))
