"""The few shapes and colours the pictures are made of."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from markupsafe import Markup, escape

PAPER = "#ffffff"
INK = "#10201f"
SOFT = "#465656"
RULE = "#c8d3d2"
CELL = "#e6eceb"

HEARD = "#145c41"
ABOUT = "#2f7d5f"
PALE = "#d2ebdf"
OTHER = "#3a4c4c"

BAND_COLOURS = {
    "critical": "#7a1414",
    "overdue": "#b04a12",
    "watch": "#a87d0c",
    "in_contact": "#2f7d5f",
}
"""Fill of each band: at least 3:1 on white (WCAG 2.2, 1.4.11). The three that ask for something
also differ in lightness, for grey print and colour-blind eyes."""

QUIET = "#7c8a8a"
LONGEST = "#9c1c1c"

FONT = "system-ui, 'Noto Sans', 'Noto Sans Arabic', sans-serif"


class Drawing(NamedTuple):
    """A drawing, and its own width."""

    svg: Markup
    width: float
    """CSS pixels."""


class Picture(NamedTuple):
    """A drawing, the same facts as a table (header cells, then rows of cells), its own width."""

    svg: Markup
    header: list[str]
    rows: list[list[str]]
    width: float
    """CSS pixels."""


def frame(
    body: Sequence[str],
    *,
    width: float,
    height: float,
    title: str,
    desc: str,
    css: str,
    stretched: bool = False,
) -> Markup:
    """An SVG element of `width` × `height` units around finished `body` markup.

    `stretched`: it fills whatever place the sheet gives it, also one of other proportions.

    The direction is fixed left to right: on a right-to-left page the sheet would otherwise turn the
    anchors of all texts. Pictures that mirror do so by their own arithmetic.
    """
    fills = ' preserveAspectRatio="none"' if stretched else ""
    return Markup(  # noqa: S704 - all words in it went through escape()
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{escape(css)}" role="img" '
        f'viewBox="0 0 {_n(width)} {_n(height)}" width="{_n(width)}" height="{_n(height)}" '
        f'direction="ltr"{fills} font-family="{escape(FONT)}">'
        f"<title>{escape(title)}</title><desc>{escape(desc)}</desc>{''.join(body)}</svg>"
    )


@lru_cache(maxsize=4096)
def box(x: float, y: float, width: float, height: float) -> str:
    """A rectangle as path data; many of them share one path element."""
    return f"M{_n(x)} {_n(y)}h{_n(width)}v{_n(height)}h{_n(-width)}z"


def path(shapes: Sequence[str], fill: str, css: str, *, stroke: str = "", dash: str = "") -> str:
    """One path element with all `shapes`; nothing when there are none."""
    if not shapes:
        return ""
    line = f' stroke="{stroke}"' if stroke else ""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path class="{css}" fill="{fill}"{line}{dashes} d="{"".join(shapes)}"/>'


def text(
    x: float, y: float, words: str, *, anchor: str = "start", size: float = 13, fill: str = SOFT
) -> str:
    """One line of text, escaped; `anchor` is start, middle or end, always left to right."""
    return (
        f'<text x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}" font-size="{_n(size)}" '
        f'fill="{fill}">{escape(words)}</text>'
    )


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two `#rrggbb` colours, 1 to 21 (WCAG 2.2, definition of contrast ratio)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _n(value: float) -> str:
    """A number in as few characters as keep a tenth of a unit."""
    return f"{value:.1f}".removesuffix(".0")
