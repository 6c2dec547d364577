"""Calendars, names of months and days, figures, flags, and what the command line prints."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from babel.dates import get_day_names, get_month_names

from tracker.testimony.dates import as_json, holidays, read_date
from tracker.testimony.dates.text import LIMIT, fold

SATURDAY = date(2018, 4, 21)


@pytest.mark.parametrize("locale", ["en", "ru", "kk", "ug", "tr"])
def test_month_names_of_cldr_are_known(locale: str) -> None:
    """Every month as CLDR writes it inside a date is read (never `LLLL`: it leaks in Babel)."""
    for month, name in get_month_names("wide", context="format", locale=locale).items():
        for words in (f"12 {name} 2016", f"{name} 2016"):
            reading = read_date(words, SATURDAY, locale)
            assert reading.latest is not None, words
            assert (reading.latest.year, reading.latest.month) == (2016, month), words


@pytest.mark.parametrize("locale", ["en", "ru", "kk", "ug", "tr", "zh"])
def test_day_names_of_cldr_are_known(locale: str) -> None:
    """Every weekday as CLDR writes it is the newest such day."""
    for weekday, name in get_day_names("wide", locale=locale).items():
        reading = read_date(name, SATURDAY, locale)
        meant = SATURDAY - timedelta(days=(SATURDAY.weekday() - weekday) % 7)
        assert reading.latest == meant, name


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("ramadan", date(2017, 5, 26), date(2017, 6, 24)),
        ("eid_fitr", date(2017, 6, 25), date(2017, 6, 25)),
        ("eid_adha", date(2017, 9, 1), date(2017, 9, 1)),
        ("spring_festival", date(2017, 1, 28), date(2017, 1, 28)),
        ("spring_eve", date(2017, 1, 27), date(2017, 1, 27)),
        ("mid_autumn", date(2017, 10, 4), date(2017, 10, 4)),
        ("nauryz", date(2017, 3, 21), date(2017, 3, 23)),
        ("lunar_month_6", date(2017, 6, 24), date(2017, 8, 21)),  # and its leap month
    ],
)
def test_feasts_fell_on(name: str, first: date, last: date) -> None:
    """Feasts of 2017 as calendars printed them."""
    assert holidays.feasts(name, 2017) == ((first, last),)


def test_a_feast_may_come_twice_in_a_year() -> None:
    """Eid al-Fitr came twice in 2000; the reading spans both and says so."""
    assert len(holidays.feasts("eid_fitr", 2000)) == 2
    reading = read_date("Eid al-Fitr 2000", SATURDAY, "en")
    assert "ambiguous" in reading.flags
    assert (reading.earliest, reading.latest) == (date(2000, 1, 8), date(2000, 12, 27))


@pytest.mark.parametrize(
    ("words", "flags"),
    [
        ("22 January 2018", []),
        ("22 January", ["year_inferred"]),
        ("about 22 January", ["approximate", "year_inferred"]),
        ("more than two years", ["more_than"]),
        ("nearly two years", ["less_than"]),
        ("a few weeks ago", ["approximate"]),
        ("this year", ["unfinished"]),
        ("03/04/2018", ["ambiguous"]),
        ("in 2016 or 2017", ["ambiguous"]),
        ("I don't know", []),
    ],
)
def test_flags_say_how_sure_it_is(words: str, flags: list[str]) -> None:
    """What was guessed, widened or cut is flagged."""
    assert as_json(read_date(words, SATURDAY, "en"))["flags"] == flags


def test_json_of_the_command_line() -> None:
    """`tracker dates parse` prints exactly these members (cli.md)."""
    assert as_json(read_date("before 2017", SATURDAY)) == {
        "text": "before 2017",
        "edtf": "../2016-12-31",
        "earliest": None,
        "latest": "2016-12-31",
        "flags": [],
    }
    assert as_json(read_date("no idea", SATURDAY, "en")) == {
        "text": "no idea",
        "edtf": None,
        "earliest": None,
        "latest": None,
        "flags": [],
    }


def test_span_is_that_of_the_words() -> None:
    """The span covers the words that were understood, in the text as it was given."""
    text = "Менің ағам 2017 жылғы 12 наурызда кетті"
    reading = read_date(text, SATURDAY, "kk")
    assert reading.span is not None
    assert text[slice(*reading.span)] == "2017 жылғы 12 наурызда"


@pytest.mark.parametrize(
    "figures",
    ["2018-01-22", "۲۰۱۸-۰۱-۲۲", "٢٠١٨-٠١-٢٢", "２０１８－０１－２２", "22.01.2018", "২২.০১.২০১৮"],
)
def test_figures_of_every_script(figures: str) -> None:
    """Decimal digits of any script are digits."""
    assert read_date(figures, SATURDAY).edtf == "2018-01-22"


@pytest.mark.parametrize(
    ("lang", "edtf"),
    [("en", "2018-03-04/2018-04-03"), (None, "2018-03-04/2018-04-03"), ("ru", "2018-04-03")],
)
def test_two_orders_of_day_and_month(lang: str | None, edtf: str) -> None:
    """03/04/2018 spans both readings, except where the day always comes first."""
    assert read_date("03/04/2018", SATURDAY, lang).edtf == edtf


def test_only_the_beginning_is_read() -> None:
    """A date behind the limit is not read; one before it is."""
    assert read_date("в 2017 году" + " и" * LIMIT, SATURDAY, "ru").edtf == "2017"
    assert read_date("и " * LIMIT + "в 2017 году", SATURDAY, "ru").latest is None


def test_folding_keeps_the_way_back() -> None:
    """Each folded character knows where it stood."""
    text = "Şubat ２０１８"
    folded, places = fold(text)
    assert folded == "subat 2018"
    assert len(places) == len(folded) + 1
    assert places[-1] == len(text)


@pytest.mark.parametrize(
    "words",
    ["31.04.2018", "32 Foo 2017", "12 Foo 2017", "45/2018", "2017-13-40", "13/13/2017",
     "0 May 2018", "May 32, 2017", "31 February 2018", "2017-02-29", "2018年13月", "2018年2月31日",
     "32 мая 2017",
     "2017-yili 13-ayning 5-küni", "arrested in 2016, last call on 31.04.2018"],
)  # fmt: skip
def test_a_date_that_no_calendar_has_is_asked_again(words: str) -> None:
    """Its year alone would be read months too late."""
    assert read_date(words, date(2018, 11, 22)).latest is None


@pytest.mark.parametrize(
    ("figures", "edtf"),
    [("2016-17", "2016/2017"), ("2016/18", "2016-01-01/2018-11-22"), ("May 23.2018", "2018-05-23"),
     ("at 10.30 in 2016", "2016"), ("42 people in 2016", "2016"), ("1.2018", "2018-01")],
)  # fmt: skip
def test_figures_that_only_look_wrong_are_read(figures: str, edtf: str) -> None:
    """Two years, a time of day and a number of people are no broken dates."""
    assert read_date(figures, date(2018, 11, 22), "en").edtf == edtf


@pytest.mark.parametrize("period", ["last winter", "in 2017", "summer 2017", "in March", "in May"])
@pytest.mark.parametrize("side", ["before", "until", "after"])
@pytest.mark.parametrize("bound", ["Nowruz", "Ramadan", "Eid", "New Year", "2017", "March 2016"])
def test_a_second_clause_only_cuts_what_was_told(period: str, side: str, bound: str) -> None:
    """What is bounded on both sides lies in the period; what does not fit it stays as wide."""
    whole = read_date(period, SATURDAY, "en")
    cut = read_date(f"{period}, {side} {bound}", SATURDAY, "en")
    assert whole.earliest is not None and whole.latest is not None and cut.latest is not None
    if cut.earliest is not None and "ambiguous" not in cut.flags:
        alone = read_date(f"{side} {bound}", SATURDAY, "en")
        inside = whole.earliest <= cut.earliest <= cut.latest <= whole.latest
        assert inside or (cut.earliest, cut.latest) == (alone.earliest, alone.latest)


@pytest.mark.parametrize(
    "words",
    ["قاڭتاردىڭ 22-سىنەن بەرى", "қаңтардың 22-сінен бері", "qańtardyń 22-sinen beri",
     "qañtardıñ 22-sinen beri", "каңтардын 22-синен бери"],
)  # fmt: skip
def test_kazakh_scripts_are_one_language(words: str) -> None:
    """One table of Kazakh words serves Cyrillic, Arabic and Latin letters."""
    assert read_date(words, SATURDAY, "kk").edtf == "2018-01-22"


@pytest.mark.parametrize(
    "words",
    ["2017-يىلى 9-ئاينىڭ 15-كۈنى", "2017-yili 9-ayning 15-küni", "2017-йили 9-айниң 15-күни",
     "2017-يىلى 15-سېنتەبىر", "2017-yili 15-séntebir", "2017-йили 15-сентәбир"],
)  # fmt: skip
def test_uyghur_scripts_are_one_language(words: str) -> None:
    """One table of Uyghur words serves Arabic, Latin and Cyrillic letters."""
    assert read_date(words, SATURDAY, "ug").edtf == "2017-09-15"
