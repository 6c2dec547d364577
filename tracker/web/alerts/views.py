"""`/a/<token>`: GET shows two choices and changes nothing; POST acknowledges for 24 hours (S3, S6).

The page is the same for every token, genuine or not, open or closed: it tells a stranger nothing.
"""

from __future__ import annotations

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from tracker.domain.actor import ANYONE
from tracker.engine.sending.acknowledge import by_message, case_behind
from tracker.engine.sending.row_tokens import row_of_page_token
from tracker.engine.staff import account_news
from tracker.engine.staff.mail_keys import is_about_key
from tracker.engine.staff.points import is_about_points, prove_by_page
from tracker.i18n.words import gettext as _
from tracker.web import here, notes
from tracker.web.access import public
from tracker.web.limits import brake
from tracker.web.pages import page

bp = Blueprint("alerts", __name__)


@bp.get("/a/<token>")
@public
def show(token: str) -> ResponseReturnValue:
    """Two choices. Whoever is signed in and may see the case is led to it."""
    row_id = row_of_page_token(here.services().ring, token)
    if row_id is not None and here.actor().kind == "person":
        with here.reading() as desk:
            if account := account_news.leads_to(desk, row_id, here.actor()):
                return redirect(account, 303)
            if is_about_points(desk, row_id, here.actor()):
                return redirect("/people", 303)
            if is_about_key(desk, row_id, here.actor().id):
                return redirect("/account/openpgp", 303)
            case = case_behind(desk, row_id, here.actor())
        if case is not None:
            shared_only = not here.actor().has("caseworker", "supervisor")
            return redirect(f"/shared/{case.ref}" if shared_only else f"/cases/{case.ref}", 303)
    return page("alerts/message.html", token=token, done=False)


@bp.post("/a/<token>")
@public
def acknowledge(token: str) -> ResponseReturnValue:
    """Acknowledge for 24 hours. The answer is the same whether there was anything to do.

    No token forgives its tries: a brake that knew the genuine ones would tell them apart (S8).
    """
    brake("message", token)
    row_id, proved = row_of_page_token(here.services().ring, token), False
    if row_id is not None:
        with here.writing(ANYONE) as desk:
            by_message(desk, row_id)
            if here.actor().kind == "person":
                proved = prove_by_page(desk, row_id, here.actor().id)
    if proved:
        notes.add("success", _("Thank you. Your answers from there count from now on."))
        return redirect("/account", 303)
    return page("alerts/message.html", token=token, done=True)
