"""`tracker import` as a person types it (cli.md)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from tracker.bootstrap import build, set_up
from tracker.cli import main
from tracker.domain.actor import OPERATOR
from tracker.settings import load
from tracker.store.schema import Case


@pytest.fixture
def ready(instance: Path) -> None:
    set_up(load({}, instance)).database.engine.dispose()


def bring(instance: Path, *words: str) -> Result:
    env = {"TRACKER_INSTANCE": str(instance)}
    return CliRunner().invoke(main, ["import", *words], env=env)


def cases(instance: Path) -> int:
    made = build(load({}, instance))
    with made.reading(OPERATOR) as desk:
        found = len(desk.session.scalars(select(Case)).all())
    made.database.engine.dispose()
    return found


@pytest.mark.usefixtures("ready")
def test_first_a_dry_run_then_in_earnest_then_once_more(instance: Path, tmp_path: Path) -> None:
    file = tmp_path / "cases.csv"
    file.write_text("id,Full Name,last heard\n1,Tursun Hapiz,in January 2018\n", encoding="utf-8")
    tried = bring(instance, str(file), "--dry-run", "--json")
    assert tried.exit_code == 0, tried.output
    said = json.loads(tried.stdout)
    assert (said["dry_run"], said["rows"], len(said["opened"]), said["faults"]) == (True, 1, 1, [])
    assert cases(instance) == 0
    done = bring(instance, str(file))
    assert done.exit_code == 0 and "1 cases opened" in done.stdout
    again = bring(instance, str(file))
    assert "0 cases opened" in again.stdout and "1 known already" in again.stdout
    assert cases(instance) == 1


@pytest.mark.usefixtures("ready")
def test_a_guessed_encoding_is_said_and_another_can_be_named(
    instance: Path, tmp_path: Path
) -> None:
    file = tmp_path / "cases.csv"
    file.write_bytes("ФИО;Последний контакт\nТурсун Хапиз;январь 2018\n".encode("cp1251"))
    guessed = bring(instance, str(file), "--dry-run")
    assert guessed.exit_code == 0 and "Read as Windows-1251" in guessed.stderr
    named = bring(instance, str(file), "--encoding", "cp1251")
    assert named.exit_code == 0 and "Read as" not in named.stderr
    assert bring(instance, str(file), "--encoding", "gb18030").exit_code == 1
    assert cases(instance) == 1


@pytest.mark.usefixtures("ready")
def test_faults_are_named_and_nothing_is_kept(instance: Path, tmp_path: Path) -> None:
    file = tmp_path / "cases.csv"
    file.write_text("name,last_contact,x\nA Person,2018,1\n", encoding="utf-8")
    unknown = bring(instance, str(file))
    assert unknown.exit_code == 1 and "row 1, x:" in unknown.stderr
    file.write_text(
        "name,last_contact,x\nA Person,2018,1\nB Person,32 Foo 2018,1\nC Person,one day,1\n",
        encoding="utf-8",
    )
    done = bring(instance, str(file), "--map", "x=-")
    assert done.exit_code == 1 and "row 3, last_contact:" in done.stderr
    assert "row 4, last_contact: No date is understood" in done.stderr
    assert cases(instance) == 0
    assert bring(instance, str(file), "--map", "x").exit_code == 2
    assert bring(instance, str(tmp_path / "no.csv")).exit_code == 2
