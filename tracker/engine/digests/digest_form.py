"""What a weekly digest says: references, bands, days and counts. No name, no place (D9, S4)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Final

KEPT: Final = 500
"""Lines of one section that are kept with a digest; beyond that they are counted."""

BY_DAY: Final = frozenset(
    ("crossed", "coming", "good_news", "closed", "unacknowledged", "undelivered", "windows")
)
"""Sections in the order of their days; the others begin with the longest silence."""


@dataclass(frozen=True, slots=True)
class Line:
    """One case in a digest: reference, band, days of silence; a day and a number say why.

    `about` names the section it would stand in, were the case its reader's own.
    """

    ref: str
    band: str  # empty, and no days, where the reader's post is not shown dates
    at_least: int
    at_most: int
    is_more: bool = False  # it may be longer still
    on: str | None = None
    number: int | None = None
    after_days: int | None = None  # which step: so long after the last contact
    after_months: int | None = None
    about: str | None = None


@dataclass(slots=True)
class Facts:
    """Everything one reader's digest says, as plain values."""

    bands: dict[str, int] = field(default_factory=dict)
    bands_before: dict[str, int] | None = None
    crossed: list[Line] = field(default_factory=list)  # on: the day; with the step
    coming: list[Line] = field(default_factory=list)  # on: the day; with the step
    unacknowledged: list[Line] = field(default_factory=list)
    snoozed: list[Line] = field(default_factory=list)  # on: until
    undelivered: list[Line] = field(default_factory=list)
    to_confirm: list[Line] = field(default_factory=list)  # number: how many
    consent_needed: list[Line] = field(default_factory=list)
    windows: list[Line] = field(default_factory=list)  # on: closes; number: days left
    unanswered: list[Line] = field(default_factory=list)  # a post was asked; number: days since
    standing_in: list[Line] = field(default_factory=list)  # cases of who is away; with `about`
    good_news: list[Line] = field(default_factory=list)
    closed: list[Line] = field(default_factory=list)
    messages: dict[str, int] = field(default_factory=dict)  # outbox states of the weeks reported
    worker_at: str | None = None
    unreadable: int = 0  # cases that could not be read when this was gathered
    accounts: int = 0  # changes of accounts in the weeks reported; a supervisor's alone
    more: dict[str, int] = field(default_factory=dict)  # lines beyond those kept, by section

    def keep(self, at_most: int) -> None:
        """Sort each section that is longer than this, and keep its first lines; count the rest."""
        for item in fields(self):
            lines = getattr(self, item.name)
            if isinstance(lines, list) and len(lines) > at_most:
                lines.sort(key=_by_day if item.name in BY_DAY else _longest_first)
                self.more[item.name] = self.more.get(item.name, 0) + max(0, len(lines) - KEPT)
                del lines[KEPT:]

    def stand_in(self, away: Facts) -> None:
        """Take up what is reported of the cases of those this reader stands in for."""
        told = [
            replace(line, about=item.name)
            for item in fields(away)
            if isinstance(lines := getattr(away, item.name), list)
            for line in lines
        ]
        self.standing_in = told[:KEPT]
        if beyond := len(told) - len(self.standing_in) + sum(away.more.values()):
            self.more["standing_in"] = beyond
        self.unreadable += away.unreadable

    def as_json(self) -> dict[str, Any]:
        """For sealing into the digest's row."""
        return asdict(self)

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> Facts:
        """What `as_json` wrote."""
        return cls(**{name: _lines(value) for name, value in raw.items()})


def _by_day(line: Line) -> tuple[str, int, str]:
    return line.on or "", -line.at_most, line.ref


def _longest_first(line: Line) -> tuple[int, str]:
    return -line.at_most, line.ref


def _lines(value: Any) -> Any:
    if isinstance(value, list):
        return [Line(**item) for item in value]
    return value
