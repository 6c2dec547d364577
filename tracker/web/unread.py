"""What cannot be read, its key lost or its bytes damaged: said so, with what to do (D1)."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, request

from tracker.domain.actor import WORKER
from tracker.engine.clock.aside import set_aside_unread
from tracker.i18n.words import gettext as _
from tracker.store.cases import find_case
from tracker.store.schema import Case
from tracker.web import here
from tracker.web.pages import home_of, page

STATUS = 409
"""Nothing is wrong with what was asked, and nothing fell over: the record itself stands against."""


def sentence() -> str:
    """What to say, and what to do, of any part of the record."""
    return _(
        "This cannot be read: its key is lost, or it is damaged. Tell whoever keeps the system; "
        "“tracker doctor” says what is wrong."
    )


def tell(cases: Sequence[Case]) -> None:
    """Cases of a list could not be read: those whose clock it is are set aside, for all to see."""
    if any(case.set_aside_at is None and case.state == "open" for case in cases):
        with here.writing(WORKER) as desk:
            set_aside_unread(desk, [case.id for case in cases])


def answer() -> Response:
    """The page in the place of one that cannot be read; of a case, with what stands in clear."""
    who = here.actor()
    staff = who.at_desk()
    with here.reading() as desk:
        ref = (request.view_args or {}).get("ref", "")
        case = find_case(desk.session, staff, ref) if ref and staff.roles else None
    if case is not None:
        tell([case])
    return page(
        "errors/unread.html",
        STATUS,
        sentence=sentence(),
        case=case,
        home=home_of(who),
    )
