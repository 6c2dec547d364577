"""Forms that outlive a sign-in: what was typed is kept sealed until its person is back (12 of
domain.md: an interview lasts longer than a session).

A page with such a form carries a ticket, signed, that says whose it is. A form that comes back with
its ticket and without a session becomes that person's draft; nobody without a ticket can leave one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.datastructures import MultiDict

from tracker.domain.moments import format_instant
from tracker.engine.desk import Desk
from tracker.engine.staff.visits import real_now
from tracker.security.keys import derive_key
from tracker.store import drafts
from tracker.store.schema import Draft
from tracker.web import here

FIELD: Final = "ticket"
KIND: Final = "unsent"
_NOT_KEPT: Final = ("csrf_token", FIELD, "later", "more_rows")


def ticket() -> str:
    """For the form's hidden field; good for a day."""
    told = [here.actor().id, format_instant(here.real_now())]
    return str(_signer().dumps(told))


def keep(*, person_id: str | None = None) -> bool:
    """Keep the form that this request brings, for its ticket's person; whether it did.

    `person_id`: only if it is theirs.
    """
    owner = _owner() if outlives() else None
    if owner is None or person_id not in (None, owner):
        return False
    fields = {name: values for name, values in request.form.lists() if name not in _NOT_KEPT}
    with here.writing() as desk:
        drafts.replace(
            desk.session,
            desk.safe,
            KIND,
            real_now(desk),
            {"page": request.path, "fields": fields},
            person_id=owner,
        )
        desk.audit("form.kept", "draft")
    return True


def outlives() -> bool:
    """Whether what is typed into the form at this address outlives a sign-in."""
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, "outlives", False))


def forget() -> bool:
    """Throw away what was kept for this form; whether the request asks for that."""
    if not request.form.get("forget"):
        return False
    with here.writing() as desk:
        drop(desk)
    return True


def kept(desk: Desk) -> MultiDict[str, str] | None:
    """What the asking person typed at this address and did not send."""
    for draft in _mine(desk):
        told = drafts.answers(desk.safe, draft)
        if told["page"] == request.path:
            return MultiDict(told["fields"])
    return None


def drop(desk: Desk) -> None:
    """It was sent, or is not wanted any more."""
    for draft in _mine(desk):
        if drafts.answers(desk.safe, draft)["page"] == request.path:
            drafts.discard(desk.session, draft)


def _mine(desk: Desk) -> list[Draft]:
    return drafts.of_person(desk.session, KIND, here.actor().id or "", real_now(desk))


def _owner() -> str | None:
    """Whose ticket the form carries; None where it is not ours, or older than a draft lives."""
    try:
        person_id, made_at = _signer().loads(request.form.get(FIELD, ""))
        age = here.real_now() - datetime.fromisoformat(made_at)
    except (BadSignature, ValueError, TypeError):
        return None
    return str(person_id) if age < drafts.LASTS else None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(derive_key(here.services().ring.session, "unsent"), salt="unsent")
