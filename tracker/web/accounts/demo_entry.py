"""Signing in to a demonstration by a link, as one of its invented people."""

from __future__ import annotations

from flask import abort
from flask.typing import ResponseReturnValue

from tracker.domain.actor import ANYONE
from tracker.engine.staff import signing_in
from tracker.web import here, session
from tracker.web.access import public
from tracker.web.accounts.door import bp
from tracker.web.pages import go, home_of, page


@bp.get("/demo/enter/<token>")
@public
def demo_entry(token: str) -> ResponseReturnValue:
    """Whose desk this is, and a button. Only in a demo."""
    _only_in_demo()
    with here.reading(ANYONE) as desk:
        found = signing_in.open_link(desk, token, "demo")
        if found is None:
            abort(404)
        return page("accounts/demo.html", name=desk.safe.open(found[1], "name"))


@bp.post("/demo/enter/<token>")
@public
def demo_enter(token: str) -> ResponseReturnValue:
    """In, without password and phone; the link can be used again."""
    _only_in_demo()
    with here.writing(ANYONE) as desk:
        found = signing_in.open_link(desk, token, "demo")
        if found is None:
            abort(404)
        session.keep(
            signing_in.enter(desk, found[1].id, second_factor=False, replaces=here.visit())
        )
        return go(home_of(desk.actor))


def _only_in_demo() -> None:
    if not here.services().settings.demo:
        abort(404)
