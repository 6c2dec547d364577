"""The naive clock checked by hand, and the invented files checked for what they reach."""

import json
import random
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.domain import clock_example
from tests.domain.naive_clock import (
    add_months,
    due_at,
    edtf_bounds,
    instant,
    instant_of,
    local_date,
    naive_replay,
)
from tests.domain.scenarios import PLACES, random_document

Json = dict[str, Any]


def test_the_example_of_the_rules_to_the_letter() -> None:
    """The file in the rules prints exactly the lines printed beside it."""
    printed = [json.loads(line) for line in clock_example.PRINTED.splitlines()]
    assert naive_replay(json.loads(clock_example.FILE)) == printed


# --- dates and instants -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "at", "zone", "expected"),
    [
        ("2018-03-25", "02:30", "Europe/Berlin", "2018-03-25T01:30:00Z"),  # gap: 03:30
        ("2018-10-28", "02:30", "Europe/Berlin", "2018-10-28T00:30:00Z"),  # twice: the first
        ("2018-03-11", "00:30", "America/Havana", "2018-03-11T05:30:00Z"),  # gap: 01:30
        ("2018-11-04", "00:30", "America/Havana", "2018-11-04T04:30:00Z"),  # twice: the first
        ("2011-12-30", "09:00", "Pacific/Apia", "2011-12-30T19:00:00Z"),  # 31 December, 09:00
        ("2011-12-31", "09:00", "Pacific/Apia", "2011-12-30T19:00:00Z"),
        ("2020-02-29", "09:00", "Asia/Kathmandu", "2020-02-29T03:15:00Z"),
    ],
)
def test_r4_local_times_that_do_not_exist_or_come_twice(
    day: str, at: str, zone: str, expected: str
) -> None:
    """R4: forward by the gap; the first of two."""
    found = instant_of(date.fromisoformat(day), time.fromisoformat(at), zone)
    assert found == instant(expected)


def test_r4_agrees_with_the_meaning_of_fold_zero() -> None:
    """R4: PEP 495 gives fold=0 the same meaning, so the two must agree near every change."""
    for zone, near in PLACES:
        for days in range(-2, 45):
            for hour in ("00:00", "00:30", "01:30", "02:30", "09:00", "23:30"):
                day, at = near + timedelta(days=days), time.fromisoformat(hour)
                local = datetime.combine(day, at, tzinfo=ZoneInfo(zone))
                assert instant_of(day, at, zone) == local.astimezone(UTC), (zone, day, hour)


def test_r4_months_are_clamped_to_their_end() -> None:
    """R4: 31 January and one month is the last of February, leap day or not."""
    assert add_months(date(2019, 1, 31), 1) == date(2019, 2, 28)
    assert add_months(date(2020, 1, 31), 1) == date(2020, 2, 29)
    assert add_months(date(2020, 2, 29), 12) == date(2021, 2, 28)
    assert add_months(date(2019, 12, 31), 2) == date(2020, 2, 29)
    assert add_months(date(2019, 10, 31), 14) == date(2020, 12, 31)


@pytest.mark.parametrize(
    ("edtf", "earliest", "latest"),
    [
        ("2018-01-22", "2018-01-22", "2018-01-22"),
        ("2018-01-22~", "2018-01-22", "2018-01-22"),
        ("2020-02", "2020-02-01", "2020-02-29"),
        ("2018", "2018-01-01", "2018-12-31"),
        ("2017-10/2018-01", "2017-10-01", "2018-01-31"),
    ],
)
def test_words_occurred_is_an_interval(edtf: str, earliest: str, latest: str) -> None:
    """A contact occurred from the first to the last day its EDTF expression allows."""
    assert edtf_bounds(edtf) == (date.fromisoformat(earliest), date.fromisoformat(latest))


# --- rules, one small file each ---------------------------------------------------------------

STEPS: list[Json] = [
    {"step": 1, "after_days": 2, "notify": ["caseworker"]},
    {"step": 2, "after_days": 5, "notify": ["supervisor"]},
]


def run(
    events: list[Json],
    *,
    steps: list[Json] = STEPS,
    downtime: list[Json] | None = None,
    **policy: object,
) -> list[str]:
    """One case opened on 1 June 2021 at 00:00, UTC, until 1 July; each line in short."""
    document = {
        "timezone": "UTC",
        "to": "2021-07-01T00:00:00Z",
        "policy": {"needs_consent": ["consular"], "steps": steps, **policy},
        "downtime": downtime or [],
        "cases": [
            {"case": "A", "opened": "2021-06-01T00:00:00Z", "consents": [], "events": events}
        ],
    }
    shown = []
    for line in naive_replay(document):
        step = "" if line["step"] is None else f" {line['step']}.{line['repetition']}"
        shown.append(f"{line['at'][8:16]} {line['kind']}{step} {'+'.join(line['notify'])}")
    return shown


def on(day: int, kind: str, hour: str = "12:00", **members: object) -> Json:
    """An event in June 2021."""
    return {"at": f"2021-06-{day:02}T{hour}:00Z", "type": kind, **members}


def heard(day: int, name: str, occurred: str, hour: str = "12:00", **members: object) -> Json:
    """A confirmed direct contact, entered in June 2021."""
    contact = {"id": name, "occurred": occurred, "class": "direct", "confirmed": True, **members}
    return on(day, "contact", hour, **contact)


def down(start: str, end: str) -> Json:
    """A downtime in June 2021."""
    return {"from": f"2021-06-{start}:00Z", "to": f"2021-06-{end}:00Z"}


FIRST, SECOND = "03T09:00 step 1.0 caseworker", "06T09:00 step 2.0 supervisor"


def test_r2_opening_starts_the_clock() -> None:
    """R2, R4: without any report the steps count from the day of opening."""
    assert run([]) == [FIRST, SECOND]


def test_r5_forward_keeps_what_is_still_due_and_arms_the_rest() -> None:
    """R5: heard of on the 8th as on the 5th: step 1 stays fired, step 2 fires again."""
    assert run([heard(8, "a", "2021-06-05")]) == [FIRST, SECOND, "10T09:00 step 2.0 supervisor"]


def test_r5_all_clear_once_to_everyone_told() -> None:
    """R5: no step due any more: one notice to all told; then the clock starts anew."""
    assert run([heard(8, "a", "2021-06-08"), heard(9, "b", "2021-06-09")]) == [
        *(FIRST, SECOND, "08T12:00 resolved caseworker+supervisor"),
        *("11T09:00 step 1.0 caseworker", "14T09:00 step 2.0 supervisor"),
    ]


def test_r6_r8_a_retraction_moves_back_and_catches_up() -> None:
    """R6, R8: after the all-clear proves wrong the highest step fires at once."""
    lines = run([heard(8, "a", "2021-06-08"), on(9, "retract", id="a")])
    assert lines[2:] == [
        "08T12:00 resolved caseworker+supervisor",
        "09T12:00 step 2.0 caseworker+supervisor",
    ]


def test_r14_unconfirmed_contacts_move_nothing_until_confirmed() -> None:
    """R14: the anchor moves with the confirmation."""
    lines = run([heard(4, "a", "2021-06-04", confirmed=False), on(5, "confirm", id="a")])
    assert lines[:3] == [FIRST, "05T12:00 resolved caseworker", "06T09:00 step 1.0 caseworker"]


def test_r9_r10_an_acknowledgement_holds_repetitions_and_the_newest_goes_on() -> None:
    """R9, R10: held for two days; at its end only the newest due repetition fires."""
    repeating = [{**STEPS[0], "repeat_every_days": 1, "max_repeats": 5}]
    lines = run([on(4, "acknowledge")], steps=repeating, ack_lasts_days=2)
    assert lines == [
        *(FIRST, "04T09:00 repeat 1.1 caseworker", "06T12:00 repeat 1.3 caseworker"),
        *("07T09:00 repeat 1.4 caseworker", "08T09:00 repeat 1.5 caseworker"),
    ]


def test_r11_r18_hand_over_unless_acknowledged_at_that_very_instant() -> None:
    """R11: 24 hours after firing. R18: an acknowledgement at that instant comes first."""
    steps = [{**STEPS[0], "ack_within_hours": 24, "then": ["supervisor"]}]
    assert run([], steps=steps) == [FIRST, "04T09:00 hand_over 1.0 supervisor"]
    ack = [on(4, "acknowledge", "09:00")]
    assert run(ack, steps=steps) == [FIRST]
    assert run(ack, steps=steps, ack_lasts_days=3) == [FIRST, "07T09:00 hand_over 1.0 supervisor"]


def test_r10_an_acknowledgement_at_the_instant_of_firing_comes_before_it() -> None:
    """R10, R18: it holds only what fired before."""
    steps = [{**STEPS[0], "repeat_every_days": 1, "max_repeats": 1}]
    assert run([on(3, "acknowledge", "09:00")], steps=steps) == [
        *(FIRST, "04T09:00 repeat 1.1 caseworker"),
    ]


def test_r12_snooze_delays_and_the_newest_replaces() -> None:
    """R12, R8: at the snooze's end the highest due step fires for both."""
    snooze = on(2, "snooze", until="2021-06-10T00:00:00Z")
    assert run([snooze]) == ["10T00:00 step 2.0 caseworker+supervisor"]
    ended = on(4, "snooze", until="2021-06-04T00:00:00Z")
    assert run([snooze, ended]) == ["04T12:00 step 1.0 caseworker", SECOND]


def test_r13_consent_given_later_is_made_up_for() -> None:
    """R13: the stand-in is told; with consent the role is told once."""
    steps = [{"step": 1, "after_days": 2, "notify": ["consular"]}]
    given = on(4, "consent", role="consular", given=True)
    withdrawn = on(5, "consent", role="consular", given=False)
    again = on(6, "consent", role="consular", given=True)
    granted = "04T12:00 consent_granted 1.0 consular"
    assert run([given, withdrawn, again], steps=steps) == [FIRST, granted]
    late = on(3, "snooze", until="2021-06-07T00:00:00Z")
    assert run([late, given, withdrawn], steps=steps) == [FIRST]
    assert run([late, given, withdrawn, again], steps=steps) == [
        *(FIRST, "07T00:00 consent_granted 1.0 consular"),
    ]


def test_r15_closed_and_reopened() -> None:
    """R15: one notice; reopened, what is due catches up, at one instant too."""
    close, reopen = on(7, "close", reason="released"), on(9, "reopen")
    closed = "07T12:00 closed caseworker+supervisor"
    caught_up = "step 2.0 caseworker+supervisor"
    assert run([close]) == [FIRST, SECOND, closed]
    assert run([close, reopen]) == [FIRST, SECOND, closed, f"09T12:00 {caught_up}"]
    both = [close, on(7, "reopen")]
    assert run(both) == [FIRST, SECOND, closed, f"07T12:00 {caught_up}"]


def test_downtime_ends_with_an_evaluation_unless_another_goes_on() -> None:
    """Within a downtime nothing is evaluated; overlapping ones act as one."""
    two = [down("02T00:00", "04T00:00"), down("03T00:00", "05T10:00")]
    assert run([], downtime=two) == ["05T10:00 step 1.0 caseworker", SECOND]
    assert run([], downtime=[down("03T08:00", "03T09:00")]) == [FIRST, SECOND]


# --- what the invented files reach ------------------------------------------------------------


def check_valid(document: Json) -> None:
    """R4, R14, R16 and the format: what a replay file must keep to, for any zone used."""
    at = time.fromisoformat(document["policy"].get("at", "09:00"))
    zones = {document["timezone"]} | {c.get("timezone", "UTC") for c in document["cases"]}
    for zone in zones:
        for days in range(0, 4 * 366, 7):
            anchor = date(2010, 12, 1) + timedelta(days=days)
            dues = [due_at(step, anchor, at, zone) for step in document["policy"]["steps"]]
            assert dues == sorted(set(dues))
    for down_time in document["downtime"]:
        assert instant(down_time["from"]) < instant(down_time["to"])
    names = [case["case"] for case in document["cases"]]
    assert len(set(names)) == len(names)
    for case in document["cases"]:
        zone = case.get("timezone", document["timezone"])
        known: set[str] = set()
        for event in sorted(case["events"], key=lambda event: instant(event["at"])):
            assert instant(event["at"]) >= instant(case["opened"])
            if event["type"] == "contact":
                assert event["id"] not in known
                known.add(event["id"])
                earliest, latest = edtf_bounds(event["occurred"])
                assert earliest is not None
                assert latest is not None
                assert earliest <= latest
                assert earliest <= local_date(instant(event["at"]), zone)
            elif "id" in event:
                assert event["id"] in known


def test_invented_files_are_valid_and_reach_the_corners() -> None:
    """Every kind of line, and what is rare, comes up again and again."""
    reached: Counter[str] = Counter()
    for seed in range(60):
        document = random_document(random.Random(seed))
        check_valid(document)
        assert json.loads(json.dumps(document)) == document
        for line in naive_replay(document):
            reached[line["kind"]] += 1
            reached["passed over"] += bool(line["passed_over"])
            reached["consent needed"] += bool(line["consent_needed"])
            reached["stand-in"] += line["consent_needed"] != [] and line["notify"] == ["caseworker"]
            reached["vague"] += line["silent_days"][0] != line["silent_days"][1]
        reached["downtime"] += document["downtime"] != []
        for case in document["cases"]:
            together = Counter(event["at"] for event in case["events"])
            reached["together"] += max(together.values(), default=0) > 1
    wanted = ["resolved", "closed", "step", "repeat", "hand_over", "consent_granted"]
    wanted += ["passed over", "consent needed", "stand-in", "vague", "downtime", "together"]
    assert {name for name in wanted if reached[name] >= 3} == set(wanted), reached
