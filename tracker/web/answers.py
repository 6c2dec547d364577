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


def settle(response: Response) -> Response:
    """After every view: a page that answers a form is kept, and led to; where it is read it takes
    the place of the plain page. That one was asked for first: who may not see it any more sees
    neither, and that it was looked at is audited as ever (S9, S13)."""
    if request.method == "GET" and SHOWN in request.args:
        return _shown(response)
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
    return _led(f"{at}{'&' if '?' in at else '?'}{SHOWN}=1")


def _shown(response: Response) -> Response:
    if response.status_code != 200 or response.mimetype != _FORMS:
        return response
    with here.asking() as desk:
        draft = drafts.find(desk.session, KIND, _token(_here()), real_now(desk))
        told = drafts.answers(desk.safe, draft) if draft is not None else None
    if told is None:
        return _led(_here())
    response.set_data(zlib.decompress(b64decode(told["page"])))
    if told["policy"]:
        response.headers[_POLICY] = told["policy"]
    return response


def _led(address: str) -> Response:
    return redirect(address, 303)  # type: ignore[return-value]  # werkzeug's own kind of it


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
