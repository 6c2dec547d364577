"""Many cases of the queue at once: assign or snooze them, with the consequences said, and undo."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from tracker.domain.errors import Refused
from tracker.domain.moments import local_date
from tracker.engine.cases import bulk, cases
from tracker.engine.cases import queue as engine
from tracker.engine.desk import Desk
from tracker.engine.staff.people import colleagues, names_of
from tracker.i18n.words import gettext as _
from tracker.i18n.words import ngettext
from tracker.store.queue import NOBODY
from tracker.store.schema import Case
from tracker.web import here, notes, unsent, whom
from tracker.web.access import access
from tracker.web.fields import Form
from tracker.web.pages import form_page, go
from tracker.web.paths import safe_path
from tracker.web.staff import words
from tracker.web.staff.door import DESK, bp, desk_actor, my_zone

Context = Callable[[Desk, list[Case]], Mapping[str, Any]]


@bp.get("/queue/assign")
@access("supervisor")
def assign_many_form() -> ResponseReturnValue:
    """Whose cases these shall be, and what follows from it."""
    return _show("staff/bulk_assign.html", _assigning)


@bp.post("/queue/assign")
@access("supervisor")
def assign_many() -> ResponseReturnValue:
    """All of them, or none."""
    form = Form(request.form)
    with here.reading() as desk:
        known = _workers(desk)
    to = whom.read(form, "caseworker", known, required=_("Choose who takes these cases."))
    owner = None if to == NOBODY else to
    done = _act(form, lambda desk, found: bulk.assign(desk, found, owner))
    if done is None:
        return _show("staff/bulk_assign.html", _assigning, form)
    said = ngettext("%(n)s case is assigned.", "%(n)s cases are assigned.", done[0])
    return _back(said, done[1])


@bp.get("/queue/snooze")
@access(*DESK)
def snooze_many_form() -> ResponseReturnValue:
    """Until when, why, and what waits in them (R12)."""
    return _show("staff/bulk_snooze.html", _snoozing)


@bp.post("/queue/snooze")
@access(*DESK)
def snooze_many() -> ResponseReturnValue:
    """All of them, or none."""
    form = Form(request.form)
    day = form.date("until", required=_("Say until when."))
    reason = form.text("reason", required=_("Say why."), longest=2000, lines=True)

    def act(desk: Desk, found: list[Case]) -> str:
        assert day is not None
        return bulk.snooze(desk, found, day, reason)

    done = _act(form, act)
    if done is None:
        return _show("staff/bulk_snooze.html", _snoozing, form)
    said = ngettext("%(n)s case is snoozed.", "%(n)s cases are snoozed.", done[0])
    return _back(said, done[1])


@bp.post("/queue/undo/<token>")
@access(*DESK)
def undo_many(token: str) -> ResponseReturnValue:
    """As before, where nobody has changed anything since."""
    try:
        with here.writing() as desk:
            done, left = bulk.undo(desk, desk_actor(), token)
    except Refused as refused:
        notes.add("info", str(refused))
        return go("/queue")
    said = ngettext("%(n)s case is as before.", "%(n)s cases are as before.", done)
    if left:
        more = ngettext(
            "%(n)s was changed since, and stays.", "%(n)s were changed since, and stay.", left
        )
        said = f"{said} {more}"
    notes.add("success", said)
    return go("/queue")


def _act(form: Form, act: Callable[[Desk, list[Case]], str]) -> tuple[int, str] | None:
    """How many cases it was done to, and the token of the undo; None when it was refused."""
    if not form:
        return None
    try:
        with here.writing() as desk:
            found = bulk.chosen(desk, desk_actor(), request.form.getlist("ref"))
            if not found:
                raise Refused(_("Tick at least one case in the queue."))
            unsent.drop(desk)
            return len(found), act(desk, found)
    except Refused as refused:
        form.fail("", str(refused))
        return None


def _back(said: str, token: str) -> ResponseReturnValue:
    notes.add("success", said, undo_url=f"/queue/undo/{token}", undo_label=_("Undo"))
    return go(safe_path(request.form.get("back")) or "/queue")


def _show(template: str, context: Context, form: Form | None = None) -> ResponseReturnValue:
    """The chosen cases and the form; back to the queue where none was chosen."""
    with here.looking() as desk:
        sent = unsent.typed(desk)
        ticked = request.method == "GET" and request.args.getlist("ref")
        asked = request.args if ticked else sent  # kept with what was typed, where none is ticked
        back = safe_path(asked.get("back")) or "/queue"
        found = bulk.chosen(desk, desk_actor(), asked.getlist("ref"))
        if not found and form is None:
            notes.add("info", _("Tick at least one case in the queue."))
            return go(back)
        desk.audit("queue.read", "queue", cases=len(found))
        return form_page(
            template,
            form.errors if form is not None else {},
            values=sent,
            cases=found,
            names=engine.names_by_case(desk, [case.id for case in found]),
            people=names_of(desk, [case.caseworker_id for case in found]),
            waiting=len(bulk.waiting(desk, found)),
            back=back,
            **context(desk, found),
        )


def _assigning(desk: Desk, found: list[Case]) -> Mapping[str, Any]:
    return {
        "workers": whom.field(_workers(desk), typed=unsent.typed(desk).get("caseworker")),
        "losing": sum(case.caseworker_id is not None for case in found),
    }


def _workers(desk: Desk) -> list[tuple[str, str]]:
    return [(NOBODY, _("Nobody yet")), *colleagues(desk, *DESK)]


def _snoozing(desk: Desk, found: list[Case]) -> Mapping[str, Any]:
    today = local_date(desk.now, my_zone())
    return {
        "first": (today + timedelta(days=1)).isoformat(),
        "last": (today + cases.SNOOZE_AT_MOST).isoformat(),
        "week": (today + timedelta(days=7)).isoformat(),
        "critical": sum(case.band == "critical" for case in found),
        "again": sum(
            case.snoozed_until is not None and case.snoozed_until > desk.now for case in found
        ),
        "day": words.day_text,
    }
