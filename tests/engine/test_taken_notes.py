"""What a provider took is noted at once: a process killed before its commit repeats none of it."""

from __future__ import annotations

import fcntl
from contextlib import suppress
from functools import partial
from pathlib import Path
from random import Random

import pytest

from tests.refusing import refuse
from tests.standins.office import Office
from tests.standins.provider import Provider
from tracker.domain.actor import WORKER
from tracker.domain.delivery import LEASE, Outcome, RetryPolicy, SendResult
from tracker.engine.sending.claims import Claimed, claim
from tracker.engine.sending.dispatch import Sender, dispatch_batch, drain
from tracker.engine.sending.hands import hands
from tracker.engine.sending.reconcile import forget_notes, lapse
from tracker.store import taken
from tracker.store.attempts import find


def claimed(office: Office) -> tuple[Claimed, ...]:
    """What a worker claims that is killed before it can say what came of it."""
    office.silent_case(office.person("Aigul", "caseworker", phone="+77015550101"), None)
    with office.services.desk(WORKER) as desk:
        return claim(desk, "the-killed", 10, RetryPolicy(), Random(1)).claimed


def noted_by_the_dead(office: Office, one: Claimed, provider_id: str) -> None:
    """A process that notes what was taken, and dies."""
    with (
        suppress(KeyboardInterrupt),
        taken.notes(office.services.settings.instance) as notes,
    ):
        notes.write(one.tries, provider_id)
        raise KeyboardInterrupt


def files(office: Office) -> list[Path]:
    return list((office.services.settings.instance / taken.FOLDER).glob("*"))


def test_d2_what_was_noted_is_adopted_and_the_rest_is_in_doubt(
    office: Office, mail: Provider, sms: Provider
) -> None:
    one, other = sorted(claimed(office), key=lambda each: each.envelope.channel)
    noted_by_the_dead(office, one, "the-mail")
    assert len(files(office)) == 1, "it is left by who dies"
    office.clock.move(seconds=LEASE.total_seconds())
    office.tick()
    row = office.row(channel="email")
    assert (row.state, row.provider_id, row.possible_repeat) == ("accepted", "the-mail", False)
    with office.desk() as desk:
        attempt = find(desk.session, *one.tries[0])
        assert attempt is not None and attempt.outcome == "accepted"
    assert office.row(channel="sms").state == "unknown"
    assert (mail.asked, sms.asked) == ([], []), "nothing is sent again before it was looked for"
    assert other.envelope.channel == "sms"


def test_files_of_the_dead_go_when_the_record_knows(office: Office) -> None:
    (one, _other), folder = claimed(office), office.services.settings.instance
    noted_by_the_dead(office, one, "taken")
    with taken.notes(folder) as living, office.services.reading(WORKER) as desk:
        living.write([("another", 1)], None)
        forget_notes(desk)
        assert len(files(office)) == 2, "one is needed still, one belongs to the living"
        living.clear()
    office.clock.move(seconds=LEASE.total_seconds())
    office.tick()
    with office.services.reading(WORKER) as desk:
        forget_notes(desk)
    assert files(office) == []


def test_a_line_that_was_not_finished_says_nothing(tmp_path: Path) -> None:
    with taken.notes(tmp_path) as notes:
        notes.write([("a", 1), ("b", 2)], "id")
        (path,) = (tmp_path / taken.FOLDER).iterdir()
        path.write_bytes(path.read_bytes() + b'{"provider_id": "x", "tries": [["c", 1]]}')
        assert taken.read(tmp_path) == {("a", 1): "id", ("b", 2): "id"}


@pytest.mark.parametrize("torn", [b'\n{"provider_id": "x", "tri', b"\n\x00\xff\n", b"\n[1]\n{}\n"])
def test_d2_a_torn_line_that_was_written_on_costs_itself_alone(office: Office, torn: bytes) -> None:
    """A disk that was full for a moment: the ladder goes on, also after a restart."""
    one, _other = sorted(claimed(office), key=lambda each: each.envelope.channel)
    folder = office.services.settings.instance
    with suppress(KeyboardInterrupt), taken.notes(folder) as notes:
        files(office)[0].write_bytes(torn)
        notes.write(one.tries, "the-mail")
        raise KeyboardInterrupt
    office.clock.move(seconds=LEASE.total_seconds())
    office.tick()
    row = office.row(channel="email")
    assert (row.state, row.provider_id) == ("accepted", "the-mail")
    assert office.row(channel="sms").state == "unknown"
    with office.services.reading(WORKER) as desk:
        forget_notes(desk)
    assert files(office) == [], "the torn line is no obstacle to doing away with the file"


def test_notes_that_cannot_be_read_are_as_none(office: Office) -> None:
    """D2: then a try is in doubt, and the ladder does not stand still."""
    claimed(office)
    folder = office.services.settings.instance / taken.FOLDER
    folder.mkdir(exist_ok=True)
    (folder / "damaged").write_text("[" * 100_000 + "\n")
    with pytest.raises(RecursionError):
        taken.read(office.services.settings.instance)
    office.clock.move(seconds=LEASE.total_seconds())
    office.tick()
    assert office.row(channel="email").possible_repeat
    assert office.row(channel="sms").state == "unknown"


def test_d4_what_another_machine_lapsed_is_adopted_before_it_is_looked_for(
    office: Office, sms: Provider
) -> None:
    _mail, text = sorted(claimed(office), key=lambda each: each.envelope.channel)
    office.clock.move(seconds=LEASE.total_seconds())
    with office.services.desk(WORKER) as desk:
        assert lapse(desk, 10) == 2, "by one that cannot see the notes"
    noted_by_the_dead(office, text, "the-text")
    with office.services.reading(WORKER) as desk:
        forget_notes(desk)
    assert len(files(office)) == 1, "needed still"
    office.tick()
    row = office.row(channel="sms")
    assert (row.state, row.provider_id, row.possible_repeat) == ("accepted", "the-text", False)
    assert sms.asked == []


def test_a_file_that_is_done_away_with_as_it_is_made_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another worker starts between its making and its lock."""
    lock, made = fcntl.flock, list[int]()

    def slow(file: int, how: int) -> None:
        if how == fcntl.LOCK_EX and not made:
            made.append(file)
            taken.forget(tmp_path, ())
        lock(file, how)

    monkeypatch.setattr(fcntl, "flock", slow)
    with taken.notes(tmp_path) as notes:
        notes.write([("a", 1)], "id")
        assert made
        assert taken.read(tmp_path) == {("a", 1): "id"}


def test_notes_are_cleared_with_each_batch_and_hold_no_address(office: Office) -> None:
    office.silent_case(office.person("Aigul", "caseworker", phone="+77015550101"), None)
    office.tick()
    office.silent_case(office.rows()[0].person_id, None)
    folder = office.services.settings.instance
    with taken.notes(folder) as notes:
        written: list[object] = []
        note = notes.write
        notes.write = lambda tries, given: (written.append((tries, given)), note(tries, given))  # type: ignore[method-assign, assignment, return-value, func-returns-value]
        dispatch_batch(office.worker(), Sender(notes=notes))
        dispatch_batch(office.worker(), Sender(notes=notes))
        assert len(written) == 2
        assert taken.read(folder) == {}
    assert files(office) == [], "who ends well leaves nothing"


def test_what_could_not_be_recorded_stays_noted(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that is gone when the answers come in: the next look adopts them."""
    office.silent_case(office.person("Aigul", "caseworker"), None)
    folder = office.services.settings.instance

    def broken(*_: object) -> None:
        raise LookupError("a fault of ours")

    with taken.notes(folder) as notes:
        with monkeypatch.context() as patched:
            patched.setattr("tracker.engine.sending.dispatch.record", broken)
            with pytest.raises(ExceptionGroup):
                dispatch_batch(office.worker(), Sender(notes=notes))
        dispatch_batch(office.worker(), Sender(notes=notes))
        office.clock.move(seconds=LEASE.total_seconds())
        office.tick()
        row = office.row()
        assert (row.state, row.attempts, row.provider_id) == ("accepted", 1, "email-1")
        assert taken.read(folder), "kept for a lease"
        dispatch_batch(office.worker(), Sender(notes=notes))
        assert taken.read(folder) == {}, "and not for life"


def test_d2_what_is_left_at_the_end_is_written_down_though_one_part_cannot_be(
    office: Office,
) -> None:
    """A worker that stops: the other results are recorded, and the note of the lost one stays."""
    (lost, other), folder = claimed(office), office.services.settings.instance
    bad = f"NEW.state = 'accepted' AND NEW.id = '{lost.envelope.row_id}'"
    refuse(office, "UPDATE ON outbox", bad)

    def call(one: Claimed) -> SendResult:
        notes.write(one.tries, "taken")
        return SendResult(Outcome.ACCEPTED, provider_id="taken")

    with taken.notes(folder) as notes, hands() as pool:
        for one in (lost, other):
            pool.start(one, partial(call, one))
        with pytest.raises(ExceptionGroup):
            drain(office.worker(), Sender(hands=pool, notes=notes))
    assert sorted(row.state for row in office.rows()) == ["accepted", "submitting"]
    assert lost.tries[0] in taken.read(folder)
