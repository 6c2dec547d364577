"""S15: a library that is turned against us, and one that remembers too much, can do nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tracker.security.apart import Limits, run_apart

STRANGE = Limits(memory=2**30, processor_seconds=5, patience_seconds=20.0)
OWN = Limits(memory=2**30, processor_seconds=5, patience_seconds=20.0, reads_own=True)

TRIES = """
import socket, sys

def main():
    done = []
    def tried(name, act):
        try:
            act()
        except (OSError, MemoryError, RuntimeError):
            return
        done.append(name)
    tried("read", lambda: open("/etc/hostname").read())
    tried("write", lambda: open(ESCAPE, "wb", 0).write(b"a name"))
    tried("network", lambda: socket.socket())
    tried("memory", lambda: bytearray(2 << 30))
    sys.stdout.write(",".join([*done, sys.stdin.read()]))
    sys.stdout.flush()
    return 7
"""


def _program(folder: Path, text: str) -> Path:
    program = folder / "program.py"
    program.write_text(text, encoding="ascii")
    return program


@pytest.mark.parametrize(("limits", "can"), [(STRANGE, ""), (OWN, "read,network,")])
def test_a_program_apart_has_its_pipes_and_little_else(
    tmp_path: Path, limits: Limits, can: str
) -> None:
    """No file is written, no gigabytes are had; who reads strangers' files opens nothing at all."""
    left = tmp_path / "left"
    program = _program(tmp_path, TRIES.replace("ESCAPE", repr(str(left))))
    assert run_apart(program, b"heard", limits) == (7, f"{can}heard".encode())
    assert not left.exists() or left.read_bytes() == b""


def test_a_program_apart_sees_no_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_SECRET", "a secret")
    text = "import os\ndef main():\n    return 1 + ('TRACKER_SECRET' in os.environ)\n"
    assert run_apart(_program(tmp_path, text), b"", STRANGE)[0] == 1


def test_one_that_never_ends_is_stopped(tmp_path: Path) -> None:
    """By the kernel after its processor time, and by the clock where it only waits."""
    told = "import resource\ndef main():\n    return resource.getrlimit(resource.RLIMIT_CPU)[1]\n"
    assert run_apart(_program(tmp_path, told), b"", STRANGE)[0] == STRANGE.processor_seconds
    idle = _program(tmp_path, "import time\ndef main():\n    time.sleep(600)\n")
    with pytest.raises(TimeoutError):
        run_apart(idle, b"", replace(STRANGE, patience_seconds=0.2))
