"""Invented files for `tracker replay`: all valid, and aimed at the corners of the rules.

One generator makes every document; its choices come from a seeded `random.Random`
(`random_document`) or from hypothesis (`documents`), which can then shrink them. Events are laid in
rounds: each round looks at what the naive clock says would happen so far, and puts the next events
on those very instants or one second beside them.
"""

import calendar
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.domain.choices import Choices, Dice, Drawn
from tests.domain.naive_clock import instant, local_date, naive_replay, written
from tests.domain.plots import plot

Json = dict[str, Any]

CLASSES = ["direct", "constrained", "third_party", "official", "failed_attempt", "rumour"]
ROLES = ["caseworker", "supervisor", "consular"]
REASONS = ["found", "released", "died", "withdrawn"]
HOURS = ["09:00", "00:30", "02:30", "00:00", "01:30", "23:30"]
# A zone, and a day near which something happens to its clocks or to the calendar.
PLACES = [
    ("Asia/Almaty", date(2018, 1, 5)),
    ("Asia/Almaty", date(2024, 2, 10)),  # one hour back on 1 March 2024
    ("Europe/Berlin", date(2018, 3, 1)),
    ("Europe/Berlin", date(2019, 10, 1)),
    ("America/St_Johns", date(2010, 10, 20)),  # changed at 00:01: the day before came again
    ("America/St_Johns", date(2017, 3, 1)),
    ("Pacific/Apia", date(2011, 12, 10)),  # 30 December 2011 never was
    ("Africa/Casablanca", date(2018, 5, 1)),
    ("Africa/Casablanca", date(2019, 4, 20)),
    ("Asia/Kathmandu", date(2020, 1, 29)),
    ("America/Havana", date(2018, 2, 20)),  # changes at 00:00 and back at 01:00
    ("America/Havana", date(2018, 10, 20)),
    ("Australia/Lord_Howe", date(2018, 9, 20)),  # half an hour
    ("UTC", date(2023, 11, 30)),
]


def random_document(rng: random.Random) -> Json:
    """A valid replay document from a seeded generator."""
    return _Maker(Dice(rng)).document()


@st.composite
def documents(draw: st.DrawFn) -> Json:
    """Valid replay documents for hypothesis."""
    return _Maker(Drawn(draw)).document()


class _Maker(Choices):
    # --- the file -----------------------------------------------------------------------------

    def document(self) -> Json:
        zone, near = self.pick(PLACES)
        start = datetime(near.year, near.month, near.day, tzinfo=UTC)
        length = timedelta(days=self.pick([40, 60, 90, 150, 420]))
        document: Json = {
            "timezone": zone,
            "to": written(start + length),
            "policy": self.policy(),
            "downtime": [],
            "cases": [],
        }
        for name in ["B", "A", "b10", "b9"][: self.pick([1, 1, 1, 2, 4])]:
            document["cases"].append(self.case(name, start, length))
        rounds = self.whole(0, 5)
        for number in range(rounds):
            for case in document["cases"]:
                self.add_events(document, case)
            if number == 0:
                notable = _notable(document)
                for _ in range(self.pick([0, 1, 3])):
                    document["downtime"].append(self.downtime(document, notable))
        if self.chance(20):
            latest_opening = max(instant(case["opened"]) for case in document["cases"])
            end = self.moment(document, _notable(document))
            document["to"] = written(max(end, latest_opening))
        for case in document["cases"]:
            self.shuffle(case["events"])
        return document

    def policy(self) -> Json:
        policy: Json = {"needs_consent": self.some(ROLES[1:], 55), "steps": self.steps()}
        if self.chance(70):
            policy["at"] = self.pick(HOURS)
        if self.chance(50):
            policy["counts_from"] = self.pick(["earliest", "latest"])
        if self.chance(40):
            policy["resets"] = self.some(CLASSES, 40) or ["direct"]
        if self.chance(50):
            policy["ack_lasts_days"] = self.pick([1, 2, 5, 14])
        return policy

    def steps(self) -> list[Json]:
        """Steps in days and in months, never closer than two days for any anchor."""
        steps = []
        days, months = 0, 0  # the last step: at most so many days, or exactly so many months
        for number in range(1, self.whole(1, 5) + 1):
            step: Json = {"step": number}
            if self.chance(35):
                months = max(months, (days + 2) // 28) + self.whole(1, 2)
                days = months * 31
                step["after_months"] = months
            else:
                days += self.pick([2, 3, 7, 16, 30])
                months = 0
                step["after_days"] = days
            step["notify"] = self.some(ROLES, 45) or [self.pick(ROLES)]
            if self.chance(45):
                step["repeat_every_days"] = self.pick([1, 2, 7, 10])
                if self.chance(60):
                    step["max_repeats"] = self.whole(1, 4)
            if self.chance(45):
                step["ack_within_hours"] = self.pick([1, 24, 36, 48, 200, 500])
                step["then"] = self.some(ROLES, 40) or [self.pick(ROLES)]
            if self.chance(10):
                step["band"] = self.pick(["watch", "overdue", "critical"])
                step["urgent"] = self.chance(50)
            steps.append(step)
        return steps

    def case(self, name: str, start: datetime, length: timedelta) -> Json:
        opened = start + timedelta(seconds=self.whole(0, int(length.total_seconds()) // 3))
        case: Json = {
            "case": name,
            "opened": written(opened),
            "consents": self.some(ROLES[1:], 25),
            "events": [],
        }
        if self.chance(25):
            case["timezone"] = self.pick(PLACES)[0]
        if self.chance(35):
            case["missing_since"] = self.occurred(opened.date() + timedelta(days=self.whole(0, 3)))
        return case

    def downtime(self, document: Json, notable: list[datetime]) -> Json:
        start = self.moment(document, notable)
        end = self.moment(document, notable) if self.chance(40) else start
        if end <= start:
            end = start + self.pick([timedelta(seconds=1), *map(_days, (0.5, 1, 3, 10, 40))])
        return {"from": written(start), "to": written(end)}

    # --- instants -----------------------------------------------------------------------------

    def moment(self, document: Json, notable: list[datetime]) -> datetime:
        """Any instant, or one at which something happens, or one second beside it."""
        cases: list[Json] = document["cases"]
        first = min(instant(case["opened"]) for case in cases)
        if notable and self.chance(60):
            beside = timedelta(seconds=self.pick([0, 0, 0, -1, 1]))
            return max(first, self.pick(notable) + beside)
        last = max(instant(document["to"]), first)
        return first + timedelta(seconds=self.whole(0, int((last - first).total_seconds())))

    # --- events -------------------------------------------------------------------------------

    def add_events(self, document: Json, case: Json) -> None:
        alone = document | {"cases": [case]}
        notable = _notable(alone)
        inside = [  # an instant within a downtime: several of them may share one evaluation
            instant(down["from"]) + timedelta(minutes=minutes)
            for down in document["downtime"]
            for minutes in (0, 1, 2)
        ]
        if self.chance(30):
            case["events"] += plot(self, alone, case)
        at = instant(case["opened"])
        for number in range(self.whole(0, 5)):
            if number and self.chance(50):  # soon after the one before, or together with it
                at += self.pick([_days(0), _days(0), _days(0.01), _days(1), _days(5)])
            else:
                at = (
                    self.pick(inside) if inside and self.chance(25) else self.moment(alone, notable)
                )
                at = max(at, instant(case["opened"]))
            for event in self.events(document, case, at, notable):
                case["events"].append({"at": written(at), **event})

    def events(
        self, document: Json, case: Json, at: datetime, notable: list[datetime]
    ) -> list[Json]:
        today = local_date(at, case.get("timezone") or document["timezone"])
        before = [event for event in case["events"] if instant(event["at"]) <= at]
        contacts = [event for event in before if event["type"] == "contact"]
        doors = [event for event in before if event["type"] in ("close", "reopen")]
        doors.sort(key=lambda event: instant(event["at"]))
        if doors and doors[-1]["type"] == "close" and self.chance(60):
            return [{"type": "reopen"}]
        match self.whole(0, 18):
            case 7 | 8 if contacts:
                return [{"type": "retract", "id": self.pick(contacts)["id"]}]
            case 9 if contacts:
                return [{"type": "confirm", "id": self.pick(contacts)["id"]}]
            case 7 | 8 | 9 | 10:
                return [{"type": "acknowledge"}]
            case 11 | 12:
                until = at + _days(self.pick([0, 0.3, 1, 3, 10, 30, -2]))
                if notable and self.chance(40):
                    until = self.pick(notable)
                return [{"type": "snooze", "until": written(until)}]
            case 13 | 14 | 15:
                return [self.consent(given=self.chance(70))]
            case 16 | 17:
                close = {"type": "close", "reason": self.pick(REASONS)}
                return [close, {"type": "reopen"}] if self.chance(40) else [close]
            case 18:
                return [{"type": "reopen"}]
            case _:
                return [self.contact(document["policy"], case, today)]

    def consent(self, *, given: bool) -> Json:
        return {"type": "consent", "role": self.pick(ROLES[1:]), "given": given}

    def contact(self, policy: Json, case: Json, today: date) -> Json:
        number = 1 + sum(event["type"] == "contact" for event in case["events"])
        ago = self.pick([0, 0, 0, 1, 2, 5, 30, 900])
        if self.chance(35):  # so that this step is just due, or just not, and no higher one
            step = self.pick(policy["steps"])
            ago = step.get("after_days", 30 * step.get("after_months", 0)) + self.pick([0, 1, -1])
        klass = self.pick(["direct"] * 8 + CLASSES[1:])
        return {
            "type": "contact",
            "id": f"c{number}",
            "occurred": self.occurred(today - timedelta(days=ago)),
            "class": klass,
            "confirmed": self.chance(80),
        }

    def occurred(self, day: date) -> str:
        """A closed EDTF expression that does not begin after `day`."""
        month_end = day.replace(day=calendar.monthrange(day.year, day.month)[1])
        some_days_before = day - timedelta(days=self.pick([0, 3, 40]))
        return self.pick(
            [
                f"{day}",
                f"{day}",
                f"{day}",
                f"{day}",
                f"{day}~",
                f"{day:%Y-%m}",
                f"{day:%Y}",
                f"{some_days_before}/{day}",
                f"{some_days_before}/{day + timedelta(days=20)}",
                f"{some_days_before:%Y-%m}/{month_end + timedelta(days=1):%Y-%m}",
            ]
        )

    def shuffle(self, events: list[Json]) -> None:
        """Move the instants about in the list; events at one instant keep their order."""
        if self.chance(30):
            order = {event["at"]: self.whole(0, 99) for event in events}
            events.sort(key=lambda event: order[event["at"]])
        else:
            events.sort(key=lambda event: instant(event["at"]))


def _days(days: float) -> timedelta:
    return timedelta(days=days)


def _notable(document: Json) -> list[datetime]:
    """Instants at which something happens, or would have, in a document so far."""
    moments = {instant(down[side]) for down in document["downtime"] for side in ("from", "to")}
    lasts = document["policy"].get("ack_lasts_days")
    for case in document["cases"]:
        for event in case["events"]:
            moments.add(instant(event["at"]))
            if event["type"] == "snooze":
                moments.add(instant(event["until"]))
            if event["type"] == "acknowledge" and lasts:
                moments.add(instant(event["at"]) + _days(lasts))
    moments |= {instant(line["at"]) for line in naive_replay(document)}
    awake = document | {"downtime": [], "cases": [_without_snoozes(c) for c in document["cases"]]}
    if awake != document:  # what is held also marks an instant
        moments |= {instant(line["at"]) for line in naive_replay(awake)}
    end = instant(document["to"])
    return sorted(moment for moment in moments if moment <= end)


def _without_snoozes(case: Json) -> Json:
    return case | {"events": [event for event in case["events"] if event["type"] != "snooze"]}
