"""What a message may be made of: by type, nothing that names a person or a place (S4)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from tracker.domain.evaluate import Kind

BANDS = ("in_contact", "watch", "overdue", "critical", "closed")
NOTICE: Final = "notice"
REFERENCE: Final = "reference"
FULL: Final = "full"
"""How much a message says (S4): next to nothing; in clear, references, bands and days; encrypted to
the reader's own key, the reasons and the next steps too. Names, places and words of reports: never,
for the worker that writes messages cannot open them (S2)."""

_REFERENCE = re.compile(r"[A-Z0-9]{4,12}")
_CODE = re.compile(r"\d{4}", re.ASCII)
_CASE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,23}")
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.:\[\]_~/-]+")


class Say(StrEnum):
    """The sentences there are. Each says as little as its reader needs to act."""

    LOOK = "look"  # something waits
    LOOK_TODAY = "look_today"  # something urgent waits
    SETTLED = "settled"  # what was told before is settled; nothing to do
    UNDELIVERED = "undelivered"  # a message did not reach a colleague
    PASSED_ON = "passed_on"  # a colleague gave it to the next person
    SEVERAL = "several"  # so many cases wait: one message instead of many (D7)
    GIVEN = "given"  # so many cases are the reader's now
    TEST = "test"
    INVITE = "invite"
    ACCESS = "access"  # how the reader signs in, or is reached, was changed
    ACCESS_SHOWN = "access_shown"  # the same, and an administrator saw the link
    GUESSED = "guessed"  # a right password, then wrong codes
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class CaseLine:
    """What the reference level adds: a case reference, its band, days of silence. No words.

    Raises ValueError for anything that is not of that form, so a name cannot slip in.
    """

    ref: str
    band: str
    at_least: int
    at_most: int
    is_more: bool = False
    """Whether it may be longer still."""
    settled: str = ""
    """`resolved` or `closed` where it tells that the silence is over: then it is no alert."""

    def __post_init__(self) -> None:
        if not _CASE.fullmatch(self.ref) or self.band not in BANDS:
            raise ValueError("a case line holds a reference and a band, nothing else")
        if not 0 <= int(self.at_least) <= int(self.at_most):
            raise ValueError("days of silence are two numbers")
        if self.settled not in ("", Kind.RESOLVED, Kind.CLOSED):
            raise ValueError("a silence is resolved or closed, or goes on")


@dataclass(frozen=True, slots=True)
class Cause:
    """A kind of notice, and the band it is about; of a step, how long after the last contact.

    Raises ValueError for anything else.
    """

    kind: str
    band: str
    after_days: int | None = None
    after_months: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in list(Kind) or self.band not in BANDS:
            raise ValueError("a cause is a kind and a band, nothing else")


@dataclass(frozen=True, slots=True)
class Detail:
    """What the full level adds: why the message goes out, and what follows and when."""

    why: Cause
    following: tuple[datetime, Cause] | None = None
    zone_name: str = "UTC"


@dataclass(frozen=True, slots=True)
class Message:
    """What to word: a sentence, a reference, an address, and at reference level a case line."""

    say: Say
    reference: str
    url: str
    language: str = "en"
    possible_repeat: bool = False
    line: CaseLine | None = None
    detail: Detail | None = None
    reply_code: str | None = None
    """Four digits for an answer by text message, where one can be given (D8)."""
    count: int = 1
    """How many cases a message speaks of."""

    def __post_init__(self) -> None:
        if self.reply_code is not None and not _CODE.fullmatch(self.reply_code):
            raise ValueError("a reply code is four digits")
        if not _REFERENCE.fullmatch(self.reference) or not _ADDRESS.fullmatch(self.url):
            raise ValueError("a message holds a reference and an address, nothing else")


@dataclass(frozen=True, slots=True)
class Worded:
    """A message in words; text messages have neither subject nor HTML."""

    text: str
    subject: str = ""
    html: str | None = None
    sealed: bool = False
    """Whether the text is an OpenPGP message."""
