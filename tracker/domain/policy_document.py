"""A policy as JSON: read with checks (R4, R13), and written back."""

from __future__ import annotations

import re
from datetime import time
from typing import Any

from tracker.domain.contact import ContactClass
from tracker.domain.documents import (
    Members,
    contact_class,
    flag,
    one_of,
    parsed,
    whole,
)
from tracker.domain.errors import MalformedDocument
from tracker.domain.evaluate import CASEWORKER
from tracker.domain.policy import Band, CountsFrom, Policy, Step, misordered

_CENTURY_IN_DAYS = 36_600


_TIME_OF_DAY = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?")


def _time_of_day(raw: str) -> time:
    match = _TIME_OF_DAY.fullmatch(raw)
    if match is None:
        raise ValueError("write a time of day as 09:00")
    return time(int(match[1]), int(match[2]), int(match[3] or 0))


def read_policy(raw: object, path: str = "") -> Policy:
    """The policy in a JSON value. Raises MalformedDocument with the wrong member's path."""
    members = Members(
        raw,
        path,
        required={"steps"},
        optional={"at", "counts_from", "resets", "needs_consent", "ack_lasts_days"},
    )
    steps = tuple(_step(item, item_path) for item, item_path in members.items("steps"))
    steps_path = members.path("steps")
    if not steps:
        raise MalformedDocument(steps_path, "a policy needs at least one step.")
    numbers = [step.number for step in steps]
    for index, number in enumerate(numbers):
        if number in numbers[:index]:
            raise MalformedDocument(f"{steps_path}[{index}].step", "number each step differently.")
    if (wrong := misordered(steps)) is not None:
        raise MalformedDocument(
            f"{steps_path}[{wrong}]",
            "this step must fall due after the one before it, whatever the month; move it later.",
        )
    resets = frozenset(
        contact_class(item, item_path) for item, item_path in members.items("resets")
    )
    if members.has("resets") and not resets:
        raise MalformedDocument(members.path("resets"), "name at least one class, as direct.")
    needs_consent = frozenset(members.texts("needs_consent"))
    if CASEWORKER in needs_consent:
        raise MalformedDocument(
            members.path("needs_consent"),
            "a caseworker is always told; leave it out (R13).",
        )
    counts_from = members.get("counts_from", one_of(*CountsFrom)) or CountsFrom.EARLIEST
    return Policy(
        steps=steps,
        at=members.get("at", parsed(_time_of_day)) or time(9),
        counts_from=CountsFrom(counts_from),
        resets=resets or frozenset({ContactClass.DIRECT}),
        needs_consent=needs_consent,
        ack_lasts_days=members.get("ack_lasts_days", whole(1, _CENTURY_IN_DAYS)),
    )


def _step(raw: object, path: str) -> Step:
    members = Members(
        raw,
        path,
        required={"step", "notify"},
        optional={
            "after_days",
            "after_months",
            "repeat_every_days",
            "max_repeats",
            "ack_within_hours",
            "then",
            "band",
            "urgent",
        },
    )
    after_days = members.get("after_days", whole(1, _CENTURY_IN_DAYS))
    after_months = members.get("after_months", whole(1, 1200))
    if (after_days is None) == (after_months is None):
        raise MalformedDocument(
            members.path("after_days"), "give after_days or after_months, one of them."
        )
    hours = members.get("ack_within_hours", whole(1, 24 * _CENTURY_IN_DAYS))
    then = members.texts("then")
    if hours is not None and not then:
        raise MalformedDocument(
            members.path("then"), "say who takes over when nobody acknowledges in time."
        )
    if then and hours is None:
        raise MalformedDocument(
            members.path("ack_within_hours"),
            "say after how many hours the others take over.",
        )
    notify = members.texts("notify")
    if not notify:
        raise MalformedDocument(members.path("notify"), "a step tells at least one role.")
    repeat = members.get("repeat_every_days", whole(1, _CENTURY_IN_DAYS))
    most = members.get("max_repeats", whole(0, 1_000_000))
    band = members.get("band", one_of(Band.WATCH, Band.OVERDUE, Band.CRITICAL))
    return Step(
        number=members.need("step", whole(1, 1_000_000)),
        notify=notify,
        after_days=after_days,
        after_months=after_months,
        repeat_every_days=repeat,
        max_repeats=most,
        ack_within_hours=hours,
        then=then,
        band=Band(band) if band else None,
        urgent=bool(members.get("urgent", flag)),
    )


def write_policy(policy: Policy) -> dict[str, Any]:
    """The JSON form of a policy; `read_policy` reads it back to an equal one."""
    document: dict[str, Any] = {
        "at": policy.at.isoformat(timespec="minutes" if not policy.at.second else "seconds"),
        "counts_from": str(policy.counts_from),
        "resets": sorted(policy.resets),
        "needs_consent": sorted(policy.needs_consent),
    }
    if policy.ack_lasts_days is not None:
        document["ack_lasts_days"] = policy.ack_lasts_days
    document["steps"] = [_write_step(step) for step in policy.steps]
    return document


def _write_step(step: Step) -> dict[str, Any]:
    members: dict[str, Any] = {
        "step": step.number,
        "after_days": step.after_days,
        "after_months": step.after_months,
        "notify": list(step.notify),
        "repeat_every_days": step.repeat_every_days,
        "max_repeats": step.max_repeats,
        "ack_within_hours": step.ack_within_hours,
        "then": list(step.then) or None,
        "band": str(step.band) if step.band else None,
        "urgent": step.urgent or None,
    }
    return {name: value for name, value in members.items() if value is not None}


def default_policy() -> Policy:
    """The policy a new instance starts with; editable at `/policies`."""
    everyone = ["caseworker", "supervisor", "consular"]
    return read_policy(
        {
            "at": "09:00",
            "counts_from": "earliest",
            "resets": ["direct"],
            "needs_consent": ["consular"],
            "ack_lasts_days": 30,
            "steps": [
                {"step": 1, "after_days": 7, "notify": ["caseworker"], "band": "watch"},
                {
                    "step": 2,
                    "after_days": 14,
                    "notify": ["caseworker"],
                    "repeat_every_days": 7,
                    "ack_within_hours": 48,
                    "then": ["supervisor"],
                    "band": "watch",
                },
                {"step": 3, "after_days": 30, "notify": everyone, "band": "overdue"},
                {
                    "step": 4,
                    "after_days": 75,
                    "notify": ["caseworker", "supervisor"],
                    "repeat_every_days": 3,
                    "ack_within_hours": 24,
                    "then": ["supervisor"],
                    "band": "overdue",
                    "urgent": True,
                },
                {"step": 5, "after_months": 3, "notify": everyone, "band": "critical"},
                {"step": 6, "after_months": 6, "notify": everyone, "band": "critical"},
                {
                    "step": 7,
                    "after_months": 12,
                    "notify": everyone,
                    "repeat_every_days": 180,
                    "band": "critical",
                },
            ],
        }
    )
