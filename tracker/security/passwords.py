"""Staff passwords: length and a list of common ones, no composition rules (S10, ASVS 5.0 6.2)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Final

from tracker.security import argon
from tracker.security.errors import PasswordRefused

MIN_LENGTH: Final = 8
MAX_LENGTH: Final = 128
_MIN_DISTINCT: Final = 4
_LOOK_ALIKES: Final = str.maketrans("@4301$5!", "aaeoissi")
_TRIMMINGS: Final = "0123456789!?.,*#@$-_+= "


def check_password(password: str, about: Iterable[str] = ()) -> None:
    """Raise `PasswordRefused` unless the password may be used.

    `about` are words an attacker tries first for this person: their address, the organisation.
    Length counts characters after NFC.
    """
    text = _normal(password)
    if text is None:
        raise PasswordRefused("unreadable")
    if len(text) < MIN_LENGTH:
        raise PasswordRefused("too_short")
    if len(text) > MAX_LENGTH:
        raise PasswordRefused("too_long")
    if is_common(text, about):
        raise PasswordRefused("common")


def is_common(password: str, about: Iterable[str] = ()) -> bool:
    """Is it on the list, nearly on it ("P@ssw0rd!2024"), few characters, or `about`?"""
    text = password.casefold()
    if len(set(text)) < _MIN_DISTINCT:
        return True
    forms = {text, text.strip(_TRIMMINGS), text.translate(_LOOK_ALIKES)}
    forms.add(text.strip(_TRIMMINGS).translate(_LOOK_ALIKES))
    known = {part for phrase in about for part in _parts(phrase)}
    return not forms.isdisjoint(_common() | known)


def hash_password(password: str, about: Iterable[str] = ()) -> str:
    """Argon2id in PHC form. Raises `PasswordRefused` as `check_password`, and `Busy`."""
    check_password(password, about)
    return argon.hash_text(unicodedata.normalize("NFC", password))


def verify_password(stored: str | None, password: str) -> bool:
    """Is it the password? With `stored=None` (no such account) it takes as long and says no (S8).

    Texts no password can be are refused at once, account or none. Raises `Busy`.
    """
    text = _normal(password)
    if text is None or not MIN_LENGTH <= len(text) <= MAX_LENGTH:
        return False
    return argon.verify_text(stored, text)


def needs_rehash(stored: str) -> bool:
    """Should the password be hashed again, now that it is known and right?"""
    return argon.needs_rehash(stored)


def _normal(password: str) -> str | None:
    """NFC, so that two keyboards agree; None for what no keyboard makes."""
    if len(password) > 4 * MAX_LENGTH:
        return password  # too long in any form: not worth the work
    text = unicodedata.normalize("NFC", password)
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
        return None
    return text


def _parts(phrase: str) -> Iterable[str]:
    text = phrase.casefold().strip()
    words = re.split(r"[@.\-_\s]+", text)
    return [text, "".join(words), *(word for word in words if len(word) >= _MIN_DISTINCT)]


@cache
def _common() -> frozenset[str]:
    lines = (files(__package__) / "common_passwords.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
