"""A length of time as it was said, and when it began."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tracker.testimony.dates import policy
from tracker.testimony.dates.reading import Interval
from tracker.testimony.dates.tokens import Kind, Token

_FROM = ("from", "от", "ot")


@dataclass(slots=True)
class Duration:
    """A length of time that stands in the tokens from `first` to before `end`."""

    first: int
    end: int
    low: float
    unit: str
    high: float | None = None
    few: bool = False
    mode: str = ""
    strong: bool = False  # "ago", "since", "it has been": it surely runs until the day it was said
    ago: bool = False
    dead: bool = False  # an age, a sentence, a frequency, "two months later"
    until: bool = False
    relative: bool = False  # "the day before"
    future: bool = False  # "it will be two years in March"

    def interval(self, said_on: date) -> Interval | None:
        """Say when the time began, seen from `said_on`; None when out of reach."""
        if self.mode == "running":
            latest = policy.back(said_on, self.low - 1, self.unit)
            return Interval(policy.back(said_on, self.low, self.unit), latest, "range")
        if self.few:
            return policy.few_ago(said_on, self.unit)
        if self.high is not None:
            return policy.ago_between(said_on, self.low, self.high, self.unit)
        return policy.ago(said_on, self.low, self.unit, self.mode)


def opens_range(token: Token, length: Duration) -> bool:
    """Tell whether "from" before a length only opens it: "from two to three years" may be a term.

    Elsewhere it says since when: "not heard of since two or three months".
    """
    return length.high is not None and token.kind is Kind.SINCE and token.text in _FROM
