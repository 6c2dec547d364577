"""A date as somebody told it: chosen from parts, or in their own words, read as days.

The words are kept verbatim beside what was understood. Relative words ("five months") count from
the day on which they were said, never from the day they were typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Literal

from tracker.domain.edtf import Days, parse_edtf, to_edtf
from tracker.domain.errors import Refused
from tracker.security.text import ascii_digits
from tracker.testimony.dates import holidays, policy, read_date
from tracker.testimony.dates.reading import Interval

EVENTS: Final = (
    "nowruz",
    "ramadan",
    "eid_fitr",
    "eid_adha",
    "spring_festival",
    "new_year",
    "china_national_day",
)
"""Feasts offered to date by; their days are in `tracker.testimony.dates.holidays`."""

SEASONS: Final = ("spring", "summer", "autumn", "winter")
FIRST_YEAR: Final = 1930

PARTS: Final = (
    *("precision", "words", "day", "day_month", "day_year", "month", "month_year"),
    *("season", "season_year", "year", "event", "event_year", "since_month", "since_year"),
)
"""What the fields of the approximate-date question are called, after its own name; no others."""

Fault = Literal["choose", "number", "missing", "no_such_day", "future", "order", "year", "unread"]


class WrongDate(Refused):
    """A date that cannot be taken. `field` is the part that is wrong, `fault` says how."""

    def __init__(self, field: str, fault: Fault) -> None:
        super().__init__(f"{field}: {fault}")
        self.field = field
        self.fault: Fault = fault


@dataclass(frozen=True, slots=True)
class ToldDate:
    """A date as told on the local day `said_on`; `days` is None where nobody knows it.

    `flags` are those of the date reader, and `words_differ`: the words say other days than the
    parts that were chosen.
    """

    said_on: date
    words: str = ""
    days: Days | None = None
    edtf: str | None = None
    flags: frozenset[str] = frozenset()

    def document(self) -> dict[str, Any]:
        """As it is sealed into a statement or a report; dates are ISO texts."""
        days = self.days
        return {
            "words": self.words or None,
            "said_on": self.said_on.isoformat(),
            "edtf": self.edtf,
            "earliest": days.earliest.isoformat() if days and days.earliest else None,
            "latest": days.latest.isoformat() if days and days.latest else None,
            "flags": sorted(self.flags),
        }


def from_words(words: str, said_on: date, language: str) -> ToldDate:
    """The words read; `days` is None when they were not understood."""
    reading = read_date(words, said_on, language) if words else None
    if reading is None or reading.latest is None:
        return ToldDate(said_on, words)
    days = Days(reading.earliest, reading.latest)
    return ToldDate(said_on, words, days, reading.edtf, reading.flags)


def from_bounds(text: str, words: str, said_on: date, *, field: str = "bounds") -> ToldDate:
    """Days that a caseworker writes as EDTF (`2018-01`, `2017-10/2018-01`), with the words."""
    try:
        days = parse_edtf(text.strip())
    except ValueError:
        raise WrongDate(field, "unread") from None
    if days.latest is None:
        days = Days(days.earliest, said_on)
    if days.earliest is not None and days.earliest > said_on:
        raise WrongDate(field, "future")
    if (days.earliest or days.latest or said_on).year < FIRST_YEAR:
        raise WrongDate(field, "year")
    latest = min(days.latest, said_on) if days.latest else said_on
    flags = {"approximate"} if "~" in text or "?" in text or "%" in text else set()
    return ToldDate(said_on, words, Days(days.earliest, latest), text.strip(), frozenset(flags))


def from_parts(fields: Mapping[str, str], name: str, said_on: date, language: str) -> ToldDate:
    """A date from the fields of the approximate-date question called `name`.

    Only the fields of the chosen precision are read; where they leave the start open ("before
    2018"), `since_month` and `since_year` give it. Raises WrongDate.
    """
    told = _from_parts(fields, name, said_on, language)
    if told.days is None or told.days.latest is None or told.days.earliest is not None:
        return told
    earliest = _since(fields, name, told.days.latest)
    if earliest is None:
        return told
    edtf = to_edtf(earliest, told.days.latest, approximate="approximate" in told.flags)
    return replace(told, days=Days(earliest, told.days.latest), edtf=edtf)


def _since(fields: Mapping[str, str], name: str, latest: date) -> date | None:
    """The first day it can have been; None where nothing is said of it."""
    year = _optional_year(fields, f"{name}_since_year", date.max)
    if year is None:
        if fields.get(f"{name}_since_month", ""):
            raise WrongDate(f"{name}_since_year", "year")
        return None
    month = fields.get(f"{name}_since_month", "")
    first = date(year, _number(fields, f"{name}_since_month", 1, 12) if month else 1, 1)
    if first > latest:
        raise WrongDate(f"{name}_since_year", "order")
    return first


def _from_parts(fields: Mapping[str, str], name: str, said_on: date, language: str) -> ToldDate:
    words = fields.get(f"{name}_words", "")
    spoken = from_words(words, said_on, language)
    match fields.get(f"{name}_precision", ""):
        case "unknown":
            return spoken
        case "words" | "":
            if not words:
                raise WrongDate(f"{name}_precision", "choose")
            return spoken
        case "day":
            chosen = _day(fields, name, said_on)
        case "month":
            chosen = _month(fields, name, said_on)
        case "season":
            chosen = _season(fields, name, said_on)
        case "year":
            chosen = _year(fields, name, said_on)
        case "event":
            chosen = _event(fields, name, said_on)
        case _:
            raise WrongDate(f"{name}_precision", "choose")
    earliest, latest, flags = chosen.earliest, chosen.latest, set(chosen.flags)
    if earliest is None or earliest > said_on:
        raise WrongDate(_year_field(fields, name), "future")
    if latest > said_on:
        latest = said_on
        flags.add("unfinished")
    if spoken.days is not None and _apart(spoken.days, earliest, latest):
        flags.add("words_differ")
    edtf = to_edtf(earliest, latest, approximate="approximate" in flags)
    return ToldDate(said_on, words, Days(earliest, latest), edtf, frozenset(flags))


def _day(fields: Mapping[str, str], name: str, said_on: date) -> Interval:
    day = _number(fields, f"{name}_day", 1, 31)
    month = _number(fields, f"{name}_day_month", 1, 12)
    year = _optional_year(fields, f"{name}_day_year", said_on)
    for guess in [year] if year else range(said_on.year, said_on.year - 9, -1):
        try:
            found = date(guess, month, day)
        except ValueError:
            continue
        if year or found <= said_on:
            return Interval(found, found, "day", _inferred(year))
    raise WrongDate(f"{name}_day", "no_such_day")


def _month(fields: Mapping[str, str], name: str, said_on: date) -> Interval:
    month = _number(fields, f"{name}_month", 1, 12)
    year = _optional_year(fields, f"{name}_month_year", said_on)
    guess = year or (said_on.year if month <= said_on.month else said_on.year - 1)
    first, last = policy.part_of_month(guess, month, "")
    return Interval(first, last, "month", _inferred(year))


def _season(fields: Mapping[str, str], name: str, said_on: date) -> Interval:
    which = fields.get(f"{name}_season", "")
    if which not in SEASONS:
        raise WrongDate(f"{name}_season", "choose")
    year = _optional_year(fields, f"{name}_season_year", said_on)
    if year is None:
        return Interval(*policy.newest_season(said_on, which), "season", _inferred(year))
    flags = frozenset({"ambiguous"}) if which == "winter" else frozenset()
    return Interval(*policy.season(year, which), "season", flags)


def _year(fields: Mapping[str, str], name: str, said_on: date) -> Interval:
    year = _optional_year(fields, f"{name}_year", said_on)
    if year is None:
        raise WrongDate(f"{name}_year", "missing")
    return Interval(date(year, 1, 1), date(year, 12, 31), "year")


def _event(fields: Mapping[str, str], name: str, said_on: date) -> Interval:
    which = fields.get(f"{name}_event", "")
    if which not in EVENTS:
        raise WrongDate(f"{name}_event", "choose")
    year = _optional_year(fields, f"{name}_event_year", said_on)
    newest = holidays.newest(which, said_on) if year is None else None
    spans = holidays.feasts(which, year) if year else (newest,) if newest else ()
    if not spans:
        raise WrongDate(f"{name}_event_year", "year")
    found = Interval(min(s[0] for s in spans), max(s[1] for s in spans), "part", _inferred(year))
    return policy.about(found, "" if which == "ramadan" else "d")


def _inferred(year: int | None) -> frozenset[str]:
    return frozenset() if year else frozenset({"year_inferred"})


def _number(fields: Mapping[str, str], field: str, least: int, most: int) -> int:
    text = ascii_digits(fields.get(field, "").strip())
    if not text:
        raise WrongDate(field, "missing")
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and least <= int(text) <= most):
        raise WrongDate(field, "number")
    return int(text)


def _optional_year(fields: Mapping[str, str], field: str, said_on: date) -> int | None:
    if not fields.get(field, "").strip():
        return None
    try:
        year = _number(fields, field, 1, 9999)
    except WrongDate:
        raise WrongDate(field, "year") from None
    if year > said_on.year:
        raise WrongDate(field, "future" if year >= FIRST_YEAR else "year")
    if year < FIRST_YEAR:
        raise WrongDate(field, "year")
    return year


def _year_field(fields: Mapping[str, str], name: str) -> str:
    precision = fields.get(f"{name}_precision", "")
    return f"{name}_year" if precision == "year" else f"{name}_{precision}_year"


def _apart(said: Days, earliest: date, latest: date) -> bool:
    return (said.latest is not None and said.latest < earliest) or (
        said.earliest is not None and said.earliest > latest
    )
