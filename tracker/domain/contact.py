"""A contact, its class, and the last contact they add up to (clock.md R1, R2, R14, R16)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from tracker.domain.edtf import Days
from tracker.domain.errors import Refused


class ContactClass(StrEnum):
    """How the detained person was heard from (clock.md, Words)."""

    DIRECT = "direct"  # spoke, wrote or was seen by the one who tells it; a guarded visit counts
    CONSTRAINED = "constrained"  # scripted, staged or filmed for others
    THIRD_PARTY = "third_party"  # through somebody else
    OFFICIAL = "official"  # a statement of an authority
    FAILED_ATTEMPT = "failed_attempt"  # tried, nobody answered
    RUMOUR = "rumour"  # unsourced talk


@dataclass(frozen=True, slots=True)
class Interval:
    """Days between which something happened, both inclusive."""

    earliest: date
    latest: date

    def __post_init__(self) -> None:
        if self.earliest > self.latest:
            raise Refused("The earliest day lies after the latest one; exchange them.")

    def not_after(self, day: date) -> Interval:
        """Both bounds clamped to `day`."""
        return Interval(min(self.earliest, day), min(self.latest, day))


@dataclass(frozen=True, slots=True)
class Contact:
    """An account that the person was heard from, as the clock needs it.

    `earliest` is None for an open start ("before 2017"); such a contact cannot be confirmed (R14).
    """

    earliest: date | None
    latest: date
    cls: ContactClass
    confirmed: bool = False
    retracted: bool = False

    def counts(self, resets: Collection[str]) -> bool:
        """Whether it moves a clock that these classes start anew (R1)."""
        return self.confirmed and not self.retracted and self.cls in resets

    @property
    def bounded(self) -> bool:
        """Whether both bounds are known, so that a person may confirm it."""
        return self.earliest is not None


def bounded_by_report(days: Days, reported_on: date) -> tuple[date | None, date]:
    """The bounds of a contact reported on a local day (R16): `latest` is clamped to that day.

    Raises Refused for a contact that would lie wholly in the future.
    """
    if days.earliest is not None and days.earliest > reported_on:
        raise Refused(
            f"A contact cannot lie after the day it was reported ({reported_on.isoformat()}); "
            "check the year."
        )
    latest = reported_on if days.latest is None else min(days.latest, reported_on)
    return days.earliest, latest


def last_contact(
    contacts: Iterable[Contact],
    resets: Collection[str],
    missing_since: Interval | None,
    opened_on: date,
) -> Interval:
    """R1 and R2: [max(earliest), max(latest)] over what counts, else the day of opening."""
    earliest: date | None = None
    latest: date | None = None
    if missing_since is not None:
        clamped = missing_since.not_after(opened_on)
        earliest, latest = clamped.earliest, clamped.latest
    for contact in contacts:
        if contact.earliest is None or not contact.counts(resets):
            continue
        if earliest is None or contact.earliest > earliest:
            earliest = contact.earliest
        if latest is None or contact.latest > latest:
            latest = contact.latest
    if earliest is None or latest is None:
        return Interval(opened_on, opened_on)
    return Interval(earliest, latest)


class Silent(NamedTuple):
    """Days of silence, at least and at most so many (R3).

    `is_more`: "or earlier" was told, so that it may be longer still; then both are the same.
    """

    at_least: int
    at_most: int
    is_more: bool = False

    def kept(self) -> list[int]:
        """For keeping as JSON, as `Silent(*kept)` reads it: the open end where there is one."""
        return [*self] if self.is_more else [self.at_least, self.at_most]


def silence(last: Interval, today: date, *, is_more: bool = False) -> Silent:
    """R3: silent for at least and at most so many days on the local day `today`."""
    at_least, at_most = (max(0, (today - day).days) for day in (last.latest, last.earliest))
    return Silent(at_least, at_most, is_more)
