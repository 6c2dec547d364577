"""Brakes at the door: where a request comes from, and the answer to too many tries (S11)."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import NoReturn

from flask import request

from tracker.engine import brakes
from tracker.i18n.words import ngettext
from tracker.settings.model import is_loopback
from tracker.web import here
from tracker.web.refusals import refuse


def address() -> str | None:
    """The network address a request comes from.

    Bound to loopback while the public address is not, there is a reverse proxy on this machine:
    then it is the last address in X-Forwarded-For, the one the proxy wrote. Else that header is
    whatever the client likes, and is not read.
    """
    settings = here.services().settings
    if settings.exposed and is_loopback(settings.bind_host):
        return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or None
    return request.remote_addr


def brake(kind: str, account: str) -> brakes.Try:
    """Ask before checking a secret; refuses with 429 while the asker has to wait.

    Its own short transaction, so that no lock is held while a slow hash runs. When the secret was
    right: `brakes.passed(desk, attempt)`.
    """
    with here.writing() as desk:
        attempt = brakes.enter(desk, kind, account, address())
    if attempt.wait:
        too_many(attempt.wait)
    return attempt


def too_many(wait: timedelta) -> NoReturn:
    """Refuse: how long to wait, in words and as Retry-After."""
    seconds = math.ceil(wait.total_seconds())
    sentence = ngettext(
        "There were too many tries. Wait %(n)s minute, then try again.",
        "There were too many tries. Wait %(n)s minutes, then try again.",
        math.ceil(seconds / 60),
    )
    refuse(429, sentence, retry_after=seconds)
