"""Only our own pages may post here (safety.md S3).

Two locks: a token bound to the browser's session (before sign-in, to a random cookie), hidden in
every form under another mask each time, so that compression tells nothing about it (BREACH); and
what the browser itself says about where the request comes from (Fetch Metadata, else Origin).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from urllib.parse import urlsplit

from flask import current_app, g, redirect, request
from flask.typing import ResponseReturnValue

from tracker.i18n.words import gettext as _
from tracker.security.keys import derive_key
from tracker.security.tokens import constant_time_equal, new_token
from tracker.web import cookies, here, session, unsent
from tracker.web.access import rule_of
from tracker.web.refusals import refuse

FIELD = "csrf_token"
COOKIE = "visitor"
_BYTES = 32
_COOKIE_LENGTH = 43


def token() -> str:
    """The hidden field's value; another one each time, all good until the session changes."""
    mask = secrets.token_bytes(_BYTES)
    return base64.urlsafe_b64encode(mask + _xor(mask, _secret(binding()))).decode()


def check() -> ResponseReturnValue | None:
    """Before every view that changes something. Answers 403 to what our pages did not send.

    A form that is older than the session comes back as it was typed, where it carries a ticket.
    """
    if request.method in ("GET", "HEAD", "OPTIONS") or request.endpoint is None:
        return None
    rule = rule_of(current_app, request.endpoint)
    if rule is None or rule.kind in ("hook", "bearer"):
        return None  # what shows a signature or a token of its own needs no page of ours
    if not _from_our_pages():
        refuse(403, _("This form was not sent from a page of this site."))
    if not _is_bound(request.form.get(FIELD, ""), _known_bindings()):
        who = here.actor()
        if who.kind == "person" and (page := unsent.keep(person_id=who.id)):
            return redirect(page, 303)
        refuse(400, _no_cookie() if not _known_bindings() else _too_old())
    return None


def _too_old() -> str:
    return _("This form was open for too long. Go back, reload the page and send it again.")


def _no_cookie() -> str:
    """Nothing that we gave came back: a browser that keeps none, or one that was cleaned since."""
    return _(
        "Your browser did not keep what it needs for this form. Go back, reload the page and send "
        "it again. If this comes again, allow cookies for this site; they say nothing of you."
    )


def is_of_an_ended_session() -> bool:
    """Whether the form stands on a page of ours that this browser had in a session now over."""
    cookie = cookies.read(session.COOKIE)
    if not cookie or here.visit() is not None or not _from_our_pages():
        return False
    return _is_bound(request.form.get(FIELD, ""), [f"session {cookie}"])


def _from_our_pages() -> bool:
    """What the browser says: Sec-Fetch-Site, or Origin where it is too old for that."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    ours = {here.services().settings.base_url, f"{request.scheme}://{request.host}"}
    parts = urlsplit(origin)
    return f"{parts.scheme}://{parts.netloc}" in ours


def _is_bound(sent: str, bindings: list[str]) -> bool:
    try:
        raw = base64.b64decode(sent, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return False
    if len(raw) != 2 * _BYTES:
        return False
    token = _xor(raw[:_BYTES], raw[_BYTES:])
    return any(constant_time_equal(token, _secret(binding)) for binding in bindings)


def _known_bindings() -> list[str]:
    """What this browser's tokens may be bound to, the one to use first.

    Both count: a page opened from a mail comes without the session's cookie (SameSite=Strict), so
    its form is bound to the visitor's; the same form is then posted with both.
    """
    bindings = []
    if visit := here.visit():
        bindings.append(f"session {visit.token}")
    visitor = g.get("visitor") or cookies.read(COOKIE)
    if visitor and len(visitor) == _COOKIE_LENGTH:
        bindings.append(f"visitor {visitor}")
    return bindings


def binding() -> str:
    """What this browser is known by: its session, before sign-in its visitor's cookie."""
    if known := _known_bindings():
        return known[0]
    g.visitor = new_token()
    cookies.put(COOKIE, g.visitor)
    return f"visitor {g.visitor}"


def _secret(binding: str) -> bytes:
    key = derive_key(here.services().ring.session, "csrf")
    return hmac.digest(key, binding.encode("utf-8", "replace"), "sha256")


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
