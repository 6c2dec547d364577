"""Recovery codes: twelve digits that stand in for the second factor, each once (S10).

Digits, so that they can be typed wherever the app's code can, in any script. A keyed hash is kept:
40 random bits under the pepper and behind the brakes need no slow one.
"""

from __future__ import annotations

import secrets
import unicodedata
from typing import Final

from tracker.security.text import ascii_digits
from tracker.security.tokens import lookup_hmac

COUNT: Final = 10
DIGITS: Final = 12
_MAX_TYPED: Final = 64


def new_codes() -> list[str]:
    """Ten different codes as `1234 5678 9012`, to be shown once."""
    found: set[str] = set()
    while len(found) < COUNT:
        found.add(f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}")
    return sorted(" ".join((code[:4], code[4:8], code[8:])) for code in found)


def code_hash(typed: str, person_id: str, pepper: bytes) -> bytes | None:
    """What is kept of one person's code, or None for what is no code.

    Digits of any script, blanks, hyphens and invisible marks do not matter.
    """
    if len(typed) > _MAX_TYPED:
        return None
    digits = "".join(c for c in ascii_digits(typed) if unicodedata.category(c)[0] not in "CPZ")
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdecimal()):
        return None
    return lookup_hmac(f"{person_id} {digits}", kind="recovery", pepper=pepper)
