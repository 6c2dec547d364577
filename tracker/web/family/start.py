"""The first page: which language, what this is, and the three ways on; the help for families."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from tracker.web import here
from tracker.web.access import public
from tracker.web.family import words
from tracker.web.family.door import bp
from tracker.web.pages import go, home_of, page
from tracker.web.paths import came_from


@bp.get("/")
@public
def start() -> ResponseReturnValue:
    """For families; members of staff who are signed in go to their desk."""
    if here.actor().kind == "person":
        return go(home_of(here.actor()))
    return page("family/start.html")


@bp.get("/help/family")
@public
def help_for_families() -> ResponseReturnValue:
    """What to tell, what becomes of it, the receipt, and how to get away quickly."""
    return page("family/help.html", lines=words.safety(), back=came_from() or "/")
