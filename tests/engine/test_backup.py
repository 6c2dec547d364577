"""Backup and restore on both databases: a drill, and everything that must be refused (S1, S18)."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import inspect, select

from tests.standins.office import START, Office
from tests.standins.provider import Provider
from tracker.bootstrap import Services, build
from tracker.domain.actor import OPERATOR
from tracker.domain.errors import Refused
from tracker.engine.cases import record
from tracker.engine.keeping import backup
from tracker.engine.keeping.integrity import faults
from tracker.engine.keeping.restore import restore
from tracker.engine.sending.switches import pause_sending
from tracker.security import sealed_file
from tracker.security.keys import KeyRing
from tracker.settings import Settings
from tracker.store import dump, health
from tracker.store.schema import ApiToken, Base, Case, OutboxMessage, PersonName, WebSession, new_id

NAME = "Invented Tursunay of Nowhere"
PUBLIC, SECRET = sealed_file.new_pair()


@pytest.fixture
def office(instance: Path, database_url: str, mail: Provider) -> Iterator[Office]:
    """An office with a deputy (a row that points into its own table), a name, and an alert due."""
    office = Office.opened(instance, database_url, {"email": mail}, TRACKER_BACKUP_KEY=PUBLIC)
    aigul = office.person("Aigul", "caseworker")
    office.person("Bota", "supervisor", deputy_id=aigul)
    case_id = office.silent_case(aigul, None)
    with office.desk() as desk:
        record.add_name(desk, office.case(case_id, desk), NAME)
        desk.session.add(
            WebSession(
                token_hash=b"t",
                kind="staff",
                person_id=aigul,
                made_at=START,
                seen_at=START,
                expires_at=START + timedelta(hours=8),
            )
        )
        desk.session.add(
            ApiToken(
                id=new_id(),
                person_id=aigul,
                token_hmac=b"a program's",
                scope="act",
                made_at=START,
                expires_at=START + timedelta(days=30),
            )
        )
    yield office
    office.services.database.engine.dispose()


@pytest.fixture
def taken(office: Office, tmp_path: Path) -> Path:
    return backup.take(office.services, tmp_path / "one.backup").path


@pytest.fixture
def empty(office: Office, empty_database_url: str) -> Settings:
    """An instance with the same key ring and nothing in its database."""
    return replace(office.services.settings, database_url=empty_database_url)


def everything(settings: Settings) -> dict[str, list[Any]]:
    """All rows of all tables."""
    ready = build(settings)
    with dump.snapshot(ready.database.engine) as connection:
        found = {
            table.name: sorted(
                [tuple(row) for row in connection.execute(sa.select(table))], key=repr
            )
            for table in Base.metadata.sorted_tables
        }
    ready.database.engine.dispose()
    return found


CHANGED = {"flags", "web_sessions", "api_tokens", "outbox", "pulses", "sign_in_links"}


def opened(settings: Settings, office: Office, mail: Provider) -> Services:
    return replace(build(settings, clock=office.clock), channels={"email": mail})


def test_the_drill(office: Office, taken: Path, empty: Settings, mail: Provider) -> None:
    """Backup, restore, every row as it was, the chain holds, a name opens, nothing is sent."""
    restore(empty, taken, SECRET, START)
    before, after = everything(office.services.settings), everything(empty)
    before["audit"] = before["audit"][: len(after["audit"])]  # taking it was audited afterwards
    before["audit_head"] = after["audit_head"]
    before["case_counts"] = [row for row in before["case_counts"] if row[-1]]  # counted anew
    assert {name: before[name] for name in before if name not in CHANGED} == {
        name: after[name] for name in after if name not in CHANGED
    }
    assert len(before["people"]) == 2 and len(before["outbox"]) == len(after["outbox"]) > 0
    back = Office(opened(empty, office, mail), office.clock)
    with back.desk() as desk:
        assert faults(desk) == []
        (name,) = desk.session.scalars(select(PersonName))
        assert desk.safe.open(name, "name") == NAME
        state = health.look(desk.session, desk.now)
        assert (state.paused, state.restored) == (True, True)
        assert all(row.possible_repeat for row in desk.session.scalars(select(OutboxMessage)))
        for kind in (WebSession, ApiToken):
            (row,) = desk.session.scalars(select(kind))
            assert row.ended_at is not None, "neither a browser nor a program is let in again"
    back.tick()
    assert mail.taken == []
    with back.desk() as desk:
        pause_sending(desk, False)
    back.tick()
    assert [one.to for one in mail.taken] == ["aigul@example.net"]
    assert mail.taken[0].possible_repeat
    back.services.database.engine.dispose()


def test_a_backup_goes_into_the_other_kind_of_database_too(
    office: Office, taken: Path, tmp_path: Path
) -> None:
    other = replace(office.services.settings, database_url=f"sqlite:///{tmp_path / 'moved.db'}")
    restore(other, taken, SECRET, START)
    ready = build(other)
    with ready.reading(OPERATOR) as desk:
        assert faults(desk) == []
        assert len(desk.session.scalars(select(Case)).all()) == 1
    ready.database.engine.dispose()


def test_every_table_of_the_database_is_in_it(office: Office) -> None:
    known = set(inspect(office.services.database.engine).get_table_names())
    derived = {table.name for table in Base.metadata.sorted_tables if table.info.get("derived")}
    assert {about["table"] for about in dump.tables()} == known - derived - {"alembic_version"}


def test_it_says_nothing_to_who_steals_it(taken: Path) -> None:
    raw = taken.read_bytes()
    assert taken.stat().st_mode & 0o077 == 0
    for word in (NAME, "aigul", "caseworker", "people", SECRET):
        assert word.encode() not in raw


def test_another_key_is_refused_and_the_needed_one_named(taken: Path, empty: Settings) -> None:
    with pytest.raises(Refused, match=PUBLIC):
        restore(empty, taken, sealed_file.new_pair()[1], START)
    with pytest.raises(Refused, match="AGE-SECRET-KEY-1"):
        restore(empty, taken, "what is this", START)


@pytest.mark.parametrize("harm", ["cut", "changed", "head"])
def test_a_damaged_one_leaves_nothing_behind(taken: Path, empty: Settings, harm: str) -> None:
    raw = bytearray(taken.read_bytes())
    if harm == "cut":
        del raw[-40:]
    elif harm == "changed":
        raw[-40] ^= 1
    else:
        raw[3] ^= 1
    taken.write_bytes(raw)
    with pytest.raises(Refused):
        restore(empty, taken, SECRET, START)
    ready = build(empty)
    assert dump.is_empty(ready.database.engine)
    ready.database.engine.dispose()


FORGERIES: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "a changed row": lambda lines: [
        line.replace(b'"caseworker"', b'"supervisor"') for line in lines
    ],
    "rows taken out": lambda lines: [lines[0], *lines[2:]],
    "no proof": lambda lines: lines[:-1],
    "a proof of their own": lambda lines: [*lines[:-1], b'["proof","' + b"0" * 64 + b'"]'],
    "rows after the proof": lambda lines: [*lines, lines[-2]],
    "another manifest": lambda lines: [lines[0].replace(b'"rows":', b'"rows": '), *lines[1:]],
}


@pytest.mark.parametrize("how", FORGERIES)
def test_a_backup_of_somebody_else_s_making_is_refused(
    taken: Path, empty: Settings, tmp_path: Path, how: str
) -> None:
    """The key that backups are sealed to is no secret: whoever knows it could else bring in an
    administrator with a passkey of theirs."""
    lines: list[bytes] = []
    sealed_file.open_sealed(taken, backup.WHAT, SECRET, lines.append)
    changed = FORGERIES[how](lines)
    assert changed != lines
    forged = tmp_path / "forged.backup"
    sealed_file.seal(forged, sealed_file.read_head(taken, backup.WHAT), iter(changed))
    with pytest.raises(Refused, match="Nobody who holds this key ring"):
        restore(empty, forged, SECRET, START)
    ready = build(empty)
    assert dump.is_empty(ready.database.engine)
    ready.database.engine.dispose()


def test_another_key_ring_is_refused_and_the_needed_one_named(
    office: Office, taken: Path, empty: Settings, tmp_path: Path
) -> None:
    needed = office.services.ring.fingerprint()
    other = replace(empty, keys=tmp_path / "other.json")
    with pytest.raises(Refused, match=f"Put the offline copy of key ring {needed}"):
        restore(other, taken, SECRET, START)
    KeyRing.generate(START).save(other.keys)
    with pytest.raises(Refused, match=f"needs key ring {needed}"):
        restore(other, taken, SECRET, START)


def test_a_database_that_holds_something_is_left_alone(office: Office, taken: Path) -> None:
    with pytest.raises(Refused, match="holds a record already"):
        restore(office.services.settings, taken, SECRET, START)


def test_one_older_than_erasure_allows_needs_a_word(taken: Path, empty: Settings) -> None:
    """S18: else those erased since would quietly come back."""
    late = START + timedelta(days=31)
    with pytest.raises(Refused, match="31 days old"):
        restore(empty, taken, SECRET, late)
    restore(empty, taken, SECRET, late, however_old=True)


def test_in_a_folder_old_ones_go_and_other_files_stay(office: Office, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "letter.backup").write_text("not ours")
    old = backup.take(office.services, folder).path
    office.clock.move(days=29)
    assert backup.take(office.services, folder).dropped == ()
    office.clock.move(days=2)
    assert backup.take(office.services, folder).dropped == (old,)
    assert (folder / "letter.backup").exists() and len(list(folder.iterdir())) == 3


def test_it_is_taken_while_somebody_writes(office: Office, tmp_path: Path) -> None:
    """One snapshot: what is written while the backup runs is in it whole or not at all."""

    def meanwhile(done: int, _of: int) -> None:
        if done < 10:
            office.silent_case(None, None)

    made = backup.take(office.services, tmp_path / "busy.backup", meanwhile)
    other = replace(office.services.settings, database_url=f"sqlite:///{tmp_path / 'busy.db'}")
    back = restore(other, made.path, SECRET, START)
    assert back.rows == made.rows
    ready = build(other)
    with ready.reading(OPERATOR) as desk:
        assert faults(desk) == []
    ready.database.engine.dispose()


def test_without_a_key_nothing_is_written(office: Office, tmp_path: Path) -> None:
    services = replace(office.services, settings=replace(office.services.settings, backup_key=None))
    with pytest.raises(Refused, match="tracker keys backup"):
        backup.take(services, tmp_path / "x.backup")
    assert not (tmp_path / "x.backup").exists()
    full = tmp_path / "full.backup"
    shutil.copyfile(__file__, full)
    with pytest.raises(Refused, match="there already"):
        backup.take(office.services, full)
