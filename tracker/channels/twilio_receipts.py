"""Reading Twilio's callbacks about a message's or a call's state. They may grow without notice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tracker.channels.twilio_codes import CALL_FAILED, CALL_STATUS, STATUS, Decision, decide_receipt
from tracker.domain.delivery import State, Word

LONGEST = 64


@dataclass(frozen=True, slots=True)
class Reading:
    """One callback: whose account, and what it says."""

    account_sid: str
    word: Word


def read_status(form: Mapping[str, str]) -> Reading | None:
    """A status callback; None when it names no message or call, or no status."""
    call_id = form.get("CallSid") or ""
    provider_id = call_id or form.get("MessageSid") or form.get("SmsSid") or ""
    status = form.get("CallStatus" if call_id else "MessageStatus") or form.get("SmsStatus") or ""
    if not provider_id or not status or len(provider_id) > LONGEST or len(status) > LONGEST:
        return None
    if call_id:
        word = call_word(call_id, status)
    else:
        code = (form.get("ErrorCode") or "")[:LONGEST]
        number = int(code) if code.isascii() and code.isdigit() else None
        word = message_word(provider_id, status, number, code)
    return Reading(form.get("AccountSid", ""), word)


def message_word(
    provider_id: str, status: str, number: int | None, code: str | None = None
) -> Word:
    """What a message's status and error code say, as `code` was written."""
    state = STATUS.get(status.lower())
    decision = decide_receipt(number) if state is State.REFUSED else None
    shown = code or (str(number) if number is not None else None)
    return _word(provider_id, status.lower(), state, shown, decision)


def call_word(provider_id: str, status: str) -> Word:
    """What a call's status says."""
    state = CALL_STATUS.get(status.lower())
    failed = state is State.REFUSED
    return _word(
        provider_id,
        status.lower(),
        state,
        f"call_{status.lower()}" if failed else None,
        CALL_FAILED if failed else None,
    )


def _word(
    provider_id: str, status: str, state: State | None, code: str | None, decision: Decision | None
) -> Word:
    return Word(
        provider_id,
        status,
        state,
        code,
        decision.outcome if decision else None,
        decision.fault if decision else None,
    )
