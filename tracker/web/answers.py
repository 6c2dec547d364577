"""Whatever a form is answered with stands at an address that is read: Back finds a page (S3).

A page that answers a POST is none to go back to: the browser asks whether to send the form again,
or shows a fault of its own. So what was wrong with a form, or what was understood of it, is kept
sealed for a while, for this very session, and read at once by GET; the last answer at an address
alone. Once the form is sent well, and for whoever signed out or signs in anew, the plain page
stands there: nobody sends again what is done.
"""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from flask import Response, g, redirect, request
from flask.typing import ResponseReturnValue

from tracker.engine.staff import brakes
from tracker.engine.staff.visits import real_now
from tracker.store import drafts
from tracker.store.health import Unavailable
from tracker.web import csrf, here, limits
from tracker.web.paths import form_address

KIND: Final = "answer"
SHOWN: Final = "shown"
"""The parameter of an address at which an answer is read."""

LASTS: Final = timedelta(minutes=30)
_OF_STRANGERS: Final = ("/status", "/signin")
"""Forms of which an answer is kept for somebody not signed in yet, within their share (S11)."""

_FORMS: Final = "text/html"
_POLICY: Final = "Content-Security-Policy"


def show() -> ResponseReturnValue | None:
    """Before every view, once it is known that it may be shown: an answer that is kept for it."""
    if request.method != "GET" or SHOWN not in request.args:
        return None
    with here.asking() as desk:
        draft = drafts.find(desk.session, KIND, _token(_here()), real_now(desk))
        told = drafts.answers(desk.safe, draft) if draft is not None else None
    if told is None:
        return redirect(_here(), 303)
    response = Response(zlib.decompress(b64decode(told["page"])), content_type=told["type"])
    if told["policy"]:
        response.headers[_POLICY] = told["policy"]
    return response


def move(response: Response) -> Response:
    """After every view: keep the page that answers a form, and lead to where it is read."""
    at = _address() if _moves(response) or _ends(response) else None
    if at is None:
        return response
    try:
        if _ends(response):
            _drop(at)
            return response
        if here.visit() is None and limits.share("answer"):
            return response
        _keep(at, response)
    except Unavailable:
        return response
    return redirect(f"{at}{'&' if '?' in at else '?'}{SHOWN}=1", 303)  # type: ignore[return-value]


def _moves(response: Response) -> bool:
    """Whether this is a form's answer to a browser that goes from page to page."""
    if request.method != "POST" or request.headers.get("Sec-Fetch-Mode") != "navigate":
        return False
    if response.status_code not in (200, 422) or response.mimetype != _FORMS:
        return False
    visit = here.visit()
    if visit is None:
        return request.path in _OF_STRANGERS and g.get("form_shown", False)
    return visit.kind in ("staff", "family") and g.get("form_shown", False)


def _ends(response: Response) -> bool:
    """Whether a form that stood in a kept answer was carried out."""
    if request.method != "POST" or response.status_code != 303 or here.visit() is None:
        return False
    return SHOWN in request.args or f"{SHOWN}=1" in urlsplit(request.referrer or "").query


def _address() -> str | None:
    """Where the answer to this form stands: its own address with what was asked for, if that is a
    page, else that of the page it was sent from."""
    at = form_address()
    return _here() if at == request.path else at


def _drop(at: str) -> None:
    with here.writing() as desk:
        draft = drafts.find(desk.session, KIND, _token(at), real_now(desk), lock=True)
        if draft is not None:
            drafts.discard(desk.session, draft)


def _keep(at: str, response: Response) -> None:
    told = {
        "page": b64encode(zlib.compress(response.get_data())).decode(),
        "type": response.content_type,
        "policy": response.headers.get(_POLICY, ""),
    }
    with here.writing() as desk:
        token, now = _token(at), real_now(desk)
        source = brakes.neighbourhood(desk, limits.address()) if here.visit() is None else None
        if (before := drafts.find(desk.session, KIND, token, now, lock=True)) is not None:
            drafts.keep(desk.safe, before, told)
            before.expires_at = now + LASTS
        else:
            drafts.begin(
                desk.session, desk.safe, KIND, now, told, token=token, source=source, lasts=LASTS
            )


def _token(at: str) -> str:
    """What finds the answer: this session, or before sign-in this browser, and the address."""
    return f"{KIND} {csrf.binding()} {at}"


def _here() -> str:
    """The address asked for, without the parameter of ours."""
    pairs = [pair for pair in request.query_string.decode("ascii", "replace").split("&") if pair]
    query = "&".join(pair for pair in pairs if pair.partition("=")[0] != SHOWN)
    return f"{request.path}?{query}" if query else request.path
