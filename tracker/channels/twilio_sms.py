"""Text messages by Twilio: its SDK over our own transport (`twilio_http`).

There is no idempotency key for sending, so every answer that could hide an accepted message is
`unknown`, and our row's token stands in the address Twilio calls back (research/delivery.md 2.4).
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from twilio.base.exceptions import TwilioException, TwilioRestException
from urllib3.exceptions import HTTPError

from tracker.channels.twilio_codes import STATUS, decide
from tracker.channels.twilio_http import TIMEOUT, Line, never_left
from tracker.domain.delivery import SMS, Envelope, Fault, Outcome, SendResult, State, is_denied
from tracker.settings import Twilio

LONGEST_RETRY_AFTER = 3600
SHORTEST_VALIDITY, LONGEST_VALIDITY = 60, 36_000
"""Seconds a message may wait at Twilio; it takes 1 to 36,000."""
LISTED = 50


@dataclass(frozen=True, slots=True)
class TwilioSms:
    """One Twilio account. Thread-safe: lines are kept, each used by one call at a time."""

    account: Twilio
    base_url: str
    deny: Sequence[str]
    timeout: tuple[float, float] = TIMEOUT
    _idle: deque[Line] = field(default_factory=deque, repr=False, compare=False)

    @property
    def kind(self) -> str:
        """`sms`."""
        return SMS

    def send(self, envelope: Envelope) -> SendResult:
        """Ask Twilio to send one message."""
        if is_denied(envelope.to, self.deny):
            return SendResult(Outcome.REFUSED, code="denied_country", fault=Fault.DENIED)
        with self._line() as line:
            return self._create(line, envelope)

    def _create(self, line: Line, envelope: Envelope) -> SendResult:
        try:
            made = line.client.messages.create(**self._parameters(envelope))
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

    def find(self, envelope: Envelope, since: datetime) -> SendResult | None:
        """Look through what went to this number since then for our reference."""
        try:
            with self._line() as line:
                listed = line.client.messages.list(
                    to=envelope.to, date_sent_after=since - timedelta(days=1), limit=LISTED
                )
        except (TwilioException, HTTPError, ValueError, KeyError, TypeError):
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
    def _line(self) -> Iterator[Line]:
        try:
            line = self._idle.pop()
        except IndexError:
            line = Line(self.account, self.timeout)
        try:
            yield line
        finally:
            self._idle.append(line)

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
