"""An undocumented setting is a fault, and so is a documented one that does not exist."""

import re

from tests.house.files import ROOT
from tracker.settings import NAMES

ROW = re.compile(r"^\| `(TRACKER_\w+)` \| (.*?) \| (.*?) \|$", re.MULTILINE)


def table() -> str:
    """The README's table as it has to be."""
    rows = [
        f"| `{entry.variable}` | {entry.meaning.replace('|', chr(92) + '|')} |"
        f" {f'`{entry.default}`' if entry.default else ''} |"
        for entry in NAMES
    ]
    return "\n".join(["| setting | meaning | default |", "|---|---|---|", *rows])


def test_the_readme_lists_every_setting_as_the_program_knows_it() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [row[0] for row in ROW.findall(readme)] == [entry.variable for entry in NAMES]
    assert table() in readme
