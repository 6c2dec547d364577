"""kill -9 of real worker processes (delivery.md D2, D4, D9, D10): what was due is told at least
once and at most twice, and what was resolved before is never told. `scripts/soak` does the same
for as long as you like."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sized
from functools import partial
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select

from tests.standins.books import taken
from tests.standins.fleet import ROOT, Zygote, cut_one_connection, environ, until
from tests.standins.locks import locked, writers_lock
from tests.standins.mail import mail_server
from tests.standins.office import Office
from tests.standins.siege import Siege, siege
from tests.standins.twilio import Fault, twilio_server
from tracker.domain.clock import system_clock
from tracker.engine.pulse import LEASE_LASTS
from tracker.store.schema import Digest

KILLS = 8


@pytest.fixture(scope="module")
def zygote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    process = Zygote(tmp_path_factory.mktemp("workers") / "log")
    yield process
    process.end()


@pytest.fixture
def besieged(instance: Path, database_url: str, zygote: Zygote) -> Iterator[Siege]:
    with siege(instance, database_url, zygote, Random(20260302)) as running:
        yield running


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
        besieged.kill_one(within=0.6)
        besieged.fleet.move(minutes=4)
    besieged.drain()
    assert_kept(besieged)
    assert not besieged.tally().twice["sms"], "a text message is looked for before it is repeated"


@pytest.mark.usefixtures("on_postgresql")
@pytest.mark.parametrize("table", ["alerts", "outbox", "audit", "cases"])
def test_killed_between_deciding_and_committing(besieged: Siege, table: str) -> None:
    """D1: one transaction; the alert of a decision that was not committed is decided again."""
    besieged.fall_due(3)
    with locked(besieged.office, table) as waiting:
        pid = besieged.fleet.start()
        until(waiting)
        besieged.fleet.kill(pid)
    besieged.drain()
    assert_kept(besieged)
    assert set(taken_by_row(besieged).values()) == {1}


def test_killed_with_the_answer_in_hand(besieged: Siege) -> None:
    """D4: the provider has answered, the result is not recorded. It was noted: not repeated."""
    besieged.fall_due(1)
    hold, wait, release = writers_lock(besieged.office)
    besieged.twilio.faults.append(Fault(well=True, meanwhile=hold))
    pid = besieged.fleet.start()
    until(lambda: besieged.twilio.messages)
    wait()
    besieged.fleet.kill(pid)
    release()
    besieged.fleet.move(minutes=4)
    besieged.drain()
    assert_kept(besieged)
    assert len(besieged.twilio.messages) == 1
    assert len(besieged.mailbox.mails) == 1


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
