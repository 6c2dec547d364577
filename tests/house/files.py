"""The files of the project, as the house tests look at them."""

import re
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "tracker"


@cache
def tracked() -> list[Path]:
    """Every file that belongs to the project; without git, every file but what is made here."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=False,
    )  # fmt: skip
    if listed.returncode == 0:
        names = [ROOT / name.decode() for name in listed.stdout.split(b"\0") if name]
        return [path for path in names if path.is_file()]
    made = {".venv", ".git", "instance", "__pycache__", "node_modules"}
    return [path for path in ROOT.rglob("*") if path.is_file() and not made & set(path.parts)]


def text(path: Path) -> str | None:
    """What a file says, or None when it is not text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def program(*suffixes: str) -> list[Path]:
    """The files of the program with one of these endings."""
    return [path for path in tracked() if PROGRAM in path.parents and path.suffix in suffixes]


def lines_with(pattern: str, paths: list[Path]) -> list[str]:
    """``tracker/x.py:7: the line`` for each line in which the regular expression is found."""
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate((text(path) or "").splitlines(), 1)
        if re.search(pattern, line)
    ]
