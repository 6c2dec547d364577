"""Sending as far as it is arithmetic: envelopes, outcomes, states, ranks, retries (delivery.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Protocol, runtime_checkable

EMAIL, SMS, VOICE = "email", "sms", "voice"
WEBHOOK, SERVICE = "webhook", "service"
CHANNEL_KINDS = (EMAIL, SMS, VOICE, WEBHOOK, SERVICE)
IN_A_FILE = "file:"
"""How a provider's id begins where a file is all that was written: nobody was sent anything."""
BY_PHONE = (SMS, VOICE)
"""Ways that tell us whether they arrived; each is tried in turn (D6)."""
HEARTBEAT = "heartbeat"
"""The ping to the operator's own watch: a channel like the others, without recipients."""


class Outcome(StrEnum):
    """What one try came to (D4)."""

    ACCEPTED = "accepted"  # the provider took it
    NOT_SENT = "not_sent"  # it certainly did not leave: try again
    REFUSED = "refused"  # it will never be taken like this: another way, at once
    UNKNOWN = "unknown"  # it may have left: find out before anything else


class Fault(StrEnum):
    """Whose fault a refusal is, which decides what follows."""

    ADDRESS = "address"  # nobody there: the contact point is marked bad
    OPTED_OUT = "opted_out"  # the recipient stopped us: nothing more goes there
    DENIED = "denied"  # a country we never write to (S5)
    ACCOUNT = "account"  # our account, sender or settings: the operator's business. With
    # `not_sent` nothing goes through until it is mended; with `refused` this message never will
    CONTENT = "content"  # the message itself: a fault of ours


@dataclass(frozen=True, slots=True)
class Envelope:
    """One worded message to one address. The address and the words are in no `repr`."""

    row_id: str
    channel: str
    to: str = field(repr=False)
    text: str = field(repr=False)
    reference: str
    token: str = field(repr=False)
    """Names our row in the addresses a provider calls back (D4)."""
    at: datetime
    language: str = "en"  # a language tag, as zh-Hans
    subject: str = field(default="", repr=False)
    html: str | None = field(default=None, repr=False)
    possible_repeat: bool = False
    valid_for: timedelta | None = None
    """After this long the provider should drop it rather than deliver it."""
    headers: tuple[tuple[str, str], ...] = ()
    sealed: bool = False
    """Whether the text is an OpenPGP message for the reader alone (RFC 3156)."""


@dataclass(frozen=True, slots=True)
class SendResult:
    """What a channel says about one try. `code` is the provider's, or one of our words.

    A provider's words may hold what no database keeps (NUL, half a character): that is replaced,
    for it would keep from being written down what many other tries came to (D1).
    """

    outcome: Outcome
    provider_id: str | None = None
    code: str | None = None
    retry_after: timedelta | None = None
    fault: Fault | None = None
    local: bool = False
    """Whether no provider said it, for its turn came too late, the refusal is ours, or the channel
    broke: it says nothing about one."""

    def __post_init__(self) -> None:
        """Words that can be kept."""
        object.__setattr__(self, "provider_id", _keepable(self.provider_id))
        object.__setattr__(self, "code", _keepable(self.code))


def _keepable(said: object) -> str | None:
    """A provider's word as printable text; a number, where it gave one, as its digits."""
    if said is None or (isinstance(said, str) and said.isprintable()):
        return said
    return "".join(sign if sign.isprintable() else "?" for sign in str(said))


class Channel(Protocol):
    """A way to speak. Never raises for what a provider or a network does."""

    @property
    def kind(self) -> str:
        """One of `CHANNEL_KINDS`, or `HEARTBEAT`."""

    def send(self, envelope: Envelope) -> SendResult:
        """Try once. Blocks for a minute at most."""

    def find(self, envelope: Envelope, since: datetime) -> SendResult | None:
        """Look whether a message of unknown fate was taken since then; None: not found.

        Raises whatever kept it from looking: that is not the same as finding nothing.
        """


@runtime_checkable
class Asked(Protocol):
    """A channel whose provider can be asked what became of a message (D5)."""

    def status(self, provider_id: str) -> Word | None:
        """What it says now; None when it cannot say. Never raises."""


class State(StrEnum):
    """States of an outbox row (D2)."""

    PENDING = "pending"
    RETRY_WAIT = "retry_wait"
    SUBMITTING = "submitting"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    REFUSED = "refused"
    EXPIRED = "expired"
    SUPPRESSED = "suppressed"
    CANCELLED = "cancelled"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Word:
    """What a provider said about a message, in our terms. `state` None: no news, but kept."""

    provider_id: str
    status: str
    state: State | None
    code: str | None = None
    outcome: Outcome | None = None
    """For a failure: what its code makes us do."""
    fault: Fault | None = None


UNSENT = frozenset({State.PENDING, State.RETRY_WAIT})
OPEN = UNSENT | {State.SUBMITTING, State.UNKNOWN}
HANDED_OVER = frozenset({State.ACCEPTED, State.SENT, State.DELIVERED})
FAILED = frozenset({State.REFUSED, State.EXPIRED, State.SUPPRESSED, State.DEAD})

TRANSITIONS: dict[State, frozenset[State]] = {
    State.PENDING: frozenset(
        {State.SUBMITTING, State.RETRY_WAIT, State.SUPPRESSED, State.CANCELLED, State.DEAD}
    ),
    State.RETRY_WAIT: frozenset(
        {State.SUBMITTING, State.RETRY_WAIT, State.SUPPRESSED, State.CANCELLED, State.DEAD}
        | HANDED_OVER
    ),
    State.SUBMITTING: frozenset(
        {State.UNKNOWN, State.RETRY_WAIT, State.DEAD} | HANDED_OVER | FAILED
    ),
    State.UNKNOWN: frozenset(
        {State.RETRY_WAIT, State.DEAD, State.CANCELLED} | HANDED_OVER | FAILED
    ),
    State.ACCEPTED: frozenset({State.SENT, State.DELIVERED, State.RETRY_WAIT} | FAILED),
    State.SENT: frozenset({State.DELIVERED, State.RETRY_WAIT} | FAILED),
    State.REFUSED: frozenset({State.DELIVERED}),
    State.EXPIRED: frozenset({State.DELIVERED}),
    State.SUPPRESSED: frozenset(),
    State.CANCELLED: frozenset({State.DELIVERED}),
    State.DEAD: frozenset({State.ACCEPTED, State.SENT, State.DELIVERED}),
    State.DELIVERED: frozenset(),
}
"""Every move there is. `submitting` and `unknown` never go back to `pending`."""

RANK: dict[State, int] = {State.ACCEPTED: 1, State.SENT: 2, State.REFUSED: 3, State.DELIVERED: 4}
"""D5: receipts merge by rank; what is not a receipt's word has rank 0."""


def merged(current: State, told: State) -> State:
    """The state after a receipt: a late one never moves back (D5)."""
    if RANK.get(told, 0) <= RANK.get(current, 0) or told not in TRANSITIONS[current]:
        return current
    return told


LEASE = timedelta(minutes=3)
"""How long a try may take before its row counts as `unknown`; longer than any channel blocks."""

START_WITHIN = timedelta(minutes=1)
"""A claimed row whose turn has not come after this long is given back unsent."""

_QUICK = (0, 15, 60, 180, 600)
_SLOW = (60, 300, 900, 3600, 14400)
_JITTER = 0.2

LOOKS = (timedelta(seconds=35), timedelta(minutes=2), timedelta(minutes=5))
"""D4: when to look for a message of unknown fate, counted from the try."""

LOOK_AGAIN, LOOK_FOR = timedelta(minutes=1), timedelta(minutes=10)
"""A provider that lets nobody look is asked again so often, until so long after the try. Of two
evils the later one is taken then: a message twice, not never."""

HOLD_MAIL = timedelta(minutes=2)
"""A mail of unknown fate cannot be looked for; it is repeated after this long."""

UNREACHABLE_RETRY = timedelta(minutes=12)
"""A phone that is off is tried once more after 10 to 15 minutes (research/delivery.md 2.6)."""

CALL_AGAIN = timedelta(minutes=5)
"""A call that nobody took is made once more after this long."""

POLLS = (timedelta(minutes=50), timedelta(hours=5))
"""D5: after the first look, when to ask again what became of a message, counted from there."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """The waits of D4: seconds after the first, second, … try that was not sent.

    While our account is closed (a wrong password) no row is at fault: each waits until it opens.
    """

    quick: Sequence[int] = _QUICK
    slow: Sequence[int] = _SLOW

    def wait(self, channel: str, tries: int, result: SendResult, rng: Random) -> timedelta | None:
        """How long to wait after `tries` tries (at least 1) that were not sent; None: give up.

        A provider's Retry-After wins when it is longer. A temporary answer of a mail server
        (4.x.x) is waited out longer than a network that is down.
        """
        steps = self.slow if is_soft_mail(channel, result.code) else self.quick
        if tries > len(steps):
            if not is_account_closed(result):
                return None
            tries = len(steps)
        seconds = steps[tries - 1] * rng.uniform(1 - _JITTER, 1 + _JITTER)
        waiting = timedelta(seconds=seconds)
        return max(waiting, result.retry_after) if result.retry_after else waiting


def is_account_closed(result: SendResult) -> bool:
    """Whether a provider lets nothing of ours through: the operator has to mend something."""
    return result.outcome is Outcome.NOT_SENT and result.fault is Fault.ACCOUNT


def is_soft_mail(channel: str, code: str | None) -> bool:
    """Whether a mail server said "not now" (4.x.x)."""
    return channel == EMAIL and code is not None and code.startswith("4")


def next_look(
    channel: str, started_at: datetime, now: datetime, *, blind: bool = False
) -> datetime | None:
    """When to look next for a message of unknown fate; None when the looking is over.

    `blind`: the look that was just due could not be made.
    """
    looks = (HOLD_MAIL,) if channel == EMAIL else LOOKS
    again = next((started_at + wait for wait in looks if started_at + wait > now), None)
    if again is None and blind and now < started_at + LOOK_FOR:
        return now + LOOK_AGAIN
    return again


def is_denied(number: str, prefixes: Sequence[str]) -> bool:
    """S5: whether an E.164 number is in a country that is never written to."""
    return any(number.startswith(prefix) for prefix in prefixes)
