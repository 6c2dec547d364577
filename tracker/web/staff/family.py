"""The family behind a case: messages with it, and who it is, once somebody says why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue

from tracker.domain.errors import Refused
from tracker.domain.moments import format_instant
from tracker.engine.cases import letters, reveal
from tracker.engine.desk import Desk
from tracker.engine.staff.people import names_of
from tracker.i18n.words import gettext as _
from tracker.store import timeline as store
from tracker.store.schema import Case
from tracker.web import here, notes
from tracker.web.access import access, reauth
from tracker.web.fields import Form
from tracker.web.pages import go, page
from tracker.web.record_words import relations
from tracker.web.staff import words
from tracker.web.staff.door import DESK, bp, carry_out, case_of, show_form


@bp.get("/cases/<ref>/messages")
@access(*DESK)
def messages(ref: str) -> ResponseReturnValue:
    """What was written in both directions."""
    return show_form(ref, "staff/messages.html", _letters, read="message.seen")


@bp.post("/cases/<ref>/messages")
@access(*DESK)
def write(ref: str) -> ResponseReturnValue:
    """Write to one enquirer, who finds it behind the receipt."""
    form = Form(request.form)
    who = form.text("enquirer", required=_("Choose to whom."))
    body = form.text("body", required=_("Write something first."), longest=5000, lines=True)

    def act(desk: Desk, case: Case) -> None:
        enquirer = reveal.enquirer_of(desk, case, who)
        if enquirer is None:
            raise Refused(_("Choose to whom."))
        letters.write(desk, case, enquirer, body)

    if not carry_out(form, ref, act):
        return show_form(ref, "staff/messages.html", _letters, form)
    notes.add("success", _("Written. They find it when they use their code next."))
    return go(f"/cases/{ref}/messages")


@bp.post("/cases/<ref>/messages/read")
@access(*DESK)
def mark_read(ref: str) -> ResponseReturnValue:
    """What stood on the page was read, and leaves the work list; what came since stays there."""
    form = Form(request.form)

    def act(desk: Desk, case: Case) -> None:
        letters.mark_read(desk, case, form.shown_at("up_to", desk.now))

    carry_out(form, ref, act)
    return go(f"/cases/{ref}/messages")


def _letters(desk: Desk, case: Case) -> Mapping[str, Any]:
    found = letters.letters(desk, case)
    numbers = reveal.numbered(desk, case)
    writable = [row for row in store.enquirers(desk.session, case.id) if row.withdrawn_at is None]
    return {
        "letters": found,
        "people": names_of(desk, [letter.row.written_by for letter in found]),
        "numbers": numbers,
        "enquirers": [(row.id, _("Enquirer %(n)s", n=numbers[row.id])) for row in writable],
        "moment": words.moment_text,
        "unread": any(each.row.from_family and each.row.read_at is None for each in found),
        "up_to": format_instant(desk.now),
    }


@bp.get("/cases/<ref>/enquirers/<enquirer_id>")
@access(*DESK)
@reauth
def reveal_form(ref: str, enquirer_id: str) -> ResponseReturnValue:
    """Ask why somebody has to know."""
    return show_form(ref, "staff/reveal.html", lambda desk, case: _number(desk, case, enquirer_id))


@bp.post("/cases/<ref>/enquirers/<enquirer_id>")
@access(*DESK)
@reauth
def reveal_enquirer(ref: str, enquirer_id: str) -> ResponseReturnValue:
    """Shown on this one page; the reason is logged, and the supervisor sees it."""
    form = Form(request.form)
    reason = form.text("reason", required=_("Say why you have to know."), longest=2000, lines=True)
    if not form:
        return show_form(
            ref, "staff/reveal.html", lambda desk, case: _number(desk, case, enquirer_id), form
        )
    with here.writing() as desk:
        case = case_of(desk, ref)
        known = _number(desk, case, enquirer_id)
        details = reveal.reveal(desk, case, known["enquirer"], reason)
        return page("staff/revealed.html", case=case, details=_rows(details), **known)


def _number(desk: Desk, case: Case, enquirer_id: str) -> Mapping[str, Any]:
    row = reveal.enquirer_of(desk, case, enquirer_id)
    if row is None:
        abort(404)
    return {
        "enquirer": row,
        "number": reveal.numbered(desk, case)[row.id],
        "day": words.day_text,
    }


def _rows(details: Mapping[str, Any]) -> list[dict[str, str]]:
    """What a family said of itself; the codes of our own questions in words."""
    labels = {
        "name": _("Name"),
        "relation": _("Relation"),
        "relation_other": _("Relation"),
        "phone": _("Telephone"),
        "email": _("E-mail address"),
        "address": _("Address"),
        "reach": _("How to reach them"),
        "times": _("When it is safe"),
        "safe_times": _("When it is safe"),
        "ways": _("How to reach them"),
        "other_way": _("Another way"),
        "language": _("Language"),
    }
    told = {**details, "relation": dict(relations()).get(str(details.get("relation")))}
    told["relation"] = told["relation"] or details.get("relation")  # an import has words
    return [
        {"key": labels.get(name, name.replace("_", " ")), "value": _said(value)}
        for name, value in told.items()
        if value not in (None, "", [], {})
    ]


def _said(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return str(value)
