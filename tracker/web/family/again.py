"""What a family was writing when its quiet minutes were over (safety.md S7, S10).

Nothing of it is stored, and nothing is shown to whoever comes with the code later: it stands in the
answer to this one browser, which asks for the code again, and in the form that follows.
"""

from __future__ import annotations

from typing import Final

from flask import Response, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from tracker.i18n.words import gettext as _
from tracker.web import csrf, notes
from tracker.web.pages import form_page, go

TO: Final = "to"
CODE: Final = "code"
FORMS: Final = ("/status/message", "/status/news", "/status/reach")
"""Where something is written. (Pictures are chosen anew: they would have to be stored.)"""


def ask_for_code() -> ResponseReturnValue:
    """The answer to a form that only a family may send, from a browser without its session."""
    ended = csrf.is_of_an_ended_session()
    if request.path in FORMS and ended:
        notes.add(
            "warning",
            _("We closed the page because it was quiet for a while. Give your code once more."),
        )
        response = code_page({}, to=request.path, kept=request.form)
        response.status_code = 422
        return response
    if ended:
        notes.add(
            "warning",
            _("We closed the page because it was quiet for a while. Nothing was done: try again."),
        )
    return go("/status")


def code_page(
    errors: dict[str, str], *, to: str, kept: MultiDict[str, str], typed: str = ""
) -> Response:
    """The question for the code. `kept`: what was written for the form at `to`."""
    return form_page(
        "family/code.html",
        errors,
        typed=typed,
        to=to if to in FORMS else "",
        kept=list(written(kept).items(multi=True)) if to in FORMS else [],
    )


def written(sent: MultiDict[str, str]) -> MultiDict[str, str]:
    """The fields of the form alone."""
    ours = (csrf.FIELD, TO, CODE)
    return MultiDict((name, text) for name, text in sent.items(multi=True) if name not in ours)
