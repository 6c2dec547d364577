"""R17: with another policy or zone, or two cases merged, the clock goes on."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.casefile import CaseFile
from tracker.domain.changing import change_policy, merge
from tracker.domain.contact import Contact, ContactClass, Interval
from tracker.domain.due import next_look
from tracker.domain.evaluate import Kind, Notice, evaluate
from tracker.domain.foresee import foresee
from tracker.domain.policy import CountsFrom, Policy, Step
from tracker.domain.policy_document import default_policy, read_policy

OPENED = datetime(2018, 1, 5, 10, tzinfo=UTC)
ZONES = ("UTC", "Asia/Almaty", "America/New_York", "Pacific/Apia")


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    delays = sorted(draw(st.sets(st.integers(1, 200), min_size=1, max_size=5)))
    steps = tuple(
        Step(
            number,
            ("caseworker",),
            after_days=days,
            repeat_every_days=draw(st.none() | st.integers(1, 20)),
            ack_within_hours=draw(st.none() | st.integers(1, 72)),
            then=("supervisor",),
        )
        for number, days in enumerate(delays, start=1)
    )
    return Policy(
        steps, at=time(draw(st.integers(0, 23))), counts_from=draw(st.sampled_from(CountsFrom))
    )


@st.composite
def files(draw: st.DrawFn) -> CaseFile:
    earliest = date(2017, 10, 1) + timedelta(days=draw(st.integers(0, 96)))
    latest = min(earliest + timedelta(days=draw(st.integers(0, 60))), date(2018, 1, 5))
    case = CaseFile(OPENED, draw(st.sampled_from(ZONES)))
    if draw(st.booleans()):
        contact = Contact(earliest, max(earliest, latest), ContactClass.DIRECT, confirmed=True)
        case.enter_contact("c1", contact)
    return case


def run_until(case: CaseFile, policy: Policy, until: datetime) -> list[tuple[datetime, Notice]]:
    """The worker's ticks up to and with `until`."""
    found = []
    while (now := next_look(case, policy)) is not None and now < until:
        found += [(now, notice) for notice in evaluate(case, policy, max(now, OPENED))]
    return found + [(until, notice) for notice in evaluate(case, policy, until)]


def key(notice: Notice) -> tuple[object, ...]:
    """What must never be told twice (R7)."""
    return notice.kind, notice.episode, notice.step, notice.repetition


def due_fired(case: CaseFile, policy: Policy) -> list[date]:
    assert case.anchor is not None
    return [s.due_on(case.anchor) for s in policy.steps if s.number in case.firings]


@given(files(), policies(), policies(), st.integers(0, 260))
def test_what_was_due_by_the_last_step_fired_counts_as_fired(
    case: CaseFile, old: Policy, new: Policy, days: int
) -> None:
    """R17: steps due no later than the latest-due fired one count as fired, the others do not."""
    now = OPENED + timedelta(days=days)
    run_until(case, old, now)
    reached = max(due_fired(case, old), default=date.min)
    change_policy(case, old, new)
    anchor = new.anchor(case.last_contact(new))
    if old != new:
        expected = {s.number for s in new.steps if s.due_on(anchor) <= reached}
        assert set(case.firings) == expected


@given(files(), policies(), policies(), st.integers(0, 260))
def test_only_what_is_due_beyond_it_catches_up_as_one_step(
    case: CaseFile, old: Policy, new: Policy, days: int
) -> None:
    """R17, R8: at most one alert of a step goes out; no move of the anchor is judged."""
    now = OPENED + timedelta(days=days)
    run_until(case, old, now)
    told = set(case.told)
    change_policy(case, old, new)
    assert case.told == told
    counted = set(case.firings)
    last = case.last_contact(new)
    due = {s.number for s in new.steps if new.due_at(s, new.anchor(last), case.zone) <= now}
    found = evaluate(case, new, now)
    steps = [notice for notice in found if notice.kind is Kind.STEP]
    assert not {notice.kind for notice in found} & {Kind.RESOLVED, Kind.CLOSED}
    if due - counted:
        (step,) = steps
        assert {step.step, *step.passed_over} == due - counted
        assert step.step == max(due - counted)
    else:
        assert steps == []


@given(files(), policies(), policies(), st.integers(0, 200), st.integers(1, 200))
def test_nothing_is_told_twice_across_a_change(
    case: CaseFile, old: Policy, new: Policy, days: int, more: int
) -> None:
    """R7 across R17: a step that bears the number of another one is no repetition of it."""
    now = OPENED + timedelta(days=days)
    before = run_until(case, old, now)
    change_policy(case, old, new)
    after = run_until(case, new, now + timedelta(days=more))
    keys = [key(notice) for _at, notice in before + after if notice.kind is not Kind.TO_CONFIRM]
    assert len(keys) == len(set(keys))


@given(files(), policies(), st.integers(0, 260))
def test_the_same_policy_again_changes_nothing(case: CaseFile, policy: Policy, days: int) -> None:
    """R17: what is told afterwards is the same, to the minute."""
    now = OPENED + timedelta(days=days)
    run_until(case, policy, now)
    changed = deepcopy(case)
    change_policy(changed, policy, policy)
    until = now + timedelta(days=200)

    def shown(file: CaseFile) -> list[tuple[object, ...]]:
        return [
            (at, n.kind, n.step, n.repetition, n.notify) for at, n in foresee(file, policy, until)
        ]

    assert shown(changed) == shown(case)


@given(files(), policies(), st.integers(0, 260), st.sampled_from(ZONES))
def test_what_fired_stays_fired_in_another_zone(
    case: CaseFile, policy: Policy, days: int, zone_name: str
) -> None:
    """R17: another zone may bring a due step nearer by hours, and takes none back."""
    now = OPENED + timedelta(days=days)
    run_until(case, policy, now)
    fired = set(case.firings)
    change_policy(case, policy, policy, zone_name)
    assert case.zone_name == zone_name
    assert fired <= set(case.firings)
    notices = evaluate(case, policy, now)
    assert all(notice.step not in fired for notice in notices if notice.kind is Kind.STEP)


@given(files(), policies(), policies(), st.integers(0, 260))
def test_only_the_highest_counted_step_may_go_on(
    case: CaseFile, old: Policy, new: Policy, days: int
) -> None:
    """R9: a repetition ends when a higher step counts as fired."""
    run_until(case, old, OPENED + timedelta(days=days))
    change_policy(case, old, new)
    live = [number for number, firing in case.firings.items() if firing.live]
    assert live in ([], [max(case.firings, default=0)])


def test_snooze_and_told_stay() -> None:
    """R17."""
    case = CaseFile(OPENED, "Asia/Almaty")
    run_until(case, default_policy(), OPENED + timedelta(days=20))
    case.snooze(OPENED + timedelta(days=40))
    told = set(case.told)
    stricter = read_policy({"steps": [{"step": 1, "after_days": 10, "notify": ["supervisor"]}]})
    change_policy(case, default_policy(), stricter)
    assert case.snoozed_until == OPENED + timedelta(days=40)
    assert case.told == told
    assert evaluate(case, stricter, OPENED + timedelta(days=21)) == []


def test_a_stricter_policy_catches_up_at_once() -> None:
    """R17, R8: told at 7 days under the old; the new one's 10 days are over by now."""
    lenient = read_policy(
        {
            "steps": [
                {"step": 1, "after_days": 7, "notify": ["caseworker"]},
                {"step": 2, "after_days": 90, "notify": ["caseworker"]},
            ]
        }
    )
    strict = read_policy(
        {
            "steps": [
                {"step": 1, "after_days": 5, "notify": ["caseworker"]},
                {"step": 2, "after_days": 10, "notify": ["supervisor"]},
            ]
        }
    )
    case = CaseFile(OPENED, "UTC")
    now = OPENED + timedelta(days=12)
    run_until(case, lenient, now)
    change_policy(case, lenient, strict)
    (notice,) = evaluate(case, strict, now)
    assert (notice.kind, notice.step, notice.passed_over) == (Kind.STEP, 2, ())


def test_merged_cases_keep_the_later_contact_and_both_ones_told() -> None:
    """R17: merged: both cases' told, no snooze; last contact by R1."""
    policy = default_policy()
    one = CaseFile(OPENED, "UTC", Interval(date(2017, 12, 1), date(2017, 12, 31)))
    two = CaseFile(OPENED, "UTC")
    two.enter_contact("c", Contact(date(2017, 11, 1), date(2017, 11, 5), ContactClass.DIRECT, True))
    now = OPENED + timedelta(days=1)
    run_until(one, policy, now)
    run_until(two, policy, now)
    one.snooze(now + timedelta(days=5))
    two.told.add("administrator")
    merge(one, two, policy, policy)
    assert one.snoozed_until is None
    assert {"caseworker", "administrator"} <= one.told
    assert one.last_contact(policy) == Interval(date(2017, 12, 1), date(2017, 12, 31))
    assert [n for n in evaluate(one, policy, now) if n.kind is Kind.STEP] == []


@given(files(), files(), policies(), policies(), st.integers(0, 260), st.integers(1, 200))
def test_a_merge_tells_nothing_twice_and_keeps_alarming(
    case: CaseFile, other: CaseFile, policy: Policy, theirs: Policy, days: int, more: int
) -> None:
    """R17, R7: one step at most catches up; what one of the two still repeats goes on."""
    now = OPENED + timedelta(days=days)
    before = run_until(case, policy, now)
    run_until(other, theirs, now)
    if "c1" in other.contacts:
        other.contacts["c2"] = other.contacts.pop("c1")
    told = case.told | other.told
    merge(case, other, policy, theirs)
    found = evaluate(case, policy, now)
    assert sum(notice.kind is Kind.STEP for notice in found) <= 1
    due = {s.number for s in policy.steps if policy.due_at(s, case.anchor, case.zone) <= now}  # type: ignore[arg-type]
    assert set(case.firings) == due  # whatever is due has fired or counts as fired
    resolved = [notice for notice in found if notice.kind is Kind.RESOLVED]
    assert len(resolved) <= (not due and bool(told))
    after = run_until(case, policy, now + timedelta(days=more))
    keys = [
        key(notice)
        for notice in [each for _at, each in before + after] + found
        if notice.kind is not Kind.TO_CONFIRM
    ]
    assert len(keys) == len(set(keys))


def test_the_graver_alarm_of_the_other_goes_on() -> None:
    """R9, R17: its reminders are not lost by merging it into a case that knew less."""
    policy = read_policy(
        {
            "steps": [
                {"step": 1, "after_days": 7, "notify": ["caseworker"]},
                {"step": 2, "after_days": 30, "notify": ["caseworker"], "repeat_every_days": 7},
            ]
        }
    )
    now = OPENED + timedelta(days=40)
    one, two = CaseFile(OPENED, "UTC"), CaseFile(OPENED, "UTC")
    one.enter_contact(
        "a", Contact(date(2018, 1, 1), date(2018, 1, 5), ContactClass.DIRECT, confirmed=True)
    )
    two.enter_contact(
        "b", Contact(date(2017, 12, 1), date(2017, 12, 1), ContactClass.DIRECT, confirmed=True)
    )
    run_until(one, policy, OPENED + timedelta(days=10))
    run_until(two, policy, now - timedelta(days=20))
    merge(one, two, policy, policy)
    told = [notice.kind for _at, notice in run_until(one, policy, now + timedelta(days=20))]
    assert Kind.REPEAT in told
