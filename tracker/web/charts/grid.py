"""Contact by month: the grid of a case page and of its sheet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from tracker.web.charts import svg
from tracker.web.charts.heard import Heard, month_of
from tracker.web.charts.svg import Picture


@dataclass(frozen=True, slots=True)
class GridWords:
    """Translated words of the month grid; `months` are the twelve short names from January."""

    months: Sequence[str]
    year: str
    exact: str
    about: str
    other: str
    none: str
    held: str = ""


_CELL_H, _SIDE, _HEAD = 22, 52, 24
_NARROW_CELL, _NARROW_SIDE = 18, 36
_KEY_STEP = _CELL_H + 6


def month_grid(
    heard: Iterable[Heard],
    *,
    since: date,
    today: date,
    words: GridWords,
    title: str,
    desc: str = "",
    rtl: bool = False,
    narrow: bool = False,
) -> Picture:
    """Years × months from `since` (the day of detention) to `today`, with a table of the same.

    A contact that may lie in several months is one mark drawn across them, never several contacts.
    Marks differ by shape (tick, wave, dot), not only by colour; a key below names those that occur
    and the empty months, and a bar says since when. `narrow` fits twelve months, numbered, on a
    telephone of 360 pixels.
    """
    if since > today:
        raise ValueError("the grid would begin after today")
    accounts = sorted(heard, key=lambda h: (h.direct, h.earliest == h.latest, h.earliest))
    opening = min([since, *(a.earliest for a in accounts)])
    years = range(opening.year, today.year + 1)
    cell = _NARROW_CELL if narrow else min(53, max(38, 7 * max(map(len, words.months))))
    side, step = (_NARROW_SIDE, cell + 3) if narrow else (_SIDE, cell + 4)
    width = side + 11 * step + cell

    def across(count: int) -> int:
        return (count - 1) * step + cell

    def left(month: int, count: int = 1) -> float:
        x = side + month * step
        return width - x - across(count) if rtl else x

    def top(year: int) -> float:
        return _HEAD + (year - years[0]) * (_CELL_H + 4)

    empty: list[str] = []
    body: list[str] = [
        svg.text(left(i) + cell / 2, 14, name, anchor="middle", size=11 if narrow else 13)
        for i, name in enumerate(map(str, range(1, 13)) if narrow else words.months)
    ]
    facts: dict[tuple[int, int], str] = {}
    for year in years:
        body.append(
            svg.text(
                width if rtl else 0, top(year) + 16, str(year), anchor="end" if rtl else "start"
            )
        )
        for month in range(12):
            if month_of(since) <= year * 12 + month <= month_of(today):
                empty.append(svg.box(left(month), top(year), cell, _CELL_H))
                facts[year, month] = ""
    known = {divmod(month_of(a.earliest), 12) for a in accounts if a.earliest == a.latest}
    marks: list[str] = []
    for account in accounts:
        exact = account.earliest == account.latest
        label = words.other if not account.direct else words.exact if exact else words.about
        stop = min(month_of(account.latest), month_of(today))
        for year, start, count in _rows(month_of(account.earliest), stop):
            free = (m for m in range(start, start + count) if (year, m) not in known)
            sign = left(next(free, start)) + cell / 2
            marks.append(
                _mark(account.direct, exact, left(start, count), top(year), across(count), sign)
            )
            for month in range(start, start + count):
                facts[year, month] = label
    held = ""
    if words.held and not facts.get((since.year, since.month - 1)):
        at, y = left(since.month - 1), top(since.year)
        held = svg.path([svg.box(at + (cell - 3 if rtl else 0), y, 3, _CELL_H)], svg.INK, "held")
    body = [svg.path(empty, svg.CELL, "empty"), held, *body, *marks]
    foot = top(today.year) + _CELL_H + 2
    more = [name for name, drawn in (("empty", "" in facts.values()), ("held", held)) if drawn]
    keys, height = _keys(accounts, words, width, foot, more=more, narrow=narrow, rtl=rtl)
    body += keys
    css = "month-grid is-narrow" if narrow else "month-grid"
    return Picture(
        svg.frame(body, width=width, height=height, title=title, desc=desc, css=css),
        [words.year, *words.months],
        [
            [str(year), *(_cell(facts.get((year, month)), words) for month in range(12))]
            for year in years
        ],
        width,
    )


def _keys(
    accounts: Sequence[Heard],
    words: GridWords,
    width: float,
    top: float,
    *,
    more: Sequence[str],
    narrow: bool,
    rtl: bool,
) -> tuple[list[str], float]:
    """What the marks that occur mean, and those of `more` ("empty", "held"), two or one beside each
    other; and where the sheet ends."""
    labels: dict[tuple[bool, bool] | str, str] = {
        (True, True): words.exact,
        (True, False): words.about,
        (False, False): words.other,
        "empty": words.none,
        "held": words.held,
    }
    used = {*more, *((a.direct, a.direct and a.earliest == a.latest) for a in accounts)}
    marks = [mark for mark in labels if mark in used]
    beside = 1 if narrow or len(marks) == 3 else 2  # three would leave a hole
    keys = []
    for i, mark in enumerate(marks):
        across, y = (i % beside) * width / beside, top + 8 + (i // beside) * _KEY_STEP
        x = width - across - _CELL_H if rtl else across
        at, anchor = (x - 8, "end") if rtl else (x + _CELL_H + 8, "start")
        if mark == "held":
            shape = svg.path([svg.box(x + _CELL_H / 2 - 1.5, y, 3, _CELL_H)], svg.INK, "held")
        elif isinstance(mark, str):
            shape = svg.path([svg.box(x, y, _CELL_H, _CELL_H)], svg.CELL, mark)
        else:
            shape = _shape(*mark, x, y, _CELL_H, x + _CELL_H / 2)
        label = svg.text(at, y + 16, labels[mark], anchor=anchor)
        keys.append(f'<g class="key">{shape}{label}</g>')
    lines = -(-len(marks) // beside)
    return keys, top + (8 + lines * _KEY_STEP if lines else 0)


def _mark(direct: bool, exact: bool, x: float, y: float, width: float, cx: float) -> str:
    kind = "other" if not direct else "exact" if exact else "about"
    return f'<g class="mark {kind}">{_shape(direct, exact, x, y, width, cx)}</g>'


def _shape(direct: bool, exact: bool, x: float, y: float, width: float, cx: float) -> str:
    """A tick on solid green, a wave on pale green with a dashed edge, or a dot in a frame.

    The sign stands around `cx`: in the first of several months that has no other mark.
    """
    cy = y + _CELL_H / 2
    shape = f'x="{x + 0.5}" y="{y + 0.5}" width="{width - 1}" height="{_CELL_H - 1}" rx="3"'
    if not direct:
        return (
            f'<rect {shape} fill="{svg.PAPER}" stroke="{svg.OTHER}"/>'
            f'<circle cx="{cx}" cy="{cy}" r="4" fill="{svg.OTHER}"/>'
        )
    if exact:
        return (
            f'<rect {shape} fill="{svg.HEARD}"/>'
            f'<path d="M{cx - 6} {cy}l4 4 8-8" fill="none" stroke="{svg.PAPER}" '
            'stroke-width="2.5"/>'
        )
    wave = "c2-3 4-3 6 0s4 3 6 0"
    return (
        f'<rect {shape} fill="{svg.PALE}" stroke="{svg.HEARD}" '
        f'stroke-dasharray="4 2"/><path d="M{cx - 6} {cy - 2.5}{wave}M{cx - 6} {cy + 2.5}{wave}" '
        f'fill="none" stroke="{svg.HEARD}" stroke-width="1.6"/>'
    )


def _cell(fact: str | None, words: GridWords) -> str:
    return "" if fact is None else fact or words.none


def _rows(start: int, end: int) -> Iterable[tuple[int, int, int]]:
    """A run of months cut at year ends: (year, month 0–11, number of months)."""
    while start <= end:
        year, month = divmod(start, 12)
        count = min(12 - month, end - start + 1)
        yield year, month, count
        start += count
