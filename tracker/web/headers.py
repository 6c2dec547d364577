"""The headers of every answer (safety.md S12), and compression."""

from __future__ import annotations

import gzip
from typing import Final
from urllib.parse import urlsplit

from flask import Response, request

from tracker.web import here

CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    )
)
PERMISSIONS_POLICY: Final = ", ".join(
    f"{feature}=()"
    for feature in (
        *("accelerometer", "autoplay", "browsing-topics", "camera", "clipboard-read"),
        *("display-capture", "fullscreen", "geolocation", "gyroscope", "hid", "idle-detection"),
        *("magnetometer", "microphone", "midi", "payment", "picture-in-picture", "serial", "usb"),
        *("screen-wake-lock", "xr-spatial-tracking"),
    )
)
FORGET: Final = '"cache", "cookies", "storage"'
"""Clear-Site-Data at sign-out."""

FORGET_QUICKLY: Final = '"cookies", "storage"'
"""Clear-Site-Data at the quick exit: clearing the cache can hold a browser up for seconds, and
there is nothing in it but style sheets, since every page is `no-store`."""

_SMALLEST: Final = 600
_COMPRESSED: Final = ("text/html", "application/json", "text/csv", "text/plain", "image/svg+xml")


def asking(response: Response) -> Response:
    """A page whose script asks this site something while somebody types, and nobody else."""
    policy = f"{CONTENT_SECURITY_POLICY}; connect-src 'self'"
    response.headers["Content-Security-Policy"] = policy
    return response


def finish(response: Response) -> Response:
    """After every view, errors included. A stricter policy that a view set itself stays."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers.setdefault("Cache-Control", "no-store")
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers.setdefault("Referrer-Policy", "same-origin")
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = PERMISSIONS_POLICY
    headers["X-Robots-Tag"] = "noindex, nofollow"
    if _worth_hsts():
        headers["Strict-Transport-Security"] = "max-age=63072000"
    return _compressed(response)


def _worth_hsts() -> bool:
    """Only where the public address has TLS; an onion address needs none."""
    public = urlsplit(here.services().settings.base_url)
    return public.scheme == "https" and not (public.hostname or "").endswith(".onion")


def _compressed(response: Response) -> Response:
    """Gzip for pages of some size. CSRF tokens are masked, and strangers' sites send no cookie."""
    if (
        response.direct_passthrough
        or response.is_streamed
        or response.mimetype not in _COMPRESSED
        or "Content-Encoding" in response.headers
        or (response.content_length or 0) < _SMALLEST
    ):
        return response
    response.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"] > 0:
        response.set_data(gzip.compress(response.get_data(), 5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
