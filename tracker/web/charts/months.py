"""Contact by month: the five-year strip of a queue row and the grid of a case page."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from tracker.web.charts import svg
from tracker.web.charts.svg import Picture


@dataclass(frozen=True, slots=True)
class Heard:
    """One account that the person was heard from, as the calendar sees it.

    It happened between `earliest` and `latest` (both included, local dates). `direct` is true when
    it is confirmed and counts for the clock (clock.md R1); news through others, or news not yet
    confirmed, is not.
    """

    earliest: date
    latest: date
    direct: bool = True

    def __post_init__(self) -> None:
        if self.latest < self.earliest:
            raise ValueError(f"a contact cannot end ({self.latest}) before it began")


_MONTH, _GAP, _TALL = 4, 1, 22
_LOW = ((2, svg.QUIET), (4, svg.BAND_COLOURS["watch"]), (7, svg.BAND_COLOURS["overdue"]))
_LOW_LAST = (10, svg.LONGEST)


def silence_strip(
    heard: Iterable[Heard],
    *,
    today: date,
    title: str,
    desc: str = "",
    since: date | None = None,
    months: int = 60,
    limits: tuple[int, int, int] = (30, 90, 180),
    rtl: bool = False,
) -> Markup:
    """The last `months` months, one column each, the newest at the end of the line.

    A full bar is a contact on a known day, a shorter one a contact within that month, a low pale
    joined bar one contact somewhere within several months, a dot news that does not count. Columns
    without any grow with the days of silence at their end: below the first of `limits`, below the
    second, the third, and beyond; only the silence that lasts today is coloured, past ones are
    grey. Nothing is drawn before `since` (detention or opening of the case) unless
    there was contact. `title` is read out; `desc` may say more.
    """
    accounts = sorted(heard, key=lambda h: (h.earliest, h.latest))
    starts = [a.earliest for a in accounts if a.direct]
    first = _index(today) - months + 1
    width = months * (_MONTH + _GAP) - _GAP

    def column(start: int, count: int, top: float, height: float, inset: float = 0) -> str:
        span = count * (_MONTH + _GAP) - _GAP
        x = (start - first) * (_MONTH + _GAP)
        if rtl:
            x = width - x - span
        return svg.box(x + inset, top + inset, span - 2 * inset, height - 2 * inset)

    exact: list[str] = []
    about: list[str] = []
    spans: list[str] = []
    other: list[str] = []
    taken: set[int] = set()
    for account in accounts:
        start, end = (
            max(_index(account.earliest), first),
            min(_index(account.latest), _index(today)),
        )
        if end < first or start > end:
            continue
        if not account.direct:
            other.append(column((start + end) // 2, 1, 8, _MONTH))
            continue
        taken.update(range(start, end + 1))
        if account.earliest == account.latest:
            exact.append(column(start, 1, 0, _TALL))
        elif _index(account.earliest) == _index(account.latest):
            about.append(column(start, 1, 8, _TALL - 8))
        else:
            spans.append(column(start, end - start + 1, 13, _TALL - 13, inset=0.5))

    low: dict[tuple[int, str], list[str]] = {}
    for month in range(first, _index(today) + 1):
        if month in taken:
            continue
        days = _silent_days(starts, since, min(_last_day(month), today))
        if days is None:
            continue
        height, colour = next(
            (shape for limit, shape in zip(limits, _LOW, strict=True) if days < limit), _LOW_LAST
        )
        if month < max(taken, default=0):
            colour = svg.QUIET
        low.setdefault((height, colour), []).append(column(month, 1, _TALL - height, height))

    ticks = [
        column(month, 1, _TALL + 3, 4)
        for month in range(first, _index(today) + 1)
        if month % 12 == 0
    ]
    body = [
        *(svg.path(shapes, colour, "silent") for (_, colour), shapes in sorted(low.items())),
        svg.path(spans, svg.PALE, "span", stroke=svg.HEARD),
        svg.path(about, svg.ABOUT, "about"),
        svg.path(exact, svg.HEARD, "exact"),
        svg.path(other, svg.OTHER, "other", stroke=svg.PAPER if other else ""),
        svg.path(ticks, svg.QUIET, "tick"),
    ]
    return svg.frame(body, width=width, height=_TALL + 7, title=title, desc=desc, css="strip")


def _silent_days(starts: Sequence[date], since: date | None, on: date) -> int | None:
    """Days of silence on a date, counted from the earliest day the last contact may have been.

    `starts` are the earliest days of all contacts, in order.
    """
    before = bisect_right(starts, on)
    if before:
        return (on - starts[before - 1]).days
    return (on - since).days if since is not None and since <= on else None


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
    Marks differ by shape (tick, wave, dot), not only by colour. `narrow` fits twelve months on a
    telephone of 360 pixels: months are numbered, and a bar instead of `words.held` says since when.
    """
    if since > today:
        raise ValueError("the grid would begin after today")
    accounts = sorted(heard, key=lambda h: (h.direct, h.earliest == h.latest, h.earliest))
    opening = min([since, *(a.earliest for a in accounts)])
    years = range(opening.year, today.year + 1)
    cell = _NARROW_CELL if narrow else min(60, max(38, 7 * max(map(len, words.months))))
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
        svg.text(left(i) + cell / 2, 14, name, anchor="middle")
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
            if _index(since) <= year * 12 + month <= _index(today):
                empty.append(svg.box(left(month), top(year), cell, _CELL_H))
                facts[year, month] = ""
    known = {divmod(_index(a.earliest), 12) for a in accounts if a.earliest == a.latest}
    marks: list[str] = []
    for account in accounts:
        exact = account.earliest == account.latest
        label = words.other if not account.direct else words.exact if exact else words.about
        stop = min(_index(account.latest), _index(today))
        for year, start, count in _rows(_index(account.earliest), stop):
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
        held = (
            svg.path([svg.box(at + (cell - 3 if rtl else 0), y, 3, _CELL_H)], svg.INK, "held")
            if narrow
            else svg.text(at + cell / 2, y + 15, words.held, anchor="middle", size=12)
        )
    body = [svg.path(empty, svg.CELL, "empty"), held, *body, *marks]
    height = top(today.year) + _CELL_H + 2
    css = "month-grid is-narrow" if narrow else "month-grid"
    return Picture(
        svg.frame(body, width=width, height=height, title=title, desc=desc, css=css),
        [words.year, *words.months],
        [
            [str(year), *(_cell(facts.get((year, month)), words) for month in range(12))]
            for year in years
        ],
    )


def _mark(direct: bool, exact: bool, x: float, y: float, width: float, cx: float) -> str:
    """A tick on solid green, a wave on pale green with a dashed edge, or a dot in a frame.

    The sign stands around `cx`: in the first of several months that has no other mark.
    """
    cy = y + _CELL_H / 2
    shape = f'x="{x + 0.5}" y="{y + 0.5}" width="{width - 1}" height="{_CELL_H - 1}" rx="3"'
    if not direct:
        return (
            f'<g class="mark other"><rect {shape} fill="{svg.PAPER}" stroke="{svg.OTHER}"/>'
            f'<circle cx="{cx}" cy="{cy}" r="4" fill="{svg.OTHER}"/></g>'
        )
    if exact:
        return (
            f'<g class="mark exact"><rect {shape} fill="{svg.HEARD}"/>'
            f'<path d="M{cx - 6} {cy}l4 4 8-8" fill="none" stroke="{svg.PAPER}" '
            'stroke-width="2.5"/></g>'
        )
    wave = "c2-3 4-3 6 0s4 3 6 0"
    return (
        f'<g class="mark about"><rect {shape} fill="{svg.PALE}" stroke="{svg.HEARD}" '
        f'stroke-dasharray="4 2"/><path d="M{cx - 6} {cy - 2.5}{wave}M{cx - 6} {cy + 2.5}{wave}" '
        f'fill="none" stroke="{svg.HEARD}" stroke-width="1.6"/></g>'
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


def _index(day: date) -> int:
    return day.year * 12 + day.month - 1


def _last_day(index: int) -> date:
    year, month = divmod(index + 1, 12)
    return date.fromordinal(date(year, month + 1, 1).toordinal() - 1)
