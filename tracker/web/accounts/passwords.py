"""Choosing a password: what is wrong with it, in words."""

from __future__ import annotations

from collections.abc import Iterable

from tracker.i18n.words import gettext as _
from tracker.security import passwords
from tracker.security.errors import PasswordRefused
from tracker.web.fields import Form


def chosen(form: Form, about: Iterable[str]) -> str | None:
    """The hash of the password in the fields `password` and `again`, or None and sentences.

    Takes a quarter of a second: not within a transaction. Raises `Busy`.
    """
    password = form.secret("password", required=_("Choose a password."))
    if form and form.secret("again") != password:
        form.fail("again", _("The two passwords differ. Write the same one twice."))
    if not form:
        return None
    try:
        return passwords.hash_password(password, about)
    except PasswordRefused as refused:
        form.fail("password", _sentence(refused.code))
        return None


def _sentence(code: str) -> str:
    match code:
        case "too_short":
            return _("Take at least %(n)s characters; a sentence is best.", n=passwords.MIN_LENGTH)
        case "too_long":
            return _("Take at most %(n)s characters.", n=passwords.MAX_LENGTH)
        case "common":
            return _("This password is easy to guess. Choose another one.")
        case _:
            return _("This password holds characters that cannot be typed. Choose another one.")
