"""Cookies: every one HttpOnly, SameSite=Strict, and `__Host-` where there is TLS."""

from __future__ import annotations

from flask import Response, g, request

from tracker.web import here


def cookie_name(plain: str) -> str:
    """The name in force: `__Host-` ties a cookie to this very host and to TLS (RFC 6265bis)."""
    return f"__Host-{plain}" if _tls() else plain


def read(plain: str) -> str | None:
    """The value the browser sent."""
    return request.cookies.get(cookie_name(plain))


def put(plain: str, value: str, *, lasts: int | None = None) -> None:
    """Set a cookie with the answer; without `lasts` (seconds) it goes when the browser closes."""
    _waiting()[plain] = (value, lasts)


def drop(plain: str) -> None:
    """Take a cookie away with the answer."""
    _waiting()[plain] = ("", 0)


def write(response: Response) -> Response:
    """After every view: what was put and dropped meanwhile."""
    for plain, (value, lasts) in _waiting().items():
        response.set_cookie(
            cookie_name(plain),
            value,
            max_age=lasts,
            secure=_tls(),
            httponly=True,
            samesite="Strict",
            path="/",
        )
    return response


def _waiting() -> dict[str, tuple[str, int | None]]:
    if "cookies" not in g:
        g.cookies = {}
    waiting: dict[str, tuple[str, int | None]] = g.cookies
    return waiting


def _tls() -> bool:
    return here.services().settings.base_url.startswith("https://")
