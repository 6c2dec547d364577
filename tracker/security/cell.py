"""Where a program of `apart` begins: it is loaded, the doors are closed, then it runs (S15).

`cell.py PROGRAM MEMORY SECONDS strange|own`. A program has a function `main` that reads the
standard input and returns its exit code. Whatever it needs it imports before, at its top. Before
its first byte is read the process gives up memory, processor time, new files, and core dumps, which
would hold what it read; where what it reads is strange also sockets and new processes. Nothing of
the tracker is imported here.
"""

from __future__ import annotations

import os
import resource
import runpy
import sys


def close_the_doors(memory: int, seconds: int, *, strange: bool) -> None:
    """Give up what is not needed. It cannot be taken back."""
    limits = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,  # pipes have no size
    }
    if strange:
        limits |= {
            resource.RLIMIT_NOFILE: 0,  # no file and no socket can be opened any more
            resource.RLIMIT_NPROC: 0,
        }
        os.nice(10)
    for what, most in limits.items():
        resource.setrlimit(what, (most, most))


def main() -> int:
    """Load the program, close the doors, run it."""
    program, memory, seconds, kind = sys.argv[1:]
    run = runpy.run_path(program)["main"]
    close_the_doors(int(memory), int(seconds), strange=kind != "own")
    return int(run())


if __name__ == "__main__":
    sys.exit(main())
