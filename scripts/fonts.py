"""Cuts the fonts of paper and of Uyghur pages out of Noto. Run it by scripts/fonts."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

NOTO = Path("/usr/share/fonts/truetype/noto")
DEJAVU = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
"""For drawings with Arabic letters: a line of a drawing has to come from one font."""
CJK = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
SIMPLIFIED = 2
"""The face for simplified Chinese in Debian's collection; its name is asserted."""

EUROPE = [*range(0x20, 0x7F), *range(0xA0, 0x180), 0x192, *range(0x1E00, 0x1F00)]
CYRILLIC = [*range(0x400, 0x530)]
SIGNS = [
    *range(0x2010, 0x2028),
    *(0x2030, 0x2032, 0x2033, 0x2039, 0x203A, 0x2044, 0x20AC, 0x2116, 0x2122, 0x2212, 0x2260),
    *(0x2264, 0x2265, 0x25CF),
]
ARABIC = [
    *range(0x600, 0x700),
    *range(0x750, 0x780),
    *range(0xFB50, 0xFE00),
    *range(0xFE70, 0xFF00),
]
UYGHUR = "ئ،؛؟ابتجخدرزسشغـفقكلمنوىيپچژڭگھۆۇۈۋېە"
"""The alphabet with its signs: what the language is written with, and nothing else of Arabic."""
JOINING = ["ccmp", "init", "medi", "fina", "rlig"]
"""What shapes those letters; Uyghur sets no marks above or below them."""
UNSEEN = [0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2066, 0x2067, 0x2068, 0x2069, 0xFEFF]
"""They are never drawn, so a font need not hold them."""


def han() -> set[int]:
    """The letters of GB 2312 with its signs: what a newspaper in simplified Chinese needs."""
    found = set()
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                found.add(ord(bytes((row, cell)).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    return {code for code in found if code > 0x2E00}


def cut(
    font: TTFont,
    letters: Iterable[int],
    to: Path,
    *,
    shaping: Iterable[str] = ("*",),
    flavor: str | None = None,
) -> set[int]:
    """Keep the letters that the font has, with what shapes them; the letters kept."""
    options = subset.Options(
        layout_features=list(shaping),
        flavor=flavor,
        name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14],
        hinting=False,
        notdef_outline=True,
    )
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "DSIG"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=set(letters))
    cutter.subset(font)
    subset.save_font(font, str(to), options)
    return set(font.getBestCmap())


def ranges(letters: set[int]) -> Iterator[str]:
    """``20-7e``: runs of neighbours, in hexadecimal."""
    first = last = -1
    for code in [*sorted(letters), 0x110000]:
        if code != last + 1:
            if first >= 0:
                yield f"{first:x}-{last:x}" if last > first else f"{first:x}"
            first = code
        last = code


def paper(folder: Path) -> None:
    """Regular and bold for all six languages; Chinese has one weight, since two weigh too much."""
    folder.mkdir(parents=True, exist_ok=True)
    held: set[int] = set()
    for weight in ("Regular", "Bold"):
        for name, letters in (
            ("NotoSans", EUROPE + CYRILLIC + SIGNS),
            ("NotoSansArabic", ARABIC),
        ):
            font = TTFont(NOTO / f"{name}-{weight}.ttf")
            held |= cut(font, letters, folder / f"{name}-{weight}.ttf")
    drawn = TTFont(DEJAVU)
    cut(drawn, EUROPE + CYRILLIC + SIGNS + ARABIC, folder / "DejaVuSans.ttf")
    chinese = TTFont(CJK, fontNumber=SIMPLIFIED)
    assert chinese["name"].getBestFamilyName() == "Noto Sans CJK SC"
    held |= cut(chinese, han(), folder / "NotoSansCJKsc-Regular.otf", shaping=())
    lines = "\n".join(
        textwrap.wrap(" ".join(ranges(held | set(UNSEEN))), 99, break_on_hyphens=False)
    )
    (folder / "LETTERS").write_text(f"{lines}\n", "ascii")


def web(file: Path) -> None:
    """One small font for telephones that have no Uyghur letters."""
    letters = set(map(ord, UYGHUR))
    font = TTFont(NOTO / "NotoSansArabic-Regular.ttf")
    if cut(font, letters, file, shaping=JOINING, flavor="woff2") != letters:
        raise SystemExit("Noto Sans Arabic lacks a letter of Uyghur.")


if __name__ == "__main__":
    paper(Path(sys.argv[1]))
    web(Path(sys.argv[2]))
