"""Contact sheets of the pictures that scripts/looks takes: the tops of pages, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PIL import Image, ImageDraw

Shots = Sequence[tuple[str, Path]]
"""What each page is called, and its picture, in the order in which they were taken."""

CELL = {360: 240, 1280: 480}
"""Pixels that a page is wide on a contact sheet, by the window's width."""

SMALL = {360: 196, 1280: 400}
"""The same on the overview: six laptops are as wide as twelve telephones."""

PRINCIPAL = (
    *("/", "/report", "/report/names", "/report/heard", "/report/consents", "/report/check"),
    *("/report/send", "/status (receipt)"),
    *("vera: /queue", "vera: /cases/*", "vera: /cases/*/contact", "vera: /cases/*/share"),
    *("vera: /work", "vera: /cases/new", "vera: /digests/*", "vera: /team"),
    *("vera: /policies/*/draft", "vera: /import", "consul: /shared", "consul: /shared/*"),
    *("admin: /outbox", "admin: /doctor", "admin: /people/*", "auditor: /audit"),
)
"""The pages of the overview: those that each kind of reader meets first."""

_GAP, _HEAD = 8, 18
_QUALITY = 45


def contact_sheets(shots: Mapping[int, Shots], folder: Path, language: str) -> None:
    """All pages, two dozen telephones or a dozen laptops to a sheet."""
    for width, taken in shots.items():
        across, per_sheet = (6, 12) if width == 360 else (3, 12)
        for start in range(0, len(taken), per_sheet):
            sheet = _grid(taken[start : start + per_sheet], CELL[width], across, _tall(width))
            number = start // per_sheet + 1
            sheet.save(folder / f"sheet-{language}-{width}-{number}.png")


def overview(shots: Mapping[int, Shots], folder: Path, language: str) -> None:
    """The principal pages at both widths on one sheet, small enough to be kept with the code."""
    parts = []
    for width, taken in sorted(shots.items()):
        by_name = dict(taken)
        found = [(name, by_name[name]) for name in PRINCIPAL if name in by_name]
        if found:
            across = 12 if width == 360 else 6
            parts.append(_grid(found, SMALL[width], across, _tall(width)))
    if not parts:
        return
    whole = Image.new("RGB", (max(p.width for p in parts), sum(p.height for p in parts)), "#888888")
    top = 0
    for part in parts:
        whole.paste(part, (0, top))
        top += part.height
    whole.save(folder / f"overview-{language}.webp", quality=_QUALITY, method=6)


def _tall(width: int) -> float:
    """How much of a page is shown, in its widths."""
    return 2.4 if width == 360 else 1.0


def _grid(taken: Shots, cell: int, across: int, tall: float) -> Image.Image:
    height, rows = round(cell * tall), -(-len(taken) // across)
    size = across * (cell + _GAP), rows * (height + _HEAD + _GAP)
    sheet = Image.new("RGB", size, "#888888")
    draw = ImageDraw.Draw(sheet)
    for i, (name, file) in enumerate(taken):
        x, y = (i % across) * (cell + _GAP), (i // across) * (height + _HEAD + _GAP)
        with Image.open(file) as shot:
            small = shot.convert("RGB").resize((cell, round(shot.height * cell / shot.width)))
        sheet.paste(small.crop((0, 0, cell, min(height, small.height))), (x, y + _HEAD))
        draw.text((x + 2, y + 2), name[: cell // 6], fill="white")
    return sheet
