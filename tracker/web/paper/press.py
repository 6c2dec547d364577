"""The printing press: a program apart, started for one sheet and gone with it.

It reads one JSON object from standard input and writes a PDF or PNG to standard output. What it
knew goes with it: the typesetter remembers parts of what it has set, and those parts are names.
It imports nothing of ours, so that it starts in a moment.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import typst

HERE = Path(__file__).resolve().parent


def main() -> int:
    """Set one sheet; 0. Raises what the typesetter raises: the exit code tells the parent."""
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
    sys.stdout.buffer.flush()
    return 0
