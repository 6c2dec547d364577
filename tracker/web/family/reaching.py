"""How and when it is safe to reach a family, or never (S5)."""

from __future__ import annotations

from typing import Any

import phonenumbers

from tracker.i18n.words import gettext as _
from tracker.security.text import ascii_digits
from tracker.web.fields import Form


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
        "phone": phone(form, "phone"),
        "email": form.email("email"),
        "other_way": form.text("other_way", longest=500, lines=True),
        "times": form.text("times", longest=500, lines=True),
    }
    if form and not (kept["phone"] or kept["email"] or kept["other_way"]):
        form.fail("phone", _("Write at least one way to reach you, or choose “never contact me”."))
    return kept


def phone(form: Form, name: str) -> str:
    """A telephone number as E.164; the country code is asked for, never guessed."""
    typed = ascii_digits(form.text(name, longest=40))
    if not typed:
        return ""
    if typed.startswith("00"):
        typed = f"+{typed[2:]}"
    try:
        number = phonenumbers.parse(typed, None)
    except phonenumbers.NumberParseException:
        form.fail(name, _("Begin with + and the code of the country, for example +7 701 123 4567."))
        return ""
    if not phonenumbers.is_possible_number(number):
        form.fail(name, _("This number is too short or too long. Look at it again."))
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
