"""Twilio's words: which status is how far, and what each error code makes us do.

Sources: Twilio's error dictionary and "Outbound message status in status callbacks", as studied in
research/delivery.md 2.1–2.6. Twilio adds codes without notice, so there is a default for each way
a code can arrive.
"""

from __future__ import annotations

from dataclasses import dataclass

from tracker.domain.delivery import Fault, Outcome, State

STATUS: dict[str, State] = {
    "accepted": State.ACCEPTED,
    "scheduled": State.ACCEPTED,
    "queued": State.ACCEPTED,
    "sending": State.ACCEPTED,
    "sent": State.SENT,
    "delivered": State.DELIVERED,
    "read": State.DELIVERED,
    "partially_delivered": State.SENT,
    "undelivered": State.REFUSED,
    "failed": State.REFUSED,
    "canceled": State.REFUSED,
}
"""What a status says about our row. A status that is not here is no news."""


CALL_STATUS: dict[str, State] = {
    "queued": State.ACCEPTED,
    "initiated": State.ACCEPTED,
    "ringing": State.ACCEPTED,
    "in-progress": State.SENT,
    "answered": State.SENT,
    "completed": State.DELIVERED,
    "busy": State.REFUSED,
    "no-answer": State.REFUSED,
    "failed": State.REFUSED,
    "canceled": State.REFUSED,
}
"""What a call's status says. `completed`: somebody, or a mailbox, picked up and heard the words;
acknowledged it is only by a key."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do about a code."""

    outcome: Outcome
    fault: Fault | None = None


_WAIT = Decision(Outcome.NOT_SENT)
_FIND_OUT = Decision(Outcome.UNKNOWN)
_NOBODY = Decision(Outcome.REFUSED, Fault.ADDRESS)
_STOPPED = Decision(Outcome.REFUSED, Fault.OPTED_OUT)
_CLOSED = Decision(Outcome.NOT_SENT, Fault.ACCOUNT)
"""Nothing of ours goes through until the operator has mended it: no message is to blame."""
_OPERATOR = Decision(Outcome.REFUSED, Fault.ACCOUNT)
"""This number cannot be reached by our account; others can."""
_OURS = Decision(Outcome.REFUSED, Fault.CONTENT)

CODES: dict[int, Decision] = {
    20003: _CLOSED,  # authentication failed
    20404: _CLOSED,  # account not found
    20429: _WAIT,  # too many requests: "never processed"
    20500: _FIND_OUT,  # internal error: a POST is not idempotent
    20503: _WAIT,  # unavailable, "try again with back-off"
    21211: _NOBODY,  # invalid To
    21217: _NOBODY,  # does not seem valid
    21401: _NOBODY,  # invalid number
    21408: _OPERATOR,  # country not enabled
    21602: _OURS,  # empty body
    21606: _CLOSED,  # From is not ours
    21608: _OPERATOR,  # trial account, number not verified
    21610: _STOPPED,  # the recipient sent STOP
    21611: _WAIT,  # the sender's queue is full
    21612: _OPERATOR,  # no route from this sender
    21614: _NOBODY,  # not a mobile number
    21617: _OURS,  # too long
    21635: _NOBODY,  # a landline
    30001: _WAIT,  # queue overflow
    30002: _CLOSED,  # account suspended
    30003: _WAIT,  # handset off or out of reach: once more later
    30004: _STOPPED,  # blocked: as an opt-out until a person checks
    30005: _NOBODY,  # unknown number
    30006: _NOBODY,  # landline or unreachable carrier
    30007: _OURS,  # filtered: the same words would be filtered again
    30008: _WAIT,  # unknown error: once more later
    30029: _OURS,
    30030: _OURS,
    30036: _OURS,  # its time ran out before it was sent
    35115: _OURS,
    63016: _OURS,
}
"""Error code -> decision, whether it came with the answer or with a receipt."""


CALL_FAILED = _WAIT
"""A call that nobody took, or that did not get through, is made once more."""


def decide(code: int | None, status: int) -> Decision:
    """What an error answer of the interface means: by its code, else by its HTTP status."""
    if code is not None and code in CODES:
        return CODES[code]
    if status in (401, 403):
        return _CLOSED
    if status in (429, 503):
        return _WAIT
    if status >= 500:
        return _FIND_OUT
    return _OURS


def decide_receipt(code: int | None) -> Decision:
    """What a receipt of failure means."""
    return CODES.get(code, _OURS) if code is not None else _OURS
