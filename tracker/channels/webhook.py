"""Outgoing webhooks in the form of Standard Webhooks 1: signed, thin, to an https address.

The message says what a text message may say (S4). The address and its secret are a contact point:
`https://desk.example.org/hook whsec_…`. A receiver knows a repeat by `webhook-id`, so what may
have arrived is simply sent again.
"""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

import requests
from requests.adapters import HTTPAdapter
from standardwebhooks import Webhook as Signer
from standardwebhooks.webhooks import EmptyWebhookSecretError

from tracker.domain.delivery import WEBHOOK, Envelope, Fault, Outcome, SendResult
from tracker.domain.moments import format_instant

TIMEOUT = (5.0, 15.0)
_GONE = 410
_AGAIN = (408, 425, 429)
_NAT64 = IPv6Network("64:ff9b::/96")
_ASSIGNED = IPv4Network("192.0.0.0/24")
"""For protocols (RFC 6890, 2.2.2): a cloud tells its machines their secrets there."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """Posts to the address of each envelope. Thread-safe: a connection a message."""

    private: bool = False
    """Whether addresses of this machine and its own network may be called."""
    verify: bool | str = True
    """True, or the file of certificates to believe."""
    kind: str = WEBHOOK

    def send(self, envelope: Envelope) -> SendResult:
        """Sign and post it once. Redirects are not followed."""
        address, _, secret = envelope.to.partition(" ")
        url = urlsplit(address)
        try:
            place = self.place_of(url)
        except OSError:
            return SendResult(Outcome.NOT_SENT, code="connect_name")
        if place is None:
            return SendResult(Outcome.REFUSED, code="address", fault=Fault.ADDRESS, local=True)
        body = _body(envelope)
        try:
            signature = Signer(secret).sign(envelope.row_id, envelope.at, body)
        except (ValueError, EmptyWebhookSecretError):
            return SendResult(Outcome.REFUSED, code="secret", fault=Fault.ADDRESS, local=True)
        headers = {
            "Content-Type": "application/json",
            "Host": url.netloc,
            "User-Agent": "webhook/1",
            "webhook-id": envelope.row_id,
            "webhook-timestamp": str(int(envelope.at.timestamp())),
            "webhook-signature": signature,
        }
        try:
            with requests.Session() as session:
                session.trust_env = False
                session.mount("https://", _Pinned(place))
                with session.post(
                    address,
                    data=body.encode(),
                    headers=headers,
                    timeout=TIMEOUT,
                    allow_redirects=False,
                    verify=self.verify,
                    stream=True,
                ) as answer:
                    return _result(envelope, answer)
        except requests.RequestException as error:
            return SendResult(Outcome.NOT_SENT, code=f"net_{type(error).__name__}")

    def find(self, envelope: Envelope, since: datetime) -> SendResult | None:
        """There is nothing to look through; a repeat does no harm."""
        return None

    def place_of(self, url: SplitResult) -> str | None:
        """Where to connect to; None where nobody may be called. Raises OSError for no such name.

        The address that was judged is the one that is called: a name that changes its mind between
        the two calls nobody else.
        """
        if url.scheme != "https" or not url.hostname or url.username or url.password:
            return None
        try:
            found = socket.getaddrinfo(url.hostname, url.port or 443, type=socket.SOCK_STREAM)
        except ValueError:
            return None
        places = [str(one[4][0]) for one in found]
        if not self.private and not all(map(is_public, places)):
            return None
        return places[0] if places else None


def is_public(place: str) -> bool:
    """Whether an IP address is one machine of the world's network.

    An IPv4 address that stands in one of IPv6 (RFC 4291, 6052, 3056, 4380) is looked at too: a
    gateway would carry us there.
    """
    address = ip_address(place.partition("%")[0])
    found: list[IPv4Address | IPv6Address | None] = [address]
    if isinstance(address, IPv6Address):
        found += [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in _NAT64:
            found.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return all(
        one is None or (one.is_global and not one.is_multicast and one not in _ASSIGNED)
        for one in found
    )


class _Pinned(HTTPAdapter):
    """Connects to one address, whatever the name in the URL says now; the name is still proven."""

    def __init__(self, place: str) -> None:
        self._place = place
        super().__init__()

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> Any:
        known: Any = super().build_connection_pool_key_attributes(request, verify, cert)
        where, how = known
        how["server_hostname"] = how["assert_hostname"] = where["host"]
        where["host"] = self._place
        return where, how


def _body(envelope: Envelope) -> str:
    """Type, time, reference, and the words of a text message. Nothing of a case."""
    event = {
        "type": "message",
        "timestamp": format_instant(envelope.at),
        "data": {
            "reference": envelope.reference,
            "text": envelope.text,
            "language": envelope.language,
            "possible_repeat": envelope.possible_repeat,
        },
    }
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))


def _result(envelope: Envelope, answer: requests.Response) -> SendResult:
    code = str(answer.status_code)
    if answer.ok and answer.status_code < 300:
        return SendResult(Outcome.ACCEPTED, provider_id=f"webhook:{envelope.row_id}", code=code)
    if answer.status_code == _GONE:
        return SendResult(Outcome.REFUSED, code=code, fault=Fault.ADDRESS)
    if answer.status_code in _AGAIN or answer.status_code >= 500:
        wait = _retry_after(answer.headers.get("Retry-After"), envelope.at)
        return SendResult(Outcome.NOT_SENT, code=code, retry_after=wait)
    return SendResult(Outcome.REFUSED, code=code, fault=Fault.ACCOUNT)


def _retry_after(text: str | None, now: datetime) -> timedelta | None:
    """Seconds, or an HTTP date; None for anything else, and an hour at most."""
    if not text:
        return None
    try:
        if text.isascii() and text.isdigit():
            wait = timedelta(seconds=min(int(text), 3600))
        else:
            wait = parsedate_to_datetime(text) - now
    except (ValueError, TypeError):
        return None
    return min(max(wait, timedelta(0)), timedelta(hours=1))
