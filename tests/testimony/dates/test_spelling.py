"""Misspelt months, stretches at the edge of a month, and years of other calendars."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.testimony.dates import read_date
from tracker.testimony.dates.months import month_end

MONTHS = {  # long names, as they stand behind a day; the number of the month
    "en": {"January": 1, "February": 2, "August": 8, "September": 9, "October": 10, "November": 11,
           "December": 12},
    "ru": {"января": 1, "февраля": 2, "апреля": 4, "августа": 8, "сентября": 9, "октября": 10,
           "декабря": 12},
    "kk": {"қаңтарда": 1, "наурызда": 3, "маусымда": 6, "қыркүйекте": 9, "желтоқсанда": 12},
    "ug": {"yanwarda": 1, "féwralda": 2, "awghustta": 8, "séntebirde": 9, "dékabirda": 12},
    "tr": {"Haziran": 6, "Temmuz": 7, "Ağustos": 8, "Aralık": 12},
}  # fmt: skip
YEAR = {"en": "{0} {1}", "ru": "{0} {1} года", "kk": "{1} жылғы {0}", "ug": "{1}-yili {0}",
        "tr": "{0} {1}"}  # fmt: skip
EARLY = {"en": "the first {0} days of {1} {2}", "tr": "{2} {1} ayının ilk {0} günü",
         "ru": "первые {0} дней {1} {2} года", "kk": "{2} жылғы {1} алғашқы {0} күні"}  # fmt: skip
GENITIVE = {"en": "May", "tr": "Mayıs", "ru": "мая", "kk": "мамырдың"}


@pytest.mark.parametrize("lang", sorted(MONTHS))
@pytest.mark.parametrize("year", [2004, 2017])
def test_a_misspelt_month_is_never_passed_over(lang: str, year: int) -> None:
    """A letter dropped, doubled or swapped inside a month's name does not make it a whole year."""
    passed_over = []
    for name, month in MONTHS[lang].items():
        for at in range(1, 5):
            dropped = name[:at] + name[at + 1 :]
            doubled = name[:at] + name[at] + name[at:]
            swapped = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
            for wrong in (dropped, doubled, swapped):
                reading = read_date(YEAR[lang].format(wrong, year), date(2024, 6, 1), lang)
                meant = (date(year, month, 1), month_end(year, month))
                if (reading.earliest, reading.latest) != meant:
                    passed_over.append((wrong, reading.edtf))
    assert passed_over == []


@pytest.mark.parametrize(
    "words",
    [
        "he sent one photo",
        "just 2 sons",
        "Marat 2 times",
        "the match 3",
        "маған қарағанда",
        "they decided",
    ],
)
def test_other_words_are_no_misspelt_months(words: str) -> None:
    """A word that is near a month's name is not one where no month can stand."""
    assert read_date(words, date(2018, 4, 21)).latest is None


def test_a_misspelt_month_is_flagged() -> None:
    """The echo can say that it was guessed."""
    assert "approximate" in read_date("3 Feburary 2018", date(2018, 4, 21), "en").flags


@given(lang=st.sampled_from(sorted(EARLY)), year=st.integers(2000, 2023), count=st.integers(2, 28))
def test_the_first_days_of_a_month(lang: str, year: int, count: int) -> None:
    """ "The first N days of May" begin on the first and are N days."""
    words = EARLY[lang].format(count, GENITIVE[lang], year)
    reading = read_date(words, date(2024, 6, 1), lang)
    first = date(year, 5, 1)
    assert (reading.earliest, reading.latest) == (first, first + timedelta(days=count - 1))


@given(year=st.integers(90, 112), month=st.integers(1, 12))
def test_years_of_the_republic(year: int, month: int) -> None:
    """民国 N is the year N + 1911."""
    reading = read_date(f"民國{year}年{month}月", date(2024, 6, 1), "zh")
    assert reading.earliest == date(year + 1911, month, 1)


@given(
    year=st.integers(1425, 1444),
    form=st.sampled_from(["Ramadan {0}", "{0}-yili ramizanda", "{0} Ramazanı", "рамадан {0} года"]),
)
def test_ramadan_of_a_hijri_year(year: int, form: str) -> None:
    """Each Ramadan is ten to twelve days earlier in our calendar than the one before."""
    one, other = (read_date(form.format(y), date(2024, 6, 1)) for y in (year, year + 1))
    assert one.latest is not None
    assert other.latest is not None
    assert 353 <= (other.latest - one.latest).days <= 356
