"""The commands' promises to other programs (cli.md): help, exit status, names of members."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pyotp
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from tests.domain import clock_example
from tracker.bootstrap import Services, build, set_up
from tracker.cli import main
from tracker.domain.actor import OPERATOR
from tracker.engine.cases import cases
from tracker.engine.staff.accounts import add_person
from tracker.security import argon, passwords, totp
from tracker.settings import load
from tracker.store.schema import Case, Person


def _commands(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    for name, command in getattr(group, "commands", {}).items():
        yield from _commands(command, (*path, name))


def invoke(*words: str, text: str | None = None, instance: Path | None = None) -> Result:
    env = {"TRACKER_INSTANCE": str(instance)} if instance else {}
    return CliRunner().invoke(main, list(words), input=text, env=env)


@pytest.mark.parametrize(
    "path", list(_commands(main)), ids=lambda path: " ".join(path) or "tracker"
)
def test_every_command_has_help_with_an_example(path: tuple[str, ...]) -> None:
    shown = invoke(*path, "--help")
    assert shown.exit_code == 0
    assert "Example:" in shown.output
    assert f"tracker {' '.join(path)}".strip() in " ".join(
        shown.output.split("Example:")[1].split()
    )


@pytest.mark.parametrize(
    "words",
    [
        ("nothing-like-it",),
        ("replay",),
        ("replay", "no-such-file.json"),
        ("digest",),
        ("dates", "parse", "--said-on", "yesterday", "x"),
        ("user", "add", "a@example.org"),
    ],
    ids=" ".join,
)
def test_wrong_use_is_status_2(words: tuple[str, ...]) -> None:
    done = invoke(*words)
    assert done.exit_code == 2, done.output
    assert "Traceback" not in done.output


@pytest.mark.parametrize("words", ["doctor", "db check", "audit verify", "db upgrade"])
@pytest.mark.parametrize(
    "url", ["postgresql+psycopg://postgres@/x?host=/nonexistent", "sqlite:////nonexistent/x.db"]
)
def test_a_database_out_of_reach_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, url: str
) -> None:
    """Whoever looks for what is wrong then reads no traceback."""
    set_up(load({}, tmp_path))
    monkeypatch.setenv("TRACKER_DATABASE_URL", url)
    done = invoke(*words.split(), instance=tmp_path)
    assert done.exit_code == 1
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert done.output.startswith("The database cannot be used")
    assert len(done.output.splitlines()) == 1


def test_replay_prints_the_example_of_the_rules_to_the_letter(tmp_path: Path) -> None:
    (tmp_path / "case.json").write_text(clock_example.FILE, encoding="utf-8")
    done = invoke("replay", str(tmp_path / "case.json"))
    assert (done.exit_code, done.stdout) == (0, clock_example.PRINTED)


def test_replay_as_a_process_reads_standard_input() -> None:
    command = [sys.executable, "-m", "tracker", "replay", "-"]
    done = subprocess.run(
        command, input=clock_example.FILE.encode(), capture_output=True, check=True
    )
    assert done.stdout.decode() == clock_example.PRINTED


def test_replay_refuses_with_the_path_of_the_wrong_member(tmp_path: Path) -> None:
    wrong = clock_example.FILE.replace('"occurred": "2018-01-22"', '"occurred": "soon"')
    (tmp_path / "case.json").write_text(wrong, encoding="utf-8")
    done = invoke("replay", str(tmp_path / "case.json"))
    assert (done.exit_code, done.stdout) == (2, "")
    assert "cases[0].events[0].occurred" in done.stderr


def test_dates_and_names_answer_one_object_a_line() -> None:
    date = json.loads(invoke("dates", "parse", "--said-on", "2018-05-01", "in April 2017").stdout)
    assert list(date) == ["text", "edtf", "earliest", "latest", "flags"]
    assert (date["edtf"], date["latest"]) == ("2017-04", "2017-04-30")
    nothing = invoke("dates", "parse", "--said-on", "2018-05-01", "no day at all")
    assert nothing.exit_code == 0
    assert json.loads(nothing.stdout)["edtf"] is None
    names = json.loads(invoke("names", "compare", "Nurlan", "Нұрлан").stdout)
    assert list(names) == ["a", "b", "score", "same"]
    assert names["same"] is True


@pytest.fixture
def ready(instance: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """An instance of its own, with an administrator who has both factors."""
    monkeypatch.setattr(argon, "COST", argon.Cost(passes=1, memory_kib=16))
    made = set_up(load({}, instance))
    yield made
    made.database.engine.dispose()


def test_a_command_in_the_wrong_folder_says_where_it_looked(tmp_path: Path) -> None:
    """Whoever is woken at night must not take it for a new instance and begin one."""
    said = invoke("doctor", instance=tmp_path / "instance")
    assert said.exit_code == 1
    assert str(tmp_path / "instance") in said.output and "TRACKER_INSTANCE" in said.output
    assert "only for a new one" in said.output


def test_doctor_finds_what_is_planted(ready: Services, instance: Path) -> None:
    """No worker ever ran, nobody to tell, and a case on which the clock failed."""
    with ready.desk(OPERATOR) as desk:
        case = cases.open_case(desk, zone_name="UTC")
        case.set_aside_at = desk.now
    done = invoke("doctor", "--json", instance=instance)
    found = {line["what"]: line["well"] for line in map(json.loads, done.stdout.splitlines())}
    assert done.exit_code == 1
    assert {what for what, well in found.items() if not well} >= {"worker", "caseworker", "cases"}
    assert found["database"] and found["delivery"] and found["keys"] and found["alerts"]


def test_doctor_names_no_address_at_which_the_site_may_not_run(
    ready: Services, instance: Path
) -> None:
    """One given for a run alone (TRACKER_BIND) is not known to the next command."""
    said = invoke("doctor", instance=instance).output
    assert "See on the site /help#worker" in said and "8000" not in said


def test_doctor_says_when_others_can_read_the_keys(ready: Services, instance: Path) -> None:
    ready.settings.keys.chmod(0o644)
    done = invoke("doctor", instance=instance)
    assert done.exit_code == 1
    assert "chmod 600" in done.output and "Traceback" not in done.output


def _administrator(ready: Services) -> str:
    with ready.desk(OPERATOR) as desk:
        person = add_person(desk, email="omar@example.org", name="Omar", roles=["administrator"])
        secret = totp.new_secret()
        person.password_hash = passwords.hash_password(PASSWORD)
        desk.safe.seal(person, "totp", secret)
        person.totp_confirmed_at = desk.now
        return str(secret)


PASSWORD = "three invented horses"


def test_user_add_asks_for_both_factors(ready: Services, instance: Path) -> None:
    """cli.md: with that person's rights, a second factor, and an audit row."""
    secret = _administrator(ready)
    words = ("user", "add", "bo@example.org", "--role", "caseworker", "--as", "omar@example.org")
    wrong = invoke(*words, text=f"{PASSWORD}\n000000\n", instance=instance)
    assert wrong.exit_code == 1 and "/welcome/" not in wrong.output
    code = pyotp.TOTP(secret).at(ready.clock())
    done = invoke(*words, text=f"{PASSWORD}\n{code}\n", instance=instance)
    assert done.exit_code == 0, done.output
    assert "/welcome/" in done.stdout
    with build(ready.settings).reading(OPERATOR) as desk:
        assert len(desk.session.scalars(select(Person)).all()) == 2
        assert not desk.session.scalars(select(Case)).all()
