"""The blueprint, and the case behind an address."""

from __future__ import annotations

from flask import Blueprint, abort

from tracker.engine.cases.shared import Shared, shared_case
from tracker.engine.desk import Desk

bp = Blueprint("consular", __name__)


def case_of(desk: Desk, ref: str) -> Shared:
    """The shared case with that reference; 404 for expired, unshared and others' alike (S8)."""
    found = shared_case(desk, ref)
    if found is None:
        abort(404)
    return found
