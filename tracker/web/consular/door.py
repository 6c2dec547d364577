"""The blueprint, and the case behind an address."""

from __future__ import annotations

from flask import Blueprint

from tracker.engine.cases.shared import Shared, shared_case
from tracker.engine.desk import Desk
from tracker.i18n.words import gettext as _
from tracker.web.refusals import refuse

bp = Blueprint("consular", __name__)


def case_of(desk: Desk, ref: str) -> Shared:
    """The shared case with that reference; 404 for expired, unshared and others' alike (S8).

    A family may take its permission back while the page is open, so whoever was just writing an
    answer is told where it went.
    """
    found = shared_case(desk, ref)
    if found is None:
        refuse(
            404,
            _(
                "No case with this reference is shared with your post, or not any more. "
                "Nothing that you typed was sent."
            ),
        )
    return found
