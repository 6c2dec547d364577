"""kill -9 of real worker processes (delivery.md D2, D4, D9, D10): what was due is told at least
once and at most twice, and what was resolved before is never told. `scripts/soak` does the same
for as long as you like."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Sized
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.standins.books import taken
from tests.standins.fleet import ROOT, cut_one_connection, environ, until
from tests.standins.mail import mail_server
from tests.standins.office import Office
from tests.standins.points import POINTS
from tests.standins.siege import Siege
from tests.standins.twilio import Fault, twilio_server
from tracker.domain.clock import system_clock
from tracker.engine.pulse import LEASE_LASTS
from tracker.engine.worker.scheduler import EXIT_LATE
from tracker.store.schema import Digest

KILLS = 6


@pytest.fixture
def on_postgresql(database_url: str) -> None:
    if not database_url.startswith("postgresql"):
        pytest.skip("PostgreSQL alone lets a table be locked, or a connection be cut, from outside")


def assert_kept(besieged: Siege) -> None:
    """The promise, by the providers' books."""
    tally = besieged.tally()
    assert tally.messages
    assert not tally.broken
    assert not besieged.unfinished()


def test_workers_killed_at_random_instants_lose_nothing(besieged: Siege) -> None:
    """D2, D4, D5: with callbacks late, doubled and out of order, and contacts heard meanwhile."""
    for number in range(KILLS):
        besieged.fall_due(2)
        if number % 3 == 2:
            besieged.hear()
        besieged.kill_one(within=0.4)
        besieged.fleet.move(minutes=4)
    besieged.drain()
    assert_kept(besieged)
    assert not besieged.tally().twice["sms"], "a text message is looked for before it is repeated"


@pytest.mark.parametrize("point", POINTS)
def test_killed_between_two_instructions(besieged: Siege, point: str) -> None:
    """D1, D2, D4: what was not committed is decided or claimed again, what was noted is not
    repeated, and what may have left is a text message looked for or a mail that comes again."""
    besieged.fall_due(3)
    pid = besieged.fleet.start(point=(point, 1))
    until(lambda: besieged.fleet.has_ended(pid))
    besieged.kill(pid, point)
    besieged.fleet.move(minutes=4)
    besieged.drain()
    assert_kept(besieged)
    twice = besieged.tally().twice
    assert not twice if point != "answered, not noted" else twice <= Counter(email=1)


@pytest.mark.parametrize("taken", [True, False], ids=["after it was taken", "before it was taken"])
def test_a_row_in_doubt_is_held_for_its_lease_and_then_looked_for(
    besieged: Siege, taken: bool
) -> None:
    """D2, D4: kill -9 between claim and record. The row is `unknown` after its lease, never
    `pending`; then the message is found, or sent once more with the same reference."""
    besieged.fall_due(1)
    pid = besieged.fleet.start()
    strike = partial(os.kill, pid, signal.SIGKILL)
    besieged.twilio.faults.append(Fault(take=taken, meanwhile=strike))
    until(lambda: besieged.fleet.has_ended(pid))
    besieged.kill(pid, "offered")
    office, twilio = besieged.office, besieged.twilio
    row = office.row(channel="sms")
    assert row.state == "submitting" and row.lease_owner
    office.clock.move(minutes=2)
    office.tick()
    assert office.row(channel="sms").state == "submitting", "its lease still runs"
    for _ in range(13):
        office.clock.move(minutes=1)
        office.tick()
    row = office.row(channel="sms")
    assert row.state == "accepted"
    assert len(twilio.messages) == 1
    assert twilio.messages[0].sid == row.provider_id
    assert row.reference in twilio.messages[0].fields["Body"]
    assert row.possible_repeat is not taken


def test_killed_in_the_middle_of_a_batch(besieged: Siege) -> None:
    """D2: some are taken and written down, some taken, some not begun; the provider is silent."""
    besieged.fall_due(9)
    besieged.twilio.faults += [Fault(well=True)] * 3 + [Fault(take=True, silent_seconds=60)] * 3
    pid = besieged.fleet.start()
    until(lambda: len(besieged.twilio.messages) >= 6)
    besieged.fleet.kill(pid)
    besieged.twilio.faults.clear()
    besieged.fleet.move(minutes=4)
    besieged.drain()
    assert_kept(besieged)
    assert len(besieged.twilio.messages) == 9, "each was found, or had not left"


def test_killed_in_the_middle_of_the_digests(besieged: Siege) -> None:
    """D9: decided once a reader and week; a mail that may have left comes again as the same."""
    besieged.mailbox.silent_at_data = True
    besieged.fleet.move(days=7)
    pid = besieged.fleet.start()
    until(lambda: besieged.mailbox.mails)
    besieged.fleet.kill(pid)
    besieged.mailbox.silent_at_data = False
    besieged.fleet.move(minutes=4)
    readers = len(besieged.workers) + 1
    pid = besieged.fleet.start()
    until(lambda: _digests(besieged) == readers, 60)  # a thread of its own makes them
    assert besieged.fleet.stop(pid) == 0
    besieged.drain()
    assert _digests(besieged) == readers
    times = Counter(str(mail["Message-ID"]) for mail in besieged.mailbox.mails)
    assert len(times) == readers
    assert max(times.values()) <= 2


def test_a_second_worker_takes_over_from_one_that_was_killed(besieged: Siege) -> None:
    """D10: on SQLite when its lease ends; on PostgreSQL there is nothing to wait for."""
    first = besieged.fleet.start()
    besieged.fall_due(1)
    until(lambda: besieged.twilio.messages)
    second = besieged.fleet.start()
    besieged.fleet.kill(first)
    besieged.fall_due(1)
    besieged.fleet.move(seconds=LEASE_LASTS.total_seconds())
    until(lambda: len(besieged.twilio.messages) == 2)
    assert besieged.fleet.stop(second) == 0
    besieged.drain()
    assert_kept(besieged)


def test_a_tick_that_hangs_ends_the_process(besieged: Siege) -> None:
    """D10: so that whoever watches the process starts it again."""
    pid = besieged.fleet.start(hangs=True)
    until(lambda: besieged.fleet.has_ended(pid))
    assert besieged.fleet.wait(pid) == EXIT_LATE


def test_a_rolling_restart_loses_and_doubles_nothing(besieged: Siege) -> None:
    """SIGTERM drains: what was begun is finished and written down; the next worker goes on."""
    before = besieged.fleet.start()
    for _ in range(3):
        besieged.fall_due(2)
        after = besieged.fleet.start()
        assert besieged.fleet.stop(before) == 0
        before = after
    until(lambda: not besieged.due_now() and not besieged.unfinished())
    assert besieged.fleet.stop(before) == 0
    assert_kept(besieged)
    assert set(taken_by_row(besieged).values()) == {1}


@pytest.mark.usefixtures("on_postgresql")
def test_four_workers_one_killed_one_cut_off(besieged: Siege) -> None:
    """D2: any number of workers. One dies and one loses its connection in the middle."""
    besieged.fall_due(60)
    fleet = [besieged.fleet.start() for _ in range(4)]
    until(lambda: besieged.due_now() == 0 and besieged.office.rows(kind="hold"), 60)
    besieged.fleet.move(minutes=16)  # the storm's hold is over (D7)
    until(lambda: besieged.twilio.messages, 60)
    besieged.fleet.kill(fleet.pop())
    cut_one_connection(besieged.office)
    besieged.drain()
    assert [besieged.fleet.stop(pid) for pid in fleet] == [0, 0, 0]
    assert_kept(besieged)
    twice = besieged.tally().twice
    assert not twice["sms"] and twice["email"] <= 16, "no more than two workers' hands hold"


def test_the_real_command_ends_well_when_told_to(
    tmp_path: Path, instance: Path, database_url: str
) -> None:
    """cli.md: `tracker worker`, by the machine's own clock; SIGTERM in the middle of a try."""
    if not database_url.startswith("sqlite"):
        pytest.skip("how a process ends is no matter of its database")
    with twilio_server() as twilio, mail_server() as (mailbox, port):
        settings = environ(database_url, twilio, port)
        office = Office.opened(instance, database_url, **settings)
        office.clock.now = system_clock()
        office.silent_case(office.person("Aigul", "caseworker", phone="+77015550101"), None)
        twilio.faults.append(Fault(well=True, silent_seconds=1.0))
        environment = {**os.environ, **settings, "TRACKER_INSTANCE": str(instance)}
        accepted = set[str]()
        with (tmp_path / "log").open("wb") as log:
            while len(accepted) < 2:  # what the first worker did not begin, the next sends
                command = [sys.executable, "-m", "tracker", "worker"]
                process = subprocess.Popen(command, env=environment, cwd=ROOT, stderr=log)
                until(partial(_more_than, len(accepted), twilio.messages, mailbox.mails), 90)
                process.send_signal(signal.SIGTERM)
                assert process.wait(30) == 0
                accepted = {r.channel for r in office.rows(kind="alert") if r.state == "accepted"}
                begun = {"sms": twilio.messages, "email": mailbox.mails}
                assert accepted == {channel for channel, box in begun.items() if box}
        assert len(twilio.messages) == len(mailbox.mails) == 1
        office.services.database.engine.dispose()


def _digests(besieged: Siege) -> int:
    with besieged.office.desk() as desk:
        return desk.session.scalar(select(func.count()).select_from(Digest)) or 0


def _more_than(number: int, *boxes: Sized) -> bool:
    return sum(map(len, boxes)) > number


def taken_by_row(besieged: Siege) -> Counter[str]:
    return taken(besieged.office, besieged.twilio, besieged.mailbox)
