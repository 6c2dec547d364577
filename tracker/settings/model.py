"""The settings as values. Nothing secret is in any ``repr``."""

from dataclasses import dataclass, field
from datetime import time
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

DEMO_MARK = "demo-instance"
"""A file of this name in an instance folder marks it as a demo: its clock may be moved."""

FILE = "settings.toml"
"""In the instance folder: settings that are not in the environment."""

Tls = Literal["none", "starttls", "implicit"]


@dataclass(frozen=True)
class Smtp:
    """A mail server to hand mail to. ``tls`` "implicit" is TLS from the first byte (smtps)."""

    host: str
    port: int
    tls: Tls
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Imap:
    """A mailbox where bounces and replies arrive."""

    host: str
    port: int
    tls: Tls
    folder: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Twilio:
    """A Twilio account. The API key, where there is one, sends; the auth tokens prove callbacks."""

    account_sid: str
    auth_token: str = field(repr=False)
    secondary_auth_token: str | None = field(default=None, repr=False)
    api_key_sid: str | None = None
    api_key_secret: str | None = field(default=None, repr=False)
    sender: str | None = None
    messaging_service_sid: str | None = None
    api_url: str | None = None
    caller: str | None = None
    """The number that calls; None: nobody is called."""

    @property
    def callback_tokens(self) -> tuple[str, ...]:
        """The tokens a callback may be signed with (S14); an empty one is none."""
        return tuple(token for token in (self.auth_token, self.secondary_auth_token) if token)


@dataclass(frozen=True)
class Kannel:
    """A Kannel gateway. It calls back by unsigned GETs, hence a secret path and known peers."""

    url: str
    """Of its sendsms interface, without user and password."""
    user: str
    password: str = field(repr=False)
    sender: str
    secret: str = field(repr=False)
    peers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Settings:
    """All switches of one process. Made by ``load``; ``None`` is "not set"."""

    instance: Path
    database_url: str = field(repr=False)
    bind_host: str
    bind_port: int
    keys: Path
    language: str
    timezone: ZoneInfo
    digest_weekday: int
    """ISO: Monday 1 to Sunday 7."""
    ladder_minutes: int
    """How long a text message or a call may stay without a receipt before the next way (D6)."""
    merge_above: int
    """So many messages at once go to a person by themselves; more become one (D7)."""
    sms_per_second: int | None
    mails_per_second: int | None
    """What a provider takes; None: as fast as it answers (D7)."""
    digest_at: time
    """Local time of each reader."""
    review_open_days: int
    keep_closed_days: int
    quick_exit_url: str
    sms_deny: tuple[str, ...]
    """Prefixes as ``+86``; that one is always among them (S5)."""
    sms_replies: tuple[str, ...] = ()
    """Prefixes whose people can answer a text message; ``+`` is everybody (D8)."""
    public_url: str | None = None
    trusted_hosts: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    """Networks whose X-Forwarded-For counts (S11); none named: this machine's own addresses."""
    backup_key: str | None = None
    """The public half: what is sealed to it opens nowhere here."""
    backup_days: int = 30
    organisation: str | None = None
    file_delivery: bool = False
    """Messages are written to ``outbox`` instead of being sent."""
    smtp: Smtp | None = None
    mail_from: str | None = None
    imap: Imap | None = None
    twilio: Twilio | None = None
    kannel: Kannel | None = None
    mail_return_path: str | None = None
    """With `*` where our row's token goes; None: bounces go to ``mail_from``."""
    webhook_private: bool = False
    services: tuple[str, ...] = ()
    """Schemes of addresses that Apprise may be given."""
    heartbeat_url: str | None = field(default=None, repr=False)
    clock_file: Path | None = None
    debug: bool = False
    demo: bool = False

    @property
    def outbox(self) -> Path:
        """Where file delivery writes."""
        return self.instance / "outbox"

    @property
    def base_url(self) -> str:
        """What links begin with, without a slash at the end."""
        host = f"[{self.bind_host}]" if ":" in self.bind_host else self.bind_host
        return self.public_url or f"http://{host}:{self.bind_port}"

    @property
    def exposed(self) -> bool:
        """True when anyone but this machine can reach the site: then S17 holds."""
        public = urlsplit(self.public_url).hostname if self.public_url else None
        return not (is_loopback(self.bind_host) and (public is None or is_loopback(public)))

    def is_proxy(self, address: str) -> bool:
        """Whether a request from this address tells by X-Forwarded-For whose it is."""
        if not self.trusted_proxies:
            return is_loopback(address)
        try:
            peer = ip_address(address)
        except ValueError:
            return False
        peer = getattr(peer, "ipv4_mapped", None) or peer
        return any(peer in ip_network(network) for network in self.trusted_proxies)


def is_loopback(host: str) -> bool:
    """True for ``localhost`` (and names below it) and the loopback addresses of IPv4 and IPv6."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
