"""Addresses of sites and servers, taken apart; each function raises SettingsError."""

from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from tracker.settings.errors import SettingsError
from tracker.settings.names import variable
from tracker.settings.parts import HOST


def web_address(name: str, text: str | None) -> str | None:
    """An http or https address with any path."""
    if text is None:
        return None
    split(name, text, {"http": 80, "https": 443}, "https://example.org/path")
    return text


def site_address(name: str, text: str | None) -> str | None:
    """Scheme, host and port only, without a slash at the end."""
    if text is None:
        return None
    example = "https://tracker.example.org"
    url = split(name, text, {"http": 80, "https": 443}, example)
    if url.path.strip("/") or url.query or url.fragment or "@" in url.netloc:
        raise SettingsError(variable(name), f"write scheme and host only, as {example}")
    return f"{url.scheme}://{url.netloc}"


def split(name: str, text: str, schemes: Mapping[str, int], example: str) -> SplitResult:
    """The parts of a URL with one of ``schemes`` and a host; the advice never repeats the text."""
    try:
        url = urlsplit(text)
        fits = url.scheme in schemes and bool(HOST.fullmatch(_bracketed(url.hostname or "")))
        fits = fits and (url.port is None or url.port > 0)
    except ValueError:
        fits = False
    if not fits or any(sign.isspace() or not sign.isprintable() for sign in text):
        raise SettingsError(
            variable(name), f"write it as {example}; signs like @ : / in a password as %40 %3A %2F"
        )
    return url


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
