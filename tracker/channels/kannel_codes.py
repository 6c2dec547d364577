"""Kannel's words: what an answer of its sendsms interface and a delivery report mean.

Source: Kannel 1.4.5 User Guide, "Sending messages" (answers) and "Delivery reports" (types), and
what its gateway did when it was tried (research/delivery.md 1.5).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tracker.domain.delivery import Fault, Outcome, SendResult, State

DELIVERED, FAILED, BUFFERED, TAKEN, REJECTED = 1, 2, 4, 8, 16
ASK_FOR: Final = DELIVERED | FAILED | BUFFERED | TAKEN | REJECTED
"""`dlr-mask`: which reports are wanted."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a delivery report says about our row; `outcome` for a failure."""

    status: str
    state: State | None
    outcome: Outcome | None = None


REPORTS: Final = {
    DELIVERED: Report("delivered", State.DELIVERED),
    FAILED: Report("failed", State.REFUSED, Outcome.NOT_SENT),  # off for too long: once more later
    BUFFERED: Report("buffered", State.ACCEPTED),  # the telephone is off; the centre keeps it
    TAKEN: Report("taken", State.SENT),
    REJECTED: Report("rejected", State.REFUSED, Outcome.REFUSED),
}
"""Type of report -> what it says. Another type is no news."""


_TAKEN: Final = ("0:", "3:", "Sent.")
"""Handed on; queued for later; handed on in several parts ("Sent. Message splits: 2")."""

_NO_ACCESS: Final = "Authorization failed"
"""With 403, which also says that there is no route for a number."""


def read_report(kind: str) -> Report | None:
    """A report by its type as it stands in the address; None for what is no type of ours."""
    return REPORTS.get(int(kind)) if kind.isascii() and kind.isdigit() and len(kind) < 4 else None


def read_answer(status: int, body: str, provider_id: str) -> SendResult:
    """What an answer of the interface means. What is not known may have been taken."""
    said = body.strip()
    if status in (200, 202):
        for beginning in _TAKEN:
            if said.startswith(beginning):
                return SendResult(Outcome.ACCEPTED, provider_id=provider_id)
        return SendResult(Outcome.UNKNOWN, code="garbage")
    if status == 503:  # "Temporal failure, try again later"
        return SendResult(Outcome.NOT_SENT, code="503")
    if status == 400:
        return SendResult(Outcome.REFUSED, code="400", fault=Fault.CONTENT)
    if status in (401, 404) or said.startswith(_NO_ACCESS):  # until the operator mends it
        return SendResult(Outcome.NOT_SENT, code=str(status), fault=Fault.ACCOUNT)
    if status >= 500:
        return SendResult(Outcome.UNKNOWN, code=str(status))
    return SendResult(Outcome.REFUSED, code=str(status), fault=Fault.ACCOUNT)
