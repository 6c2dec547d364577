"""Dates, numbers and lists in each language, and none of CLDR's holes."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.i18n import dates
from tracker.i18n.languages import LANGUAGES
from tracker.i18n.words import speaking

DAY = date(2018, 3, 5)
LONG = {
    "en": "5 March 2018",
    "kk": "2018 ж. 5 наурыз",
    "ug": "2018-يىلى 5-مارت",
    "ru": "5 марта 2018",
    "zh_Hans": "2018年3月5日",
    "tr": "5 Mart 2018",
}
MONTH = {
    "en": "March 2018",
    "kk": "2018 ж. наурыз",
    "ug": "2018-يىلى مارت",
    "ru": "март 2018",
    "zh_Hans": "2018年3月",
    "tr": "Mart 2018",
}
SPAN = {
    "en": "1–20 Mar 2018",
    "kk": "2018 ж. 1–20 нау.",
    "ug": "2018-يىلى 1–20-مارت",
    "ru": "1–20 мар. 2018",
    "zh_Hans": "2018年3月1日至20日",
    "tr": "1–20 Mar 2018",
}
NAMES = {
    "en": "A, B and C",
    "kk": "A, B және C",
    "ug": "A، B ۋە C",
    "ru": "A, B и C",
    "zh_Hans": "A、B和C",
    "tr": "A, B ve C",
}
BOTH_YEARS = "about between 1 January 2017 and 31 December 2018"
ALMATY = ZoneInfo("Asia/Almaty")


def plain(text: str) -> str:
    """With ordinary spaces and hyphens, and without the isolates of lines from right to left."""
    for sign, other in {"\u202f": " ", "\u2009": " ", "\xa0": " ", "\u2011": "-"}.items():
        text = text.replace(sign, other)
    return re.sub("[\u2066-\u2069]", "", text)


@pytest.mark.parametrize("code", LANGUAGES)
def test_as_people_write_them(code: str) -> None:
    with speaking(code):
        assert plain(dates.date_text(DAY)) == LONG[code]
        assert plain(dates.month_text(DAY)) == MONTH[code]
        assert plain(dates.span_text(date(2018, 3, 1), date(2018, 3, 20))) == SPAN[code]
        assert plain(dates.list_text(["A", "B", "C"])) == NAMES[code]
        assert plain(dates.list_text(["A"])) == "A"
        assert dates.list_text([]) == ""


def test_an_instant_is_shown_by_the_clocks_of_the_zone_which_is_named() -> None:
    moment = datetime(2018, 3, 4, 20, 30, tzinfo=UTC)
    assert dates.datetime_text(moment, ALMATY) == "5 March 2018, 02:30 (GMT+06:00)"
    assert dates.datetime_text(moment, ZoneInfo("UTC")) == "4 March 2018, 20:30 (GMT+00:00)"


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_on_a_page_an_instant_breaks_between_day_and_time_alone(code: str) -> None:
    """A zone alone on a line, or a month without its day, is not read as one instant."""
    moment = datetime(2018, 3, 4, 20, 30, tzinfo=UTC)
    with speaking(code):
        whole, text = dates.whole_datetime_text(moment, ALMATY), dates.datetime_text(moment, ALMATY)
    assert plain(whole.replace("\u2060", "")) == plain(text)
    day, time = whole.split(" ")
    assert time.startswith("02:30") and "2018" in day


def test_a_place_is_named_in_the_letters_of_the_language() -> None:
    """CLDR 48 has no city in Uyghur: the country, while its clocks agree, else the city."""
    moment = datetime(2026, 11, 20, tzinfo=UTC)
    shown = {}
    for code in ("en", "kk", "ug"):
        with speaking(code):
            shown[code] = dates.place_text(ALMATY, moment)
    assert shown == {"en": "Almaty", "kk": "Алматы", "ug": "قازاقىستان"}
    with speaking("ug"):
        assert dates.place_text(ALMATY, datetime(2018, 3, 5, tzinfo=UTC)) == "Almaty"
        assert dates.place_text(ZoneInfo("America/New_York"), moment) == "New York"
        assert dates.place_text(ZoneInfo("UTC"), moment) == "UTC"


@pytest.mark.parametrize(
    ("earliest", "latest", "approximate", "text"),
    [
        (DAY, DAY, False, "5 March 2018"),
        (DAY, DAY, True, "about 5 March 2018"),
        (date(2026, 5, 1), date(2026, 5, 31), True, "about May 2026"),
        (date(2016, 2, 1), date(2016, 2, 29), False, "February 2016"),
        (date(2016, 2, 1), date(2016, 2, 9), False, "between 1 February 2016 and 9 February 2016"),
        (date(2017, 1, 1), date(2017, 12, 31), False, "2017"),
        (date(2017, 2, 1), date(2017, 5, 31), False, "between 1 February 2017 and 31 May 2017"),
        (date(2017, 1, 1), date(2018, 12, 31), True, BOTH_YEARS),
        (None, date(2016, 12, 31), False, "not after 31 December 2016"),
    ],
)  # fmt: skip
def test_approximate_dates_in_words(
    earliest: date | None, latest: date, approximate: bool, text: str
) -> None:
    said = dates.when_text(earliest, latest, approximate=approximate)
    assert said.replace("\u00a0", " ") == text


def test_no_line_ends_within_either_of_two_dates() -> None:
    said = dates.when_text(date(2025, 12, 1), date(2026, 2, 28))
    assert said.split(" ") == [
        "between",
        "1\u00a0December\u00a02025",
        "and",
        "28\u00a0February\u00a02026",
    ]


@pytest.mark.parametrize(
    ("language", "earliest", "latest", "text"),
    [
        ("en", date(2025, 12, 1), date(2026, 2, 28), "Dec\u00a02025\u00a0– Feb\u00a02026"),
        ("en", date(2016, 2, 1), date(2016, 2, 28), "1–28\u00a0Feb\u00a02016"),  # a leap year
        ("en", date(2016, 2, 1), date(2016, 2, 29), "Feb\u00a02016"),
        ("en", date(2026, 3, 3), date(2026, 3, 3), "3\u00a0Mar\u00a02026"),
        ("en", date(2025, 12, 7), date(2026, 1, 3), "7\u00a0Dec\u00a02025\u00a0– 3\u00a0Jan\u00a02026"),  # noqa: E501
        ("en", date(2017, 1, 1), date(2018, 12, 31), "2017–2018"),
        ("en", None, date(2016, 12, 31), "not after 31\u00a0Dec\u00a02016"),
        ("ru", date(2025, 12, 1), date(2026, 2, 28), "дек.\u00a02025\u00a0– февр.\u00a02026"),
        ("kk", date(2026, 3, 1), date(2026, 5, 31), "2026\u00a0ж.\u00a0нау.–мам."),
        ("zh_Hans", date(2025, 12, 1), date(2026, 2, 28), "2025年12月至\u200b2026年2月"),
        ("ug", date(2026, 3, 1), date(2026, 5, 31), "2026‑يىلى\u00a0مارت\u00a0– ماي"),
        ("ug", date(2017, 1, 1), date(2018, 12, 31), "2017–2018"),
    ],
)  # fmt: skip
def test_the_same_days_are_told_short_and_no_wider_or_narrower(
    language: str, earliest: date | None, latest: date, text: str
) -> None:
    """R2, R3: a month or a year stands for all its days, and for no others."""
    with speaking(language):
        said = dates.short_when_text(earliest, latest)
    assert re.sub("[\u2066-\u2069]", "", said) == text


def test_silence_is_shown_as_a_range_when_its_bounds_differ_and_never_rounded() -> None:
    """clock.md R3."""
    assert dates.days_text(148, 178) == "148–178 days"
    assert dates.days_text(402, 402) == "402 days"
    assert dates.days_text(1, 1) == "1 day"
    assert dates.days_text(0, 1) == "0–1 day"
    assert dates.days_text(630, 630, is_more=True) == "630+ days", "at least so many"


def test_a_range_of_days_reads_the_same_from_right_to_left() -> None:
    """On a right-to-left line figures around a dash would change places (UAX 9)."""
    with speaking("ug"):
        assert dates.days_text(148, 178).startswith("\u2066148–178\u2069 ")
        assert dates.days_text(148, 148, is_more=True).startswith("\u2066148+\u2069 ")
        assert "\u2066" not in dates.days_text(148, 148)
    with speaking("kk"):
        assert "\u2066" not in dates.days_text(148, 178)


def test_uyghur_spans_say_a_year_and_a_month_once_where_they_can() -> None:
    with speaking("ug"):
        shown = [
            plain(dates.span_text(DAY, last))
            for last in (date(2018, 3, 11), date(2018, 4, 1), date(2019, 1, 6))
        ]
    assert shown == [
        "2018-يىلى 5–11-مارت",
        "2018-يىلى 5-مارت – 1-ئاپرېل",
        "2018-يىلى 5-مارت – 2019-يىلى 6-يانۋار",
    ]


def test_what_stands_in_a_line_from_right_to_left_leaves_its_neighbours_in_order() -> None:
    """Behind a Latin name the figures of a bare date would be read with the name (UAX 9, W7), and
    no line ends between a figure and its word."""
    noon = datetime(2018, 3, 5, 6, tzinfo=UTC)
    with speaking("ug"):
        told = [
            dates.date_text(DAY),
            dates.short_date_text(DAY),
            dates.month_text(DAY),
            dates.clock_text(noon, ALMATY),
            dates.short_clock_text(noon, ALMATY),
            dates.datetime_text(noon, ALMATY),
        ]
        both = dates.list_text(["Ana Example", "Bo Example"])
    assert all(text[0] == "\u2067" and text[-1] == "\u2069" for text in told)
    assert not any("-" in text for text in told)
    assert both == "\u2068Ana Example\u2069 ۋە \u2068Bo Example\u2069"
    with speaking("kk"):
        assert "\u2067" not in dates.date_text(DAY) + dates.list_text(["Ana Example"])


@given(
    code=st.sampled_from(sorted(LANGUAGES)),
    first=st.dates(date(1900, 1, 1), date(2200, 1, 1)),
    length=st.integers(0, 4_000),
)
def test_every_date_has_words_without_raw_patterns(code: str, first: date, length: int) -> None:
    last = first + timedelta(days=length)
    with speaking(code):
        for text in (
            dates.when_text(first, last),
            dates.span_text(first, last),
            dates.short_date_text(first),
            dates.year_text(first),
        ):
            assert text
            assert not set(text) & set("%{}'")
            assert "yyyy" not in text.lower()
            assert "duration" not in text


def test_months_are_named_in_the_language_spoken_whoever_was_asked_before() -> None:
    """Babel answers for some languages with the names of the one asked for first."""
    firsts = {}
    for code in [*LANGUAGES, *reversed(LANGUAGES)]:
        with speaking(code):
            firsts.setdefault(code, set()).add(dates.month_names()[2])
    assert firsts["tr"] == {"Mart"}
    assert firsts["zh_Hans"] == {"三月"}
    assert firsts["ru"] == {"март"}
    assert all(len(names) == 1 for names in firsts.values())
