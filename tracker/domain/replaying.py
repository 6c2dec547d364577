"""Reading a replay document: JSON as clock.md says, refused with the wrong member's path."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from tracker.domain.contact import Contact, Interval, bounded_by_report
from tracker.domain.documents import (
    Members,
    contact_class,
    days,
    entered,
    flag,
    instant,
    one_of,
    text,
    zone_name,
)
from tracker.domain.errors import MalformedDocument, Refused
from tracker.domain.moments import local_date, zone
from tracker.domain.policy import Policy
from tracker.domain.policy_document import read_policy


@dataclass(frozen=True, slots=True)
class Event:
    """Something entered about a case at an instant. Members that its type lacks stay None."""

    at: datetime
    type: str
    id: str | None = None
    contact: Contact | None = None
    until: datetime | None = None
    role: str | None = None
    given: bool | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ReplayedCase:
    """One case of a replay document, its events in time order."""

    name: str
    opened_at: datetime
    zone_name: str
    missing_since: Interval | None
    consents: frozenset[str]
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class ReplayDocument:
    """A whole replay document. `to` is exclusive; a downtime is [from, to)."""

    policy: Policy
    to: datetime
    downtime: tuple[tuple[datetime, datetime], ...]
    cases: tuple[ReplayedCase, ...] = field(default=())


def read_document(raw: object) -> ReplayDocument:
    """The document in a parsed JSON value. Raises MalformedDocument with the member's path."""
    top = Members(raw, "", required={"to", "policy", "cases"}, optional={"timezone", "downtime"})
    default_zone = top.get("timezone", zone_name)
    policy = read_policy(top.value("policy"), top.path("policy"))
    to = top.need("to", instant)
    downtime = tuple(_downtime(raw, path) for raw, path in top.items("downtime"))
    cases = tuple(_case(raw, path, default_zone) for raw, path in top.items("cases"))
    names: set[str] = set()
    for index, case in enumerate(cases):
        if case.name in names:
            raise MalformedDocument(f"cases[{index}].case", "two cases have this name; change one.")
        names.add(case.name)
    return ReplayDocument(policy, to, downtime, cases)


def _downtime(raw: object, path: str) -> tuple[datetime, datetime]:
    members = Members(raw, path, required={"from", "to"})
    start, end = members.need("from", instant), members.need("to", instant)
    if end < start:
        raise MalformedDocument(members.path("to"), "a downtime ends after it begins.")
    return start, end


def _case(raw: object, path: str, default_zone: str | None) -> ReplayedCase:
    members = Members(
        raw,
        path,
        required={"case", "opened"},
        optional={"missing_since", "consents", "events", "timezone"},
    )
    name = members.need("case", text)
    own_zone = members.get("timezone", zone_name) or default_zone
    if own_zone is None:
        raise MalformedDocument("timezone", "name a time zone, as Asia/Almaty.")
    opened_at = members.need("opened", entered)
    where = zone(own_zone)
    readers = [_EventReader(item, at, opened_at, where) for item, at in members.items("events")]
    known: dict[str, Contact] = {}
    return ReplayedCase(
        name=name,
        opened_at=opened_at,
        zone_name=own_zone,
        missing_since=_missing_since(members),
        consents=frozenset(members.texts("consents")),
        events=tuple(reader.read(known) for reader in sorted(readers, key=lambda r: r.at)),
    )


def _missing_since(members: Members) -> Interval | None:
    told = members.get("missing_since", days)
    if told is None:
        return None
    if told.earliest is None:
        raise MalformedDocument(members.path("missing_since"), "give a first day as well.")
    return Interval(told.earliest, told.latest or date.max)


_MEMBERS: dict[str, set[str]] = {
    "contact": {"id", "occurred", "class", "confirmed"},
    "confirm": {"id"},
    "retract": {"id"},
    "acknowledge": set(),
    "snooze": {"until"},
    "consent": {"role", "given"},
    "close": {"reason"},
    "reopen": set(),
}
REASONS = ("found", "released", "died", "withdrawn")
"""How a case ends (R15)."""


class _EventReader:
    """One event: its instant is read first, its meaning once all earlier ones are known."""

    def __init__(self, raw: object, path: str, opened_at: datetime, where: ZoneInfo) -> None:
        every = {name for group in _MEMBERS.values() for name in group}
        loose = Members(raw, path, required={"at", "type"}, optional=every)
        self.type = loose.need("type", text)
        if self.type not in _MEMBERS:
            raise MalformedDocument(
                loose.path("type"), f"use one of {', '.join(sorted(_MEMBERS))}."
            )
        self.members = Members(raw, path, required={"at", "type", *_MEMBERS[self.type]})
        self.at = self.members.need("at", entered)
        if self.at < opened_at:
            raise MalformedDocument(
                self.members.path("at"),
                "this lies before the case was opened; correct either.",
            )
        self.where = where

    def read(self, known: dict[str, Contact]) -> Event:
        match self.type:
            case "contact":
                return self._contact(known)
            case "confirm" | "retract":
                return self._about(known)
            case "snooze":
                until = self.members.need("until", instant)
                return Event(self.at, "snooze", until=until)
            case "consent":
                given = self.members.need("given", flag)
                return Event(
                    self.at,
                    "consent",
                    role=self.members.need("role", text),
                    given=given,
                )
            case "close":
                return Event(
                    self.at,
                    "close",
                    reason=self.members.need("reason", one_of(*REASONS)),
                )
            case _:
                return Event(self.at, self.type)

    def _contact(self, known: dict[str, Contact]) -> Event:
        key = self.members.need("id", text)
        if key in known:
            raise MalformedDocument(self.members.path("id"), "this id is taken; use another.")
        confirmed = self.members.need("confirmed", flag)
        cls = self.members.need("class", contact_class)
        occurred = self.members.need("occurred", days)
        path = self.members.path("occurred")
        try:
            earliest, latest = bounded_by_report(occurred, local_date(self.at, self.where))
        except Refused as error:
            raise MalformedDocument(path, str(error)) from error
        if confirmed and earliest is None:
            raise MalformedDocument(path, "a confirmed contact needs both bounds (R14).")
        known[key] = Contact(earliest, latest, cls, confirmed)
        return Event(self.at, "contact", id=key, contact=known[key])

    def _about(self, known: dict[str, Contact]) -> Event:
        key = self.members.need("id", text)
        if key not in known:
            raise MalformedDocument(self.members.path("id"), "no contact entered so far has it.")
        if self.type == "confirm" and not known[key].bounded:
            raise MalformedDocument(
                self.members.path("id"),
                "a contact is confirmed only with both bounds (R14).",
            )
        return Event(self.at, self.type, id=key)
