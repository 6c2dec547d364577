"""How far a translation can be trusted: ``status.toml`` as values."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from tracker.i18n.languages import LANGUAGES, SOURCE

State = Literal["source", "machine", "reviewed"]


@dataclass(frozen=True)
class Review:
    """What has been read by a person in one language."""

    complete: bool
    """Every string is translated; else English stands in for the missing ones."""
    states: dict[str, State]
    """Group of strings -> state."""

    @property
    def trusted(self) -> bool:
        """Every group was written or read by a person: no banner is needed."""
        return self.complete and "machine" not in self.states.values()


@cache
def groups() -> dict[str, list[str]]:
    """Group -> the beginnings of the file names whose strings belong to it; the first that fits."""
    return {str(name): list(paths) for name, paths in _document()["groups"].items()}


@cache
def review(code: str) -> Review:
    """The state of a language. Raises KeyError for a code that is not ours."""
    LANGUAGES[code]
    if code == SOURCE:
        return Review(complete=True, states=dict.fromkeys(groups(), "source"))
    entry = _document()[code]
    states: dict[str, State] = {
        group: "reviewed" if entry[group] == "reviewed" else "machine" for group in groups()
    }
    return Review(complete=entry["complete"] is True, states=states)


@cache
def _document() -> dict[str, Any]:
    return tomllib.loads(files("tracker.i18n").joinpath("status.toml").read_text(encoding="utf-8"))
