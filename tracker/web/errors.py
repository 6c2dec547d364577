"""Pages for what went wrong: one clear sentence each, never a stack trace."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping, Sequence
from typing import Final

from flask import Flask, Response, g, json, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.http import HTTP_STATUS_CODES

from tracker.domain.errors import Refused
from tracker.i18n.words import gettext as _
from tracker.security.errors import RETRY_AFTER_SECONDS, Busy, SecurityError
from tracker.store.health import Unavailable, fault, is_ours
from tracker.store.sealing import UNREADABLE
from tracker.web import here, unread
from tracker.web.pages import home_of, page
from tracker.web.paths import form_address
from tracker.web.refusals import said

log = logging.getLogger(__name__)

_AGAIN: Final = frozenset({413, 429, 503})
"""The same form, sent with less or later, can succeed: its page is one press away."""


def install(app: Flask) -> None:
    """Answer every failure with a page."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(Busy, _busy)
    for damaged in UNREADABLE:
        app.register_error_handler(damaged, _unread)
    for kind in Unavailable:
        app.register_error_handler(kind, _unavailable)
    app.register_error_handler(Exception, _failed)


def sentence(status: int) -> str:
    """What to say, and what to do."""
    match status:
        case 400:
            return _("This could not be read. Go back, reload the page and try again.")
        case 401:
            return _("Sign in first.")
        case 403:
            return _("Your account may not do this. If it should, ask an administrator.")
        case 404:
            return _("There is no such page. Check the address.")
        case 405:
            return _("This address cannot be used like that. Go back and try again.")
        case 415:
            return _("Send this as JSON, with the Content-Type application/json.")
        case 413:
            return _("This is too much at once. Send less text, or a smaller file.")
        case 422:
            return _("Something in the form cannot be taken. Go back and look at it again.")
        case 429:
            return _("There were too many tries. Wait a few minutes, then try again.")
        case 503:
            return _("We are busy just now. Wait a moment, then try again.")
        case _:
            return _("Something went wrong on our side. Nothing was saved. Try again later.")


def _http(error: HTTPException) -> Response:
    if error.response is not None:
        return error.response  # type: ignore[return-value]  # a redirect of the router
    sentence_of_ours, retry_after = said()
    response = _answer(error.code or 500, sentence_of_ours)
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _refused(error: Refused) -> Response:
    """The sentence of whoever refused; those of the locks are for logs, not for people."""
    return _answer(422, None if isinstance(error, SecurityError) else str(error))


def _busy(_error: Busy) -> Response:
    response = _answer(503)
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _unavailable(error: Exception) -> Response:
    if is_ours(error):
        return _failed(error)
    log.error("the database is not reachable: %s %s", type(error).__name__, fault(error))
    g.bare = True
    return _busy(Busy())


def _unread(error: Exception) -> Response:
    """Staff are told what to do; to others it is our fault as any other."""
    if here.actor().kind != "person":
        return _failed(error)
    log.error("what is kept cannot be read", exc_info=error)
    if request.path.startswith("/api/"):
        return problem(unread.STATUS, unread.sentence())
    return unread.answer()


def _failed(error: Exception) -> Response:
    log.error("a request failed", exc_info=error)
    g.bare = True
    if here.services().settings.debug:  # refused on any address others can reach (S17)
        return Response("".join(traceback.format_exception(error)), 500, mimetype="text/plain")
    return _answer(500)


def _answer(status: int, own: str | None = None) -> Response:
    text = own or sentence(status)
    if request.path.startswith("/api/"):
        return problem(status, text)
    try:
        return page(
            "errors/error.html",
            status,
            sentence=text,
            status=status,
            back=form_address() if request.method == "POST" and status in _AGAIN else None,
            home=home_of(here.actor()),
        )
    except Unavailable:
        g.bare = True
        return page("errors/error.html", status, sentence=text, status=status, home="/")


def problem(status: int, detail: str, errors: Sequence[Mapping[str, str]] = ()) -> Response:
    """What programs are answered (RFC 9457). `errors`: where the request is wrong, and how."""
    said: dict[str, object] = {
        "type": "about:blank",
        "title": HTTP_STATUS_CODES.get(status, "Error"),
        "status": status,
        "detail": detail,
    }
    if errors:
        said["errors"] = list(errors)
    response = Response(json.dumps(said), status, content_type="application/problem+json")
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
