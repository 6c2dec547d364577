"""What the columns of an imported sheet mean: as their names say, or as a person says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from tracker.engine.sheets.sheet_words import HEADINGS, plain, ways
from tracker.i18n.languages import LANGUAGES
from tracker.i18n.words import gettext as _
from tracker.i18n.words import speaking

COLUMNS: Final[Mapping[str, int]] = {
    "id": 100,
    "ref": 20,
    "name": 2_000,
    "surname": 200,
    "patronymic": 200,
    "born": 200,
    "description": 1_000,
    "place": 1_000,
    "held_since": 500,
    "last_contact": 500,
    "said_on": 40,
    "means": 40,
    "freely": 10,
    "staged": 10,
    "said": 5_000,
    "confirmed": 10,
    "source": 200,
    "language": 10,
    "zone": 60,
    "caseworker": 254,
    "told_already": 10,
    "relation": 200,
    "enquirer": 200,
    "phone": 60,
    "email": 254,
}
"""Each column there is, with the most signs it takes. `id` is the office's own number of a case."""

IGNORED: Final = "-"
_ASIDE: Final = re.compile(r"[(\[（][^()\[\]（）]*[)\]）]")
_BETWEEN_NAMES: Final = re.compile(r"[/|(\[（\n]")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row: its number, the column's name in the sheet, a sentence.

    `cell` is what stands there, as far as that helps to find it.
    """

    row: int
    column: str
    says: str
    cell: str = ""


def mapping(columns: Iterable[str], said: Mapping[str, str]) -> tuple[dict[str, str], list[Fault]]:
    """From the sheet's column names to ours: as `said`, else by name. What fits nothing is a fault.

    `-` says that a column is left out.
    """
    found: dict[str, str] = {}
    faults = [
        Fault(1, name, _("There is no such column in the file."))
        for name in said
        if name not in set(columns)
    ]
    for name in columns:
        ours = said.get(name) or _named(name)
        if ours == IGNORED:
            continue
        if ours not in COLUMNS:
            says = _("It is not known what this column means. Say which it is, or leave it out.")
            faults.append(Fault(1, name, says))
        elif ours in found.values():
            faults.append(Fault(1, name, _("Two columns mean the same. Leave one out.")))
        else:
            found[name] = ours
    return found, faults


def guess(columns: Iterable[str]) -> dict[str, str]:
    """What each column may mean by its name, in any of our languages; `-` where nobody can tell.

    A heading in two languages is understood by either. A meaning is given once, to the first column
    that bears it.
    """
    found: dict[str, str] = {}
    for name in columns:
        ours = _named(name) or _by_parts(name) or IGNORED
        found[name] = IGNORED if ours in found.values() else ours
    return found


def known_among(columns: Iterable[str]) -> int:
    """How many of these columns are understood."""
    return sum(1 for name in columns if _named(name))


def labels() -> dict[str, str]:
    """The columns as people call them."""
    return {
        "id": _("Your own number of the case"),
        "ref": _("Reference"),
        "name": _("Names of the person"),
        "surname": _("Surname"),
        "patronymic": _("Father’s name"),
        "born": _("Born"),
        "description": _("Who it is"),
        "place": _("Where"),
        "held_since": _("Held since"),
        "last_contact": _("Last heard"),
        "said_on": _("Said on"),
        "means": _("Means of contact"),
        "freely": _("Could they speak freely?"),
        "staged": _("Told what to say, or staged?"),
        "said": _("What was learnt"),
        "confirmed": _("Confirmed"),
        "source": _("Source"),
        "language": _("Language"),
        "zone": _("Time zone"),
        "caseworker": _("E-mail address of the caseworker"),
        "told_already": _("These were told already"),
        "relation": _("Relation of who reports"),
        "enquirer": _("Who reports"),
        "phone": _("Telephone of who reports"),
        "email": _("E-mail of who reports"),
    }


def _named(name: str) -> str:
    """Our column of this name, with or without what stands beside it in brackets."""
    return _names().get(plain(name)) or _names().get(plain(_ASIDE.sub(" ", name)), "")


def _by_parts(name: str) -> str:
    """What the parts of a heading mean, as of "Имя / Name", where they do not contradict."""
    found = {_named(part) for part in _BETWEEN_NAMES.split(name)} - {""}
    return found.pop() if len(found) == 1 else ""


@cache
def _names() -> Mapping[str, str]:
    """Our columns by every name we know: our own, the labels of the page, those of offices.

    What means several things, in one language or two, means nothing.
    """
    found: dict[str, set[str]] = {}
    for headings in HEADINGS.values():
        for ours, names in headings.items():
            for way in ways(names):
                found.setdefault(way, set()).add(ours)
    for code in LANGUAGES:
        with speaking(code):
            for ours, label in labels().items():
                found.setdefault(plain(label), set()).add(ours)
    clear = {name: min(meant) for name, meant in found.items() if len(meant) == 1}
    return clear | {plain(ours): ours for ours in COLUMNS}
