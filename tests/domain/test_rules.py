"""The rules of the clock, one by one, on small stories (clock.md R1–R18)."""

from __future__ import annotations

from typing import Any

import pytest

from tracker.domain.errors import MalformedDocument
from tracker.domain.foresee import run
from tracker.domain.replay_lines import line
from tracker.domain.replaying import read_document

WEEK = {"step": 1, "after_days": 7, "notify": ["caseworker"]}
MONTH = {"step": 2, "after_days": 30, "notify": ["caseworker", "supervisor"]}
QUARTER = {"step": 3, "after_months": 3, "notify": ["consular"]}


def story(
    *events: dict[str, Any], steps: tuple[dict[str, Any], ...] = (WEEK, MONTH, QUARTER), **more: Any
) -> list[dict[str, Any]]:
    """Lines of one case in UTC, opened on 1 January 2020 at 12:00, until 1 January 2021."""
    case_members = {"missing_since", "consents", "timezone", "opened"}
    case = {"case": "A", "opened": "2020-01-01T12:00:00Z", "events": list(events)}
    case.update({name: value for name, value in more.items() if name in case_members})
    policy = {"steps": list(steps), "needs_consent": ["consular"]}
    policy.update(more.get("policy", {}))
    document = {
        "timezone": "UTC",
        "to": more.get("to", "2021-01-01T00:00:00Z"),
        "policy": policy,
        "downtime": more.get("downtime", []),
        "cases": [case],
    }
    return [line(told) for told in run(read_document(document))]


def brief(lines: list[dict[str, Any]]) -> list[tuple[str, str, int | None]]:
    return [(told["at"][:10], told["kind"], told["step"]) for told in lines]


def contact(
    day: str, occurred: str, key: str = "c1", cls: str = "direct", confirmed: bool = True
) -> dict[str, Any]:
    return {
        "at": f"{day}T12:00:00Z",
        "type": "contact",
        "id": key,
        "occurred": occurred,
        "class": cls,
        "confirmed": confirmed,
    }


def event(day: str, kind: str, **members: Any) -> dict[str, Any]:
    return {"at": f"{day}T12:00:00Z", "type": kind, **members}


def test_r1_an_old_visit_typed_today_moves_nothing() -> None:
    lines = story(
        contact("2020-01-03", "2020-01-02"),
        contact("2020-01-05", "2019-06-01", "old"),
        to="2020-01-10T00:00:00Z",
    )
    assert brief(lines) == [("2020-01-09", "step", 1)]


def test_r1_only_classes_that_reset_count() -> None:
    staged = contact("2020-01-06", "2020-01-06", cls="constrained")
    assert brief(story(staged, to="2020-01-09T00:00:00Z")) == [("2020-01-08", "step", 1)]
    moved = story(staged, to="2020-01-09T00:00:00Z", policy={"resets": ["direct", "constrained"]})
    assert moved == []


def test_r2_without_any_contact_the_day_of_opening_counts() -> None:
    assert brief(story(to="2020-01-09T00:00:00Z")) == [("2020-01-08", "step", 1)]


def test_r2_a_first_contact_before_opening_moves_the_anchor_back() -> None:
    lines = story(contact("2020-01-02", "2019-12-01"), to="2020-01-03T00:00:00Z")
    assert brief(lines) == [("2020-01-02", "step", 2)]
    assert lines[0]["passed_over"] == [1]


def test_r3_silence_is_at_least_and_at_most() -> None:
    lines = story(missing_since="2019-11", to="2020-01-02T00:00:00Z")
    assert lines[0]["silent_days"] == [32, 61]


@pytest.mark.parametrize(
    ("counts_from", "day"), [("earliest", "2020-01-08"), ("latest", "2020-01-18")]
)
def test_r4_counts_from_either_bound(counts_from: str, day: str) -> None:
    vague = contact("2020-01-20", "2020-01-01/2020-01-11", confirmed=True)
    lines = story(
        vague,
        opened="2020-01-11T12:00:00Z",
        missing_since="2020-01-01/2020-01-11",
        policy={"counts_from": counts_from},
    )
    step_one = next(told for told in lines if told["step"] == 1)
    assert step_one["at"][:10] == (day if counts_from == "latest" else "2020-01-11")


def test_r4_months_are_clamped_to_their_end() -> None:
    lines = story(contact("2020-01-01", "2019-11-30"), steps=(QUARTER,), to="2020-03-05T00:00:00Z")
    assert brief(lines) == [("2020-02-29", "step", 3)]


@pytest.mark.parametrize(
    ("opened", "due"),
    [
        ("2020-03-22T12:00:00Z", "2020-03-29T01:30:00Z"),
        ("2020-10-18T12:00:00Z", "2020-10-25T00:30:00Z"),
    ],
    ids=["a gap moves forward", "an overlap is the first"],
)
def test_r4_local_times_of_clock_changes(opened: str, due: str) -> None:
    lines = story(
        opened=opened,
        timezone="Europe/Berlin",
        steps=(WEEK,),
        policy={"at": "02:30"},
        to="2020-12-01T00:00:00Z",
    )
    assert [told["at"] for told in lines] == [due]


@pytest.mark.parametrize(
    "steps",
    [
        ({**WEEK, "after_days": 30}, MONTH),
        ({**WEEK, "after_days": 89}, QUARTER),
        (QUARTER, {**MONTH, "step": 4, "after_days": 92}),
    ],
    ids=["equal", "February", "summer"],
)
def test_r4_steps_that_might_not_follow_each_other_are_refused(
    steps: tuple[dict[str, Any], ...],
) -> None:
    with pytest.raises(MalformedDocument, match=r"policy\.steps\[1\]"):
        story(steps=steps)


def test_r5_what_is_still_due_stays_fired_the_rest_is_armed_again() -> None:
    moved = contact("2020-02-05", "2020-01-20")
    lines = story(moved, to="2020-02-25T00:00:00Z")
    assert brief(lines) == [
        ("2020-01-08", "step", 1),
        ("2020-01-31", "step", 2),
        ("2020-02-19", "step", 2),
    ]


def test_r5_one_all_clear_to_everyone_told() -> None:
    lines = story(
        contact("2020-02-05", "2020-02-04"),
        contact("2020-02-06", "2020-02-06", "c2"),
        to="2020-02-10T00:00:00Z",
    )
    assert brief(lines)[-1] == ("2020-02-05", "resolved", None)
    assert lines[-1]["notify"] == ["caseworker", "supervisor"]


def test_r5_no_all_clear_when_nobody_was_told() -> None:
    assert story(contact("2020-01-03", "2020-01-03"), to="2020-01-09T00:00:00Z") == []


def test_r6_a_wrong_all_clear_is_followed_by_a_new_alert() -> None:
    lines = story(
        contact("2020-02-05", "2020-02-04"),
        event("2020-02-06", "retract", id="c1"),
        to="2020-02-10T00:00:00Z",
    )
    assert brief(lines)[-2:] == [("2020-02-05", "resolved", None), ("2020-02-06", "step", 2)]


def test_r8_only_the_highest_fires_and_tells_the_union() -> None:
    lines = story(missing_since="2019-09-01", to="2020-01-02T00:00:00Z", consents=["consular"])
    assert [told["passed_over"] for told in lines] == [[1, 2]]
    assert lines[0]["notify"] == ["caseworker", "consular", "supervisor"]


def test_r9_only_the_newest_repetition_after_a_downtime() -> None:
    steps = ({**WEEK, "repeat_every_days": 2, "max_repeats": 4},)
    lines = story(
        steps=steps,
        downtime=[{"from": "2020-01-09T00:00:00Z", "to": "2020-01-13T00:00:00Z"}],
        to="2020-02-01T00:00:00Z",
    )
    assert [(told["at"][:10], told["repetition"]) for told in lines] == [
        ("2020-01-08", 0),
        ("2020-01-13", 2),
        ("2020-01-14", 3),
        ("2020-01-16", 4),
    ]


def test_r9_no_repetition_at_all_may_be_asked_for() -> None:
    steps = ({**WEEK, "repeat_every_days": 2, "max_repeats": 0},)
    assert brief(story(steps=steps)) == [("2020-01-08", "step", 1)]


def test_r10_an_acknowledgement_that_ends_lets_go_on() -> None:
    steps = ({**WEEK, "repeat_every_days": 7},)
    lines = story(
        event("2020-01-09", "acknowledge"),
        steps=steps,
        policy={"ack_lasts_days": 10},
        to="2020-01-23T00:00:00Z",
    )
    assert [(told["at"], told["repetition"]) for told in lines] == [
        ("2020-01-08T09:00:00Z", 0),
        ("2020-01-19T12:00:00Z", 1),
        ("2020-01-22T09:00:00Z", 2),
    ]


def test_r10_never_holds_a_higher_step() -> None:
    assert brief(story(event("2020-01-09", "acknowledge"), to="2020-02-01T00:00:00Z"))[-1] == (
        "2020-01-31",
        "step",
        2,
    )


HANDED = {**WEEK, "ack_within_hours": 48, "then": ["supervisor"]}


def test_r11_unanswered_goes_to_the_others_once() -> None:
    lines = story(steps=(HANDED,), to="2020-03-01T00:00:00Z")
    assert [(told["at"], told["kind"], told["notify"]) for told in lines[1:]] == [
        ("2020-01-10T09:00:00Z", "hand_over", ["supervisor"])
    ]


def test_r11_acknowledged_at_that_very_instant_comes_first() -> None:
    acknowledged = {"at": "2020-01-10T09:00:00Z", "type": "acknowledge"}
    assert len(story(acknowledged, steps=(HANDED,), to="2020-03-01T00:00:00Z")) == 1


def test_r12_a_snooze_holds_everything_and_then_catches_up() -> None:
    lines = story(
        event("2020-01-03", "snooze", until="2020-02-02T00:00:00Z"), to="2020-02-05T00:00:00Z"
    )
    assert [(told["at"], told["step"], told["passed_over"]) for told in lines] == [
        ("2020-02-02T00:00:00Z", 2, [1])
    ]


def test_r12_an_all_clear_ends_a_snooze() -> None:
    lines = story(
        event("2020-01-09", "snooze", until="2020-02-15T00:00:00Z"),
        contact("2020-01-10", "2020-01-10"),
        to="2020-01-20T00:00:00Z",
    )
    assert brief(lines) == [
        ("2020-01-08", "step", 1),
        ("2020-01-10", "resolved", None),
        ("2020-01-17", "step", 1),
    ]


def test_r13_without_consent_a_caseworker_stands_in() -> None:
    lines = story(steps=(QUARTER,))
    assert (lines[0]["notify"], lines[0]["consent_needed"]) == (["caseworker"], ["consular"])


def test_r13_consent_given_later_is_made_up_for_once() -> None:
    given = event("2020-05-01", "consent", role="consular", given=True)
    lines = story(
        given, event("2020-05-02", "consent", role="consular", given=True), steps=(QUARTER,)
    )
    assert [(told["kind"], told["notify"]) for told in lines] == [
        ("step", ["caseworker"]),
        ("consent_granted", ["consular"]),
    ]


def test_r14_an_unconfirmed_contact_moves_nothing_until_confirmed() -> None:
    told = contact("2020-01-05", "2020-01-05", confirmed=False)
    assert brief(story(told, to="2020-01-09T00:00:00Z")) == [("2020-01-08", "step", 1)]
    assert story(told, event("2020-01-06", "confirm", id="c1"), to="2020-01-09T00:00:00Z") == []


def test_r14_an_open_start_cannot_be_confirmed() -> None:
    told = contact("2020-01-05", "../2019", confirmed=False)
    with pytest.raises(MalformedDocument, match=r"cases\[0\]\.events\[1\]\.id"):
        story(told, event("2020-01-06", "confirm", id="c1"))


def test_r15_closing_tells_once_and_reopening_arms_every_step() -> None:
    lines = story(
        event("2020-02-05", "close", reason="released"),
        event("2020-02-06", "close", reason="died"),
        event("2020-02-07", "reopen"),
        to="2020-02-08T00:00:00Z",
    )
    assert brief(lines)[2:] == [("2020-02-05", "closed", None), ("2020-02-07", "step", 2)]


def test_r16_the_future_is_refused_and_latest_clamped() -> None:
    with pytest.raises(MalformedDocument, match=r"cases\[0\]\.events\[0\]\.occurred"):
        story(contact("2020-01-05", "2020-01-06"))
    lines = story(
        contact("2020-02-05", "2020"), to="2020-02-06T00:00:00Z", policy={"counts_from": "latest"}
    )
    assert lines[-1]["kind"] == "resolved"


def test_r18_an_event_at_the_due_instant_comes_first() -> None:
    told = {
        "at": "2020-01-08T09:00:00Z",
        "type": "contact",
        "id": "c",
        "occurred": "2020-01-08",
        "class": "direct",
        "confirmed": True,
    }
    assert story(told, to="2020-01-10T00:00:00Z") == []


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"extra": 1}, "extra"),
        ({"to": "2021-01-01"}, "to"),
        ({"timezone": "Asia/Nowhere"}, "timezone"),
        ({"downtime": [{"from": "2020-01-01T00:00:00Z"}]}, "downtime[0].to"),
        ({"policy": {"steps": []}}, "policy.steps"),
        ({"policy": {"steps": [WEEK], "needs_consent": ["caseworker"]}}, "policy.needs_consent"),
        ({"policy": {"steps": [{**WEEK, "after_days": True}]}}, "policy.steps[0].after_days"),
        ({"policy": {"steps": [WEEK], "at": "9:00"}}, "policy.at"),
        ({"policy": {"steps": [WEEK], "at": "24:00"}}, "policy.at"),
        ({"cases": [{"case": "A"}]}, "cases[0].opened"),
        ({"cases": {}}, "cases"),
    ],
)
def test_a_malformed_document_names_the_wrong_member(change: dict[str, Any], path: str) -> None:
    document = {
        "timezone": "UTC",
        "to": "2021-01-01T00:00:00Z",
        "policy": {"steps": [WEEK]},
        "cases": [],
    }
    with pytest.raises(MalformedDocument) as refused:
        read_document({**document, **change})
    assert refused.value.path == path
