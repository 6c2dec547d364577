"""What stands on a sheet of paper, piece by piece, as plain data for `paper.typ`."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tracker.i18n.languages import LANGUAGES
from tracker.i18n.words import apart, spoken
from tracker.web.charts import Picture

POINTS: Final = 0.75
"""Points in a CSS pixel."""

FULL_WIDTH: Final = 493.0
"""Points between the margins of A4."""


_MEASURED: Final = 12
"""Letters differ in width: so many of the longest words of a column are measured."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One of the few figures on top: large, with a label, perhaps with a note."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """A label and what is known, one line each; several where sources tell differently."""

    label: str
    values: Sequence[str]


@dataclass(slots=True)
class Sheet:
    """A sheet in the language being spoken. `title` is for the file's properties: it names nobody.

    Pieces are added from top to bottom. All words are shown as they are; none is markup.
    """

    title: str
    heading: str
    name: str = ""
    lead: str = ""
    foot: str = ""
    _pieces: list[dict[str, Any]] = field(default_factory=list)

    def add_heading(self, text: str) -> None:
        """A heading of the second order."""
        self._pieces.append({"kind": "heading", "text": text})

    def add_text(self, text: str, *, small: bool = False) -> None:
        """A paragraph of ours."""
        self._pieces.append({"kind": "small" if small else "text", "text": text})

    def add_warning(self, text: str) -> None:
        """A paragraph of ours in a frame."""
        self._pieces.append({"kind": "warning", "text": text})

    def add_words(self, text: str) -> None:
        """What somebody wrote, in the direction of its own script."""
        self._pieces.append({"kind": "words", "text": text, "rtl": _is_rtl(text)})

    def add_facts(self, facts: Sequence[Fact]) -> None:
        """The few figures on top."""
        items = [{"label": f.label, "value": apart(f.value), "note": f.note} for f in facts]
        self._pieces.append({"kind": "facts", "items": items})

    def add_pairs(self, pairs: Sequence[Pair]) -> None:
        """Labels with what is known."""
        rows = [{"label": p.label, "values": [apart(v) for v in p.values]} for p in pairs]
        self._pieces.append({"kind": "pairs", "rows": rows})

    def add_table(
        self, header: Sequence[str], rows: Sequence[Sequence[str]], *, even: bool = False
    ) -> None:
        """A table whose first row is repeated on every page.

        Where `even`, its columns begin where those of the other such tables do, each as wide as its
        longest words; the last has the rest.
        """
        cells = [[apart(cell) for cell in row] for row in rows]
        self._pieces.append({"kind": "table", "header": list(header), "rows": cells, "even": even})

    def add_picture(self, picture: Picture, alt: str) -> None:
        """A drawing in its own size, or as wide as the paper. `alt` is read out instead of it."""
        self._pieces.append(
            {
                "kind": "picture",
                "svg": str(picture.svg),
                "alt": alt,
                "width": min(picture.width * POINTS, FULL_WIDTH),
                "mirrored": LANGUAGES[spoken()].direction == "rtl",
            }
        )

    def told(self) -> dict[str, Any]:
        """The whole as JSON values."""
        language = LANGUAGES[spoken()]
        return {
            "lang": language.tag.partition("-")[0],
            "rtl": language.direction == "rtl",
            "title": self.title,
            "heading": apart(self.heading),
            "name": apart(self.name),
            "lead": self.lead,
            "foot": self.foot,
            "blocks": self._pieces,
            "widest": self._widest(),
        }

    def _widest(self) -> dict[str, list[str]]:
        """The words that may be the widest of each column of the even tables, by its heading: of
        these the paper takes the measure, and not of thousands."""
        columns: dict[str, set[str]] = {}
        for piece in self._pieces:
            if piece["kind"] == "table" and piece["even"]:
                for heading, *cells in zip(piece["header"], *piece["rows"], strict=True):
                    columns.setdefault(heading, {heading}).update(cells)
        return {name: sorted(words, key=len)[-_MEASURED:] for name, words in columns.items()}


def _is_rtl(text: str) -> bool:
    """Whether the first letter with a direction goes to the left (UAX 9, P2)."""
    kinds = (unicodedata.bidirectional(letter) for letter in text)
    return next((kind for kind in kinds if kind in ("L", "R", "AL")), "L") != "L"
