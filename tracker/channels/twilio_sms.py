"""Text messages by Twilio: its SDK over our own HTTP client, which never hangs and keeps headers.

There is no idempotency key for sending, so every answer that could hide an accepted message is
`unknown`, and our row's token stands in the address Twilio calls back (research/delivery.md 2.4).
"""

from __future__ import annotations

import json
import logging
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client
from urllib3.exceptions import (
    ConnectTimeoutError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
)

from tracker.channels.twilio_codes import STATUS, decide
from tracker.domain.delivery import SMS, Envelope, Fault, Outcome, SendResult, State, is_denied
from tracker.settings import Twilio

TIMEOUT = (5.0, 30.0)
"""Seconds to connect, and to answer: Twilio's own limit is about 26."""
LONGEST_RETRY_AFTER = 3600
SHORTEST_VALIDITY, LONGEST_VALIDITY = 60, 36_000
"""Seconds a message may wait at Twilio; it takes 1 to 36,000."""
LISTED = 50


class Session(HttpClient):  # type: ignore[misc]  # the SDK ships no types
    """The SDK's transport: a `requests` session with time limits that remembers `Retry-After`."""

    def __init__(self, base: str | None, timeout: tuple[float, float] = TIMEOUT) -> None:
        super().__init__(logging.getLogger(__name__), is_async=False)
        self._base = urlsplit(base) if base else None
        self._timeout = timeout
        self._session = requests.Session()
        self.retry_after: str | None = None

    def request(
        self,
        method: str,
        url: str,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
        **_: Any,
    ) -> Response:
        """One call, tried once; raises what `requests` raises."""
        self.retry_after = None
        answer = self._session.request(
            method.upper(),
            self._at_base(url),
            params=params,
            data=data,
            headers=dict(headers or {}),
            auth=auth,
            timeout=self._timeout,
            allow_redirects=False,
        )
        self.retry_after = answer.headers.get("Retry-After")
        return Response(answer.status_code, answer.text, answer.headers)

    def close(self) -> None:
        """Close its connections."""
        self._session.close()

    def _at_base(self, url: str) -> str:
        if self._base is None:
            return url
        parts = urlsplit(url)
        path = self._base.path.rstrip("/") + parts.path
        return urlunsplit((self._base.scheme, self._base.netloc, path, parts.query, ""))


@dataclass(frozen=True, slots=True)
class TwilioSms:
    """One Twilio account. Thread-safe: sessions are kept, each used by one call at a time."""

    account: Twilio
    base_url: str
    deny: Sequence[str]
    timeout: tuple[float, float] = TIMEOUT
    _idle: deque[Session] = field(default_factory=deque, repr=False, compare=False)

    @property
    def kind(self) -> str:
        """`sms`."""
        return SMS

    def send(self, envelope: Envelope) -> SendResult:
        """Ask Twilio to send one message."""
        if is_denied(envelope.to, self.deny):
            return SendResult(Outcome.REFUSED, code="denied_country", fault=Fault.DENIED)
        with self._session() as http:
            return self._create(http, envelope)

    def _create(self, http: Session, envelope: Envelope) -> SendResult:
        try:
            made = self._client(http).messages.create(**self._parameters(envelope))
        except TwilioRestException as error:
            return _by_code(error.code, error.status, http.retry_after)
        except TwilioException as error:
            return _from_exception(error, http.retry_after)
        except requests.RequestException as error:
            outcome = Outcome.NOT_SENT if _never_left(error) else Outcome.UNKNOWN
            return SendResult(outcome, code=f"net_{type(error).__name__}")
        except (json.JSONDecodeError, KeyError, TypeError, ValueError):
            return SendResult(Outcome.UNKNOWN, code="garbage")
        if not made.sid:
            return SendResult(Outcome.UNKNOWN, code="garbage")
        return SendResult(Outcome.ACCEPTED, provider_id=made.sid, code=made.status)

    def find(self, envelope: Envelope, since: datetime) -> SendResult | None:
        """Look through what went to this number since then for our reference."""
        try:
            with self._session() as http:
                listed = self._client(http).messages.list(
                    to=envelope.to, date_sent_after=since - timedelta(days=1), limit=LISTED
                )
        except (TwilioException, requests.RequestException, ValueError, KeyError, TypeError):
            return None
        for message in listed:
            if envelope.token and envelope.reference in (message.body or "").split():
                state = STATUS.get(message.status or "", State.ACCEPTED)
                refused = state is State.REFUSED
                return SendResult(
                    Outcome.REFUSED if refused else Outcome.ACCEPTED,
                    provider_id=message.sid,
                    code=str(message.error_code or message.status),
                    fault=Fault.CONTENT if refused else None,
                )
        return None

    def close(self) -> None:
        """Close the connections that are kept. The channel can still be used."""
        while self._idle:
            self._idle.pop().close()

    @contextmanager
    def _session(self) -> Iterator[Session]:
        try:
            http = self._idle.pop()
        except IndexError:
            http = Session(self.account.api_url, self.timeout)
        try:
            yield http
        finally:
            self._idle.append(http)

    def _client(self, http: Session) -> Client:
        account = self.account
        if account.api_key_sid and account.api_key_secret:
            return Client(
                account.api_key_sid,
                account.api_key_secret,
                account_sid=account.account_sid,
                http_client=http,
            )
        return Client(account.account_sid, account.auth_token, http_client=http)

    def _parameters(self, envelope: Envelope) -> dict[str, object]:
        given: dict[str, object] = {
            "to": envelope.to,
            "body": envelope.text,
            "status_callback": f"{self.base_url}/hooks/twilio/status/{envelope.token}",
        }
        if self.account.messaging_service_sid:
            given["messaging_service_sid"] = self.account.messaging_service_sid
        else:
            given["from_"] = self.account.sender
        if envelope.valid_for is not None:
            seconds = int(envelope.valid_for.total_seconds())
            given["validity_period"] = min(max(seconds, SHORTEST_VALIDITY), LONGEST_VALIDITY)
        return given


def _from_exception(error: TwilioException, retry_after: str | None) -> SendResult:
    """Errors in the newer form (RFC 9457) are no TwilioRestException but carry the same members."""
    status = getattr(error, "status", None) or getattr(error, "status_code", None)
    if not isinstance(status, int):
        return SendResult(Outcome.UNKNOWN, code="garbage")
    return _by_code(getattr(error, "code", None), status, retry_after)


def _by_code(code: object, status: int, retry_after: str | None) -> SendResult:
    number = code if isinstance(code, int) else None
    decision = decide(number, status)
    return SendResult(
        decision.outcome,
        code=str(number if number is not None else status),
        retry_after=_seconds(retry_after),
        fault=decision.fault,
    )


def _seconds(header: str | None) -> timedelta | None:
    """`Retry-After` in seconds; a date, nonsense and more than an hour are not believed."""
    if header is None or not header.strip().isascii() or not header.strip().isdigit():
        return None
    return timedelta(seconds=min(int(header), LONGEST_RETRY_AFTER))


def _never_left(error: requests.RequestException) -> bool:
    """Whether the connection was never made: refused, no such host, no answer to connecting."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    inner = error.args[0] if error.args else None
    reason = inner.reason if isinstance(inner, MaxRetryError) else inner
    return isinstance(reason, NewConnectionError | NameResolutionError | ConnectTimeoutError)
