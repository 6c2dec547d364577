"""Twilio's SDK over our own transport: it never hangs, keeps its connections, and keeps headers.

Every answer that could hide an accepted message is `unknown` (research/delivery.md 2.4).
"""

from __future__ import annotations

import json
import logging
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit
from urllib.request import getproxies, proxy_bypass

from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client
from urllib3 import PoolManager, ProxyManager, Timeout, make_headers
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ProxyError,
)

from tracker.channels.twilio_codes import decide
from tracker.domain.delivery import Outcome, SendResult
from tracker.settings import Twilio

TIMEOUT = (5.0, 30.0)
"""Seconds to connect, and to answer: Twilio's own limit is about 26."""
LONGEST_RETRY_AFTER = 3600
LONGEST_NUMBER = 9
"""Digits of a number of seconds; Python reads none of more than some thousands."""
FAILURES = (TwilioException, HTTPError, ValueError, KeyError, TypeError)
"""What goes wrong when Twilio is asked something."""


class Line(HttpClient):  # type: ignore[misc]  # the SDK ships no types
    """One kept connection to Twilio with the SDK's client on it; for one call at a time.

    urllib3 rather than `requests`: the same connection for a third of the time a call costs.
    """

    def __init__(self, account: Twilio, timeout: tuple[float, float] = TIMEOUT) -> None:
        super().__init__(logging.getLogger(__name__), is_async=False)
        self._base = urlsplit(account.api_url) if account.api_url else None
        self._timeout = Timeout(connect=timeout[0], read=timeout[1])
        self._pool = _pool(self._base.hostname if self._base else "api.twilio.com")
        self.retry_after: str | None = None
        if account.api_key_sid and account.api_key_secret:
            signs_in = (account.api_key_sid, account.api_key_secret)
        else:
            signs_in = (account.account_sid, account.auth_token)
        self.client = Client(*signs_in, account_sid=account.account_sid, http_client=self)

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
        """One call, tried once, never led elsewhere; raises what urllib3 raises."""
        self.retry_after = None
        sent = dict(headers or {})
        if auth:
            sent |= make_headers(basic_auth=":".join(auth))
        body = None
        if data:
            body = urlencode(data, doseq=True)
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        answer = self._pool.request(
            method.upper(),
            self._at_base(url) + (f"?{urlencode(params, doseq=True)}" if params else ""),
            body=body,
            headers=sent,
            timeout=self._timeout,
            retries=False,
            redirect=False,
        )
        self.retry_after = answer.headers.get("Retry-After")
        return Response(answer.status, answer.data.decode("utf-8", "replace"), answer.headers)

    def close(self) -> None:
        """Close its connection."""
        self._pool.clear()

    def _at_base(self, url: str) -> str:
        if self._base is None:
            return url
        parts = urlsplit(url)
        path = self._base.path.rstrip("/") + parts.path
        return urlunsplit((self._base.scheme, self._base.netloc, path, parts.query, ""))


@dataclass(frozen=True, slots=True)
class Lines:
    """The kept lines of one account. Thread-safe: each is used by one call at a time."""

    account: Twilio
    timeout: tuple[float, float] = TIMEOUT
    _idle: deque[Line] = field(default_factory=deque, repr=False, compare=False)

    @contextmanager
    def line(self) -> Iterator[Line]:
        """A line for one call."""
        try:
            line = self._idle.pop()
        except IndexError:
            line = Line(self.account, self.timeout)
        try:
            yield line
        finally:
            self._idle.append(line)

    def create(self, make: Callable[[Client], Any]) -> SendResult:
        """Have something made, a message or a call; what came of it. Never raises."""
        with self.line() as line:
            try:
                made = make(line.client)
            except TwilioRestException as error:
                return _by_code(error.code, error.status, line.retry_after)
            except TwilioException as error:
                return _from_exception(error, line.retry_after)
            except HTTPError as error:
                outcome = Outcome.NOT_SENT if never_left(error) else Outcome.UNKNOWN
                return SendResult(outcome, code=f"net_{type(error).__name__}")
            except (json.JSONDecodeError, KeyError, TypeError, ValueError):
                return SendResult(Outcome.UNKNOWN, code="garbage")
        if not made.sid:
            return SendResult(Outcome.UNKNOWN, code="garbage")
        return SendResult(Outcome.ACCEPTED, provider_id=made.sid, code=made.status)

    def close(self) -> None:
        """Close the connections that are kept. New ones can still be made."""
        while self._idle:
            self._idle.pop().close()


def never_left(error: HTTPError) -> bool:
    """Whether the connection was never made: refused, no such host, no answer to connecting."""
    reason = error.reason if isinstance(error, MaxRetryError) else error
    if isinstance(reason, ProxyError):
        reason = reason.original_error
    return isinstance(reason, NewConnectionError | NameResolutionError | ConnectTimeoutError)


def _pool(host: str | None) -> PoolManager:
    """Through the proxy the machine says to use, where it says so (HTTPS_PROXY, NO_PROXY)."""
    proxy = getproxies().get("https")
    if proxy and not proxy_bypass(host or ""):
        return ProxyManager(proxy, maxsize=1)
    return PoolManager(maxsize=1)


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
    said = (header or "").strip()
    if not said.isascii() or not said.isdigit():
        return None
    seconds = int(said) if len(said) <= LONGEST_NUMBER else LONGEST_RETRY_AFTER
    return timedelta(seconds=min(seconds, LONGEST_RETRY_AFTER))
