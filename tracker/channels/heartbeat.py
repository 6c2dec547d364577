"""The outgoing ping: somebody else's clock notices when ours has stopped (D10)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import requests

from tracker.domain.delivery import HEARTBEAT, Envelope, Outcome, SendResult

TIMEOUT = (5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Calls one address by GET. It says that we live, and nothing else."""

    url: str = field(repr=False)
    kind: str = HEARTBEAT

    def send(self, envelope: Envelope) -> SendResult:
        """Call it once; the envelope's words are not sent."""
        try:
            with requests.get(self.url, timeout=TIMEOUT, allow_redirects=False) as answer:
                if answer.ok:
                    return SendResult(Outcome.ACCEPTED, code=str(answer.status_code))
                return SendResult(Outcome.NOT_SENT, code=str(answer.status_code))
        except requests.RequestException as error:
            return SendResult(Outcome.NOT_SENT, code=f"net_{type(error).__name__}")

    def find(self, envelope: Envelope, since: datetime) -> SendResult | None:
        """There is nothing to find."""
        return None
