"""Contact points as screens and logs may show them: enough to recognise, not enough to use."""

from __future__ import annotations

from typing import Final

import phonenumbers

from tracker.security.text import ascii_digits, one_line

_DOTS: Final = "•••"
_SHOWN: Final = 4
_HIDDEN: Final = 4


def mask_email(address: str) -> str:
    """`dana@example.org` as `d•••@e•••.org`; the number of dots never tells a length.

    A part of one character is hidden whole; what is no address shows nothing.
    """
    local, at, domain = one_line(address).rpartition("@")
    name, dot, top = domain.rpartition(".")
    if not (local and at and name and dot and top):
        return _DOTS
    return f"{_first(local)}@{_first(name)}.{top}"


def mask_phone(number: str) -> str:
    """`+77011234567` as `+7 •••• 4567`: the country code and the last four digits.

    Fewer where at least four would not stay hidden; without a country code none is shown.
    """
    digits = "".join(character for character in ascii_digits(number) if character in "0123456789")
    code = _country_code("+" + digits) if number.strip().startswith("+") else ""
    national = digits.removeprefix(code)
    shown = max(0, min(_SHOWN, len(national) - _HIDDEN))
    last = national[len(national) - shown :]
    return " ".join(part for part in (f"+{code}" if code else "", "••••", last) if part)


def mask(contact_point: str) -> str:
    """`mask_email` for what has an @, else `mask_phone`; of a web address, how its host begins."""
    scheme, sign, rest = contact_point.partition("://")
    if sign:
        return f"{one_line(scheme)}://{_first(rest)}"
    return mask_email(contact_point) if "@" in contact_point else mask_phone(contact_point)


def _first(part: str) -> str:
    return part[0] + _DOTS if len(part) > 1 else _DOTS


def _country_code(number: str) -> str:
    try:
        return str(phonenumbers.parse(number, None).country_code)
    except phonenumbers.NumberParseException:
        return ""
