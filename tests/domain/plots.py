"""Short stories that chance alone would tell too rarely: several events that belong together."""

from datetime import datetime, timedelta
from typing import Any

from tests.domain.choices import Choices
from tests.domain.naive_clock import instant, local_date, naive_replay, written

Json = dict[str, Any]


def plot(choices: Choices, document: Json, case: Json) -> list[Json]:
    """The events of one story about a case, laid upon what happens in a document so far.

    `document` holds that case only. An empty list when there is nothing to build upon.
    """
    lines = naive_replay(document)
    if not lines:
        return []
    zone = case.get("timezone") or document["timezone"]
    wanting = [line for line in lines if line["consent_needed"]]
    if wanting and choices.chance(60):
        return _consent_while_snoozed(choices, document, case, choices.pick(wanting), zone)
    start = instant(choices.pick(lines)["at"]) + timedelta(hours=1)
    if choices.chance(50):
        return _closed_and_snoozed(choices, document, case, start, zone)
    return _heard_and_taken_back(choices, document, case, start, zone)


def _consent_while_snoozed(
    choices: Choices, document: Json, case: Json, line: Json, zone: str
) -> list[Json]:
    """R12, R13: consent comes (and goes) in a snooze; perhaps the higher step is armed again."""
    at = instant(line["at"])
    until = at + timedelta(days=choices.pick([1, 3, 12, 33]))
    role = choices.pick(line["consent_needed"])
    told = [_event(at, 1, "snooze", until=written(until))]
    told.append(_event(at, 2, "consent", role=role, given=True))
    if choices.chance(30):
        told.append(_event(at, 3, "consent", role=role, given=False))
    if choices.chance(30):
        told.append(_event(at, 4, "consent", role=role, given=True))
    if choices.chance(50):
        later = until + timedelta(hours=choices.pick([0, 1, 40]))
        told.append(_heard(choices, document, case, later, zone))
    return told


def _closed_and_snoozed(
    choices: Choices, document: Json, case: Json, at: datetime, zone: str
) -> list[Json]:
    """R12, R15: snoozed while closed; reopened, perhaps heard of."""
    until = at + timedelta(days=choices.pick([2, 10, 60]))
    told = [_event(at, 0, "close", reason="found"), _event(at, 1, "snooze", until=written(until))]
    told.append(_event(at, 24, "reopen"))
    if choices.chance(60):
        reported = at + timedelta(hours=choices.pick([2, 24]))
        told.append(_heard(choices, document, case, reported, zone))
    return told


def _heard_and_taken_back(
    choices: Choices, document: Json, case: Json, at: datetime, zone: str
) -> list[Json]:
    """R5, R6, R12: heard of, snoozed, and the report is taken back within the snooze."""
    contact = _heard(choices, document, case, at, zone)
    until = at + timedelta(days=choices.pick([2, 10, 60]))
    back = timedelta(hours=2 + choices.pick([0, 0, 30, 200])) + at
    return [
        contact,
        _event(at, 1, "snooze", until=written(until)),
        _event(back, 0, "retract", id=contact["id"]),
    ]


def _heard(choices: Choices, document: Json, case: Json, at: datetime, zone: str) -> Json:
    """A confirmed contact that resets, of today or on which some step has just fallen due."""
    policy = document["policy"]
    step = choices.pick(policy["steps"])
    ago = step.get("after_days", 31 * step.get("after_months", 0))
    day = local_date(at, zone) - timedelta(days=choices.pick([0, 1, ago, ago + 1]))
    return _event(
        *(at, 0, "contact"),
        id=f"c{1 + sum(event['type'] == 'contact' for event in case['events'])}",
        occurred=str(day),
        confirmed=True,
        **{"class": choices.pick(policy.get("resets", ["direct"]))},
    )


def _event(at: datetime, hours: int, kind: str, **members: object) -> Json:
    return {"at": written(at + timedelta(hours=hours)), "type": kind, **members}
