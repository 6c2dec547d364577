"""Brakes at the door: where a request comes from, and the answer to too many tries (S11)."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import NoReturn

from flask import Response, request

from tracker.engine.staff import brakes
from tracker.i18n.words import ngettext
from tracker.web import here
from tracker.web.refusals import refuse


def address() -> str | None:
    """The network address a request comes from.

    Where our own reverse proxy asks (`TRACKER_TRUSTED_PROXIES`) it is the last address in
    X-Forwarded-For that is none of our proxies': the one they saw. From anybody else that header
    is whatever the client likes, and is not read.
    """
    settings, peer = here.services().settings, request.remote_addr
    if not settings.exposed or peer is None or not settings.is_proxy(peer):
        return peer
    for hop in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
        if not settings.is_proxy(hop.strip()):
            return hop.strip() or None
    return None


def brake(kind: str, account: str) -> brakes.Try:
    """Ask before checking a secret; refuses with 429 while the asker has to wait.

    When the secret was right: `brakes.passed(desk, attempt)`.
    """
    attempt = enter(kind, account)
    if attempt.wait:
        too_many(attempt.wait)
    return attempt


def enter(kind: str, account: str) -> brakes.Try:
    """The same for a page that says itself how long to wait, and keeps what was typed.

    Its own short transaction, so that no lock is held while a slow hash runs.
    """
    with here.writing() as desk:
        return brakes.enter(desk, kind, account, address())


def share(kind: str) -> timedelta:
    """Take one of what the asker's neighbourhood may send now; how long to wait if none is left.

    Its own short transaction, before anything of the form is read (S11).
    """
    with here.writing() as desk:
        return brakes.share(desk, kind, address())


def share_is_used(wait: timedelta) -> str:
    """The sentence for somebody whose neighbourhood sent its share; it need not be their doing."""
    return ngettext(
        "Very much is being sent from your internet connection. Nothing you wrote is lost. "
        "Wait %(n)s minute, then try again.",
        "Very much is being sent from your internet connection. Nothing you wrote is lost. "
        "Wait %(n)s minutes, then try again.",
        math.ceil(wait / timedelta(minutes=1)),
    )


def later(wait: timedelta, shown: Response) -> Response:
    """The form as it was typed, to be sent again after a while: 429 and Retry-After."""
    shown.status_code = 429
    shown.headers["Retry-After"] = str(math.ceil(wait.total_seconds()))
    return shown


def refuse_share(wait: timedelta) -> NoReturn:
    """The same where there is no form yet."""
    refuse(429, share_is_used(wait), retry_after=math.ceil(wait.total_seconds()))


def too_many(wait: timedelta) -> NoReturn:
    """Refuse: how long to wait, in words and as Retry-After."""
    refuse(429, tries_are_used(wait), retry_after=math.ceil(wait.total_seconds()))


def tries_are_used(wait: timedelta) -> str:
    """The sentence for who tried a secret too often."""
    return ngettext(
        "There were too many tries. Wait %(n)s minute, then try again.",
        "There were too many tries. Wait %(n)s minutes, then try again.",
        math.ceil(wait / timedelta(minutes=1)),
    )
