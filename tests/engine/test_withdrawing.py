"""Consent that ends after an alarm: nobody is told nothing (R13, D3), and "settled" is not last."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

import pytest
from sqlalchemy import select

from tests.standins.office import START, Office
from tests.standins.provider import Provider
from tracker.domain.actor import Actor
from tracker.domain.contact import ContactClass, Days, Interval
from tracker.domain.policy_document import read_policy, write_policy
from tracker.engine.cases import cases, record, sharing
from tracker.engine.desk import Desk
from tracker.engine.sending.dispatch import Sender, Trust, dispatch_batch
from tracker.engine.staff.audience import members_of
from tracker.store.cases import visible_cases
from tracker.store.schema import (
    Alert,
    Case,
    ConsularPost,
    Enquirer,
    OutboxMessage,
    Person,
    PolicyVersion,
    PostMember,
    Share,
    new_id,
)

CONSUL_ONLY = {
    "needs_consent": ["consular"],
    "steps": [{"step": 1, "after_days": 7, "notify": ["consular"]}],
}


def shared_case(office: Office, until_on: date | None = None) -> str:
    """A case whose only step tells a consul, who has quiet hours; it fires now."""
    aigul = office.person("Aigul", "caseworker")
    consul = office.person("Dee", "consular", quiet_from=time(0), quiet_until=time(23, 59))
    with office.desk() as desk:
        version = desk.session.scalars(select(PolicyVersion)).one()
        version.body = write_policy(read_policy(CONSUL_ONLY))
        post = ConsularPost(id=new_id(), created_at=desk.now)
        desk.safe.seal(post, "name", "Consulate")
        desk.session.add(post)
        desk.session.flush()
        desk.session.add(
            PostMember(id=new_id(), post_id=post.id, person_id=consul, since_at=desk.now)
        )
    with office.desk() as desk:
        desk.actor = Actor("person", aigul, frozenset({"caseworker"}))
        last = (desk.now - timedelta(days=8)).date()
        case = cases.open_case(
            desk, zone_name="UTC", caseworker_id=aigul, missing_since=Interval(last, last)
        )
        enquirer = record.add_enquirer(desk, case, {"name": "Saltanat"})
        answer(desk, case, enquirer, given=True, until_on=until_on)
        sharing.share(desk, case, post.id, ["name"])
        return case.id


def answer(
    desk: Desk, case: Case, enquirer: Enquirer, *, given: bool, until_on: date | None = None
) -> None:
    sharing.record_consent(
        desk,
        case,
        enquirer,
        "consular",
        given=given,
        language="en",
        text_checked=True,
        until_on=until_on,
    )


def rows(desk: Desk, kind: str) -> list[tuple[str | None, str]]:
    found = desk.session.execute(
        select(OutboxMessage.role, OutboxMessage.state)
        .join(Alert, Alert.id == OutboxMessage.alert_id)
        .where(Alert.kind == kind)
        .order_by(OutboxMessage.role)
    )
    return [(role, state) for role, state in found]


def test_r13_an_alert_that_would_tell_nobody_any_more_tells_the_caseworker(
    office: Office,
) -> None:
    case_id = shared_case(office)
    with office.desk() as desk:
        case = desk.session.get_one(Case, case_id)
        told = [row for kind in ("step", "consent_granted") for row in rows(desk, kind)]
        assert ("consular", "pending") in told
        enquirer = desk.session.scalars(select(Enquirer)).one()
        answer(desk, case, enquirer, given=False)
        told = [row for kind in ("step", "consent_granted") for row in rows(desk, kind)]
        assert ("consular", "cancelled") in told
        assert ("caseworker", "pending") in told
        before = len(desk.session.scalars(select(Alert).filter_by(kind="consent_granted")).all())
    office.clock.move(minutes=5)
    with office.desk() as desk:
        case = desk.session.get_one(Case, case_id)
        enquirer = desk.session.scalars(select(Enquirer)).one()
        answer(desk, case, enquirer, given=True)
        share_anew(desk, case)
        granted = desk.session.scalars(select(Alert).filter_by(kind="consent_granted")).all()
        assert len(granted) == before + 1  # it was told nothing, so it is owed the telling


def share_anew(desk: Desk, case: Case) -> None:
    desk.actor = Actor("person", case.caseworker_id or "", frozenset({"caseworker"}))
    sharing.share(desk, case, desk.session.scalars(select(ConsularPost)).one().id, ["name"])


def consent(office: Office, case_id: str, *, given: bool) -> None:
    """The answer, and what a caseworker does after a yes."""
    with office.desk() as desk:
        enquirer = desk.session.scalars(select(Enquirer)).one()
        case = desk.session.get_one(Case, case_id)
        answer(desk, case, enquirer, given=given)
        if given:
            share_anew(desk, case)


@pytest.mark.parametrize("scope", ["consular", "un"])
def test_s6_a_no_ends_what_a_post_was_shown_and_a_later_yes_shows_it_nothing(
    office: Office, scope: str
) -> None:
    """Whoever writes the no down: only somebody who shares anew decides that a post sees it again.
    A no about others ends nothing of a consulate's."""
    case_id = shared_case(office)
    for given in (False, True):
        with office.desk() as desk:
            enquirer = desk.session.scalars(select(Enquirer)).one()
            case = desk.session.get_one(Case, case_id)
            sharing.record_consent(
                desk, case, enquirer, scope, given=given, language="en", text_checked=True
            )
            share = desk.session.scalars(select(Share)).one()
            assert (share.ended_at is not None) == (scope == "consular")
    with office.desk() as desk:
        post = Actor(
            "person", "somebody", frozenset({"consular"}), posts=frozenset({share.post_id})
        )
        case = desk.session.get_one(Case, case_id)
        assert sharing.consents(desk, case, "consular")
        seen = scope != "consular"
        assert sharing.consular_covered(desk, case) is seen
        assert bool(desk.session.scalars(visible_cases(post, desk.now)).all()) is seen


def states(office: Office, kind: str) -> list[str]:
    return [alert.state for alert in office.alerts(kind=kind)]


@pytest.mark.parametrize("minutes", [5, 0])
def test_what_was_raised_because_of_the_consent_ends_as_withdrawn(
    office: Office, minutes: int
) -> None:
    """delivery.md: every alert ends in exactly one way. The step's own alarm goes on (S6). So it is
    where all is done at one instant, and R7's unique key must not stand in the way."""
    case_id = shared_case(office)
    for given in (False, True):
        consent(office, case_id, given=given)
        office.clock.move(minutes=minutes)
    assert states(office, "consent_granted") == ["triggered"]
    consent(office, case_id, given=False)
    assert states(office, "consent_granted") == ["withdrawn"]
    assert ("withdrawn", None) in office.events()
    assert states(office, "step") == ["triggered"]
    with office.desk() as desk:
        assert ("caseworker", "pending") in rows(desk, "step")
    consent(office, case_id, given=True)
    assert sorted(states(office, "consent_granted")) == ["triggered", "withdrawn"]


def fires_for_the_consul(office: Office, case_id: str) -> None:
    """Contact, then a week of silence: the step tells the consul alone."""
    with office.desk() as desk:
        today = desk.now.date()
        record.report_contact(
            desk,
            desk.session.get_one(Case, case_id),
            occurred=Days(today, today),
            cls=ContactClass.DIRECT,
            details={},
            confirmed=True,
        )
    office.clock.move(days=8)
    office.tick()
    (alert,) = office.alerts(kind="step", state="triggered")
    assert alert.roles == ["consular"]


def test_an_alarm_that_only_a_post_was_told_is_told_to_a_caseworker_then(office: Office) -> None:
    """S6: withdrawing silences no alarm: the post can no longer see the case."""
    case_id = shared_case(office)
    fires_for_the_consul(office, case_id)
    office.clock.move(hours=15)  # after the quiet hours' minute
    with office.desk() as desk:
        for row in desk.session.scalars(select(OutboxMessage).filter_by(state="pending")):
            row.state = "accepted"
            row.handed_over_at = desk.now
    consent(office, case_id, given=False)
    (alert,) = office.alerts(kind="step", state="triggered")
    told = office.rows(alert_id=alert.id)
    assert sorted((row.role or "", row.state) for row in told) == [
        ("caseworker", "pending"),
        ("consular", "accepted"),
    ]


def test_r13_consent_found_ended_at_the_claim_tells_a_caseworker_too(office: Office) -> None:
    """D3: as on the clock's path, whatever ended it: here the share's last day passed, and the
    worker's daily look has not come yet."""
    case_id = shared_case(office)
    fires_for_the_consul(office, case_id)
    with office.desk() as desk:
        for share in desk.session.scalars(select(Share)):
            share.until_on = desk.now.date() - timedelta(days=1)
        for person in desk.session.scalars(select(Person)):
            person.quiet_from = person.quiet_until = None
        for row in desk.session.scalars(select(OutboxMessage).filter_by(state="pending")):
            row.available_at = desk.now
    dispatch_batch(office.worker(), Sender(rng=Random(7), trust=Trust(100)))
    (alert,) = office.alerts(kind="step", state="triggered")
    told = {row.role: (row.state, row.error_code) for row in office.rows(alert_id=alert.id)}
    assert told["consular"] == ("cancelled", "no_consent")
    assert told["caseworker"] == ("pending", None)


def test_r13_a_consent_that_ran_out_days_ago_is_noticed_late_rather_than_never(
    office: Office,
) -> None:
    case_id = shared_case(office, until_on=START.date() + timedelta(days=1))
    office.clock.move(days=5)
    with office.desk() as desk:
        assert sharing.expire(desk) == 1
        case = desk.session.get_one(Case, case_id)
        assert not sharing.consular_covered(desk, case)
        assert ("consular", "cancelled") in rows(desk, "step") + rows(desk, "consent_granted")


def test_r13_a_consent_that_ran_out_is_not_asked_about_every_day_for_ever(office: Office) -> None:
    shared_case(office, until_on=START.date() + timedelta(days=1))
    found = []
    for _ in range(6):
        office.clock.move(days=1)
        with office.desk() as desk:
            found.append(sharing.expire(desk))
    assert found == [1, 1, 1, 0, 0, 0], "while its day may still be ending somewhere on earth"


@pytest.mark.parametrize(
    ("zone_name", "over"),
    [
        ("Pacific/Kiritimati", "2026-03-03T10:00:00+00:00"),
        ("Asia/Almaty", "2026-03-03T19:00:00+00:00"),
        ("UTC", "2026-03-04T00:00:00+00:00"),
        ("America/Los_Angeles", "2026-03-04T08:00:00+00:00"),
    ],
)
def test_r13_a_share_ends_with_its_last_day_where_the_case_is_for_all_who_ask(
    office: Office, zone_name: str, over: str
) -> None:
    """Domain 14: what a post is shown, whom an alert is told, and what the case's page says agree,
    and none waits for the worker."""
    case_id = shared_case(office)
    end = datetime.fromisoformat(over)
    with office.desk() as desk:
        desk.session.get_one(Case, case_id).zone_name = zone_name
        share = desk.session.scalars(select(Share)).one()
        share.until_on = date(2026, 3, 3)
        post = Actor(
            "person", "somebody", frozenset({"consular"}), posts=frozenset({share.post_id})
        )
    for office.clock.now, shown in ((end - timedelta(seconds=1), True), (end, False)):
        with office.desk() as desk:
            case = desk.session.get_one(Case, case_id)
            assert bool(desk.session.scalars(visible_cases(post, desk.now)).all()) is shown
            assert bool(members_of(desk, [case_id])) is shown
            assert bool(sharing.live_shares(desk, case)) is shown
            assert sharing.expire(desk) == (not shown)


def test_r6_settled_is_not_the_last_word_after_a_new_alarm(
    office: Office,
) -> None:
    mail = office.services.channels["email"]
    assert isinstance(mail, Provider)
    aigul = office.person("Aigul", "caseworker")
    case_id = office.silent_case(aigul, None, days=20)
    office.tick()
    with office.desk() as desk:
        case = desk.session.get_one(Case, case_id)
        day = desk.now.date()
        report = record.report_contact(
            desk,
            case,
            occurred=Days(day, day),
            cls=ContactClass.DIRECT,
            details={},
            confirmed=True,
        )
        record.retract(desk, case, report, "It was somebody else.")
    office.tick()
    with office.desk() as desk:
        assert rows(desk, "resolved") == [("caseworker", "cancelled")]
        states = {row.state for row in desk.session.scalars(select(Alert).filter_by(kind="step"))}
        assert "triggered" in states
