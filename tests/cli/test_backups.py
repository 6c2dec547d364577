"""`tracker backup`, `restore` and `keys backup|copied`: as a person types them (cli.md)."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from click.testing import CliRunner, Result

from tracker.bootstrap import set_up
from tracker.cli import main
from tracker.domain.actor import OPERATOR
from tracker.engine.cases import cases
from tracker.settings import load


def invoke(*words: str, instance: Path, text: str | None = None, **env: str) -> Result:
    return CliRunner().invoke(
        main, list(words), input=text, env={"TRACKER_INSTANCE": str(instance), **env}
    )


def doctor(instance: Path, **env: str) -> dict[str, bool]:
    done = invoke("doctor", "--json", instance=instance, **env)
    return {line["what"]: line["well"] for line in map(json.loads, done.stdout.splitlines())}


def test_the_whole_way_from_a_key_to_a_restored_instance(tmp_path: Path, instance: Path) -> None:
    ready = set_up(load({}, instance))
    with ready.desk(OPERATOR) as desk:
        ref = cases.open_case(desk, zone_name="UTC").ref
    ready.database.engine.dispose()
    asked = invoke("backup", str(tmp_path / "b"), instance=instance)
    assert asked.exit_code == 1 and "tracker keys backup" in asked.stderr
    key = tmp_path / "key.txt"
    made = invoke("keys", "backup", str(key), instance=instance)
    assert made.exit_code == 0 and key.stat().st_mode & 0o077 == 0
    public = made.stdout.split('"')[1]
    assert public not in key.read_text().splitlines()[1]
    settings = {"TRACKER_BACKUP_KEY": public}
    assert not doctor(instance, **settings)["backup"]
    folder = tmp_path / "backups"
    missing = invoke("backup", f"{folder}/", instance=instance, **settings)
    assert missing.exit_code == 1 and "make it first" in missing.stderr and not folder.exists()
    folder.mkdir()
    done = invoke("backup", str(folder), instance=instance, **settings)
    assert done.exit_code == 0, done.output
    assert doctor(instance, **settings)["backup"]
    (file,) = folder.iterdir()

    other = tmp_path / "other"
    other.mkdir(mode=0o700)
    refused = invoke("restore", str(file), "--key", str(key), instance=other, **settings)
    assert refused.exit_code == 1 and "offline copy of key ring" in refused.stderr
    assert [path.name for path in other.iterdir()] == []
    shutil.copy2(instance / "keys.json", other / "keys.json")
    too_early = invoke("doctor", instance=other)
    assert too_early.exit_code == 1 and too_early.stderr.count("\n") == 1
    assert "tracker restore FILE" in too_early.stderr and "no such table" not in too_early.output
    back = invoke("restore", str(file), instance=other, text=key.read_text().splitlines()[1] + "\n")
    assert back.exit_code == 0, back.output
    assert "Sending is paused" in back.stdout
    with set_up(load({}, other)).reading(OPERATOR) as desk:
        assert desk.session.connection().exec_driver_sql("select ref from cases").scalar() == ref
    assert not doctor(other)["sending"]
    again = invoke("restore", str(file), "--key", str(key), instance=other)
    assert again.exit_code == 1 and "holds a record already" in again.stderr


def test_a_secret_key_does_not_pass_for_the_public_one(tmp_path: Path, instance: Path) -> None:
    invoke("keys", "backup", str(tmp_path / "k"), instance=instance)
    secret = (tmp_path / "k").read_text().splitlines()[1]
    refused = invoke("doctor", instance=instance, TRACKER_BACKUP_KEY=secret)
    assert refused.exit_code == 2 and secret not in refused.output
    assert "stays offline" in refused.stderr


def test_the_offline_copy_is_demanded_until_somebody_names_it(instance: Path) -> None:
    ready = set_up(load({}, instance))
    assert not doctor(instance)["key copy"]
    wrong = invoke("keys", "copied", "0000-0000-0000-0000", instance=instance)
    assert wrong.exit_code == 1
    assert not doctor(instance)["key copy"]
    done = invoke("keys", "copied", ready.ring.fingerprint(), instance=instance)
    assert done.exit_code == 0 and doctor(instance)["key copy"]
    invoke("keys", "rotate", instance=instance)
    assert not doctor(instance)["key copy"]
    ready.database.engine.dispose()
