"""The quick exit."""

from __future__ import annotations

from flask import Response, make_response
from flask.typing import ResponseReturnValue

from tracker.web import cookies, csrf, headers, here, language, session
from tracker.web.access import public
from tracker.web.accounts.door import bp
from tracker.web.pages import go


@bp.get("/leave")
@public
def leave() -> ResponseReturnValue:
    """Away to a neutral page, at once, with nothing left to come back to.

    The one exception to "nothing changes on GET" (S3): the browser's session ends here too, since
    somebody in danger clicks a link once, without a form between. All it can do is end a session,
    which is the safe direction, and no other site can make it do so: SameSite=Strict.
    """
    if here.visit() is not None:
        with here.writing() as desk:
            session.end(desk)
    for name in (session.COOKIE, csrf.COOKIE, language.COOKIE, "note", "draft"):
        cookies.drop(name)
    response: Response = make_response(go(here.services().settings.quick_exit_url))
    response.headers["Clear-Site-Data"] = headers.FORGET_QUICKLY
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
