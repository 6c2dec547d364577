"""The date reader: words and the day they were said, to an interval of days."""

from __future__ import annotations

from datetime import date

from tracker.testimony.dates.assemble import Assembler
from tracker.testimony.dates.broken import is_broken, is_no_day_of_its_month
from tracker.testimony.dates.choose import choose
from tracker.testimony.dates.labels import label
from tracker.testimony.dates.numeric import read_edtf
from tracker.testimony.dates.reading import Interval, Reading, edtf_of
from tracker.testimony.dates.scan import scan
from tracker.testimony.dates.text import LIMIT, fold

FIRST_YEAR, LAST_YEAR = 1901, 2198


def read_date(text: str, said_on: date, lang: str | None = None) -> Reading:
    """Read when something was, from a family's words and the day on which they were said.

    `lang` is the code of the language they are said to be in (`kk`, `ug-Latn`, `zh-Hant`); it
    is only a hint, the words themselves decide. Nothing in the reading lies after `said_on`.
    When in doubt the interval is wide, or there is none: a date read too late hides a silence.
    Only the first 500 characters are read. Raises nothing, whatever the text.
    """
    if not FIRST_YEAR <= said_on.year <= LAST_YEAR:
        return Reading(text)
    folded, places = fold(text)
    whole = read_edtf(folded, said_on)
    if whole is not None:
        return _reading(text, _cut(whole, said_on), (0, len(text)))
    asked = (lang or "").replace("_", "-").split("-")[0].lower()
    marked = any("\u00c0" <= char <= "\u024f" for char in text[:LIMIT])
    tokens, language = scan(folded, said_on, asked, marked)
    tokens = label(tokens, said_on, language.numbered)
    if is_broken(tokens):
        return Reading(text)
    assembler = Assembler(tokens, said_on)
    if any(is_no_day_of_its_month(parts, said_on) for parts in assembler.dates):
        return Reading(text)
    chosen = choose(assembler.candidates(), tokens, said_on)
    if chosen is None:
        return Reading(text)
    start = places[tokens[chosen.first].start]
    end = places[min(tokens[max(chosen.first, chosen.end - 1)].end, len(places) - 1)]
    return _reading(text, chosen.interval, (start, max(start, end)))


def _cut(interval: Interval, said_on: date) -> Interval | None:
    if interval.earliest is not None and interval.earliest > said_on:
        return None
    if interval.latest <= said_on:
        return interval
    flags = interval.flags | {"unfinished"}
    return Interval(interval.earliest, said_on, interval.precision, flags)


def _reading(text: str, interval: Interval | None, span: tuple[int, int]) -> Reading:
    if interval is None:
        return Reading(text)
    return Reading(
        text,
        edtf_of(interval),
        interval.earliest,
        interval.latest,
        interval.precision,
        interval.flags,
        span,
    )
