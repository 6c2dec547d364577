"""How and when it is safe to reach a family, or never (S5)."""

from __future__ import annotations

from typing import Any

from tracker.i18n.words import gettext as _
from tracker.web.fields import Form
from tracker.web.phones import read_phone


def read_reach(form: Form) -> dict[str, Any]:
    """The fields of the question "May we contact you?"; faults are said in the form."""
    reach = form.choice("reach", ("never", "yes"), required=_("Choose one of the answers."))
    kept: dict[str, Any] = {
        "reach": reach,
        "called": form.text("called"),
        "protected": "1" if form.checked("protected") else "",
    }
    if reach != "yes":
        return kept
    kept |= {
        "phone": read_phone(form, "phone"),
        "email": form.email("email"),
        "other_way": form.text("other_way", longest=500, lines=True),
        "times": form.text("times", longest=500, lines=True),
    }
    if form and not (kept["phone"] or kept["email"] or kept["other_way"]):
        form.fail("phone", _("Write at least one way to reach you, or choose “never contact me”."))
    return kept
