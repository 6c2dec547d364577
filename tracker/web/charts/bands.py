"""How many cases stand in each band: over 26 weeks, and this week against the last."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from tracker.web.charts import svg
from tracker.web.charts.svg import Picture


@dataclass(frozen=True, slots=True)
class Week:
    """Open cases by band code at the end of one week; `label` is its translated short date."""

    label: str
    counts: Mapping[str, int]


_STEP, _BAR, _AXIS, _TOP, _PLOT = 22, 18, 36, 62, 200
_KEYS = (292, 154)
"""Where the legend's two columns begin, from the right. A telephone of 360 px shows 294 of the
picture; the longest names of any language, with five digits at 12 px, fit into both."""
_HALF_A_YEAR = 26
_LETTER = 6.2
"""How wide a letter of a short date is at most, on average, at 12 px."""


def bands_over_weeks(
    weeks: Sequence[Week],
    *,
    bands: Sequence[tuple[str, str]],
    week_word: str,
    title: str,
    desc: str = "",
    rtl: bool = False,
) -> Picture:
    """Stacked bars, one a week, oldest at the left in every language (a chart with axes).

    It is as wide for a few weeks as for half a year. The newest week, the legend and the axis stand
    at the right, where a telephone opens it: it shows no more of it at once. `bands` are (code,
    translated name), the gravest first and lowest in the stack. The legend gives the newest
    figures, so the picture can be read without its colours; it alone is mirrored by `rtl`. Every
    fifth week has its date below, or fewer where dates are long; each ends with its bar.
    """
    top = _axis_top(max((sum(w.counts.get(c, 0) for c, _ in bands) for w in weeks), default=0))
    scale = _PLOT / top
    floor = _TOP + _PLOT
    right = max(len(weeks), _HALF_A_YEAR) * _STEP
    width = right + _AXIS
    first = max(_HALF_A_YEAR - len(weeks), 0) * _STEP
    label = _LETTER * max((_letters(week.label) for week in weeks), default=0)
    every = max(5, ceil(label / _STEP))
    body: list[str] = []
    for value in range(0, top + 1, top // 4):
        y = floor - value * scale
        body.append(f'<path d="M0 {y:.1f}H{right}" stroke="{svg.RULE}"/>')
        body.append(svg.text(width, y + 4, str(value), anchor="end", size=12))
    stacks: dict[str, list[str]] = {code: [] for code, _ in bands}
    for i, week in enumerate(weeks):
        x, base = first + i * _STEP + 2, float(floor)
        for code, _ in bands:
            high = week.counts.get(code, 0) * scale
            if high > 0:
                stacks[code].append(svg.box(x, base - high + 1, _BAR, max(high - 1, 0.6)))
                base -= high
        if (len(weeks) - 1 - i) % every == 0 and x + _BAR > label:
            body.append(svg.text(x + _BAR, floor + 18, week.label, anchor="end", size=12))
    body += [svg.path(stacks[code], svg.BAND_COLOURS[code], f"bar {code}") for code, _ in bands]
    last = weeks[-1].counts if weeks else {}
    for i, (code, name) in enumerate(bands):
        down, count = i // 2 * 20, last.get(code, 0)
        # mirrored, a column begins at the right: the first where the second one else would end
        at = width - (_KEYS[0] - _KEYS[i % 2]) - 12 if rtl else width - _KEYS[i % 2]
        body.append(svg.path([svg.box(at, 8 + down, 12, 12)], svg.BAND_COLOURS[code], "key"))
        beside, anchor = (at - 6, "end") if rtl else (at + 18, "start")
        words = f"{name} {count}"
        body.append(svg.text(beside, 18.5 + down, words, anchor=anchor, size=12, fill=svg.INK))
    return Picture(
        svg.frame(body, width=width, height=floor + 26, title=title, desc=desc, css="bands"),
        [week_word, *(name for _, name in bands)],
        [[week.label, *(str(week.counts.get(code, 0)) for code, _ in bands)] for week in weeks],
        width,
    )


@dataclass(frozen=True, slots=True)
class Bar:
    """One band in the digest: cases then, and a week before where that is known."""

    code: str
    label: str
    now: int
    before: int | None


def digest_bars(
    bars: Sequence[Bar],
    *,
    now_word: str,
    before_word: str,
    band_word: str,
    title: str,
    desc: str = "",
    rtl: bool = False,
) -> Picture:
    """A bar for each band with a line where it stood a week before; figures beside it, and a key.

    Mirrored on right-to-left pages: bars then grow from the right.
    """
    side, plot, row, width = 120, 130, 30, 330
    most = max((max(b.now, b.before or 0) for b in bars), default=0) or 1
    anchor = "end" if rtl else "start"

    def x(start: float, span: float = 0) -> float:
        return width - start - span if rtl else start

    body: list[str] = []
    for i, bar in enumerate(bars):
        y, long, mark = i * row + 4, bar.now / most * plot, (bar.before or 0) / most * plot
        body.append(svg.text(x(0), y + 16, bar.label, anchor=anchor, fill=svg.INK))
        if bar.now:
            shape = svg.box(x(side, long), y, long, 22)
            body.append(svg.path([shape], svg.BAND_COLOURS[bar.code], f"bar {bar.code}"))
        words = str(bar.now)
        if bar.before is not None:
            line = svg.box(x(side + mark - 1, 2), y - 3, 2, 28)
            body.append(svg.path([line], svg.INK, "before"))
            # read from the bar on: this week's, then the last one's
            words = f"({bar.before}) {words}" if rtl else f"{words} ({bar.before})"
        at = x(side + max(long, mark) + 10)
        body.append(svg.text(at, y + 16, words, anchor=anchor, fill=svg.INK))
    height = len(bars) * row + 4
    if any(bar.before is not None for bar in bars):  # what line and brackets mean
        body.append(svg.path([svg.box(x(0, 2), height + 6, 2, 16)], svg.INK, "key"))
        words = f"{before_word} ( )" if rtl else f"( ) {before_word}"
        body.append(svg.text(x(10), height + 19, words, anchor=anchor))
        height += 26
    return Picture(
        svg.frame(body, width=width, height=height, title=title, desc=desc, css="digest"),
        [band_word, now_word, before_word],
        [[b.label, str(b.now), "" if b.before is None else str(b.before)] for b in bars],
        width,
    )


def _letters(label: str) -> int:
    """How many of it are seen: isolates of a right-to-left language are not."""
    return sum(unicodedata.category(each) != "Cf" for each in label)


def _axis_top(most: int) -> int:
    """The least of 4, 8, 12, 16, 20, 40, 60, 80, 120, 160, 200, 400 … that holds `most`."""
    nice: tuple[int, ...] = (4, 8, 12, 16)
    power = 1
    while most > nice[-1] * power:
        power = power * 10 if nice[0] == 20 else 1
        nice = (20, 40, 60, 80, 120, 160)
    return next(step * power for step in nice if step * power >= most)
