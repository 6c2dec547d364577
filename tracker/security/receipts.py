"""Receipts: how a family comes back without an account (S7).

    XXXX-XXXX-XXXX-XXXX-XXXXC    20 characters of 5 bits and a check character C

The first 8 are the locator, which finds the report: stored only as an HMAC with the pepper. The
last 12 are the secret: stored only as Argon2id. The alphabet is Crockford's base 32, without I, L,
O and U. C is a weighted sum in the field of 32 elements: every single wrong character and every
exchange of two characters is found before any hash is run.
"""

from __future__ import annotations

import hmac
import secrets
import unicodedata
from dataclasses import dataclass, field
from typing import Final

from tracker.security import argon

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LOCATOR_LENGTH: Final = 8
SECRET_LENGTH: Final = 12
_LENGTH: Final = LOCATOR_LENGTH + SECRET_LENGTH
_MAX_TYPED: Final = 64
_VALUE: Final = {character: value for value, character in enumerate(ALPHABET)}
_LOOK_ALIKES: Final = str.maketrans("ILOАВЕКМНОРСТХІ", "110ABEKMH0PCTX1")
_FIELD_POLYNOMIAL: Final = 0b100101
"""x^5 + x^2 + 1 is primitive: the powers of x are 31 different weights, and we need 21."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """`code` is shown once and never kept; store `locator_hmac(locator)`, `hash_secret(secret)`."""

    code: str = field(repr=False)
    locator: str = field(repr=False)
    secret: str = field(repr=False)


def new_receipt() -> Receipt:
    """A receipt of 100 random bits.

    Its 40-bit locator may, very rarely, be taken: on a unique violation draw another receipt.
    """
    body = "".join(secrets.choice(ALPHABET) for _ in range(_LENGTH))
    full = body + _check_character(body)
    code = "-".join([full[i : i + 4] for i in range(0, 16, 4)] + [full[16:]])
    return Receipt(code, body[:LOCATOR_LENGTH], body[LOCATOR_LENGTH:])


def parse(text: str) -> tuple[str, str] | None:
    """(locator, secret) of a code as people type it, or None when it is not a code.

    Case, spaces, hyphens, invisible marks, digits of any script, full-width letters, I/L for 1,
    O for 0 and the Cyrillic letters that look like Latin ones do not matter.
    """
    if len(text) > _MAX_TYPED:
        return None
    body = _plain(text)
    if len(body) != _LENGTH + 1 or not all(character in _VALUE for character in body):
        return None
    if _check_character(body[:_LENGTH]) != body[_LENGTH]:
        return None
    return body[:LOCATOR_LENGTH], body[LOCATOR_LENGTH:_LENGTH]


def locator_hmac(locator: str, pepper: bytes) -> bytes:
    """32 bytes to find the report by; useless without the pepper."""
    return hmac.digest(pepper, b"receipt locator 1 " + locator.encode(), "sha256")


def hash_secret(secret: str, pepper: bytes) -> str:
    """Argon2id in PHC form over the peppered secret. Raises `Busy`."""
    return argon.hash_text(_peppered(secret, pepper))


def verify_secret(stored: str | None, secret: str, pepper: bytes) -> bool:
    """Is it the secret? With `stored=None` (unknown locator) it takes as long and says no (S8).

    Raises `Busy`.
    """
    return argon.verify_text(stored, _peppered(secret, pepper))


def _peppered(secret: str, pepper: bytes) -> str:
    return hmac.digest(pepper, b"receipt secret 1 " + secret.encode(), "sha256").hex()


def _plain(text: str) -> str:
    """Latin capitals and digits; separators, marks and accents gone."""
    kept = []
    for character in unicodedata.normalize("NFKD", text).upper():
        digit = unicodedata.decimal(character, None)
        if digit is not None:
            kept.append(str(digit))
        elif unicodedata.category(character)[0] not in "CMPZ":
            kept.append(character)
    return "".join(kept).translate(_LOOK_ALIKES)


def _check_character(body: str) -> str:
    total = 0
    for character in body:
        total = _times_x(total ^ _VALUE[character])
    return ALPHABET[total]


def _times_x(element: int) -> int:
    element <<= 1
    return element ^ _FIELD_POLYNOMIAL if element & 0b100000 else element
