"""What a mailbox brings: reports about mails of ours, and answers to them (delivery.md D5, D8)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from tracker.domain.delivery import Fault, Outcome, State


@dataclass(frozen=True, slots=True)
class Names:
    """What says which of our mails is meant, each to be checked before it is believed."""

    tokens: tuple[str, ...] = ()
    """Row tokens: from the envelope id, or from the address it came back to."""
    message_ids: tuple[tuple[str, str], ...] = ()
    """Row id and reference, from a Message-ID of ours."""


@dataclass(frozen=True, slots=True)
class MailReport:
    """A delivery status notification (RFC 3464) about one recipient."""

    names: Names
    action: str
    """failed, delayed, delivered, relayed or expanded."""
    code: str
    """The enhanced status code (RFC 3463), as 5.1.1."""
    state: State | None
    outcome: Outcome | None = None
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class MailAnswer:
    """An answer that a person wrote; address and words are in no `repr`."""

    names: Names
    message_id: str
    """Of this mail; of no one's business but telling it from others."""
    sender: str = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Automatic:
    """Something a machine wrote by itself: a holiday notice, a newsletter. Never an answer."""


MailIn = MailReport | MailAnswer | Automatic


class Mailbox(Protocol):
    """Where mails to us arrive."""

    def read(self, take: Callable[[MailIn], bool]) -> int:
        """Give each new mail to `take`; what it returns True for is deleted, the rest stays, read.

        A mail for which `take` raises is given again another time; the others are not held up, and
        an ExceptionGroup follows. Returns how many there were. Raises MailboxClosed when the
        mailbox cannot be read.
        """


class MailboxClosed(Exception):
    """The mailbox cannot be read now; the words say what kind of trouble it is."""
