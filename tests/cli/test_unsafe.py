"""Each way to start an instance refuses unsafe settings, before anything is made (S17)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.settings.test_settings import MAIL, PUBLIC, TWILIO, UNSAFE
from tracker.cli import main
from tracker.settings import DEMO_MARK

STARTING = ("web", "worker", "run")


@pytest.mark.parametrize("command", STARTING)
@pytest.mark.parametrize(("more", "name"), UNSAFE)
def test_no_command_starts_what_is_unsafe(
    command: str, more: dict[str, str], name: str, tmp_path: Path
) -> None:
    instance = tmp_path / "instance"
    environ = {**MAIL, **TWILIO, **PUBLIC, **more, "TRACKER_INSTANCE": str(instance)}
    done = CliRunner().invoke(main, [command], env=environ)
    assert done.exit_code == 1, done.output
    assert done.stderr.startswith(name)
    assert len(done.stderr.splitlines()) == 1
    assert not instance.exists()


def test_a_server_of_one_s_own_choice_does_not_start_it_either(tmp_path: Path) -> None:
    """`gunicorn tracker.wsgi:app` goes past the commands, not past the check."""
    environ = {**PUBLIC, "TRACKER_DEBUG": "1", "TRACKER_INSTANCE": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", "import tracker.wsgi"],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("tracker.settings.safe.Unsafe: TRACKER_DEBUG")


def test_what_an_instance_writes_is_its_user_s_alone(tmp_path: Path) -> None:
    """S1: also in a folder that was there and open to all, and a database of before."""
    instance = tmp_path / "instance"
    instance.mkdir(mode=0o755)
    database = instance / "tracker.db"
    environ = {"TRACKER_INSTANCE": str(instance), "PATH": os.environ["PATH"]}

    def others_may() -> list[str]:
        files = [path for path in instance.rglob("*") if path.is_file()]
        return [path.name for path in files if path.stat().st_mode & 0o077]

    for command in (("init", "--admin", "ada@example.org", "--yes"), ("audit", "verify")):
        subprocess.run(
            [sys.executable, "-m", "tracker", *command],
            env=environ,
            umask=0o022,
            capture_output=True,
            check=True,
        )
        assert others_may() == []
        database.chmod(0o644)
    subprocess.run(
        [sys.executable, "-c", "import tracker.wsgi"],
        env={**environ, "TRACKER_BIND": "127.0.0.1:8000"},
        umask=0o022,
        capture_output=True,
        check=True,
    )
    assert others_may() == []


def test_a_movable_clock_outside_a_demo_starts_nowhere(tmp_path: Path) -> None:
    environ = {"TRACKER_INSTANCE": str(tmp_path), "TRACKER_CLOCK_FILE": str(tmp_path / "clock")}
    for command in STARTING:
        done = CliRunner().invoke(main, [command], env=environ)
        assert (done.exit_code, "only be moved in a demo" in done.stderr) == (2, True)
    assert not (tmp_path / DEMO_MARK).exists()
