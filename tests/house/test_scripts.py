"""The scripts that start everything."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.house.files import ROOT, text, tracked

SCRIPTS = [
    path
    for path in tracked()
    if path.is_relative_to(ROOT / "scripts") or path.is_relative_to(ROOT / ".ci")
    if (text(path) or "").startswith("#!/usr/bin/env bash")
]


def test_the_promised_scripts_are_there() -> None:
    names = {str(path.relative_to(ROOT)) for path in SCRIPTS}
    assert {"scripts/setup", "scripts/run", "scripts/test", ".ci/run"} <= names


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_script_is_sound_and_may_be_run(path: Path) -> None:
    assert os.access(path, os.X_OK)
    assert "set -euo pipefail" in (text(path) or "")
    subprocess.run(["bash", "-n", str(path)], check=True)


def test_setup_says_what_is_wrong_in_one_sentence() -> None:
    refused = subprocess.run(
        [str(ROOT / "scripts" / "setup"), "everything"], capture_output=True, text=True, check=False
    )
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert "scripts/setup runtime" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_requirements_are_pinned_with_hashes() -> None:
    for name in ("runtime", "test"):
        lines = (text(ROOT / "requirements" / f"{name}.txt") or "").splitlines()
        packages = [i for i, line in enumerate(lines) if line and line[0] not in "# "]
        assert packages
        for i in packages:
            assert "==" in lines[i]
            assert lines[i + 1].strip().startswith("--hash=sha256:")


def test_what_is_asked_for_is_pinned() -> None:
    """Whoever adds to a .in file runs scripts/requirements too."""
    for name in ("runtime", "test"):
        pinned = (text(ROOT / "requirements" / f"{name}.txt") or "").lower()
        for line in (text(ROOT / "requirements" / f"{name}.in") or "").splitlines():
            asked = line.partition("#")[0].strip().lower()
            if asked and not asked.startswith("-"):
                package = asked.partition(">")[0].partition("=")[0].partition("[")[0]
                assert f"\n{package}==" in pinned
