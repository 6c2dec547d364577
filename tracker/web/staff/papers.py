"""`/cases/<ref>/paper`: a case sheet as PDF with chosen facts, or its pictures as PNG."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import request
from flask.typing import ResponseReturnValue

from tracker.domain.consent import Scope
from tracker.domain.errors import Refused
from tracker.domain.moments import local_date
from tracker.engine.cases import shared, sharing
from tracker.engine.desk import Desk
from tracker.engine.sheets import taking_out
from tracker.i18n.languages import LANGUAGES, SOURCE
from tracker.i18n.words import gettext as _
from tracker.i18n.words import speaking, spoken
from tracker.store.schema import Case
from tracker.web import here, paper
from tracker.web.access import access, reauth
from tracker.web.fields import Form
from tracker.web.refusals import refusing
from tracker.web.staff import words
from tracker.web.staff.door import DESK, bp, case_of, my_zone, show_form

GROUPS: Final = ("name", "dates", "place", "history", "family")
"""What a sheet may hold: the groups that a post can be shown, without documents."""

PICTURES: Final = {
    "months": frozenset(("dates", "history", "place")),  # of the place, since when somebody is held
    "years": frozenset(("dates", "history")),
}
"""Pictures of a case for a slide or a report, and what each opens: days, and no name."""

_AT_FIRST: Final = ("name", "dates", "place", "history")


@bp.get("/cases/<ref>/paper")
@access(*DESK)
@reauth
def paper_form(ref: str) -> ResponseReturnValue:
    """What stands on the sheet, and in which language."""
    return show_form(ref, "staff/paper.html", _context, values={"language": spoken()})


@bp.post("/cases/<ref>/paper")
@access(*DESK)
@reauth
def make_paper(ref: str) -> ResponseReturnValue:
    """The sheet or a picture as a file to save. That it was made, and of what, is audited."""
    form = Form(request.form)
    picture = form.choice("picture", PICTURES)
    if picture:
        return _picture(ref, picture, form.choice("language", LANGUAGES) or SOURCE)
    fields = form.choices("fields", GROUPS, required=_("Choose what stands on the sheet."))
    language = form.choice("language", LANGUAGES, required=_("Choose the language."))
    if form:
        try:
            return paper.pdf_answer(_made(ref, fields, language or SOURCE))
        except Refused as refused:
            form.fail("", str(refused))
    return show_form(ref, "staff/paper.html", _context, form)


def _made(ref: str, fields: list[str], language: str) -> bytes:
    """The sheet. The transaction ends before the press runs."""
    with here.writing() as desk:
        case = case_of(desk, ref)
        taking_out.let_print(desk, case)
        desk.audit("case.printed", "case", case.id, case.id, fields=sorted(fields), to=language)
        with speaking(language):
            sheet = paper.case_sheet(
                shared.excerpt(desk, case, frozenset(fields), desk.now),
                on=local_date(desk.now, my_zone()),
                only_inside=not sharing.consents(desk, case, Scope.CONSULAR),
            )
    with speaking(language):
        return paper.pdf(sheet)


def _picture(ref: str, which: str, language: str) -> ResponseReturnValue:
    with refusing(), here.writing() as desk, speaking(language):
        case = case_of(desk, ref)
        taking_out.let_print(desk, case)
        how = {"fields": sorted(PICTURES[which]), "to": language, "picture": which}
        desk.audit("case.printed", "case", case.id, case.id, **how)
        found = shared.excerpt(desk, case, PICTURES[which], desk.now)
        drawn = paper.months_of(found) if which == "months" else paper.years_of(found)
    return paper.png_answer(paper.png(drawn))


def _context(desk: Desk, case: Case) -> Mapping[str, Any]:
    names = words.field_groups()
    return {
        "groups": [(group, names[group]) for group in GROUPS],
        "chosen": request.form.getlist("fields") or list(_AT_FIRST),
        "languages_spoken": [(each.code, each.own_name) for each in LANGUAGES.values()],
        "covered": sharing.consents(desk, case, Scope.CONSULAR),
    }
