"""Two providers of one kind: the second takes what the first certainly has not (D4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tracker.domain.delivery import Asked, Channel, Envelope, Fault, Outcome, SendResult, Word


@dataclass(frozen=True, slots=True)
class Spare:
    """`first`, and `second` where the first refuses for its own reasons or cannot be reached.

    What is of unknown fate at the first is never given to the second: it may have left.
    """

    first: Channel
    second: Channel

    @property
    def kind(self) -> str:
        """As the first one's."""
        return self.first.kind

    def send(self, envelope: Envelope) -> SendResult:
        """Try the first, then perhaps the second; the first's word when that fails too."""
        result = self.first.send(envelope)
        failed = result.outcome is Outcome.NOT_SENT or result.fault is Fault.ACCOUNT
        if not failed:
            return result
        other = self.second.send(envelope)
        if other.outcome is Outcome.NOT_SENT or other.fault is Fault.ACCOUNT:
            return result
        return other

    def find(self, envelope: Envelope, since: datetime) -> SendResult | None:
        """Whichever has it."""
        return self.first.find(envelope, since) or self.second.find(envelope, since)

    def status(self, provider_id: str) -> Word | None:
        """Whichever knows."""
        for channel in (self.first, self.second):
            if isinstance(channel, Asked) and (word := channel.status(provider_id)) is not None:
                return word
        return None

    def close(self) -> None:
        """Close what both keep open."""
        for channel in (self.first, self.second):
            if (close := getattr(channel, "close", None)) is not None:
                close()
