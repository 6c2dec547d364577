"""The first page: which language, what this is, and the three ways on."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from tracker.i18n.languages import LANGUAGES
from tracker.web import here
from tracker.web.access import public
from tracker.web.family.door import bp
from tracker.web.pages import go, home_of, page


@bp.get("/")
@public
def start() -> ResponseReturnValue:
    """For families; members of staff who are signed in go to their desk."""
    if here.actor().kind == "person":
        return go(home_of(here.actor()))
    return page("family/start.html", spoken=list(LANGUAGES.values()))
