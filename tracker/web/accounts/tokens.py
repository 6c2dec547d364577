"""One's tokens for programs: made, shown once, ended (safety.md S10)."""

from __future__ import annotations

from flask import abort, request
from flask.typing import ResponseReturnValue

from tracker.domain.errors import Refused
from tracker.engine.staff import api_tokens
from tracker.engine.staff.visits import real_now
from tracker.i18n.words import gettext as _
from tracker.i18n.words import ngettext
from tracker.store import api as store
from tracker.web import here, notes
from tracker.web.access import reauth, signed_in
from tracker.web.accounts.door import bp, mine, when_real
from tracker.web.fields import Form
from tracker.web.pages import form_page, go, page


@bp.get("/account/tokens")
@signed_in
@reauth
def tokens_form() -> ResponseReturnValue:
    """My tokens, and making one."""
    return _page(Form(request.form))


@bp.post("/account/tokens")
@signed_in
@reauth
def make_token() -> ResponseReturnValue:
    """A new one, shown on this one page."""
    form = Form(request.form)
    label = form.text("label", required=_("Say what it is for."), longest=60)
    scope = form.choice("scope", api_tokens.SCOPES, required=_("Choose one of the answers."))
    days = form.number("days", least=1, most=max(api_tokens.DAYS), required=_("Choose one."))
    token = ""
    if form and scope and days:
        try:
            with here.writing() as desk:
                token = api_tokens.make(desk, label, scope, days)
        except Refused as refused:
            form.fail("", str(refused))
    return _page(form, token)


@bp.post("/account/tokens/end")
@signed_in
@reauth
def end_token() -> ResponseReturnValue:
    """It opens nothing any more."""
    with here.writing() as desk:
        if not api_tokens.end(desk, request.form.get("id", "")):
            abort(404)
    notes.add("success", _("Removed."))
    return go("/account/tokens")


def _page(form: Form, token: str = "") -> ResponseReturnValue:
    _visit, person_id = mine()
    scopes = _scopes()
    with here.reading() as desk:
        context = {
            "token": token,
            "values": form.raw,
            "scopes": list(scopes.items()),
            "lasts": [(str(n), ngettext("%(n)s day", "%(n)s days", n)) for n in api_tokens.DAYS],
            "tokens": [
                {
                    "id": row.id,
                    "label": desk.safe.open(row, "label"),
                    "may": scopes[row.scope],
                    "until": when_real(row.expires_at),
                    "used": when_real(row.used_at) if row.used_at else "",
                }
                for row in store.live(desk.session, person_id, real_now(desk))
            ],
        }
    if token:  # in this answer only
        return page("accounts/tokens.html", errors={}, **context)
    return form_page("accounts/tokens.html", form.errors, **context)


def _scopes() -> dict[str, str]:
    """What a token may do."""
    return {
        api_tokens.READ: _("only read"),
        api_tokens.ACT: _("also acknowledge for 24 hours, and hand in reports to confirm"),
    }
