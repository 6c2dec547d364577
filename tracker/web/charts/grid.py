"""Contact by month: the grid of a case page and of its sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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
    plan = _Plan.of(words.months, opening.year, narrow=narrow, rtl=rtl)
    years = range(opening.year, today.year + 1)
    facts = {
        (year, month): ""
        for year in years
        for month in range(12)
        if month_of(since) <= year * 12 + month <= month_of(today)
    }
    blank = [svg.box(plan.left(month), plan.top(year), plan.cell, _CELL_H) for year, month in facts]
    names = [*map(str, range(1, 13))] if narrow else words.months
    marks = list(_marks(accounts, plan, words, month_of(today), facts))
    held = ""
    if words.held and not facts.get((since.year, since.month - 1)):
        held = _bar(
            plan.left(since.month - 1) + (plan.cell - 3 if rtl else 0), plan.top(since.year)
        )
    body = [
        svg.path(blank, svg.CELL, "empty"),
        held,
        *(_month(plan, i, name) for i, name in enumerate(names)),
        *(_year(plan, year) for year in years),
        *marks,
    ]
    foot = plan.top(today.year) + _CELL_H + 2
    more = [name for name, drawn in (("empty", "" in facts.values()), ("held", held)) if drawn]
    keys, height = _keys(accounts, words, plan.width, foot, more=more, narrow=narrow, rtl=rtl)
    body += keys
    css = "month-grid is-narrow" if narrow else "month-grid"
    return Picture(
        svg.frame(body, width=plan.width, height=height, title=title, desc=desc, css=css),
        [words.year, *words.months],
        [
            [str(year), *(_cell(facts.get((year, month)), words) for month in range(12))]
            for year in years
        ],
        plan.width,
    )


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where things stand, in pixels: a row for each year from `first`, a column for each month."""

    cell: int
    side: int
    step: int
    first: int
    narrow: bool
    rtl: bool

    @classmethod
    def of(cls, months: Sequence[str], first: int, *, narrow: bool, rtl: bool) -> _Plan:
        """As wide as the longest name of a month asks; on a telephone always the same."""
        if narrow:
            return cls(_NARROW_CELL, _NARROW_SIDE, _NARROW_CELL + 3, first, narrow, rtl)
        cell = min(53, max(38, 7 * max(map(len, months))))
        return cls(cell, _SIDE, cell + 4, first, narrow, rtl)

    @property
    def width(self) -> int:
        """Of the whole sheet."""
        return self.side + 11 * self.step + self.cell

    def across(self, count: int) -> int:
        """So many months beside each other."""
        return (count - 1) * self.step + self.cell

    def left(self, month: int, count: int = 1) -> int:
        """The left edge of so many months, the first on the reader's side."""
        x = self.side + month * self.step
        return self.width - x - self.across(count) if self.rtl else x

    def top(self, year: int) -> int:
        """The upper edge of a year's row."""
        return _HEAD + (year - self.first) * (_CELL_H + 4)


def _month(plan: _Plan, month: int, name: str) -> str:
    size = 11 if plan.narrow else 13
    return svg.text(plan.left(month) + plan.cell / 2, 14, name, anchor="middle", size=size)


def _year(plan: _Plan, year: int) -> str:
    x, anchor = (plan.width, "end") if plan.rtl else (0, "start")
    return svg.text(x, plan.top(year) + 16, str(year), anchor=anchor)


def _bar(x: float, y: float) -> str:
    return svg.path([svg.box(x, y, 3, _CELL_H)], svg.INK, "held")


def _marks(
    accounts: Sequence[Heard],
    plan: _Plan,
    words: GridWords,
    last: int,
    facts: dict[tuple[int, int], str],
) -> Iterator[str]:
    """The marks of the contacts, none behind the month `last`; in `facts`, what each month says."""
    known = {divmod(month_of(a.earliest), 12) for a in accounts if a.earliest == a.latest}
    for account in accounts:
        exact = account.earliest == account.latest
        label = words.other if not account.direct else words.exact if exact else words.about
        for year, start, count in _rows(
            month_of(account.earliest), min(month_of(account.latest), last)
        ):
            free = (m for m in range(start, start + count) if (year, m) not in known)
            sign = plan.left(next(free, start)) + plan.cell / 2
            x, y, width = plan.left(start, count), plan.top(year), plan.across(count)
            yield _mark(account.direct, exact, x, y, width, sign)
            for month in range(start, start + count):
                facts[year, month] = label


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
            shape = _bar(x + _CELL_H / 2 - 1.5, y)
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
