"""Text messages by a Kannel gateway of one's own: a SIM, a modem or a line to a carrier.

Kannel gives no id for a message and cannot be asked for one, so our row's token and the instant of
the try stand in the address it reports to.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import requests
from urllib3.exceptions import (
    ConnectTimeoutError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
)

from tracker.channels.kannel_codes import ASK_FOR, read_answer
from tracker.domain.delivery import SMS, Envelope, Fault, Outcome, SendResult, is_denied
from tracker.settings import Kannel

TIMEOUT = (5.0, 30.0)
"""Seconds to connect, and to answer."""
LONGEST_ANSWER = 1_000
_MINUTE = 60


@dataclass(frozen=True, slots=True)
class KannelSms:
    """One gateway. Thread-safe: sessions are kept, each used by one call at a time."""

    gateway: Kannel
    base_url: str
    deny: Sequence[str]
    timeout: tuple[float, float] = TIMEOUT
    _idle: deque[requests.Session] = field(default_factory=deque, repr=False, compare=False)

    @property
    def kind(self) -> str:
        """`sms`."""
        return SMS

    def send(self, envelope: Envelope) -> SendResult:
        """Hand one message to the gateway."""
        if is_denied(envelope.to, self.deny):
            return SendResult(
                Outcome.REFUSED, code="denied_country", fault=Fault.DENIED, local=True
            )
        try:
            with self._session() as session:
                answer = session.get(
                    self.gateway.url,
                    params=self._parameters(envelope),
                    timeout=self.timeout,
                    allow_redirects=False,
                )
                body = answer.text[:LONGEST_ANSWER]
        except requests.RequestException as error:
            outcome = Outcome.NOT_SENT if _never_left(error) else Outcome.UNKNOWN
            return SendResult(outcome, code=f"net_{type(error).__name__}")
        return read_answer(answer.status_code, body, provider_id(envelope.at))

    def find(self, envelope: Envelope, since: datetime) -> SendResult | None:
        """Kannel cannot be asked; its report names our row."""
        return None

    def close(self) -> None:
        """Close the connections that are kept. The channel can still be used."""
        while self._idle:
            self._idle.pop().close()

    def _parameters(self, envelope: Envelope) -> dict[str, str]:
        given = {
            "username": self.gateway.user,
            "password": self.gateway.password,
            "from": self.gateway.sender,
            "to": envelope.to,
            "text": envelope.text,
            "charset": "UTF-8",
            "dlr-mask": str(ASK_FOR),
            "dlr-url": f"{self.base_url}/hooks/kannel/{self.gateway.secret}/dlr/{envelope.token}"
            f"?type=%d&try={_second(envelope.at)}",
        }
        if not envelope.text.isascii():
            given["coding"] = "2"
        if envelope.valid_for is not None:
            given["validity"] = str(max(int(envelope.valid_for.total_seconds()) // _MINUTE, 1))
        return given

    @contextmanager
    def _session(self) -> Iterator[requests.Session]:
        try:
            session = self._idle.pop()
        except IndexError:
            session = requests.Session()
            session.trust_env = False  # no proxy, no .netrc: the gateway's password is ours
        try:
            yield session
        finally:
            self._idle.append(session)


def provider_id(at: datetime) -> str:
    """The name of a try, as its reports bear it."""
    return f"kannel-{_second(at)}"


def _second(at: datetime) -> str:
    return str(int(at.timestamp()))


def _never_left(error: requests.RequestException) -> bool:
    """Whether the connection was never made: refused, no such host, no answer to connecting."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    inner = error.args[0] if error.args else None
    reason = inner.reason if isinstance(inner, MaxRetryError) else inner
    return isinstance(reason, NewConnectionError | NameResolutionError | ConnectTimeoutError)
