"""Further services by Apprise, one address a contact point (`tgram://…`, `matrixs://…`).

Only schemes that the operator named are used: Apprise knows many that reach into the machine or
its network. The service reads what it carries, so it gets the words of a text message (S4).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module

from tracker.domain.delivery import SERVICE, Envelope, Fault, Outcome, SendResult

logging.getLogger("apprise").setLevel(logging.CRITICAL)  # its log holds addresses and tokens

_TIMEOUTS = "cto=5&rto=15"


@dataclass(frozen=True, slots=True)
class OtherService:
    """Sends through whichever service the envelope's address names."""

    schemes: Sequence[str]
    kind: str = SERVICE

    def send(self, envelope: Envelope) -> SendResult:
        """Try once. Apprise does not say why it failed, so every failure is tried again."""
        scheme, sign, _rest = envelope.to.partition("://")
        if not sign or scheme.lower() not in self.schemes:
            return SendResult(Outcome.REFUSED, code="scheme", fault=Fault.ADDRESS, local=True)
        joined = "&" if "?" in envelope.to else "?"
        library = import_module("apprise")  # 10 MB of memory, only where it is used
        asset = library.AppriseAsset(app_id="Message", app_desc="", app_url="", async_mode=False)
        service = library.Apprise(asset=asset)
        if not service.add(f"{envelope.to}{joined}{_TIMEOUTS}"):
            return SendResult(Outcome.REFUSED, code="address", fault=Fault.ADDRESS, local=True)
        if service.notify(body=envelope.text):
            return SendResult(Outcome.ACCEPTED, provider_id=f"service:{envelope.row_id}")
        return SendResult(Outcome.NOT_SENT, code="net_service")

    def find(self, envelope: Envelope, since: datetime) -> SendResult | None:
        """There is nothing to look through."""
        return None
