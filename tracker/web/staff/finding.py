"""Looking for a name that stands in no address: not in the history of a browser, not in the log of
a proxy, not on a screen that is photographed (safety.md S1, S12).

What was typed comes by POST and is kept sealed for an hour, for the one person who typed it. The
address of what was found holds a random word in its place; the other filters stand there as ever.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask import request

from tracker.engine.staff.visits import real_now
from tracker.i18n.words import gettext as _
from tracker.security.text import one_line
from tracker.store import drafts
from tracker.web import here, notes

PARAMETER: Final = "find"
FIELD: Final = "q"
LASTS: Final = timedelta(hours=1)
_KIND: Final = "search"
_LONGEST: Final = 100


def keep() -> str:
    """Keep what the form of this request looks for; its word for the address, "" for nothing."""
    asked = one_line(request.form.get(FIELD, ""))[:_LONGEST].strip()
    if not asked:
        return ""
    with here.writing() as desk:
        told = {FIELD: asked}
        who = here.actor().id
        return drafts.begin(
            desk.session, desk.safe, _KIND, real_now(desk), told, person_id=who, lasts=LASTS
        )


def asked() -> tuple[str, str]:
    """The word in this request's address, and what it stands for; both "" where it is over, or
    somebody else's."""
    token = request.args.get(PARAMETER, "")
    if not token:
        return "", ""
    with here.reading() as desk:
        draft = drafts.find(desk.session, _KIND, token, real_now(desk))
        if draft is not None and draft.person_id == here.actor().id:
            return token, str(drafts.answers(desk.safe, draft)[FIELD])
    notes.add("info", _("That search has ended. Look for the name again."))
    return "", ""


def is_over(token: str) -> bool:
    """Whether the address names a search of which `asked` found nothing any more.

    What such an address would show is everybody: that is not what was looked for, so nothing is
    ticked and no file is made of it.
    """
    return not token and bool(request.args.get(PARAMETER))
