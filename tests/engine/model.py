"""What the engine owes, in whatever order things happen: delivery.md's promise, as a model.

It shares no line with the product. It is told what people did, what fell due (`naive_clock` says
when) and what providers took; it says what became of every alert, who may be told, who must be.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

ALARMS = ("step", "repeat", "hand_over", "consent_granted")
NEWS = ("resolved", "closed")  # told to those who were told before; they ask for nobody
ENDS = dict.fromkeys(("superseded", "resolved", "acknowledged"), ALARMS)  # how, and what kinds
ENDS |= {"closed": (*ALARMS, "to_confirm"), "withdrawn": ("consent_granted",)}


@dataclass
class Person:
    role: str
    ways: set[tuple[str, str]]  # channels, each with an address there
    active: bool = True
    deputy: str = ""
    away_until: datetime | None = None


@dataclass
class Case:
    caseworker: str
    consent: bool = False  # of the family, for the consulate
    told: set[str] = field(default_factory=set)  # since the last all-clear
    perhaps: set[str] = field(default_factory=set)  # sent, and nobody knows whether it left (D4)


@dataclass
class Alert:
    case: str
    kind: str
    roles: set[str]
    at: datetime
    owed: set[str]
    state: str = "open"  # or as in ENDS; of news, which wait for nobody: informed
    taken_by: str = ""
    told: set[str] = field(default_factory=set)
    perhaps: set[str] = field(default_factory=set)
    missed: set[str] = field(default_factory=set)  # it failed, was lost twice, or they passed it on


@dataclass
class Model:
    people: dict[str, Person] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    alerts: dict[str, Alert] = field(default_factory=dict)
    shut: set[tuple[str, str]] = field(default_factory=set)  # ways that were stopped, or are wrong

    def having(self, *roles: str) -> set[str]:
        return {name for name, one in self.people.items() if one.active and one.role in roles}

    def behind(self, case: Case, roles: set[str], now: datetime) -> set[str]:
        """D6: on leave the deputy; R13: without consent no consulate; nobody there: those above."""
        found, worker = set[str](), self.people[case.caseworker]
        here = worker.deputy if worker.away_until and now < worker.away_until else case.caseworker
        for role in roles if case.consent else roles - {"consular"} or {"caseworker"}:
            there = self.having(role) & ({here} if role == "caseworker" else self.people.keys())
            found |= there or self.having("supervisor") or self.having("administrator")
        return found

    def ends(self, case: str, how: str, by: str = "") -> None:
        """Every alert ends in exactly one way; who took it may yet see it superseded or settled."""
        still = {"open"} if how in ("acknowledged", "withdrawn") else {"open", "acknowledged"}
        for one in self.alerts.values():
            if one.case == case and one.state in still and one.kind in ENDS[how]:
                one.state, one.taken_by = how, by or one.taken_by

    def raised(self, name: str, case: str, kind: str, roles: set[str], now: datetime) -> None:
        """A step takes the place of what was raised before; news end it, and are told once (R5)."""
        known = self.cases[case]
        alert = Alert(case, kind, roles, now, self.behind(known, roles, now))
        if kind in ("step", *NEWS):
            self.ends(case, kind if kind in NEWS else "superseded")
        if kind in NEWS:
            alert.state, alert.perhaps = "informed", known.perhaps | known.told or alert.owed
            alert.owed = {who for who in known.told if self.may_be_told(alert, who, now)}
            known.told, known.perhaps = set(), set()
        self.alerts[name] = alert

    def tried(self, alert: Alert, person: str, came_to: str) -> None:
        getattr(alert, came_to).add(person)  # told, missed, or perhaps: nobody knows
        if came_to != "missed" and alert.kind in ALARMS:
            getattr(self.cases[alert.case], came_to).add(person)

    def fails(self, alert: Alert, person: str) -> bool:
        one = self.people[person]
        return person in alert.missed or not one.active or one.ways <= self.shut

    def may_be_told(self, alert: Alert, person: str, now: datetime) -> bool:
        """D3, asked whenever something is sent: nobody of what is over, or what is not theirs."""
        case, one = self.cases[alert.case], self.people[person]
        there = self.behind(case, alert.roles, now)
        if now - alert.at < timedelta(minutes=10):  # it goes to whom it was for, be they gone since
            there |= alert.owed
        if alert.kind in NEWS:  # never the last word while an alarm is on (R6)
            newer = [a for a in self.alerts.values() if a.case == alert.case and a.at >= alert.at]
            alarms = [a for a in newer if a.kind in ALARMS and a.state in ("open", "acknowledged")]
            there = (alert.owed | alert.perhaps).difference(*(a.owed for a in alarms))
        if alert.state == "acknowledged":  # it stops repetitions and hand-overs, not the others
            there = there - {alert.taken_by} if alert.kind not in ("repeat", "hand_over") else set()
        elif any(self.fails(alert, each) for each in alert.owed):
            there |= self.having("supervisor", "administrator")
        may_hear = one.active and (case.consent or one.role != "consular")
        return may_hear and person in there and alert.state in ("open", "acknowledged", "informed")

    def is_done(self, alert: Alert, person: str, now: datetime) -> bool:
        """Whether somebody who is owed it was told; or whoever is there instead, or above (D6)."""
        theirs = self.may_be_told(alert, person, now)
        if person in alert.told or (alert.kind in NEWS and not theirs):
            return True
        first = {person} if theirs else self.behind(self.cases[alert.case], alert.roles, now)
        for level in (first, self.having("supervisor"), self.having("administrator")):
            if alert.told & level or not all(self.fails(alert, one) for one in level):
                return bool(alert.told & level)
        return True  # nobody can be told: the red bar is all that is left
