"""A second model of the rules of the clock (R1-R18), for tests only.

It shares no line with the product. It is slow on purpose: a case is looked at whenever anything
could possibly fall due (at the policy's hour of every single day, at every event, at every end of
anything), and each time what is known is worked out again from the whole list of events. Only
what was *decided* (fired steps, who was told) is carried from one evaluation to the next.
"""

import calendar
import heapq
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

Json = dict[str, Any]
Interval = tuple[date, date]

KINDS = ["resolved", "closed", "step", "repeat", "hand_over", "consent_granted"]
FALLBACK = "caseworker"


def naive_replay(document: Json) -> list[Json]:
    """Return the lines `tracker replay` must print for a valid document, in order."""
    lines = [line for case in document["cases"] for line in _Case(document, case).replay()]
    return sorted(lines, key=lambda line: (line["at"], line["case"], KINDS.index(line["kind"])))


# --- time and dates ---------------------------------------------------------------------------


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
    wanted = datetime.combine(day, at)
    around = [wanted.replace(tzinfo=UTC) + timedelta(hours=hours) for hours in (-30, 30)]
    offsets = [moment.astimezone(ZoneInfo(zone)).utcoffset() or timedelta() for moment in around]
    guesses = [(wanted - offset).replace(tzinfo=UTC) for offset in offsets]
    right = [g for g in guesses if g.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wanted]
    return min(right) if right else guesses[0]


def add_months(day: date, months: int) -> date:
    """R4: calendar months, clamped to the month's end."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def due_at(step: Json, anchor: date, at: time, zone: str) -> datetime:
    """R4: the instant at which a step is due."""
    if "after_months" in step:
        return instant_of(add_months(anchor, step["after_months"]), at, zone)
    return instant_of(anchor + timedelta(days=step["after_days"]), at, zone)


@cache
def edtf_bounds(text: str) -> tuple[date | None, date | None]:
    """The first and last day of an EDTF expression; an open side is None."""
    start, _, end = text.partition("/") if "/" in text else (text, "", text)
    return _one_side(start, first=True), _one_side(end, first=False)


def _one_side(text: str, *, first: bool) -> date | None:
    numbers = [int(part) for part in text.strip("~?%").split("-") if part not in ("", "..")]
    if not numbers:
        return None
    if len(numbers) == 3:
        return date(*numbers)
    if first:
        return date(numbers[0], numbers[1] if len(numbers) == 2 else 1, 1)
    month = numbers[1] if len(numbers) == 2 else 12
    return date(numbers[0], month, calendar.monthrange(numbers[0], month)[1])


# --- one case ---------------------------------------------------------------------------------


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


@dataclass
class _Seen:
    """What one evaluation saw, for the next one to compare with."""

    at: datetime
    open: bool
    last_contact: Interval
    consents: set[str]


class _Case:
    def __init__(self, document: Json, case: Json) -> None:
        self.name: str = case["case"]
        self.zone: str = case.get("timezone") or document["timezone"]
        self.end = instant(document["to"])
        self.downtimes = [
            (instant(down["from"]), instant(down["to"])) for down in document.get("downtime", [])
        ]
        policy = document["policy"]
        self.steps: list[Json] = policy["steps"]
        self.hour = time.fromisoformat(policy.get("at", "09:00"))
        self.counts_from: str = policy.get("counts_from", "earliest")
        self.resets: list[str] = policy.get("resets", ["direct"])
        self.needs_consent = set(policy.get("needs_consent", []))
        self.ack_lasts: int | None = policy.get("ack_lasts_days")
        self.opened = instant(case["opened"])
        self.missing_since: str | None = case.get("missing_since")
        self.first_consents: list[str] = case.get("consents", [])
        self.all_events = sorted(case.get("events", []), key=lambda event: instant(event["at"]))

        # What was decided so far.
        self.seen: _Seen | None = None
        self.fired: dict[int, _Firing | None] = {}  # by place in the policy; None: passed over
        self.told: set[str] = set()
        self.snoozes_ended = 0
        self.lines: list[Json] = []

    # --- when to look -------------------------------------------------------------------------

    def replay(self) -> list[Json]:
        """Evaluate at every instant at which anything could happen."""
        todo = sorted(self.foreseeable())
        last = None
        while todo:
            now = heapq.heappop(todo)
            if now == last or now < self.opened or now >= self.end:
                continue
            if any(start <= now < end for start, end in self.downtimes):
                continue
            last = now
            self.evaluate(now)
            for firing in self.fired.values():
                if firing and firing.at == now and "ack_within_hours" in firing.step:
                    heapq.heappush(todo, self.hand_over_at(firing))
        return self.lines

    def foreseeable(self) -> set[datetime]:
        """Every instant that does not depend on what will have fired."""
        moments = {self.opened} | {end for _, end in self.downtimes}
        for event in self.all_events:
            moments.add(instant(event["at"]))
            if event["type"] == "snooze":
                moments.add(instant(event["until"]))
            if event["type"] == "acknowledge" and self.ack_lasts is not None:
                moments.add(instant(event["at"]) + timedelta(hours=24 * self.ack_lasts))
        day = local_date(self.opened, self.zone) - timedelta(days=1)
        while day <= local_date(self.end, self.zone):
            moments.add(instant_of(day, self.hour, self.zone))
            day += timedelta(days=1)
        return moments

    # --- what is known at an instant (all of it from the list of events) ------------------------

    def events(self, now: datetime, *types: str) -> list[Json]:
        """R18: the events of some types up to and at an instant."""
        return [
            event
            for event in self.all_events
            if event["type"] in types and instant(event["at"]) <= now
        ]

    def last_contact(self, now: datetime) -> Interval:
        """R1, R2, R16."""
        opened_on = local_date(self.opened, self.zone)
        retracted = {event["id"] for event in self.events(now, "retract")}
        confirmed = {event["id"] for event in self.events(now, "confirm")}
        intervals: list[Interval] = []
        if self.missing_since is not None:
            earliest, latest = edtf_bounds(self.missing_since)
            assert earliest is not None
            assert latest is not None
            intervals.append((min(earliest, opened_on), min(latest, opened_on)))
        for contact in self.events(now, "contact"):
            good = contact["confirmed"] or contact["id"] in confirmed
            if good and contact["id"] not in retracted and contact["class"] in self.resets:
                earliest, latest = edtf_bounds(contact["occurred"])
                assert earliest is not None
                assert latest is not None
                reported_on = local_date(instant(contact["at"]), self.zone)
                intervals.append((earliest, min(latest, reported_on)))
        if not intervals:
            return opened_on, opened_on
        return max(earliest for earliest, _ in intervals), max(latest for _, latest in intervals)

    def is_open(self, now: datetime) -> bool:
        """R15: opened, and the last thing said about it is not that it is closed."""
        said = self.events(now, "close", "reopen")
        return not said or said[-1]["type"] == "reopen"

    def closed_since(self, before: datetime | None, now: datetime) -> bool:
        """R15: whether it went from open to closed after `before`, up to and at `now`."""
        was_open = True
        for event in self.events(now, "close", "reopen"):
            new = before is None or instant(event["at"]) > before
            if event["type"] == "close" and was_open and new:
                return True
            was_open = event["type"] == "reopen"
        return False

    def consents(self, now: datetime) -> set[str]:
        """R13: the roles that the family's recorded consent covers."""
        given = dict.fromkeys(self.first_consents, True)
        for event in self.events(now, "consent"):
            given[event["role"]] = event["given"]
        return {role for role, yes in given.items() if yes}

    def snoozed(self, now: datetime) -> bool:
        """R12: whether the newest snooze, not ended by anything, is still on."""
        snoozes = self.events(now, "snooze")[self.snoozes_ended :]
        return bool(snoozes) and now < instant(snoozes[-1]["until"])

    def acknowledged(self, firing: _Firing, now: datetime) -> bool:
        """R10: whether an acknowledgement given after the firing still holds."""
        given = [instant(event["at"]) for event in self.events(now, "acknowledge")]
        return any(
            firing.at < at
            and (self.ack_lasts is None or now < at + timedelta(hours=24 * self.ack_lasts))
            for at in given
        )

    def anchor(self, last_contact: Interval) -> date:
        """R4: the day from which steps are counted."""
        return last_contact[0] if self.counts_from == "earliest" else last_contact[1]

    def due(self, now: datetime, last_contact: Interval) -> list[int]:
        """The places in the policy of the steps that are due."""
        anchor = self.anchor(last_contact)
        dues = [due_at(step, anchor, self.hour, self.zone) for step in self.steps]
        return [place for place, moment in enumerate(dues) if moment <= now]

    def hand_over_at(self, firing: _Firing) -> datetime:
        """R11: when a firing is handed over unless something holds it."""
        return firing.at + timedelta(hours=firing.step["ack_within_hours"])

    def highest(self) -> _Firing | None:
        """The highest fired step, when it fired itself and was not passed over."""
        return self.fired[max(self.fired)] if self.fired else None

    # --- one evaluation -----------------------------------------------------------------------

    def evaluate(self, now: datetime) -> None:
        """Look at the case at one instant and write down what fires."""
        before = self.seen
        here = _Seen(now, self.is_open(now), self.last_contact(now), self.consents(now))
        self.seen = here

        closed = self.closed_since(before.at if before else None, now)
        if closed:
            self.end_alert("closed", here, here.last_contact)
        if not here.open:
            return
        if before and before.open and not closed:
            self.move(before, here)
        if not self.snoozed(now):
            self.fire_step(here)
            self.fire_hand_overs(here)
            self.fire_repetitions(here)
        self.grant(before, here)

    def end_alert(self, kind: str, here: _Seen, silence: Interval) -> None:
        """R5, R12, R15: an all-clear or a closing."""
        if self.told:
            self.say(kind, here, None, None, self.told, silence=silence)
        self.told = set()
        self.fired = {}
        self.snoozes_ended = len(self.events(here.at, "snooze"))

    def move(self, before: _Seen, here: _Seen) -> None:
        """R5 and R6: forward arms what is no longer due again; back changes nothing."""
        if self.anchor(here.last_contact) > self.anchor(before.last_contact):
            due = self.due(here.at, here.last_contact)
            if not due:
                self.end_alert("resolved", here, before.last_contact)
            self.fired = {place: firing for place, firing in self.fired.items() if place in due}

    def fire_step(self, here: _Seen) -> None:
        """R4, R8: of all steps due and not fired, the highest fires for all of them."""
        waiting = [p for p in self.due(here.at, here.last_contact) if p not in self.fired]
        if not waiting:
            return
        for lower in self.fired.values():
            if lower:
                lower.superseded = True
        for place in waiting[:-1]:
            self.fired[place] = None
        step = self.steps[waiting[-1]]
        roles = {role for place in waiting for role in self.steps[place]["notify"]}
        passed_over = [self.steps[place]["step"] for place in waiting[:-1]]
        told = self.say("step", here, step["step"], 0, roles, passed_over=passed_over)
        self.fired[waiting[-1]] = _Firing(step, here.at, roles, told)

    def fire_hand_overs(self, here: _Seen) -> None:
        """R11."""
        for firing in filter(None, self.fired.values()):
            if firing.superseded or firing.handed_over or "ack_within_hours" not in firing.step:
                continue
            if here.at >= self.hand_over_at(firing) and not self.acknowledged(firing, here.at):
                firing.handed_over = True
                step = firing.step
                self.say("hand_over", here, step["step"], 0, set(step["then"]))

    def fire_repetitions(self, here: _Seen) -> None:
        """R9: the newest repetition that is due, if it has not fired yet."""
        for firing in filter(None, self.fired.values()):
            every = firing.step.get("repeat_every_days")
            if firing.superseded or every is None or self.acknowledged(firing, here.at):
                continue
            newest = 0
            while newest != firing.step.get("max_repeats"):
                day = local_date(firing.at, self.zone) + timedelta(days=every * (newest + 1))
                if instant_of(day, self.hour, self.zone) > here.at:
                    break
                newest += 1
            if newest > firing.repetition:
                firing.repetition = newest
                step = firing.step["step"]
                firing.told |= self.say("repeat", here, step, newest, firing.roles)

    def grant(self, before: _Seen | None, here: _Seen) -> None:
        """R13: tell those for whom consent came while their step is the highest fired one.

        A snooze delays this to its end (R12); there it lapses if a higher step has fired.
        """
        firing = self.highest()
        if firing:
            fresh = here.consents - before.consents if before else set()
            firing.owed |= fresh & self.needs_consent & firing.roles
        if self.snoozed(here.at):
            return
        if firing and (roles := (firing.owed & here.consents) - firing.told):
            step = firing.step["step"]
            firing.told |= self.say("consent_granted", here, step, 0, roles)
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
        passed_over: list[int] | None = None,
        silence: Interval | None = None,
    ) -> set[str]:
        """Write a line, asking consent (R13); return who is told."""
        missing = (roles & self.needs_consent) - here.consents
        notify = (roles - missing) or {FALLBACK}
        if kind not in ("resolved", "closed"):
            self.told |= notify
        earliest, latest = silence or here.last_contact
        today = local_date(here.at, self.zone)
        self.lines.append(
            {
                "at": written(here.at),
                "case": self.name,
                "kind": kind,
                "step": step,
                "repetition": repetition,
                "notify": sorted(notify),
                "consent_needed": sorted(missing),
                "passed_over": sorted(passed_over or []),
                "silent_days": [max(0, (today - latest).days), (today - earliest).days],
            }
        )
        return notify
