"""Forms that outlive a sign-in: what was typed is kept sealed until its person is back (12 of
domain.md: an interview lasts longer than a session).

A page that asks for what was typed there (`typed`) gives its forms a ticket, signed, that says
whose they are and where they stand. A form that comes back with its ticket and without a session,
or without the password that its act needs anew, becomes that person's draft; nobody without a
ticket can leave one. So whatever is kept is shown again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from flask import g, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.datastructures import MultiDict

from tracker.domain.moments import format_instant
from tracker.engine.desk import Desk
from tracker.engine.staff.visits import real_now
from tracker.security.keys import derive_key
from tracker.store import drafts
from tracker.store.schema import Draft
from tracker.web import here
from tracker.web.paths import form_address

FIELD: Final = "ticket"
KIND: Final = "unsent"
_NOT_KEPT: Final = ("csrf_token", FIELD, "later", "more_rows")


def typed(desk: Desk) -> MultiDict[str, str]:
    """The fields of this page's form: as they are sent with this request, else as the asking
    person left them here before the sign-in ended, else none. From now on it has a ticket."""
    if "typed" not in g:
        g.ticket = _ticket()
        left = _kept(desk) if request.method == "GET" else None
        g.came_back = left is not None
        g.typed = left if left is not None else request.form
    found: MultiDict[str, str] = g.typed
    return found


def context() -> dict[str, Any]:
    """For the templates: the ticket of the page's forms, and whether what was typed is back."""
    return {FIELD: g.get(FIELD, ""), "came_back": g.get("came_back", False)}


def keep(*, person_id: str | None = None) -> str:
    """Keep the form that this request brings, for its ticket's person; the address of its page,
    or "" where it is not kept.

    `person_id`: only if it is theirs.
    """
    owner, page = _told()
    if not owner or person_id not in (None, owner):
        return ""
    fields = {name: values for name, values in request.form.lists() if name not in _NOT_KEPT}
    with here.writing() as desk:
        drafts.replace(
            desk.session,
            desk.safe,
            KIND,
            real_now(desk),
            {"page": page, "fields": fields},
            person_id=owner,
        )
        desk.audit("form.kept", "draft")
    return page


def drop(desk: Desk, page: str = "") -> None:
    """It was sent, or is not wanted any more. `page`: where it stands, if not here."""
    page = page or _told()[1] or form_address() or ""
    for draft in _mine(desk):
        if drafts.answers(desk.safe, draft)["page"] == page:
            drafts.discard(desk.session, draft)


def _kept(desk: Desk) -> MultiDict[str, str] | None:
    for draft in _mine(desk):
        told = drafts.answers(desk.safe, draft)
        if told["page"] == request.path:
            return MultiDict(told["fields"])
    return None


def _mine(desk: Desk) -> list[Draft]:
    return drafts.of_person(desk.session, KIND, here.actor().id or "", real_now(desk))


def _ticket() -> str:
    """Good for a day; "" where no page stands that could show it again."""
    page = form_address()
    told = [here.actor().id, format_instant(here.real_now()), page]
    return str(_signer().dumps(told)) if page else ""


def _told() -> tuple[str, str]:
    """Whose ticket the form carries, and of which page; "" where it is not ours, or older than a
    draft lives."""
    try:
        person_id, made_at, page = _signer().loads(request.form.get(FIELD, ""))
        age = here.real_now() - datetime.fromisoformat(made_at)
    except (BadSignature, ValueError, TypeError):
        return "", ""
    return (str(person_id), str(page)) if age < drafts.LASTS else ("", "")


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(derive_key(here.services().ring.session, "unsent"), salt="unsent")
