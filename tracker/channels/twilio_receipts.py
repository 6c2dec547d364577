"""Reading Twilio's callbacks about a message's state. Their form may grow without notice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tracker.channels.twilio_codes import STATUS, Decision, decide_receipt
from tracker.domain.delivery import State

LONGEST = 64


@dataclass(frozen=True, slots=True)
class Reading:
    """One callback: Twilio's id and status, our state for it, and what a failure makes us do."""

    account_sid: str
    provider_id: str
    status: str
    state: State | None
    code: str | None
    decision: Decision | None


def read_status(form: Mapping[str, str]) -> Reading | None:
    """A status callback; None when it names no message or no status."""
    provider_id = form.get("MessageSid") or form.get("SmsSid") or ""
    status = (form.get("MessageStatus") or form.get("SmsStatus") or "").lower()
    if not provider_id or not status or len(provider_id) > LONGEST or len(status) > LONGEST:
        return None
    code = (form.get("ErrorCode") or "")[:LONGEST] or None
    state = STATUS.get(status)
    number = int(code) if code and code.isascii() and code.isdigit() else None
    decision = decide_receipt(number) if state is State.REFUSED else None
    return Reading(form.get("AccountSid", ""), provider_id, status, state, code, decision)
