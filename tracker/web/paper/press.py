"""The printing press: a program of its own, run as a child for one sheet and gone with it.

It reads one JSON object from standard input and writes a PDF or PNG to standard output. What it
knew goes with it: the typesetter remembers parts of what it has set, and those parts are names.
It may write no file (limit 0), dump no core, and use neither the network nor the environment.
It imports nothing of ours, so that it starts in a moment.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

import typst

HERE = Path(__file__).resolve().parent
SECONDS = 20
BYTES = 2 * 1024**3


def main() -> None:
    """Set one sheet. Raises what the typesetter raises: the exit status tells the parent."""
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_AS, BYTES),
    ):
        resource.setrlimit(what, (most, most))
    order = json.load(sys.stdin)
    fonts = typst.Fonts(
        include_system_fonts=order["system_fonts"],
        include_embedded_fonts=False,
        font_paths=[str(HERE / "fonts")],
    )
    compiler = typst.Compiler(
        str(HERE / order["form"]),
        root=str(HERE),
        font_paths=fonts,
        ignore_system_fonts=not order["system_fonts"],
        sys_inputs={"told": json.dumps(order["told"])},
    )
    made = compiler.compile(
        format=order["format"],
        ppi=order["ppi"],
        timestamp=0,
        pdf_standards=["ua-1"] if order["format"] == "pdf" else [],
    )
    pages = made if isinstance(made, list) else [made]
    sys.stdout.buffer.write(pages[0] or b"")


if __name__ == "__main__":
    main()
