"""Programs of ours that run as a child of their own, and are gone with what they knew (S15).

What strangers send is read by libraries that may be turned against us or ask for all the memory
there is; what is set on paper is remembered by its typesetter. Both happen in a process that begins
in `cell` and has nothing to lose.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_CELL: Final = Path(__file__).with_name("cell.py")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a program gets of the machine."""

    memory: int
    """Bytes of addresses."""
    processor_seconds: int
    patience_seconds: float
    """By the wall; then it is stopped."""
    reads_own: bool = False
    """It reads what we wrote: it may open files and have threads, and its work is not put off."""


def run_apart(program: Path, content: bytes, limits: Limits) -> tuple[int, bytes]:
    """Run the `main` of a program that stands beside its caller; its exit code, and what it wrote.

    `content` is its standard input. It sees no environment and no folder, imports nothing of ours
    and can write no file; what it complains of is not heard, for it may name what it read. Exit
    codes that it did not choose (1, or a negative signal) are a library that gave up or was
    stopped. Raises TimeoutError, and OSError where it cannot be started.
    """
    kind = "own" if limits.reads_own else "strange"
    told = [str(program), str(limits.memory), str(limits.processor_seconds), kind]
    try:
        done = subprocess.run(  # noqa: S603  # our own program, by its whole path
            [sys.executable, "-I", "-B", str(_CELL), *told],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={},
            timeout=limits.patience_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TimeoutError from None
    return done.returncode, done.stdout
