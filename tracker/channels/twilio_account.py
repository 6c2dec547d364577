"""What text messages and calls by one Twilio account have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tracker.channels.twilio_http import TIMEOUT, Lines
from tracker.domain.delivery import Envelope, Fault, Outcome, SendResult, is_denied
from tracker.settings import Twilio


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """One account with its kept lines. Thread-safe."""

    account: Twilio
    base_url: str
    """Where Twilio calls us back."""
    deny: Sequence[str]
    """Prefixes that are never written to nor called (S5)."""
    timeout: tuple[float, float] = TIMEOUT
    lines: Lines = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lines", Lines(self.account, self.timeout))

    def denied(self, envelope: Envelope) -> SendResult | None:
        """The refusal of a number that is never written to; None for every other."""
        if not is_denied(envelope.to, self.deny):
            return None
        return SendResult(Outcome.REFUSED, code="denied_country", fault=Fault.DENIED, local=True)

    def close(self) -> None:
        """Close the connections that are kept. The channel can still be used."""
        self.lines.close()
