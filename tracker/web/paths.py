"""Ways back: which addresses of ours a person may be led to."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode, urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException

from tracker.web.access import SESSIONLESS, rule_of

_LONGEST: Final = 500


def safe_path(target: str | None) -> str | None:
    """A path of this site that is safe to lead to by GET, else None.

    Only addresses that some view here answers by GET: no other host, no `//host`, no callback.
    """
    if not target or len(target) > _LONGEST or not target.startswith("/") or "\\" in target:
        return None
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or any(ord(character) < 33 for character in target):
        return None
    adapter = current_app.create_url_adapter(request)
    try:
        endpoint = adapter.match(parts.path, "GET")[0] if adapter else None
    except HTTPException:
        return None
    rule = rule_of(current_app, endpoint)
    return target if rule is not None and rule.kind not in SESSIONLESS else None


def came_from() -> str | None:
    """The page of ours that this request was sent from, as a path."""
    source = urlsplit(request.referrer or "")
    if source.netloc != request.host:
        return None
    return safe_path(source.path + (f"?{source.query}" if source.query else ""))


def way_back() -> str | None:
    """The page to come back to: this one, or the one a form was sent from."""
    if request.method in ("GET", "HEAD"):
        return safe_path(request.full_path.rstrip("?"))
    return came_from()


def form_address() -> str | None:
    """The address, without its query, of the page on which this request's form stands: where it is
    sent to, if that is a page, else where it was sent from."""
    return safe_path(request.path) or (came_from() or "").partition("?")[0] or None


def with_next(page: str, back: str | None) -> str:
    """A page's address that remembers where to go on afterwards."""
    return f"{page}?{urlencode({'next': back})}" if back and back != "/" else page
