"""Contact by month: the five-year strip of a queue row, and the same large with years and a key."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from markupsafe import Markup

from tracker.web.charts import svg
from tracker.web.charts.heard import Heard, last_day, month_of
from tracker.web.charts.svg import Drawing

_MONTH, _GAP, _TALL = 3, 1, 28
_ABOUT, _SPAN = 10, 17
"""How far below a known day's bar those of a month, and of several, begin."""
_LOW = (
    (3, svg.QUIET),
    (6, svg.BAND_COLOURS["watch"]),
    (9, svg.BAND_COLOURS["overdue"]),
    (13, svg.LONGEST),
)
_LIMITS = (30, 90, 180)
_LARGE = 2.5
"""How many times larger a strip is drawn that stands alone."""
_UNDER = (_TALL + 7) * _LARGE + 14
"""Where the years stand under it, each from its January on."""
_YEAR_NEEDS = 4
"""Months as wide as a year's figures: with fewer left it is not named."""


def silence_strip(
    heard: Iterable[Heard],
    *,
    today: date,
    title: str,
    desc: str = "",
    since: date | None = None,
    months: int = 60,
    limits: tuple[int, int, int] = _LIMITS,
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
    body, width = _drawn(heard, today, since, months, limits, rtl=rtl)
    return svg.frame(
        body,
        width=width,
        height=_TALL + 7,
        title=title,
        desc=desc,
        css="strip",
        stretched=True,  # in a narrow column it stays as tall
    )


@dataclass(frozen=True, slots=True)
class StripWords:
    """What the marks of a strip mean, translated."""

    exact: str
    about: str
    span: str
    other: str
    silent: str
    past: str


def strip_sheet(
    heard: Iterable[Heard],
    *,
    today: date,
    words: StripWords,
    title: str,
    desc: str = "",
    since: date | None = None,
    months: int = 60,
    rtl: bool = False,
) -> Drawing:
    """The strip for a slide or a report: large, with its years and what the marks mean."""
    body, narrow = _drawn(heard, today, since, months, _LIMITS, rtl=rtl)
    width = narrow * _LARGE
    years, first = [], month_of(today) - months + 1
    for column in range(months - _YEAR_NEEDS + 1):
        if (first + column) % 12 == 0:
            start = column * (_MONTH + _GAP) * _LARGE
            at, anchor = (width - start, "end") if rtl else (start, "start")
            years.append(svg.text(at, _UNDER, str((first + column) // 12), anchor=anchor))
    keys = []
    low = "m0 13h8v5h-8zm10 -4h8v9h-8z"
    for column, row, shape, fill, stroke, word in (  # the words about silence are long
        (0, 0, "h8v18h-8z", svg.HEARD, "", words.exact),
        (1, 0, "m0 6h8v12h-8z", svg.ABOUT, "", words.about),
        (0, 1, "m0 9h24v9h-24z", svg.PALE, svg.HEARD, words.span),
        (1, 1, "m0 7h8v8h-8z", svg.OTHER, "", words.other),
        (0, 2, low, svg.LONGEST, "", words.silent),
        (0, 3, low, svg.QUIET, "", words.past),
    ):
        x, y = column * width / 2, _UNDER + 16 + row * 26
        at, anchor = (width - x - 24, "end") if rtl else (x, "start")
        keys.append(svg.path([f"M{at} {y}{shape}"], fill, "key", stroke=stroke))
        keys.append(svg.text(at - 8 if rtl else at + 32, y + 14, word, anchor=anchor))
    large = f'<g transform="scale({_LARGE})">{"".join(body)}</g>'
    height = _UNDER + 16 + 4 * 26
    return Drawing(
        svg.frame(
            [large, *years, *keys], width=width, height=height, title=title, desc=desc, css="strip"
        ),
        width,
    )


def _drawn(
    heard: Iterable[Heard],
    today: date,
    since: date | None,
    months: int,
    limits: tuple[int, int, int],
    *,
    rtl: bool,
) -> tuple[list[str], float]:
    """The marks, and how wide they stand."""
    accounts = sorted(heard, key=lambda h: (h.earliest, h.latest))
    newest = month_of(today)
    first = newest - months + 1
    exact: list[str] = []
    about: list[str] = []
    spans: list[str] = []
    other: list[str] = []
    taken: set[int] = set()
    for account in accounts:
        start, end = max(month_of(account.earliest), first), min(month_of(account.latest), newest)
        if end < first or start > end:
            continue
        start, count = start - first, end - start + 1
        if not account.direct:
            other.append(_column(months, start + (count - 1) // 2, 1, _ABOUT, _MONTH + 1, 0, rtl))
            continue
        taken.update(range(start, start + count))
        if account.earliest == account.latest:
            exact.append(_column(months, start, 1, 0, _TALL, 0, rtl))
        elif month_of(account.earliest) == month_of(account.latest):
            about.append(_column(months, start, 1, _ABOUT, _TALL - _ABOUT, 0, rtl))
        else:
            spans.append(_column(months, start, count, _SPAN, _TALL - _SPAN, 0.5, rtl))

    low: dict[tuple[int, str], list[str]] = {}
    still = max(taken, default=0)
    starts = [account.earliest.toordinal() for account in accounts if account.direct]
    for month, days in _silences(starts, since, _ends(today, months)):
        if month not in taken:
            height, colour = _LOW[bisect_right(limits, days)]
            shape = height, svg.QUIET if month < still else colour
            low.setdefault(shape, []).append(
                _column(months, month, 1, _TALL - height, height, 0, rtl)
            )
    body = [
        *(svg.path(shapes, colour, "silent") for (_, colour), shapes in sorted(low.items())),
        svg.path(spans, svg.PALE, "span", stroke=svg.HEARD),
        svg.path(about, svg.ABOUT, "about"),
        svg.path(exact, svg.HEARD, "exact"),
        svg.path(other, svg.OTHER, "other", stroke=svg.PAPER if other else ""),
        _ticks(first, months, rtl),
    ]
    return body, months * (_MONTH + _GAP) - _GAP


@lru_cache(maxsize=8192)
def _column(
    months: int, start: int, count: int, top: float, height: float, inset: float, rtl: bool
) -> str:
    """A mark over `count` of so many months, from the `start`-th on."""
    span = count * (_MONTH + _GAP) - _GAP
    x = start * (_MONTH + _GAP)
    if rtl:
        x = months * (_MONTH + _GAP) - _GAP - x - span
    return svg.box(x + inset, top + inset, span - 2 * inset, height - 2 * inset)


@lru_cache(maxsize=64)
def _ticks(first: int, months: int, rtl: bool) -> str:
    """Hairlines between two years, unlike any mark: before January."""
    januaries = (month for month in range(1, months) if (first + month) % 12 == 0)
    lines = (month * (_MONTH + _GAP) - _GAP for month in januaries)
    whole = months * (_MONTH + _GAP) - _GAP
    ticks = [svg.box(whole - x - _GAP if rtl else x, _TALL + 2, _GAP, 5) for x in lines]
    return svg.path(ticks, svg.SOFT, "tick")


@lru_cache(maxsize=64)
def _ends(today: date, months: int) -> list[int]:
    """The day (proleptic ordinal) on which each column ends, the newest one today."""
    newest = month_of(today)
    ends = (last_day(month) for month in range(newest - months + 1, newest + 1))
    return [min(end, today).toordinal() for end in ends]


def _silences(
    starts: Sequence[int], since: date | None, ends: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Each column with the days of silence at its end, counted from the earliest day the last
    contact may have been, or from `since`; none before either.

    `starts` are the earliest days of all contacts, in order.
    """
    begun = None if since is None else since.toordinal()
    passed = 0
    for month, end in enumerate(ends):
        while passed < len(starts) and starts[passed] <= end:
            begun = starts[passed]
            passed += 1
        if begun is not None and begun <= end:
            yield month, end - begun
