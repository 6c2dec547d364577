"""Programs: whose token a request bears (`Authorization: Bearer`, RFC 6750), and its pace.

Only the header counts: no cookie, no address, no form, so that no other site's page can make a
browser ask here in somebody's name.
"""

from __future__ import annotations

from flask import abort, current_app, g, request

from tracker.domain.actor import ANYONE
from tracker.engine.staff import api_tokens, brakes
from tracker.web import here, limits
from tracker.web.access import rule_of

_BRAKE = "token"


def load() -> None:
    """Before each view for programs: who is this? 429 beyond the pace a token may have.

    A token that is not good is counted against where it comes from, all such tokens together; one
    that cannot be ours, and whoever has to wait already, holds up nobody who writes (S11).
    """
    rule = rule_of(current_app, request.endpoint)
    if rule is None or rule.kind != "bearer":
        return
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        return
    if not api_tokens.has_form(token.strip()):
        abort(401)
    with here.reading(ANYONE) as desk:
        found = api_tokens.find(desk, token.strip())
        wait = brakes.standing(desk, _BRAKE, limits.address()) if found is None else None
    if found is None:
        if wait:
            limits.too_many(wait)
        limits.brake(_BRAKE, "none of ours")
        abort(401)
    with here.writing(ANYONE) as desk:
        wait = api_tokens.used(desk, found.token_id)
    if wait:
        limits.too_many(wait)
    g.bearer, g.actor = found, found.actor


def bearer() -> api_tokens.Bearer:
    """The program that asks; the gate has seen to it that there is one."""
    found: api_tokens.Bearer | None = g.get("bearer")
    if found is None:
        abort(401)
    return found
