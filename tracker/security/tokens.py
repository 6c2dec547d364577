"""Unguessable words: link tokens, look-up hashes, row tokens for callbacks, short codes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from itertools import product
from typing import Final

TOKEN_BYTES: Final = 32
REFERENCE_ALPHABET: Final = "CDFHJKMNPQRTVWXY34679"
"""No vowels, so no words; no two characters that look or sound much alike."""
REFERENCE_LENGTH: Final = 6
_HALVES: Final = tuple(map("".join, product(REFERENCE_ALPHABET, repeat=REFERENCE_LENGTH // 2)))
_MAC_BYTES: Final = 20
_ROW_TOKEN: Final = re.compile(r"([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{27})")


def new_token() -> str:
    """256 random bits for an address or a cookie, 43 URL-safe characters. Store `token_hash`."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> bytes:
    """SHA-256 (32 bytes), the only form a token is stored in and looked up by.

    A plain hash is enough at 256 bits (ASVS 5.0 6.5.2); any text may be given.
    """
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def constant_time_equal(left: str | bytes, right: str | bytes) -> bool:
    """Equality whose time does not tell where two values differ; text counts as its UTF-8."""
    return hmac.compare_digest(_bytes(left), _bytes(right))


def lookup_hmac(value: str, *, kind: str, pepper: bytes) -> bytes:
    """32 bytes to find a sealed value by, e.g. a staff address; normalise the value first.

    Equal values of one `kind` have equal hashes, so never use it for names (S1).
    """
    return hmac.digest(pepper, f"lookup 1 {len(kind)}:{kind}{value}".encode(), "sha256")


def callback_token(row_id: str, key: bytes, *, use: str = "callback") -> str:
    """`<row id>.<signature>` for the address a provider calls back about one row (S14, D4).

    160 bits of HMAC-SHA-256 with the ring's link key. `use` separates kinds of callback, so that
    a token for one opens no other. Raises `ValueError` for a row id that an address cannot hold.
    """
    token = f"{row_id}.{_row_mac(row_id, key, use)}"
    if not _ROW_TOKEN.fullmatch(token):
        raise ValueError("a row id is 1 to 64 letters, digits, - or _")
    return token


def check_callback_token(token: str, key: bytes, *, use: str = "callback") -> str | None:
    """The row id of a genuine token for this use, else None."""
    parts = _ROW_TOKEN.fullmatch(token)
    if parts is None:
        return None
    row_id, mac = parts.groups()
    return row_id if constant_time_equal(mac, _row_mac(row_id, key, use)) else None


def new_reference() -> str:
    """Six characters that name one message to one reader (S4); of some 85 million, not secret."""
    first, second = divmod(secrets.randbelow(len(_HALVES) ** 2), len(_HALVES))
    return _HALVES[first] + _HALVES[second]


def _row_mac(row_id: str, key: bytes, use: str) -> str:
    mac = hmac.digest(key, f"row token 1 {len(use)}:{use}{row_id}".encode(), "sha256")
    return base64.urlsafe_b64encode(mac[:_MAC_BYTES]).rstrip(b"=").decode()


def _bytes(value: str | bytes) -> bytes:
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
