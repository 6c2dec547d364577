"""Whose account's last day has passed is told nothing more, and is not taken for somebody (D6, S4).

Their account closes by itself, and nobody hands anything over: so whatever was theirs to hear goes
on to whoever is there.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from tests.standins.office import START, Office
from tests.standins.provider import Provider
from tracker.domain.actor import OPERATOR, Actor
from tracker.domain.errors import Refused
from tracker.engine.cases import record, sharing
from tracker.engine.digests.digest import make_due, reader_of
from tracker.engine.keeping.alarms import Alarm, ringing
from tracker.engine.keeping.doctor import examine
from tracker.engine.sending.replies import Heard, hear
from tracker.engine.staff import accounts, posts
from tracker.engine.staff.audience import members_of
from tracker.engine.staff.visits import actor_of
from tracker.store.schema import ContactPoint, Person

pytestmark = pytest.mark.database

PHONE = "+77015550101"
YESTERDAY = (START - timedelta(days=1)).date()


def told(mail: Provider) -> list[str]:
    return [one.to for one in mail.taken]


def rings(office: Office) -> set[Alarm]:
    with office.services.reading(OPERATOR) as desk:
        return set(ringing(desk, ()))


def ends_yesterday(office: Office, person_id: str) -> None:
    with office.desk() as desk:
        desk.session.get_one(Person, person_id).expires_on = YESTERDAY


def test_d6_a_supervisor_past_the_last_day_leaves_the_role_empty(
    office: Office, mail: Provider
) -> None:
    """The administrators are told instead, and the empty role is an alarm."""
    office.person("Omar", "administrator")
    office.person("Berik", "supervisor", expires_on=YESTERDAY)
    office.silent_case(None, None)
    office.tick()
    assert told(mail) == ["omar@example.net"]
    assert Alarm.NOBODY in rings(office)
    office.person("Vera", "supervisor", expires_on=START.date())
    assert Alarm.NOBODY not in rings(office), "the last day is a day of work"
    office.silent_case(None, None)
    office.tick()
    assert told(mail)[1:] == ["vera@example.net"]


def test_d3_a_message_that_waited_past_its_readers_last_day_goes_up(
    office: Office, mail: Provider
) -> None:
    """S4: it does not leave to whoever may read that mailbox now."""
    aigul = office.person("Aigul", "caseworker")
    office.silent_case(aigul, office.person("Berik", "supervisor"))
    ends_yesterday(office, aigul)
    office.tick()
    assert told(mail) == ["berik@example.net"]
    assert office.row(person_id=aigul).error_code == "inactive"


def test_d8_an_answer_of_somebody_past_the_last_day_holds_nothing(
    office: Office, sms: Provider
) -> None:
    aigul = office.person("Aigul", "caseworker", phone=PHONE)
    office.silent_case(aigul, office.person("Berik", "supervisor"))
    with office.desk() as desk:
        point = desk.session.get_one(ContactPoint, office.row(channel="sms").contact_point_id)
        point.verified_at = START
    office.tick()
    ends_yesterday(office, aigul)
    with office.services.desk(Actor("provider")) as desk:
        heard = Heard("twilio", "SM1", "sms", "1", PHONE)
        assert hear(desk, heard) is None, "S8: nobody we know"
    assert [alert.state for alert in office.alerts()] == ["triggered"]


def test_d9_s4_no_digest_is_made_for_somebody_past_the_last_day(
    office: Office, mail: Provider
) -> None:
    office.person("Berik", "supervisor", expires_on=YESTERDAY, disclosure="reference")
    office.person("Vera", "supervisor", disclosure="reference")
    office.clock.move(days=8)
    assert make_due(office.worker()) == 1
    office.tick()
    assert told(mail) == ["vera@example.net"]


def test_d6_the_doctor_sees_a_caseworker_who_stopped_the_only_way(office: Office) -> None:
    """Nothing goes to a number or address whose owner stopped us, though it is not switched off."""
    office.person("Aigul", "caseworker")

    def is_well() -> bool:
        with office.desk() as desk:
            found = examine(desk, {}, whole=False)
        return next(one.well for one in found if one.what == "contact points")

    assert is_well()
    with office.desk() as desk:
        desk.session.query(ContactPoint).one().opted_out_at = START
    assert not is_well()


def test_two_administrators_last_days_cannot_both_pass(office: Office) -> None:
    """Domain 14: one of them stays, whoever is asked about first."""
    ada, omar = (office.person(name, "administrator") for name in ("Ada", "Omar"))
    soon, later = ((START + timedelta(days=days)).date() for days in (10, 20))

    def ends(person_id: str, on: date | None) -> None:
        with office.desk() as desk:
            desk.actor = Actor("person", omar, frozenset({"administrator"}))
            accounts.set_last_day(desk, desk.session.get_one(Person, person_id), on)

    ends(ada, soon)
    for on in (soon, later):
        with pytest.raises(Refused, match="After that day nobody would be an administrator"):
            ends(omar, on)
    ends(omar, soon - timedelta(days=1))  # Ada is there a day longer
    ends(omar, None)
    ends(ada, None)
    ends(omar, later)


@pytest.mark.parametrize(
    ("zone_name", "over"),
    [
        ("Pacific/Kiritimati", "2026-03-03T10:00:00+00:00"),
        ("UTC", "2026-03-04T00:00:00+00:00"),
        ("America/Los_Angeles", "2026-03-04T08:00:00+00:00"),
    ],
)
def test_somebody_serves_at_a_post_to_the_end_of_the_organisations_day(
    instance: Path, database_url: str, zone_name: str, over: str
) -> None:
    """Domain 14: what they see, whom an alert is told, and what the posts' page says agree."""
    office = Office.opened(instance, database_url, {}, TRACKER_TIMEZONE=zone_name)
    consul = office.person("Dee", "consular", zone_name="Asia/Almaty")
    owner = office.person("Aigul", "caseworker")
    case_id = office.silent_case(owner, None)
    with office.desk() as desk:
        desk.actor = Actor("person", owner, frozenset({"caseworker"}))
        post = posts.add_post(desk, "Consulate", "UTC")
        posts.add_member(desk, post.id, consul, date(2026, 3, 3))
        case = office.case(case_id, desk)
        who = record.add_enquirer(desk, case, {"name": "Saltanat"})
        sharing.record_consent(
            desk, case, who, "consular", given=True, language="en", text_checked=True
        )
        sharing.share(desk, case, post.id, ["name"])
        post_id = post.id
    end = datetime.fromisoformat(over)
    for office.clock.now, serves in ((end - timedelta(seconds=1), True), (end, False)):
        with office.desk() as desk:
            person = desk.session.get_one(Person, consul)
            assert (post_id in actor_of(desk, person).posts) is serves
            assert (post_id in reader_of(desk, person).posts) is serves
            assert bool(members_of(desk, [case_id])) is serves
            assert (post_id in posts.members(desk)) is serves
    office.services.database.engine.dispose()
