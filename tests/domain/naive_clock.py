"""A second model of the rules of the clock (R1-R18), for tests only.

It shares no line with the product, and is slow on purpose: a case is looked at whenever anything
could fall due (at the policy's hour of every single day, at every event and end of anything), and
what is known is worked out again each time from the whole list of events. Only what was *decided*
(fired steps, who was told) is carried from one evaluation to the next.
"""

import calendar
from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

Json = dict[str, Any]
Interval = tuple[date, date]
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
KINDS = ["resolved", "closed", "step", "repeat", "hand_over", "consent_granted"]


def naive_replay(document: Json) -> list[Json]:
    """Return the lines `tracker replay` must print for a valid document, in order."""
    lines = [line for case in document["cases"] for line in _Case(document, case).replay()]
    return sorted(lines, key=lambda line: (line["at"], line["case"], KINDS.index(line["kind"])))


@cache
def instant(text: str) -> datetime:
    """Read an ISO instant as UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def written(moment: datetime) -> str:
    """Write a UTC instant the way replay files do."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def local_date(moment: datetime, zone: str) -> date:
    """The calendar day in `zone` at an instant."""
    return moment.astimezone(ZoneInfo(zone)).date()


@cache
def instant_of(day: date, at: time, zone: str) -> datetime:
    """R4: the UTC instant of a local time: forward by the gap, or the first of two."""
    wanted = datetime.combine(day, at, UTC)
    around = [(wanted + hours * HOUR).astimezone(ZoneInfo(zone)) for hours in (-30, 30)]
    guesses = [wanted - (local.utcoffset() or 0 * DAY) for local in around]
    right = [g for g in guesses if g.astimezone(ZoneInfo(zone)).replace(tzinfo=UTC) == wanted]
    return min(right, default=guesses[0])


def add_months(day: date, months: int) -> date:
    """R4: calendar months, clamped to the month's end."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def due_at(step: Json, anchor: date, at: time, zone: str) -> datetime:
    """R4: the instant at which a step is due."""
    day = add_months(anchor, step.get("after_months", 0)) + DAY * step.get("after_days", 0)
    return instant_of(day, at, zone)


@cache
def edtf_bounds(text: str) -> tuple[date | None, date | None]:
    """The first and last day of an EDTF expression; an open side is None."""
    start, slash, end = text.partition("/")
    return _side(start, (1, 1)), _side(end if slash else start, (12, 31))


def _side(text: str, unsaid: tuple[int, int]) -> date | None:
    said = [int(part) for part in text.strip("~?%").split("-") if part.isdigit()]
    if not said:
        return None
    year, month, day = (*said, *unsaid[len(said) - 1 :])
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


@dataclass
class _Firing:
    """A step that fired (not: was passed over)."""

    step: Json
    at: datetime
    roles: set[str]
    told: set[str]
    owed: set[str] = field(default_factory=set)  # consent came while snoozed: still to be told
    repetition: int = 0
    handed_over: bool = False
    superseded: bool = False


class _Seen(NamedTuple):
    """What one evaluation sees, for the next one to compare with."""

    at: datetime
    open: bool
    closings: int
    last_contact: Interval
    consents: set[str]


class _Case:
    def __init__(self, document: Json, case: Json) -> None:
        self.case, self.policy = case, document["policy"]
        self.zone: str = case.get("timezone") or document["timezone"]
        self.end, self.opened = instant(document["to"]), instant(case["opened"])
        self.downtimes = [
            (instant(down["from"]), instant(down["to"])) for down in document.get("downtime", [])
        ]
        self.steps: list[Json] = self.policy["steps"]
        self.hour = time.fromisoformat(self.policy.get("at", "09:00"))
        self.ack_lasts: int | None = self.policy.get("ack_lasts_days")
        self.entered = sorted(case.get("events", []), key=lambda event: instant(event["at"]))
        # What was decided so far.
        self.seen: _Seen | None = None
        self.fired: dict[int, _Firing | None] = {}  # by place in the policy; None: passed over
        self.told: set[str] = set()
        self.snoozes_ended = 0
        self.lines: list[Json] = []

    def replay(self) -> list[Json]:
        """Evaluate at every instant at which anything could happen."""
        todo = sorted(self.foreseeable())
        for now in todo:  # grows, ahead of us
            down = any(start <= now < end for start, end in self.downtimes)
            if down or not self.opened <= now < self.end or (self.seen and self.seen.at == now):
                continue
            self.evaluate(now)
            for firing in filter(None, self.fired.values()):
                if firing.at == now and "ack_within_hours" in firing.step:
                    insort(todo, self.hand_over_at(firing))
        return self.lines

    def foreseeable(self) -> set[datetime]:
        """Every instant that does not depend on what will have fired."""
        moments = {self.opened} | {end for _, end in self.downtimes}
        for event in self.entered:
            moments |= {instant(event["at"]), instant(event.get("until", event["at"]))}
            moments.add(instant(event["at"]) + (self.holds(event) or 0 * DAY))
        first, last = (local_date(moment, self.zone) for moment in (self.opened, self.end))
        days = range(-1, (last - first).days + 1)
        return moments | {instant_of(first + n * DAY, self.hour, self.zone) for n in days}

    # --- what is known at an instant (all of it from the list of events) ------------------------

    def events(self, now: datetime, *types: str) -> list[Json]:
        """R18: the events of some types up to and at an instant."""
        return [e for e in self.entered if e["type"] in types and instant(e["at"]) <= now]

    def look(self, now: datetime) -> _Seen:
        """R13, R15: consents, whether it is open, how often it went from open to closed."""
        is_open, closings = True, 0
        for event in self.events(now, "close", "reopen"):
            closings += is_open and event["type"] == "close"
            is_open = event["type"] == "reopen"
        given = dict.fromkeys(self.case.get("consents", []), True)
        given |= {event["role"]: event["given"] for event in self.events(now, "consent")}
        consents = {role for role, yes in given.items() if yes}
        return _Seen(now, is_open, closings, self.last_contact(now), consents)

    def last_contact(self, now: datetime) -> Interval:
        """R1, R2, R16."""
        opened_on = local_date(self.opened, self.zone)
        retracted = {event["id"] for event in self.events(now, "retract")}
        confirmed = {event["id"] for event in self.events(now, "confirm")}
        told = [
            (contact["occurred"], local_date(instant(contact["at"]), self.zone), date.max)
            for contact in self.events(now, "contact")
            if (contact["confirmed"] or contact["id"] in confirmed)
            and contact["id"] not in retracted
            and contact["class"] in self.policy.get("resets", ["direct"])
        ]
        if self.case.get("missing_since") is not None:
            told.append((self.case["missing_since"], opened_on, opened_on))
        bounds = [(edtf_bounds(words), said_on, most) for words, said_on, most in told]
        starts = [min(first, most) for (first, _), _, most in bounds if first]
        ends = [min(last, said_on) for (_, last), said_on, _ in bounds if last]
        assert len(starts) == len(ends) == len(told)
        return max(starts, default=opened_on), max(ends, default=opened_on)

    def snoozed(self, now: datetime) -> bool:
        """R12: whether the newest snooze, not ended by anything, is still on."""
        snoozes = self.events(now, "snooze")[self.snoozes_ended :]
        return bool(snoozes) and now < instant(snoozes[-1]["until"])

    def acknowledged(self, firing: _Firing, now: datetime) -> bool:
        """R10: whether an acknowledgement given after the firing still holds."""
        given = [
            (instant(event["at"]), self.holds(event)) for event in self.events(now, "acknowledge")
        ]
        return any(firing.at < at and (not lasts or now < at + lasts) for at, lasts in given)

    def holds(self, event: Json) -> timedelta | None:
        """R10: how long an acknowledgement holds: a day where nobody signed in; None: for good."""
        if event.get("unsigned"):
            return DAY
        return None if self.ack_lasts is None else DAY * self.ack_lasts

    def anchor(self, last_contact: Interval) -> date:
        """R4: the day from which steps are counted."""
        return last_contact[self.policy.get("counts_from", "earliest") != "earliest"]

    def due(self, seen: _Seen) -> list[int]:
        """The places in the policy of the steps that are due."""
        anchor = self.anchor(seen.last_contact)
        dues = [due_at(step, anchor, self.hour, self.zone) for step in self.steps]
        return [place for place, moment in enumerate(dues) if moment <= seen.at]

    def hand_over_at(self, firing: _Firing) -> datetime:
        """R11: when a firing is handed over unless something holds it."""
        return firing.at + HOUR * firing.step["ack_within_hours"]

    # --- one evaluation -----------------------------------------------------------------------

    def evaluate(self, now: datetime) -> None:
        """Look at the case at one instant and write down what fires."""
        before, here = self.seen, self.look(now)
        self.seen = here
        closed = here.closings > (before.closings if before else 0)
        if closed:
            self.end_alert("closed", here, here.last_contact)
        if not here.open:
            return
        if before and before.open and not closed:
            self.move(before, here)
        snoozed = self.snoozed(now)
        if not snoozed:
            self.fire_step(here)
            for firing in filter(None, self.fired.values()):
                self.hand_over(firing, here)
            for firing in filter(None, self.fired.values()):
                self.repeat(firing, here)
        self.grant(before, here, snoozed=snoozed)

    def end_alert(self, kind: str, here: _Seen, silence: Interval) -> None:
        """R5, R12, R15: an all-clear or a closing."""
        if self.told:
            self.say(kind, here, None, None, self.told, silence=silence)
        self.told, self.fired = set(), {}
        self.snoozes_ended = len(self.events(here.at, "snooze"))

    def move(self, before: _Seen, here: _Seen) -> None:
        """R5 and R6: forward arms what is no longer due again; back changes nothing."""
        if self.anchor(here.last_contact) > self.anchor(before.last_contact):
            due = self.due(here)
            if not due:
                self.end_alert("resolved", here, before.last_contact)
            self.fired = {place: firing for place, firing in self.fired.items() if place in due}

    def fire_step(self, here: _Seen) -> None:
        """R4, R8: of all steps due and not fired, the highest fires for all of them."""
        *lower, highest = [None, *(place for place in self.due(here) if place not in self.fired)]
        if highest is None:
            return
        for firing in filter(None, self.fired.values()):
            firing.superseded = True
        places = [place for place in lower if place is not None]
        self.fired |= dict.fromkeys(places)
        step = self.steps[highest]
        roles = {role for place in (*places, highest) for role in self.steps[place]["notify"]}
        passed_over = [self.steps[place]["step"] for place in places]
        told = self.say("step", here, step["step"], 0, roles, passed_over=passed_over)
        self.fired[highest] = _Firing(step, here.at, roles, told)

    def hand_over(self, firing: _Firing, here: _Seen) -> None:
        """R11."""
        if firing.superseded or firing.handed_over or "ack_within_hours" not in firing.step:
            return
        if here.at >= self.hand_over_at(firing) and not self.acknowledged(firing, here.at):
            firing.handed_over = True
            self.say("hand_over", here, firing.step["step"], 0, set(firing.step["then"]))

    def repeat(self, firing: _Firing, here: _Seen) -> None:
        """R9: the newest repetition that is due, if it has not fired yet."""
        every, newest = firing.step.get("repeat_every_days"), 0
        if firing.superseded or every is None or self.acknowledged(firing, here.at):
            return
        while newest != firing.step.get("max_repeats"):
            day = local_date(firing.at, self.zone) + DAY * every * (newest + 1)
            if instant_of(day, self.hour, self.zone) > here.at:
                break
            newest += 1
        if newest > firing.repetition:
            firing.repetition = newest
            firing.told |= self.say("repeat", here, firing.step["step"], newest, firing.roles)

    def grant(self, before: _Seen | None, here: _Seen, *, snoozed: bool) -> None:
        """R13: tell those for whom consent came while their step is the highest fired one.

        A snooze delays this to its end (R12); there it lapses if a higher step has fired.
        """
        firing = self.fired[max(self.fired)] if self.fired else None
        if firing and before:
            needed = set(self.policy.get("needs_consent", [])) & firing.roles
            firing.owed |= (here.consents - before.consents) & needed
        if snoozed:
            return
        if firing and (roles := (firing.owed & here.consents) - firing.told):
            firing.told |= self.say("consent_granted", here, firing.step["step"], 0, roles)
        for each in filter(None, self.fired.values()):
            each.owed = set()

    def say(
        self,
        kind: str,
        here: _Seen,
        step: int | None,
        repetition: int | None,
        roles: set[str],
        *,
        passed_over: Sequence[int] = (),
        silence: Interval | None = None,
    ) -> set[str]:
        """Write a line, asking consent (R13); return who is told."""
        missing = (roles & set(self.policy.get("needs_consent", []))) - here.consents
        notify = (roles - missing) or {"caseworker"}
        if kind not in ("resolved", "closed"):
            self.told |= notify
        today = local_date(here.at, self.zone)
        at_most, at_least = ((today - day).days for day in silence or here.last_contact)
        line = {"at": written(here.at), "case": self.case["case"], "kind": kind, "step": step}
        line |= {"repetition": repetition, "passed_over": sorted(passed_over)}
        line |= {"notify": sorted(notify), "consent_needed": sorted(missing)}
        self.lines.append(line | {"silent_days": [max(0, at_least), at_most]})
        return notify
