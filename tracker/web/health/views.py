"""Answers for machines: no words of cases, no versions, no names."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from tracker.domain.actor import ANYONE
from tracker.engine.sending.holds import CLOCK, reason
from tracker.store import health
from tracker.web import here
from tracker.web.access import public

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(ok=True)


@bp.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """200 when alerts can be raised and sent, else 503 with what is missing.

    Nothing is sent while a person has paused it, nor while a wrong clock holds it. A storm's hold
    (D7) is no fault: it ends by itself, and who may let its messages go needs the pages that a
    balancer would take away; `/metrics` and `tracker doctor` tell of it.
    """
    checks = _checks()
    ready = all(checks.values())
    return jsonify(ready=ready, checks=checks), 200 if ready else 503


def _checks() -> dict[str, bool]:
    refused = here.refused_channels()
    checks = {f"channel_{kind}": kind not in refused for kind in here.services().channels}
    try:
        with here.reading(ANYONE) as desk:
            state = health.look(desk.session, here.now())
            newest = health.is_newest(desk.session)
    except health.Unavailable as error:
        if health.is_ours(error):
            return checks | {"database": True, "migrations": False}
        return checks | {"database": False}
    return checks | {
        "database": True,
        "migrations": newest,
        "worker": state.worker_alive,
        "queue": not state.stuck,
        "sending": not state.paused and reason(state.hold, state.now) != CLOCK,
    }
