"""Signed names of outbox rows, for the page behind a message and for a provider's callback."""

from __future__ import annotations

import base64
import binascii
import hmac

from tracker.engine.desk import Desk
from tracker.security.keys import KeyRing
from tracker.security.tokens import callback_token, check_callback_token

PAGE = "page"
_CODES = 10_000


def page_url(desk: Desk, row_id: str) -> str:
    """The address in a message: `PUBLIC_URL/a/<token>`."""
    return f"{desk.settings.base_url}/a/{page_token(desk.ring, row_id)}"


def page_token(ring: KeyRing, row_id: str) -> str:
    """Fifty characters: short enough for two parts of a text message in any script."""
    return callback_token(_short(row_id), ring.link, use=PAGE)


def row_of_page_token(ring: KeyRing, token: str) -> str | None:
    """The row a page token names; None for one we did not sign."""
    return _long(check_callback_token(token, ring.link, use=PAGE))


def callback_token_of(ring: KeyRing, row_id: str) -> str:
    """What stands in the address a provider calls back."""
    return callback_token(_short(row_id), ring.link)


def row_of_callback_token(ring: KeyRing, token: str) -> str | None:
    """The row a callback token names; None for one we did not sign."""
    return _long(check_callback_token(token, ring.link))


def reply_code(ring: KeyRing, row_id: str) -> str:
    """Four digits to answer a message with (D8). Two of a reader's open ones may share them.

    Short, so it counts only from the reader's own verified number, and few wrong ones are heard.
    """
    mac = hmac.digest(ring.link, f"reply code 1 {row_id}".encode(), "sha256")
    return f"{int.from_bytes(mac[:8], 'big') % _CODES:04d}"


def _short(row_id: str) -> str:
    return base64.urlsafe_b64encode(bytes.fromhex(row_id)).rstrip(b"=").decode("ascii")


def _long(short: str | None) -> str | None:
    if short is None:
        return None
    try:
        return base64.urlsafe_b64decode(short + "=" * (-len(short) % 4)).hex()
    except (binascii.Error, ValueError):
        return None
