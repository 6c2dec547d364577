"""`/cases/<ref>/wrong`: a name or a fact written down wrongly is taken back, or put back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue

from tracker.engine.cases import mistakes as engine
from tracker.engine.cases.reveal import numbered
from tracker.engine.desk import Desk
from tracker.engine.staff.people import names_of
from tracker.i18n.words import gettext as _
from tracker.store.schema import Case
from tracker.web import notes
from tracker.web.access import access
from tracker.web.facts import source_text, value_text
from tracker.web.fields import Form
from tracker.web.pages import go
from tracker.web.staff import words
from tracker.web.staff.door import DESK, bp, carry_out, show_form

_LIST = "staff/wrong.html"
_ONE = "staff/wrong_one.html"


@bp.get("/cases/<ref>/wrong")
@access(*DESK)
def wrong(ref: str) -> ResponseReturnValue:
    """Every name and fact, to choose what was wrong; and what was taken back."""
    return show_form(ref, _LIST, _all, read="case.read")


@bp.get("/cases/<ref>/wrong/<told_id>")
@access(*DESK)
def wrong_form(ref: str, told_id: str) -> ResponseReturnValue:
    """What follows, and why."""
    return show_form(ref, _ONE, _one(told_id), read="case.read")


@bp.post("/cases/<ref>/wrong/<told_id>")
@access(*DESK)
def take_back(ref: str, told_id: str) -> ResponseReturnValue:
    """It counts no more."""
    form = Form(request.form)
    reason = form.text("reason", required=_("Say why."), longest=2000, lines=True)
    if not carry_out(
        form, ref, lambda desk, case: engine.withdraw(desk, case, _row(desk, case, told_id), reason)
    ):
        return show_form(ref, _ONE, _one(told_id), form, read="case.read")
    at = f"/cases/{ref}"
    notes.add("success", _("Taken back."), undo_url=f"{at}/wrong/{told_id}/back")
    return go(at)


@bp.post("/cases/<ref>/wrong/<told_id>/back")
@access(*DESK)
def put_back(ref: str, told_id: str) -> ResponseReturnValue:
    """It stands again where it stood."""
    form = Form(request.form)
    done = carry_out(
        form, ref, lambda desk, case: engine.put_back(desk, case, _row(desk, case, told_id))
    )
    if done:
        notes.add("success", _("It counts again."))
    return go(f"/cases/{ref}")


def _row(desk: Desk, case: Case, told_id: str) -> engine.Told:
    return engine.find(desk, case, told_id) or abort(404)


def _all(desk: Desk, case: Case) -> Mapping[str, Any]:
    shown = _shown(desk, case)
    return {
        "standing": [each for each in shown if not each["withdrawn"]],
        "taken_back": [each for each in shown if each["withdrawn"]],
    }


def _one(told_id: str) -> Callable[[Desk, Case], Mapping[str, Any]]:
    def context(desk: Desk, case: Case) -> Mapping[str, Any]:
        row = _row(desk, case, told_id)
        return {"said": next(each for each in _shown(desk, case) if each["id"] == row.id)}

    return context


def _shown(desk: Desk, case: Case) -> list[dict[str, Any]]:
    """Every name and fact in words."""
    found = engine.told(desk, case)
    numbers = numbered(desk, case)
    people = names_of(desk, {by for each in found for by in (each.row.entered_by, each.by)})
    kinds = words.statement_kinds() | {"name": _("Name")}
    return [
        {
            "id": each.row.id,
            "label": kinds[each.kind],
            "text": each.value if each.kind == "name" else value_text(each.value, each.kind),
            "source": source_text(each.source, numbers.get(each.row.enquirer_id or "")),
            "entered": words.day_text(each.row.entered_at),
            "entered_by": people.get(each.row.entered_by or "", ""),
            "withdrawn": words.day_text(each.withdrawn_at) if each.withdrawn_at else "",
            "withdrawn_by": people.get(each.by or "", ""),
            "reason": each.reason,
        }
        for each in found
    ]
