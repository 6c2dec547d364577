"""Before every view: let pass, send to sign in, or refuse (safety.md S9)."""

from __future__ import annotations

from flask import abort, current_app, redirect, request
from flask.typing import ResponseReturnValue

from tracker.i18n.words import gettext as _
from tracker.web import here, notes, unsent
from tracker.web.access import Rule, needs_reauth, rule_of
from tracker.web.bearer import bearer
from tracker.web.family import again
from tracker.web.pages import page
from tracker.web.paths import way_back, with_next

_READING = ("GET", "HEAD")


def check() -> ResponseReturnValue | None:
    """What stands in the way of this request; None when nothing does."""
    if request.endpoint is None:
        return None  # no such address: the router answers 404 or 405
    if "\0" in request.path or (b"%00" in request.query_string and not _is_hook()):
        abort(404)  # nothing is called so, and PostgreSQL takes no such text
    rule = rule_of(current_app, request.endpoint)
    if rule is None:
        abort(403)
    if rule.kind == "staff":
        return _check_staff(rule)
    if rule.kind == "bearer":
        _check_bearer(rule)
    if rule.kind == "family" and here.actor().kind != "family":
        return redirect("/status", 303) if request.method in _READING else again.ask_for_code()
    return None


def _is_hook() -> bool:
    """A gateway may write its bytes as it likes: UTF-16 has a NUL in every Latin letter."""
    return request.path.startswith("/hooks/")


def _check_bearer(rule: Rule) -> None:
    program = bearer()
    if not program.actor.has(*rule.roles) or not program.may(rule.scope):
        abort(403)


def _check_staff(rule: Rule) -> ResponseReturnValue | None:
    who = here.actor()
    if who.kind != "person":
        return _ask_to_sign_in()
    if not who.has(*rule.roles) and not (rule.roleless and not who.roles):
        abort(403)
    visit = here.visit()
    if needs_reauth(current_app, request.endpoint) and not (
        visit is not None and visit.is_confirmed(here.real_now())
    ):
        left = request.method not in _READING and unsent.keep(person_id=who.id)
        if left:
            notes.add("info", _("What you typed is kept: confirm that it is you, and go on."))
        return redirect(with_next("/account/confirm", left or way_back()), 303)
    return None


def _ask_to_sign_in() -> ResponseReturnValue:
    if request.method not in _READING:
        if page_of_form := unsent.keep():
            notes.add("info", _("You were signed out. What you typed is kept: sign in and go on."))
            return redirect(with_next("/signin", page_of_form), 303)
        notes.add("warning", _("You were signed out. What you sent was not saved."))
    elif request.headers.get("Sec-Fetch-Site") == "cross-site" and way_back():
        # A link in a mail page: the browser withheld the cookie (SameSite=Strict). Ask once more.
        return page("errors/again.html", target=request.full_path.rstrip("?"))
    return redirect(with_next("/signin", way_back()), 303)
