"""The browser's session: found before each view, begun and ended by views (safety.md S10)."""

from __future__ import annotations

from flask import current_app, g, request

from tracker.domain.actor import ANYONE
from tracker.engine.desk import Desk
from tracker.engine.staff import visits
from tracker.web import cookies, here
from tracker.web.access import SESSIONLESS, rule_of

COOKIE = "session"
_LONGEST = 64


def load() -> None:
    """Before each view: who is this? Nothing is asked of the database without a cookie."""
    g.actor, g.visit = ANYONE, None
    rule = rule_of(current_app, request.endpoint)
    token = cookies.read(COOKIE)
    if not token or len(token) > _LONGEST or (rule is not None and rule.kind in SESSIONLESS):
        return
    with here.asking(ANYONE) as desk:
        found = visits.find(desk, token)
    if found is None:
        cookies.drop(COOKIE)
        return
    g.visit, g.actor = found
    if g.visit.is_unseen(here.real_now()):
        with here.writing() as desk:
            visits.seen(desk, g.visit)


def begin(
    desk: Desk,
    kind: str,
    *,
    person_id: str | None = None,
    enquirer_id: str | None = None,
    second_factor: bool = False,
) -> visits.Visit:
    """Sign this browser in, with a new token; an older session of it ends.

    For a family: `session.begin(desk, "family", enquirer_id=enquirer.id)`, in the transaction in
    which its receipt was checked.
    """
    visit = visits.begin(
        desk,
        kind,
        person_id=person_id,
        enquirer_id=enquirer_id,
        second_factor=second_factor,
        replaces=here.visit(),
    )
    keep(visit)
    return visit


def keep(visit: visits.Visit) -> None:
    """Give a session just begun to this browser."""
    g.visit = visit
    cookies.put(COOKIE, visit.token)


def end(desk: Desk) -> None:
    """Sign this browser out."""
    if (visit := here.visit()) is not None:
        visits.end(desk, visit)
    g.visit, g.actor = None, ANYONE
    cookies.drop(COOKIE)
