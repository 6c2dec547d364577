"""The demonstration, told once in a run of the tests and copied for whoever changes it.

Telling it takes a while (eleven weeks of an office, tick by tick), copying it a moment.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from tracker.bootstrap import Services, build
from tracker.demo import open_demo
from tracker.demo.opening import prepare


@dataclass(frozen=True, slots=True)
class ToldDemo:
    """The folder with the story as it stands on its last day. Nobody writes into it."""

    folder: Path
    said: tuple[str, ...]

    @classmethod
    def told(cls, folder: Path) -> ToldDemo:
        """Tell the story into `folder`, as `tracker run --demo` does."""
        said: list[str] = []
        open_demo({"TRACKER_INSTANCE": str(folder)}, said.append)
        return cls(folder, tuple(said))

    def copied(self, folder: Path, bind: str = "") -> Services:
        """The services of a copy in `folder`, to be changed at will; `bind` as 127.0.0.1:8000."""
        shutil.copytree(self.folder, folder)
        return build(prepare({"TRACKER_BIND": bind} if bind else {}, folder))
