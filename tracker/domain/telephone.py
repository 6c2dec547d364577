"""Telephone numbers as people dial them at home."""

from __future__ import annotations

import re
from typing import Final

_AT_HOME: Final = re.compile(r"8([79]\d{9})")
"""A mobile number in Kazakhstan or Russia with the 8 that is dialled there for +7:
8 701 123 45 67. No country's code makes a number of eleven digits that begins so (ITU-T E.164)."""

_BETWEEN: Final = re.compile(r"[\s().-]")


def with_country(typed: str) -> str:
    """A number as it was typed, but with + and its country where that can mean one number only.

    Digits are those of ASCII. What is not understood comes back as it is.
    """
    if typed.strip().startswith("00"):
        return f"+{typed.strip()[2:]}"
    at_home = _AT_HOME.fullmatch(_BETWEEN.sub("", typed))
    return f"+7{at_home[1]}" if at_home else typed
