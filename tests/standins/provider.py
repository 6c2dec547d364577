"""A provider in memory: takes, refuses, loses or forgets messages as a test tells it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from tracker.domain.delivery import Envelope, Outcome, SendResult, Word

Answer = SendResult | Callable[[Envelope], SendResult]
TAKEN = SendResult(Outcome.ACCEPTED, provider_id="given below")
LOST = SendResult(Outcome.UNKNOWN, code="lost")


@dataclass
class Provider:
    """What reached it is in `taken`. `answers` are used up one a call; then it takes everything."""

    kind: str
    answers: list[Answer] = field(default_factory=list)
    taken: list[Envelope] = field(default_factory=list)
    asked: list[Envelope] = field(default_factory=list)
    became: dict[str, Word] = field(default_factory=dict)
    """What it says became of a message, by its id there."""
    hidden: bool = False
    """Whether it lets nobody look through what it took."""

    def send(self, envelope: Envelope) -> SendResult:
        """Answer as told. A function as answer decides itself whether it took the message."""
        self.asked.append(envelope)
        answer = self.answers.pop(0) if self.answers else TAKEN
        if callable(answer):
            return answer(envelope)
        if answer.outcome is Outcome.ACCEPTED:
            return self.take(envelope)
        return answer

    def take(self, envelope: Envelope) -> SendResult:
        """Take a message."""
        self.taken.append(envelope)
        return SendResult(Outcome.ACCEPTED, provider_id=f"{self.kind}-{len(self.taken)}")

    def take_and_lose(self, envelope: Envelope) -> SendResult:
        """Take a message, and lose the answer."""
        self.take(envelope)
        return LOST

    def find(self, envelope: Envelope, since: datetime) -> SendResult | None:
        """Look for the reference among what was taken. Raises ConnectionError when hidden."""
        if self.hidden:
            raise ConnectionError("hidden")
        for number, one in enumerate(self.taken, start=1):
            if one.reference == envelope.reference:
                return SendResult(Outcome.ACCEPTED, provider_id=f"{self.kind}-{number}")
        return None

    def status(self, provider_id: str) -> Word | None:
        """What became of a message, as a test told."""
        return self.became.get(provider_id)

    def times(self) -> Counter[str]:
        """How often each reference was taken."""
        return Counter(one.reference for one in self.taken)
