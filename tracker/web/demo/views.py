"""`/demo`: sign in as an invented person, a tour in five steps, and a clock that can be moved."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from tracker.demo.people import STAFF, ZONE, person_id
from tracker.demo.time import move
from tracker.demo.tour import tour_case
from tracker.domain.actor import ANYONE
from tracker.engine.staff import signing_in
from tracker.i18n.dates import whole_datetime_text
from tracker.i18n.words import gettext as _
from tracker.web import here, notes, session
from tracker.web.access import public
from tracker.web.pages import go, home_of, page
from tracker.web.paths import came_from, safe_path

bp = Blueprint("demo", __name__)

STEPS: Final = {"1d": timedelta(days=1), "1w": timedelta(days=7), "30d": timedelta(days=30)}


@bp.before_request
def only_in_a_demo() -> None:
    """Elsewhere there is no such page."""
    if not here.services().settings.demo:
        abort(404)


@bp.get("/demo")
@public
def demo() -> ResponseReturnValue:
    """Who to be, and what to try first."""
    with here.reading(ANYONE) as desk:
        return page(
            "demo/demo.html",
            people=STAFF,
            roles=_roles(),
            tour=tour_case(desk),
            now=whole_datetime_text(here.now(), ZoneInfo(ZONE)),
            on_page=True,
        )


@bp.post("/demo")
@public
def be_somebody() -> ResponseReturnValue:
    """Sign in as the person chosen (`who`), and go on to `next`."""
    with here.writing(ANYONE) as desk:
        found = person_id(desk, request.form.get("who", ""))
        if found is None:
            abort(404)
        session.keep(signing_in.enter(desk, found, second_factor=True, replaces=here.visit()))
        return go(safe_path(request.form.get("next")) or home_of(desk.actor))


@bp.post("/demo/clock")
@public
def clock() -> ResponseReturnValue:
    """Move the clock on by `step`; everything that falls due meanwhile is done first."""
    step = STEPS.get(request.form.get("step", ""))
    if step is None:
        abort(422)
    reached = move(here.services(), step)
    notes.add("info", _("It is now %(when)s.", when=whole_datetime_text(reached, _zone())))
    return go(came_from() or "/demo")


def _zone() -> ZoneInfo:
    who = here.actor()
    return ZoneInfo(who.zone_name if who.kind == "person" else ZONE)


def _roles() -> dict[str, str]:
    return {
        "caseworker": _("caseworker: has cases, talks with families"),
        "supervisor": _("supervisor: sees all cases, steps in"),
        "consular": _("consular contact: sees what was shared"),
        "administrator": _("administrator: accounts and sending, no cases"),
        "auditor": _("auditor: the record of acts, no content"),
    }
