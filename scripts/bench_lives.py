"""What the clock remembers of invented silences: lived through by the rules themselves."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from tracker.domain import memory
from tracker.domain.casefile import CaseFile
from tracker.domain.contact import Contact, ContactClass
from tracker.domain.due import next_look, next_step_at
from tracker.domain.evaluate import Kind, Notice, evaluate
from tracker.domain.policy import Policy
from tracker.domain.policy_document import default_policy

EVENING = datetime(2026, 3, 2, 20, tzinfo=UTC)
"""Nothing is due."""

MORNING = datetime(2026, 3, 3, 18, tzinfo=UTC)
"""It has been nine o'clock in every zone since: a day's worth of cases is due."""

ZONES = ("Asia/Almaty", "Europe/Istanbul", "Europe/Berlin", "America/New_York")
SILENT_AT_MOST = 500

CONTACT = "f" * 32
"""Stands in a memory for the id of the case's one report."""


@dataclass(frozen=True, slots=True)
class Life:
    """A case silent for so many days, as the rules leave it on the evening."""

    last: date
    zone_name: str
    memory: bytes
    next_look_at: datetime | None
    next_step_at: datetime | None
    wants_consent: bool
    band: str
    silent_rank: datetime
    step: tuple[datetime, Notice] | None

    def looked_at_within(self, start: datetime, end: datetime) -> bool:
        """Whether the next look falls due after `start`, and by `end`."""
        return self.next_look_at is not None and start < self.next_look_at <= end


def all_lives() -> list[Life]:
    """Every silence of up to so many days, in every zone, under the default policy."""
    policy = default_policy()
    return [_life(policy, days, zone) for zone in ZONES for days in range(SILENT_AT_MOST)]


def plain(value: object) -> bytes:
    """A value as it is sealed."""
    return json.dumps(value, separators=(",", ":")).encode()


def _life(policy: Policy, days: int, zone_name: str) -> Life:
    """Live through it: each alert is acknowledged an hour after it was raised."""
    last = EVENING.date() - timedelta(days=days)
    opened = datetime.combine(last, time(6), UTC)
    file = CaseFile(opened, zone_name)
    file.enter_contact(CONTACT, Contact(last, last, ContactClass.DIRECT, confirmed=True))
    evaluate(file, policy, opened)
    step = None
    while (now := next_look(file, policy)) is not None and now <= EVENING:
        for notice in evaluate(file, policy, now):
            step = (now, notice) if notice.kind is Kind.STEP else step
        file.acknowledge(now + timedelta(hours=1), timedelta(days=30))
    anchor = policy.anchor(file.last_contact(policy))
    return Life(
        last,
        zone_name,
        plain(memory.dump(file)),
        now,
        next_step_at(file, policy),
        bool(file.consents_wanted(policy)),
        str(policy.band_of(file.firings)),
        policy.due_at(policy.steps[0], anchor, file.zone),
        step,
    )
