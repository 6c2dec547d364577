"""Each alarm: red on every staff page, in `/metrics`, with a section of the runbook (D10)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import ClientAs, Desks, MovableClock, PostForm
from tracker.engine import pulse
from tracker.engine.cases import cases
from tracker.engine.desk import Desk
from tracker.engine.keeping.alarms import Alarm
from tracker.engine.sending import holds
from tracker.engine.sending.switches import key_copied, pause_sending
from tracker.engine.staff.trial import send_test_alert
from tracker.store.health import RESTORED
from tracker.store.schema import Alert, Case, Flag, Pulse, new_id


def _case(desk: Desk) -> Case:
    return cases.open_case(desk, zone_name="UTC")


def _undelivered(desk: Desk) -> None:
    alert = Alert(
        id=new_id(),
        case_id=_case(desk).id,
        dedup="x",
        kind="step",
        episode=1,
        band="watch",
        roles=[],
        consent_needed=[],
        passed_over=[],
        state="undelivered",
        raised_at=desk.now,
    )
    desk.safe.seal(alert, "silent", [1, 1])
    desk.session.add(alert)


def _aside(desk: Desk) -> None:
    _case(desk).set_aside_at = desk.now


def _late(desk: Desk) -> None:
    cases.look_now(desk, case := _case(desk))
    case.next_look_at = desk.now - timedelta(minutes=16)


def _old_case(desk: Desk) -> None:
    _case(desk).opened_at = desk.now - timedelta(days=9)


def _breaker(desk: Desk) -> None:
    until = desk.now + timedelta(minutes=5)
    desk.session.add(Pulse(name="breaker:sms", at=desk.now, detail="5", lease_until=until))


def _restored(desk: Desk) -> None:
    desk.session.add(Flag(name="sending_paused", value=RESTORED, set_at=desk.now))


PLANTED: dict[Alarm, Callable[[Desk], object]] = {
    Alarm.UNDELIVERED: _undelivered,
    Alarm.PROVIDER: _breaker,
    Alarm.RESTORED: _restored,
    Alarm.CLOCK: lambda desk: holds.hold(desk, holds.CLOCK),
    Alarm.STORM: holds.hold_storm,
    Alarm.SET_ASIDE: _aside,
    Alarm.LATE: _late,
    Alarm.DIGEST: _old_case,
    Alarm.NOBODY: _case,
}


def bars(text: str) -> list[str]:
    """The sections of the runbook that the red bar links to."""
    return re.findall(r'href="/help#([a-z-]+)"', text)


def rings(text: str) -> set[str]:
    return set(re.findall(r'tracker_alarm{alarm="([a-z-]+)"} 1\.0', text))


@pytest.mark.parametrize("alarm", list(PLANTED), ids=str)
def test_what_is_planted_rings(
    alarm: Alarm, client: FlaskClient, client_as: ClientAs, desk: Desks
) -> None:
    browser = client_as("caseworker")
    if alarm is not Alarm.NOBODY:
        client_as("supervisor", "administrator")
    with desk() as d:
        pulse.beat(d)
        key_copied(d, d.ring.fingerprint())
    assert bars(browser.get("/account").text) == []
    assert rings(client.get("/metrics").text) == set()
    with desk() as d:
        PLANTED[alarm](d)
    expected = {str(alarm)} | ({"paused"} if alarm is Alarm.RESTORED else set())
    assert set(bars(browser.get("/account").text)) == {str(alarm)}
    assert rings(client.get("/metrics").text) == expected


def test_messages_that_wait_and_a_dead_worker_ring_too(
    client: FlaskClient, client_as: ClientAs, desk: Desks, clock: MovableClock
) -> None:
    browser = client_as("caseworker")
    with desk() as d:
        pulse.beat(d)
        key_copied(d, d.ring.fingerprint())
        send_test_alert(d, browser.person_id)
    clock.move(timedelta(minutes=16))
    assert bars(client_as("caseworker").get("/account").text) == ["worker", "waiting"]
    assert rings(client.get("/metrics").text) == {"worker", "waiting"}


def test_every_section_that_a_bar_or_the_doctor_names_is_there(client_as: ClientAs) -> None:
    text = client_as("consular").get("/help").text
    for alarm in Alarm:
        assert f'id="{alarm}"' in text
    assert text.index('id="worker"') < text.index("This rings now.") < text.index('id="waiting"')


def test_strangers_see_no_runbook(client: FlaskClient) -> None:
    assert client.get("/help").status_code == 303


def test_only_administrators_are_told_of_keys_and_backups(client_as: ClientAs, desk: Desks) -> None:
    with desk() as d:
        pulse.beat(d)
    assert bars(client_as("caseworker").get("/account").text) == []
    boss = client_as("administrator")
    assert bars(boss.get("/account").text) == ["key-copy"]
    with desk() as d:
        key_copied(d, d.ring.fingerprint())
    assert bars(boss.get("/account").text) == []


def test_a_person_lets_go_what_a_brake_holds(
    client_as: ClientAs, desk: Desks, post_form: PostForm
) -> None:
    """D7: a jumped clock holds until somebody has looked; here is where they say so."""
    boss = client_as("supervisor")
    with desk() as d:
        holds.hold(d, holds.CLOCK)
        pause_sending(d, True)
    assert "Let messages go again" in boss.get("/outbox/pause").text
    for unseen in ({}, {"paused": "?"}, {"paused": "0"}):  # "0": of a page older than the hold
        post_form(boss, "/outbox/pause", unseen)
        assert "Let messages go again" in boss.get("/outbox/pause").text
    assert 'name="held" value="1"' in boss.get("/outbox/pause").text
    assert post_form(boss, "/outbox/pause", {"paused": "0", "held": "1"}).status_code == 303
    with desk() as d:
        assert holds.held(d) is None
    assert "Pause sending" in boss.get("/outbox/pause").text
