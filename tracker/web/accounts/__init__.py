"""Signing in and out, invitations, second factors, one's own account."""

from tracker.web.accounts import (
    account,
    demo_entry,
    factors,
    leaving,
    openpgp,
    signin,
    tokens,
    welcome,
)
from tracker.web.accounts.door import bp

__all__ = [
    "account",
    "bp",
    "demo_entry",
    "factors",
    "leaving",
    "openpgp",
    "signin",
    "tokens",
    "welcome",
]
