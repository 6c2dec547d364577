"""Telephone numbers as people type them, kept as E.164."""

from __future__ import annotations

import phonenumbers

from tracker.domain.telephone import with_country
from tracker.i18n.words import gettext as _
from tracker.security.text import ascii_digits
from tracker.web.fields import Form


def read_phone(form: Form, name: str) -> str:
    """A telephone number as E.164; a country code that could be another is asked for."""
    typed = with_country(ascii_digits(form.text(name, longest=40)))
    if not typed:
        return ""
    try:
        number = phonenumbers.parse(typed, None)
    except phonenumbers.NumberParseException:
        form.fail(name, _("Begin with + and the code of the country, for example +7 701 123 4567."))
        return ""
    if not phonenumbers.is_possible_number(number):
        form.fail(name, _("This number is too short or too long. Look at it again."))
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
