"""Sheets and pictures become files: PDF for paper, PNG for slides and reports."""

from __future__ import annotations

import json
import logging
import re
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from tracker.domain.errors import Refused
from tracker.i18n.words import gettext as _
from tracker.security.apart import Limits, run_apart
from tracker.web.charts import Drawing, Picture
from tracker.web.paper.sheet import POINTS, Sheet

log = logging.getLogger(__name__)

HERE: Final = Path(__file__).resolve().parent
LIMITS: Final = Limits(memory=2 * 2**30, processor_seconds=20, patience_seconds=30, reads_own=True)
_PRESS: Final = HERE / "press.py"
PNG_PIXELS_PER_INCH: Final = 192
"""Twice what a screen shows, so that a slide stays sharp."""


def pdf(sheet: Sheet) -> bytes:
    """The sheet as a PDF: tagged for screen readers (PDF/UA-1), fonts embedded, no date, no author.

    Raises Refused where it cannot be made in time.
    """
    told = sheet.told()
    for piece in told["blocks"]:
        if piece["kind"] == "picture":
            piece["svg"] = with_fonts(piece["svg"])
    return _pressed("paper.typ", told, "pdf")


def png(picture: Drawing | Picture) -> bytes:
    """A picture as a PNG in its own size, at twice the density. Raises Refused."""
    told = {"svg": with_fonts(picture.svg), "width": picture.width * POINTS}
    return _pressed("picture.typ", told, "png")


def _pressed(form: str, told: dict[str, Any], kind: Literal["pdf", "png"]) -> bytes:
    words = json.dumps(told, ensure_ascii=False)
    order = {
        "form": form,
        "told": told,
        "format": kind,
        "ppi": PNG_PIXELS_PER_INCH,
        "system_fonts": not covered(words),
    }
    try:
        status, pressed = run_apart(_PRESS, json.dumps(order).encode(), LIMITS)
        why = str(status) if status else ""
    except OSError as error:
        why = type(error).__name__
    if why:  # what the press says may hold what stands on the sheet: it is in no log
        log.error("the press made no %s: %s", kind, why)
        raise Refused(
            _("The paper could not be made. Try again; if it fails again, tell an administrator.")
        )
    return pressed


_FONT: Final = re.compile(r'font-family="[^"]*"')
_ARABIC: Final = re.compile("[\u0600-\u06ff\u0750-\u077f]")


def with_fonts(drawing: str) -> str:
    """A drawing with Arabic letters in the one font that has those and all others of its lines.

    Where a line of a drawing begins in a font without them, the typesetter seeks another letter by
    letter, and loses those that join into one sign.
    """
    if not _ARABIC.search(drawing):
        return str(drawing)
    return _FONT.sub('font-family="DejaVu Sans"', str(drawing), count=1)


def covered(words: str) -> bool:
    """Whether our own fonts hold every letter; else the machine's fonts are asked too."""
    return all(ord(letter) in _letters() for letter in set(words))


@cache
def _letters() -> frozenset[int]:
    ranges = (HERE / "fonts" / "LETTERS").read_text("ascii").split()
    bounds = ((first, last or first) for first, _, last in (r.partition("-") for r in ranges))
    return frozenset(
        code for first, last in bounds for code in range(int(first, 16), int(last, 16) + 1)
    )
