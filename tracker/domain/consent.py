"""What a family allowed: whether a scope is covered (clock.md R13, domain.md 14, screens.md)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Scope(StrEnum):
    """With whom a family may allow its report to be shared; each asked apart, off by default."""

    CASEWORKERS = "caseworkers"
    CONSULAR = "consular"
    UN = "un"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Answer:
    """One recorded answer of one enquirer about one scope."""

    enquirer: str
    scope: str
    given: bool
    recorded_at: datetime
    text_checked: bool  # the text read was checked by a native reader
    spoken: bool  # a caseworker has spoken with the person about it
    until_on: date | None = None

    def holds(self, today: date) -> bool:
        """Whether this answer allows sharing today. An unchecked text needs a spoken word."""
        current = self.until_on is None or today <= self.until_on
        return self.given and current and (self.text_checked or self.spoken)


def covered(answers: Iterable[Answer], enquirers: Collection[str], scope: str, today: date) -> bool:
    """Whether every enquirer of a case allows `scope` today: the narrowest consent wins.

    An enquirer who never answered has not consented; a case without enquirers covers nothing.
    """
    newest: dict[str, Answer] = {}
    for answer in sorted(answers, key=lambda given: given.recorded_at):
        if answer.scope == scope:
            newest[answer.enquirer] = answer
    return bool(enquirers) and all(
        enquirer in newest and newest[enquirer].holds(today) for enquirer in enquirers
    )
