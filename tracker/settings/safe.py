"""What may not start on an address that others can reach (safety.md S17)."""

import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tracker.domain.errors import Refused
from tracker.settings.model import FILE, Settings, is_loopback
from tracker.settings.names import variable

SHORTEST_SECRET = 16
"""Characters of a secret that a machine made."""
SHORTEST_PASSWORD = 8
"""Characters of a password that somebody else's server may have chosen."""
DEFAULTS = frozenset(
    {
        *("admin", "changeit", "changeme", "default", "example", "letmein"),
        *("password", "pass", "qwerty", "secret", "test", "token"),
    }
)


class Unsafe(Refused):
    """Settings with which nothing may be started; the message names each breach."""


def refuse_unsafe(settings: Settings) -> Settings:
    """The same settings. Raises Unsafe, with a sentence for each breach of S17."""
    if breaches := check_safe(settings):
        raise Unsafe("\n".join(breaches))
    return settings


def check_safe(settings: Settings) -> list[str]:
    """Each breach of S17 as a sentence that says what to do; empty: the program may start.

    On a loopback address only the movable clock outside a demo is a breach.
    """
    breaches = []
    if settings.clock_file and not settings.demo:
        breaches.append(f"{variable('clock_file')}: the clock can be moved in a demo only.")
    if not settings.exposed:
        return breaches
    public = settings.public_url
    if public is None:
        breaches.append(f"{variable('public_url')}: set the address people use.")
    elif not public.startswith("https://") and not is_loopback(urlsplit(public).hostname or ""):
        breaches.append(f"{variable('public_url')}: an address others can reach begins https://.")
    if not settings.trusted_hosts:
        breaches.append(f"{variable('trusted_hosts')}: set the host names the site answers to.")
    if not (settings.trusted_proxies or is_loopback(settings.bind_host)):
        breaches.append(
            f"{variable('trusted_proxies')}: name the address of the proxy that speaks TLS, else "
            "all visitors are one and a stranger's wrong tries keep families out."
        )
    if settings.debug:
        breaches.append(f"{variable('debug')} (or FLASK_DEBUG): switch it off.")
    if settings.twilio and not settings.twilio.auth_token:
        breaches.append(
            f"{variable('twilio_auth_token')}: set it, or no callback of Twilio can be believed."
        )
    for name, secret, shortest in _secrets(settings):
        if secret.lower().rstrip("0123456789!") in DEFAULTS:
            breaches.append(f"{variable(name)}: this secret is a default; choose another.")
        elif len(secret) < shortest:
            breaches.append(f"{variable(name)}: this secret is shorter than {shortest} signs.")
    for name, server in (("smtp_url", settings.smtp), ("imap_url", settings.imap)):
        if server and server.password and server.tls == "none" and not is_loopback(server.host):
            breaches.append(f"{variable(name)}: a password would travel in clear; ask for TLS.")
    kannel = urlsplit(settings.kannel.url) if settings.kannel else None
    if kannel and kannel.scheme == "http" and not is_loopback(kannel.hostname or ""):
        breaches.append(f"{variable('kannel_url')}: numbers and a password would travel in clear.")
    twilio_url = urlsplit((settings.twilio and settings.twilio.api_url) or "")
    if twilio_url.scheme == "http" and not is_loopback(twilio_url.hostname or ""):
        breaches.append(
            f"{variable('twilio_api_url')}: the token would travel in clear; use https."
        )
    if _is_read_by_others(settings.instance / FILE):
        breaches.append(f"{FILE}: every user of this machine can read it; run chmod o= on it.")
    return breaches


def _is_read_by_others(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & stat.S_IRWXO)
    except OSError:
        return False


def _secrets(settings: Settings) -> Iterator[tuple[str, str, int]]:
    """Name, value and least length of each secret that is set."""
    made: dict[str, str | None] = {}
    chosen = {
        "database_url": _password(settings.database_url),
        "kannel_url": settings.kannel.password if settings.kannel else None,
    }
    if settings.kannel:
        made["kannel_secret"] = settings.kannel.secret
    if twilio := settings.twilio:
        made["twilio_auth_token"] = twilio.auth_token
        made["twilio_secondary_auth_token"] = twilio.secondary_auth_token
        made["twilio_api_key_secret"] = twilio.api_key_secret
    if settings.smtp:
        chosen["smtp_url"] = settings.smtp.password
    if settings.imap:
        chosen["imap_url"] = settings.imap.password
    for secrets, shortest in ((made, SHORTEST_SECRET), (chosen, SHORTEST_PASSWORD)):
        for name, secret in secrets.items():
            if secret:
                yield name, secret, shortest


def _password(url: str | None) -> str | None:
    """The password in a URL."""
    return unquote(urlsplit(url).password or "") if url else None
