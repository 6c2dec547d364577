"""`/help/…`: for the desk, consulates, the office, and who builds it. Families have their own."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from tracker.web.access import signed_in
from tracker.web.help.tabs import tabs
from tracker.web.help.views import bp
from tracker.web.pages import page


@bp.get("/help/desk")
@signed_in
def desk() -> ResponseReturnValue:
    """The day with the queue: what bands mean, confirming, acknowledging, consent."""
    return _guide("desk")


@bp.get("/help/consulate")
@signed_in
def consulate() -> ResponseReturnValue:
    """What is shared with a post, what its answers do, and how to ask without harm."""
    return _guide("consulate")


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
