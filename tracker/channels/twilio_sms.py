"""Text messages by Twilio: its SDK over our own transport (`twilio_http`).

There is no idempotency key for sending, so every answer that could hide an accepted message is
`unknown`, and our row's token stands in the address Twilio calls back (research/delivery.md 2.4).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tracker.channels.twilio_account import TwilioAccount
from tracker.channels.twilio_codes import STATUS
from tracker.channels.twilio_http import FAILURES
from tracker.channels.twilio_receipts import message_word
from tracker.domain.delivery import (
    SMS,
    Envelope,
    Fault,
    Outcome,
    SendResult,
    State,
    Word,
)

SHORTEST_VALIDITY, LONGEST_VALIDITY = 60, 36_000
"""Seconds a message may wait at Twilio; it takes 1 to 36,000."""
LISTED = 200
"""Twilio lists the newest first; a message of unknown fate is looked for within minutes."""


@dataclass(frozen=True, slots=True)
class TwilioSms(TwilioAccount):
    """One Twilio account. Thread-safe."""

    @property
    def kind(self) -> str:
        """`sms`."""
        return SMS

    def send(self, envelope: Envelope) -> SendResult:
        """Ask Twilio to send one message."""
        if (refused := self.denied(envelope)) is not None:
            return refused
        return self.lines.create(lambda to: to.messages.create(**self._parameters(envelope)))

    def status(self, provider_id: str) -> Word | None:
        """What Twilio says became of a message."""
        try:
            with self.lines.line() as line:
                found = line.client.messages(provider_id).fetch()
        except FAILURES:
            return None
        return message_word(provider_id, str(found.status), found.error_code)

    def find(self, envelope: Envelope, since: datetime) -> SendResult | None:
        """Look through what went to this number since then for our reference."""
        with self.lines.line() as line:
            listed = line.client.messages.list(
                to=envelope.to, date_sent_after=since - timedelta(days=1), limit=LISTED
            )
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
