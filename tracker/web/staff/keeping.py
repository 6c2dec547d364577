"""How long a case is kept: its review date, withdrawals that wait, and erasing it (S18)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from tracker.domain.errors import Refused
from tracker.domain.moments import local_date, zone
from tracker.engine.cases.reveal import enquirer_of, numbered
from tracker.engine.desk import Desk
from tracker.engine.keeping import retention as engine
from tracker.i18n.dates import date_text
from tracker.i18n.words import gettext as _
from tracker.store.schema import Case
from tracker.web import notes
from tracker.web.access import access, reauth
from tracker.web.fields import Form
from tracker.web.pages import go
from tracker.web.staff.door import DESK, bp, carry_out, desk_actor, show_form


@bp.get("/cases/<ref>/keeping")
@access(*DESK)
def keeping(ref: str) -> ResponseReturnValue:
    """When it is looked at again, and what is deleted before that."""
    return show_form(ref, "staff/keeping.html", _context)


@bp.post("/cases/<ref>/keeping")
@access(*DESK)
def keep(ref: str) -> ResponseReturnValue:
    """Keep it until another day."""
    form = Form(request.form)
    until = form.date("until", required=_("Say until when."))
    reason = form.text("reason", required=_("Say why."), longest=2000, lines=True)
    if not carry_out(form, ref, lambda desk, case: engine.keep(desk, case, until, reason)):
        return show_form(ref, "staff/keeping.html", _context, form)
    notes.add("success", _("It is kept. You will be asked again on that day."))
    return go(f"/cases/{ref}")


@bp.post("/cases/<ref>/keeping/stay")
@access(*DESK)
def stay(ref: str) -> ResponseReturnValue:
    """A withdrawal was not meant, or forced: nothing is deleted."""
    form = Form(request.form)
    who = form.text("enquirer", required=_("Choose who said it."))
    why = form.text("why", required=_("Say why."), longest=2000, lines=True)

    def act(desk: Desk, case: Case) -> None:
        enquirer = enquirer_of(desk, case, who)
        if enquirer is None:
            raise Refused(_("Choose who said it."))
        engine.stay(desk, case, enquirer, why)

    if not carry_out(form, ref, act):
        return show_form(ref, "staff/keeping.html", _context, form)
    notes.add("success", _("Nothing is deleted. What they allowed before has to be asked anew."))
    return go(f"/cases/{ref}")


@bp.get("/cases/<ref>/erase")
@access("supervisor")
@reauth
def erase_form(ref: str) -> ResponseReturnValue:
    """What is lost, before it is."""
    return show_form(ref, "staff/erase.html")


@bp.post("/cases/<ref>/erase")
@access("supervisor")
@reauth
def erase(ref: str) -> ResponseReturnValue:
    """Destroy a closed case's keys; whoever does it writes the reference once more."""
    form = Form(request.form)
    typed = form.text("typed", required=_("Write the reference of the case."))
    if form and typed.strip().upper() != ref:
        form.fail("typed", _("This is not the reference of this case."))
    if not carry_out(form, ref, engine.erase):
        return show_form(ref, "staff/erase.html", form=form)
    notes.add("success", _("Deleted for good."))
    return go("/queue?view=closed")


def _context(desk: Desk, case: Case) -> Mapping[str, Any]:
    today = local_date(desk.now, zone(case.zone_name))
    numbers = numbered(desk, case)
    going = engine.erasures(desk, case)
    return {
        "review": date_text(case.review_on) if case.review_on else "",
        "is_due": case.review_on is not None and case.review_on <= today,
        "going": [
            (key, _("Enquirer %(n)s", n=numbers[key]), _("on %(day)s", day=date_text(on)))
            for key, on in going.items()
        ],
        "first": (today + timedelta(days=1)).isoformat(),
        "last": (today + engine.KEEP_AT_MOST).isoformat(),
        "may_erase": case.state == "closed" and desk_actor().has("supervisor"),
    }
