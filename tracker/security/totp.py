"""Six-digit codes of an authenticator app, RFC 6238: SHA-1, 30 seconds, used once (S10)."""

from __future__ import annotations

import hmac
import unicodedata
from datetime import datetime
from typing import Final

import pyotp

from tracker.security.text import ascii_digits

STEP_SECONDS: Final = 30
DIGITS: Final = 6
WINDOW: Final = 1
"""Steps a phone's clock may be off, each way (RFC 6238 5.2)."""


def new_secret() -> str:
    """160 random bits in base 32, as authenticator apps take it. Keep it sealed."""
    return pyotp.random_base32(32)


def provisioning_uri(secret: str, account: str, issuer: str) -> str:
    """The `otpauth://` address behind the QR code; both names are shown in the person's app."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def check(secret: str, code: str, now: datetime, last_step: int | None) -> int | None:
    """The step whose code this is, or None.

    `now` is an aware instant. `last_step` is the step accepted last: it and earlier ones are
    refused, so a code read over a shoulder is worth nothing. Store what is returned, with a
    conditional update, so that two requests cannot both use one code. Digits of any script, blanks,
    hyphens and invisible marks do not matter.
    """
    if now.tzinfo is None:
        raise ValueError("now must be an aware instant")
    typed = _plain(code)
    if typed is None:
        return None
    current = int(now.timestamp()) // STEP_SECONDS
    app = pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS)
    found: int | None = None
    for step in range(current - WINDOW, current + WINDOW + 1):
        matches = step >= 0 and hmac.compare_digest(app.generate_otp(step), typed)
        if matches and (last_step is None or step > last_step):
            found = step
    return found


def _plain(code: str) -> str | None:
    if len(code) > 64:
        return None
    digits = "".join(c for c in ascii_digits(code) if unicodedata.category(c)[0] not in "CPZ")
    return digits if len(digits) == DIGITS and digits.isascii() and digits.isdecimal() else None
