"""The channel that stands where nothing is configured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tracker.domain.delivery import Envelope, Fault, Outcome, SendResult


@dataclass(frozen=True, slots=True)
class Refusing:
    """Refuses everything: the next way is taken, and the bar is red."""

    kind: str

    def send(self, envelope: Envelope) -> SendResult:
        """Refuse."""
        return SendResult(Outcome.REFUSED, code="not_configured", fault=Fault.ACCOUNT, local=True)

    def find(self, envelope: Envelope, since: datetime) -> SendResult | None:
        """Nothing was ever taken."""
        return None
