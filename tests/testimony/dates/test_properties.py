"""Properties of the date reader, for any day and any words."""

from __future__ import annotations

import time
from datetime import date, timedelta

from edtf import parse_edtf
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tracker.testimony.dates import Reading, read_date
from tracker.testimony.dates.months import add_months, month_end
from tracker.testimony.dates.policy import ago

DAYS = st.dates(date(1990, 1, 1), date(2150, 12, 31))
LANGS = st.sampled_from(["en", "ru", "zh", "kk", "kk-Latn", "kk-Arab", "ug", "ug-Latn", "tr", None])

# How each language says one and the same thing; {0} is a figure.
AGO = {
    "d": {
        "en": "{0} days ago",
        "ru": "{0} дней назад",
        "zh": "{0}天前",
        "kk": "{0} күн бұрын",
        "kk-Latn": "{0} kún buryn",
        "kk-Arab": "{0} كۇن بۇرىن",
        "ug": "{0} كۈن بۇرۇن",
        "ug-Latn": "{0} kün burun",
        "ug-Cyrl": "{0} күн бурун",
        "tr": "{0} gün önce",
    },
    "w": {
        "en": "{0} weeks ago",
        "ru": "{0} недель назад",
        "zh": "{0}个星期前",
        "kk": "{0} апта бұрын",
        "kk-Latn": "{0} apta buryn",
        "kk-Arab": "{0} اپتا بۇرىن",
        "ug": "{0} ھەپتە بۇرۇن",
        "ug-Latn": "{0} hepte burun",
        "ug-Cyrl": "{0} һәптә бурун",
        "tr": "{0} hafta önce",
    },
    "m": {
        "en": "{0} months ago",
        "ru": "{0} месяцев назад",
        "zh": "{0}个月前",
        "kk": "{0} ай бұрын",
        "kk-Latn": "{0} ai buryn",
        "kk-Arab": "{0} اي بۇرىن",
        "ug": "{0} ئاي بۇرۇن",
        "ug-Latn": "{0} ay burun",
        "ug-Cyrl": "{0} ай бурун",
        "tr": "{0} ay önce",
    },
    "y": {
        "en": "{0} years ago",
        "ru": "{0} лет назад",
        "zh": "{0}年前",
        "kk": "{0} жыл бұрын",
        "kk-Latn": "{0} jyl buryn",
        "kk-Arab": "{0} جىل بۇرىن",
        "ug": "{0} يىل بۇرۇن",
        "ug-Latn": "{0} yil burun",
        "ug-Cyrl": "{0} йил бурун",
        "tr": "{0} yıl önce",
    },
}
MORE = {
    "en": "more than {0} months ago",
    "ru": "более {0} месяцев назад",
    "zh": "{0}个多月前",
    "kk": "{0} айдан астам уақыт бұрын",
    "ug": "{0} ئايدىن ئارتۇق",
    "tr": "{0} aydan fazla",
}
ABOUT_YEAR = {
    "en": ("in {0}", "around {0}"),
    "ru": ("в {0} году", "примерно в {0} году"),
    "zh": ("{0}年", "{0}年左右"),
    "kk": ("{0} жылы", "шамамен {0} жылы"),
    "ug": ("{0}-يىلى", "تەخمىنەن {0}-يىلى"),
    "tr": ("{0} yılında", "{0} yılı civarında"),
}
DAY_FORMS = {
    "en": "{day} {name} {year}",
    "ru": "{day} {name} {year} года",
    "zh": "{year}年{month}月{day}日",
    "kk": "{year} жылғы {day} {name}",
    "ug": "{year}-يىلى {month}-ئاينىڭ {day}-كۈنى",
    "tr": "{day} {name} {year}",
}
MONTH_NAMES = {
    "en": "January February March April May June July August September October November December",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "zh": "- - - - - - - - - - - -",
    "kk": "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан",
    "ug": "- - - - - - - - - - - -",
    "tr": "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
}


def _holds(wide: Reading, narrow: Reading) -> bool:
    assert wide.latest is not None
    assert narrow.latest is not None
    start = wide.earliest is None or (
        narrow.earliest is not None and wide.earliest <= narrow.earliest
    )
    return start and wide.latest >= narrow.latest


@given(said_on=DAYS, count=st.integers(1, 40), unit=st.sampled_from("dwmy"), data=st.data())
def test_ago_reads_back(said_on: date, count: int, unit: str, data: st.DataObject) -> None:
    """N units ago is the interval of the policy, in every language and script."""
    lang = data.draw(st.sampled_from(sorted(AGO[unit])))
    reading = read_date(AGO[unit][lang].format(count), said_on, lang)
    meant = ago(said_on, count, unit)
    assert meant is not None
    assert (reading.earliest, reading.latest) == (meant.earliest, meant.latest)


@given(said_on=DAYS, count=st.integers(1, 40), lang=st.sampled_from(sorted(MORE)))
def test_more_than_is_never_later(said_on: date, count: int, lang: str) -> None:
    """More than N ends where N whole units are over; it is flagged."""
    reading = read_date(MORE[lang].format(count), said_on, lang)
    assert reading.latest == add_months(said_on, -count)
    assert reading.earliest == add_months(said_on, -count - 1) + timedelta(days=1)
    assert "more_than" in reading.flags


@given(said_on=DAYS, back=st.integers(0, 12000), lang=st.sampled_from(sorted(DAY_FORMS)))
def test_a_day_reads_back(said_on: date, back: int, lang: str) -> None:
    """A day with its year is that day, whatever the day it is said on."""
    day = said_on - timedelta(days=back)
    name = MONTH_NAMES[lang].split()[day.month - 1]
    words = DAY_FORMS[lang].format(day=day.day, month=day.month, year=day.year, name=name)
    reading = read_date(words, said_on, lang)
    assert (reading.earliest, reading.latest, reading.flags) == (day, day, frozenset())


@given(said_on=DAYS, ahead=st.integers(1, 12000), lang=st.sampled_from(sorted(DAY_FORMS)))
def test_the_future_is_no_date(said_on: date, ahead: int, lang: str) -> None:
    """A day after it was said is not read (clock.md R16)."""
    day = said_on + timedelta(days=ahead)
    name = MONTH_NAMES[lang].split()[day.month - 1]
    words = DAY_FORMS[lang].format(day=day.day, month=day.month, year=day.year, name=name)
    assert read_date(words, said_on, lang).latest is None


@given(said_on=DAYS, month=st.integers(1, 12), lang=st.sampled_from(["en", "ru", "kk", "tr"]))
def test_a_month_without_year_is_the_newest(said_on: date, month: int, lang: str) -> None:
    """A month without a year is the newest that has begun, cut at the day it was said."""
    name = MONTH_NAMES[lang].split()[month - 1]
    words = f"since {name}" if lang == "en" else name
    reading = read_date(words, said_on, lang)
    year = said_on.year if month <= said_on.month else said_on.year - 1
    assert reading.earliest == date(year, month, 1)
    assert reading.latest == min(month_end(year, month), said_on)
    assert "year_inferred" in reading.flags
    assert ("unfinished" in reading.flags) == (month_end(year, month) > said_on)


@given(said_on=DAYS, back=st.integers(0, 40), lang=st.sampled_from(sorted(ABOUT_YEAR)))
def test_about_widens(said_on: date, back: int, lang: str) -> None:
    """A widening word widens."""
    plain, about = (form.format(said_on.year - back) for form in ABOUT_YEAR[lang])
    narrow, wide = read_date(plain, said_on, lang), read_date(about, said_on, lang)
    assert _holds(wide, narrow)
    assert wide.earliest == date(said_on.year - back - 1, 1, 1)
    assert "approximate" in wide.flags


@given(first=DAYS, later=st.integers(0, 4000), data=st.data())
def test_said_later_is_never_read_earlier(first: date, later: int, data: st.DataObject) -> None:
    """The same words said later never give an earlier date."""
    lang = data.draw(st.sampled_from(["en", "ru", "kk", "tr"]))
    name = MONTH_NAMES[lang].split()[data.draw(st.integers(0, 11))]
    ago_words = AGO["m"][lang].format(data.draw(st.integers(1, 30)))
    words = data.draw(st.sampled_from([f"14 {name}", ago_words, f"14 {name} 1995"]))
    once = read_date(words, first, lang)
    again = read_date(words, first + timedelta(days=later), lang)
    if once.latest is not None and once.earliest is not None:
        assert again.latest is not None
        assert again.earliest is not None
        assert again.latest >= once.latest
        assert again.earliest >= once.earliest


@settings(deadline=None)
@given(text=st.text(max_size=600), said_on=st.dates(), lang=LANGS)
@example(text="0" * 600, said_on=date(2018, 4, 21), lang=None)
@example(text="last " * 100, said_on=date.min, lang="en")
@example(text="99999 years ago", said_on=date(2018, 4, 21), lang="en")
@example(text="22 \u0627\u0300\u0301\u0302 31.02.2018", said_on=date.max, lang="ug")
def test_any_text_is_read_or_not(text: str, said_on: date, lang: str | None) -> None:
    """No text raises, none gives a day after it was said, and the span lies in the text."""
    reading = read_date(text, said_on, lang)
    assert reading.text == text
    if reading.latest is None:
        assert reading.edtf is None
    else:
        assert reading.latest <= said_on
        assert reading.earliest is None or reading.earliest <= reading.latest
        assert reading.span is not None
        assert 0 <= reading.span[0] <= reading.span[1] <= len(text)


_WORDS = """
    2018 2017 22 3 31 1 - / . , ( first last this before until since after about between and or
    half year years month months week days ago January may spring winter early late Ramadan
    once a двух лет назад год января прошлого до после с по 去年 三 个 月 年 半 前 八月 底 多
    екі жыл бұрын былтыр қаңтар дейін بىر يىل بۇرۇن يېرىم ئاي geçen yıl önce iki mart beri
    will he sentenced Feburary № Hijri 1438 Eid eve III 2,5 ½ three weeks odd 民国 季度 十一 腊月
    күні ramizan quarter same time
"""
PIECES = st.sampled_from(_WORDS.split())


@settings(deadline=None, max_examples=200)
@given(pieces=st.lists(PIECES, max_size=14), said_on=DAYS, lang=LANGS)
def test_any_date_words_keep_the_promises(
    pieces: list[str], said_on: date, lang: str | None
) -> None:
    """Words of dates in any order: valid EDTF, nothing after the day it was said."""
    for joint in (" ", ""):
        reading = read_date(joint.join(pieces), said_on, lang)
        if reading.latest is not None:
            assert reading.latest <= said_on
            assert reading.earliest is None or reading.earliest <= reading.latest
            assert reading.edtf is not None
            assert parse_edtf(reading.edtf) is not None


def test_a_megabyte_takes_no_longer_than_a_page() -> None:
    """Time is bounded whatever is sent: only the beginning of a text is read."""
    for unit in (
        "9",
        "9 ",
        "a",
        "一",
        "years ago ",
        "2018-",
        "'",
        "\u0301",
        "ئاي-",
        "last of the ",
    ):
        started = time.perf_counter()
        read_date(unit * (1_000_000 // len(unit)), date(2018, 4, 21), "en")
        assert time.perf_counter() - started < 1, unit
