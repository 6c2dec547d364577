"""`/help/…`: for families and those who help them, the desk, the office, and those who build it."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from tracker.web.access import public, signed_in
from tracker.web.family import words
from tracker.web.help.tabs import tabs
from tracker.web.help.views import bp
from tracker.web.pages import page
from tracker.web.paths import came_from


@bp.get("/help/family")
@public
def family() -> ResponseReturnValue:
    """What to tell, what becomes of it, the receipt, and how to get away quickly."""
    return page("family/help.html", lines=words.safety(), back=came_from() or "/")


@bp.get("/help/desk")
@signed_in
def desk() -> ResponseReturnValue:
    """The day with the queue: what bands mean, confirming, acknowledging, consent."""
    return _guide("desk")


@bp.get("/help/office")
@signed_in
def office() -> ResponseReturnValue:
    """Accounts, keys and backups, and what to do when sending stops."""
    return _guide("office")


@bp.get("/help/building")
@signed_in
def building() -> ResponseReturnValue:
    """Where what stands in the program."""
    return _guide("building")


def _guide(key: str) -> ResponseReturnValue:
    return page(f"help/{key}.html", guides=tabs(key))
