"""What the clock remembers of one case, and how events change it.

Events are only written down here; what they *mean* is judged at the next evaluation
(`tracker.domain.evaluate`): clock.md judges from one evaluation to the next, not event by event.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from tracker.domain.contact import (
    Contact,
    ContactClass,
    Interval,
    Silent,
    last_contact,
    silence,
)
from tracker.domain.errors import BrokenPromise
from tracker.domain.moments import local_date, zone
from tracker.domain.policy import Policy

FOR_GOOD = datetime.max.replace(tzinfo=UTC)
"""An acknowledgement without an end (R10)."""


@dataclass(slots=True)
class Firing:
    """One step that fired, or was passed over and counts as fired (R8)."""

    step: int
    episode: int
    at: datetime
    passed_over: bool = False
    roles: tuple[str, ...] = ()  # due by this firing, the passed-over steps' included
    told: set[str] = field(default_factory=set)  # by it, its repetitions, a later consent (R13)
    repetition: int = 0  # the newest that fired
    handed_over: bool = False
    superseded: bool = False  # a higher step fired: no more repetitions or hand-over
    held_until: datetime | None = None  # acknowledged until then (R10)
    granted: set[str] = field(default_factory=set)  # consent given, telling still held by a snooze

    def copy(self) -> Firing:
        """The same firing, to be changed apart."""
        return replace(self, told=set(self.told), granted=set(self.granted))

    @property
    def live(self) -> bool:
        """Whether it may still repeat or be handed over."""
        return not self.passed_over and not self.superseded


@dataclass(slots=True)
class CaseFile:
    """The memory of the clock for one case. Mutable; its owner evaluates it and stores it."""

    opened_at: datetime
    zone_name: str
    missing_since: Interval | None = None
    provisional: str | None = None  # the contact whose bounds serve as missing-since (R2)
    contacts: dict[str, Contact] = field(default_factory=dict)
    consents: set[str] = field(default_factory=set)
    closed: bool = False
    snoozed_until: datetime | None = None
    episode: int = 1
    firings: dict[int, Firing] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)  # since the last all-clear
    asked: dict[str, datetime | None] = field(default_factory=dict)  # R14: when to ask again
    # as of the last evaluation:
    anchor: date | None = None
    last: Interval | None = None
    last_is_open: bool = False  # nobody said since when at the earliest
    seen_consents: frozenset[str] = frozenset()
    closing: bool = False  # closed since then
    reopening: bool = False  # reopened since then

    def copy(self) -> CaseFile:
        """A memory of its own, to look ahead with: what is evaluated there changes nothing here."""
        return replace(
            self,
            contacts=dict(self.contacts),
            consents=set(self.consents),
            firings={number: firing.copy() for number, firing in self.firings.items()},
            told=set(self.told),
            asked=dict(self.asked),
        )

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which this case's days are counted."""
        return zone(self.zone_name)

    @property
    def opened_on(self) -> date:
        """The local day of opening."""
        return local_date(self.opened_at, self.zone)

    def last_contact(self, policy: Policy) -> Interval:
        """The interval of the last contact as it stands now (R1, R2)."""
        return last_contact(
            self.contacts.values(), policy.resets, self._missing_since(), self.opened_on
        )

    def silent(self, policy: Policy, today: date) -> Silent:
        """How long it is silent on the local day `today`, as it stands now (R3)."""
        return silence(self.last_contact(policy), today, is_more=self.is_open(policy))

    def is_open(self, policy: Policy) -> bool:
        """Whether "or earlier" was told and nothing says since when at the earliest (R2)."""
        report = self.contacts.get(self.provisional or "")
        if report is None or report.earliest is not None or self.missing_since is not None:
            return False
        return not any(contact.counts(policy.resets) for contact in self.contacts.values())

    def highest_firing(self, policy: Policy) -> Firing | None:
        """The highest step that fired, or was passed over; None while none has."""
        numbers = [step.number for step in policy.steps if step.number in self.firings]
        return self.firings[numbers[-1]] if numbers else None

    def consents_wanted(self, policy: Policy) -> frozenset[str]:
        """The roles that would be told if the family consented now (R13): due by the highest
        firing, told neither by it nor since, and covered by no consent."""
        firing = None if self.closed else self.highest_firing(policy)
        if firing is None:
            return frozenset()
        return policy.needs_consent & set(firing.roles) - firing.told - self.consents

    def _missing_since(self) -> Interval | None:
        given = self.missing_since
        if self.provisional is None:
            return given
        report = self.contacts[self.provisional]
        told = Interval(report.earliest or report.latest, report.latest)
        if given is None:
            return told
        return Interval(max(given.earliest, told.earliest), max(given.latest, told.latest))

    # -- events -----------------------------------------------------------------------------

    def enter_contact(self, key: str, contact: Contact, *, first_report: bool = False) -> None:
        """A contact is entered. A case's first report also serves as missing-since (R2)."""
        if key in self.contacts:
            raise BrokenPromise("a contact is entered once")
        self.contacts[key] = contact
        if first_report and not contact.confirmed:
            self.provisional = key

    def confirm(
        self, key: str, cls: ContactClass | None = None, bounds: Interval | None = None
    ) -> None:
        """A person confirms a contact, perhaps with another class or with closer bounds (R14)."""
        told = self.contacts[key]
        earliest = bounds.earliest if bounds else told.earliest
        latest = bounds.latest if bounds else told.latest
        if earliest is None:
            raise BrokenPromise("a contact with an open start cannot be confirmed (R14)")
        self.contacts[key] = Contact(earliest, latest, cls or told.cls, True, told.retracted)
        self._settle(key)

    def retract(self, key: str) -> None:
        """A contact is rejected or taken back; the last contact is simply computed anew (R1)."""
        told = self.contacts[key]
        self.contacts[key] = Contact(
            told.earliest, told.latest, told.cls, told.confirmed, retracted=True
        )
        self._settle(key)

    def _settle(self, key: str) -> None:
        if self.provisional == key:
            self.provisional = None
        self.asked.pop(key, None)

    def acknowledge(self, at: datetime, lasts: timedelta | None) -> None:
        """R10: hold what fired so far, for good or for so long. Never shortens an earlier one."""
        until = FOR_GOOD if lasts is None else at + lasts
        for firing in self.firings.values():
            if not firing.passed_over:
                firing.held_until = max(firing.held_until or until, until)

    def snooze(self, until: datetime) -> None:
        """R12: a new snooze replaces the old."""
        self.snoozed_until = until

    def consent(self, role: str, given: bool) -> None:
        """R13: the family's recorded consent covers a role, or no longer does."""
        if given:
            self.consents.add(role)
        else:
            self.consents.discard(role)

    def close(self) -> None:
        """R15. Closing a closed case changes nothing."""
        if not self.closed:
            self.closed = True
            self.closing = True
            self.reopening = False

    def reopen(self) -> None:
        """R15. Reopening an open case changes nothing."""
        if self.closed:
            self.closed = False
            self.reopening = True
