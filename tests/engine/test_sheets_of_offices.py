"""Sheets as offices have them: in their language, and in the letters their machines write."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from tests.engine.test_importing import count, run
from tests.standins.office import Office
from tracker.domain.errors import Refused
from tracker.domain.means import Means
from tracker.engine.cases.queue import names_by_case
from tracker.engine.sheets.import_columns import COLUMNS, IGNORED, guess, labels
from tracker.engine.sheets.means_labels import means_labels
from tracker.engine.sheets.sheet_words import HEADINGS, MEANS, answer_in, means_in, ways
from tracker.engine.sheets.sheets import read_sheet
from tracker.i18n.languages import LANGUAGES
from tracker.i18n.words import speaking
from tracker.store.schema import Case, ContactReport

MEANT = ["id", "name", "born", "place", "last_contact", "means", "confirmed", "source"]
SHEETS = {
    "ru": "№ дела;ФИО;Год рождения;Место содержания;Последний контакт;Способ связи;Подтверждено;"
    "Источник\n17;Турсун Хапиз;1971;Урумчи, тюрьма № 3;20.01.2026;звонок;да;мать\n"
    "18;Айгуль Турсын;1980;не знаем;январь 2026;письмо;нет;сестра\n",
    "kk": "Іс нөмірі;Аты-жөні;Туған жылы;Қамалған жері;Соңғы хабар;Байланыс түрі;Расталған;"
    "Дереккөз\n17;Тұрсын Қапиз;1971;Үрімжі түрмесі;20.01.2026;қоңырау;иә;анасы\n"
    "18;Айгүл Әбдірахман;1980;білмейміз;2026 жылғы қаңтар;хат;жоқ;әпкесі\n",
    "ug": "دېلو نومۇرى;ئىسمى;تۇغۇلغان يىلى;قامالغان جايى;ئاخىرقى ئالاقە;ئالاقە ئۇسۇلى;"
    "جەزملەشتۈرۈلگەن;مەنبە\n17;تۇرسۇن ھاپىز;1971;ئۈرۈمچى;2026-01-20;تېلېفون;ھەئە;ئانىسى\n"
    "18;ئايگۈل;1980;;2026-01;خەت;ياق;ئاچىسى\n",
    "zh_Hans": "案件编号;姓名;出生年份;关押地点;最后联系;联系途径;是否确认;消息来源\n"
    "17;吐尔逊·哈皮孜;1971;乌鲁木齐第三监狱;2026年1月20日;电话;是;母亲\n"
    "18;阿依古丽;1980;不知道;2026年1月;信;否;姐姐\n",
    "tr": "Dosya No;Adı Soyadı;Doğum Yılı;Tutulduğu Yer;Son Görüşme;İletişim Yolu;Onaylandı;"
    "Kaynak\n17;Tursun Hapız Oğlu;1971;Urumçi, 3 numaralı hapishane;20.01.2026;telefon;evet;"
    "annesi\n18;Ayşegül Türkmen;1980;bilmiyoruz;Ocak 2026;mektup;hayır;kız kardeşi\n",
}
WRITTEN = [
    ("ru", "cp1251", "cp1251"),
    ("ru", "cp866", "cp866"),
    ("ru", "mac_cyrillic", "mac_cyrillic"),
    ("ru", "utf-16", ""),
    ("ru", "utf-16-le", ""),  # without a mark
    ("kk", "kz1048", "kz1048"),
    ("kk", "utf-8-sig", ""),
    ("ug", "utf-16", ""),
    ("ug", "utf-8", ""),
    ("zh_Hans", "gb18030", "gb18030"),
    ("zh_Hans", "utf-16", ""),
    ("tr", "cp1254", "cp1254"),
    ("tr", "utf-8-sig", ""),
]


@pytest.mark.parametrize(("language", "written", "read"), WRITTEN)
def test_a_sheet_is_read_in_the_letters_it_is_written_in(
    language: str, written: str, read: str
) -> None:
    """Marked UTF-8 and UTF-16, and the code pages of Russian, Kazakh, Chinese and Turkish offices,
    with semicolons and with tabs; the columns are known by themselves."""
    text = SHEETS[language]
    for between in ";\t":
        sheet = read_sheet(text.replace(";", between).encode(written))
        assert sheet.codec == read
        assert list(guess(sheet.columns).values()) == MEANT
        first = text.splitlines()[1].split(";")
        assert list(sheet.rows[0].cells.values()) == first


@pytest.mark.parametrize("language", SHEETS)
def test_a_sheet_in_an_office_s_own_language_comes_in_whole(office: Office, language: str) -> None:
    """Names of columns, means and answers in its words, days as its sheets show them."""
    office.person("Boss", "supervisor")
    done = run(office, SHEETS[language])
    assert (done.faults, len(done.opened)) == ([], 2)
    assert count(office, Case) == 2
    with office.desk() as desk:
        told = {
            (desk.safe.open(row, "occurred")["earliest"], desk.safe.open(row, "details")["means"])
            for row in desk.session.query(ContactReport)
        }
    assert told == {("2026-01-20", "telephone"), ("2026-01-01", "letter")}


def test_what_was_read_in_wrong_letters_can_be_read_otherwise() -> None:
    """A sheet with nothing but names of ASCII letters in its head says too little to be sure."""
    text = "name,last_contact\nAyşe İnci,2025\n"
    content = text.encode("cp1254")
    assert read_sheet(content).rows[0].cells["name"] == "Ayşe İnci"
    assert read_sheet(content, "cp1251").rows[0].cells["name"] == "Ayюe Эnci"
    with pytest.raises(Refused, match="not in that encoding"):
        read_sheet("имя\nя\n".encode("cp1251"), "gb18030")
    assert read_sheet(text.encode(), "cp1251").codec == "", "the file itself knows better"


def test_french_and_german_names_are_read_too() -> None:
    sheet = read_sheet("name,place\nRené Müller,Genève\n".encode("cp1252"))
    assert (sheet.rows[0].cells["name"], sheet.rows[0].cells["place"]) == ("René Müller", "Genève")


def test_utf_8_with_one_broken_letter_is_refused_not_read_as_other_letters() -> None:
    content = ("имя;место\n" + "Турсун Хапиз;Урумчи\n" * 20).encode()
    with pytest.raises(Refused, match="nor CSV text"):
        read_sheet(content.replace("Урумчи".encode(), "Урумчи".encode()[:-1], 1))


@given(st.sampled_from(sorted(SHEETS)), st.integers(0, 400), st.binary(min_size=1, max_size=3))
def test_a_damaged_sheet_is_read_or_refused_and_never_fails(
    language: str, at: int, wrong: bytes
) -> None:
    content = bytearray(SHEETS[language].encode("gb18030"))
    content[at : at + len(wrong)] = wrong
    with suppress(Refused):
        assert all(read_sheet(bytes(content)).columns)


def test_our_own_words_are_known_in_every_language() -> None:
    """What the page calls a column is understood, unless an office means something else by it."""
    for code in LANGUAGES:
        with speaking(code):
            named = labels()
        wrong = {ours: guess([label])[label] for ours, label in named.items()}
        assert {o for o, found in wrong.items() if found not in (o, IGNORED)} == set()
        unknown = {ours for ours, found in wrong.items() if found == IGNORED}
        assert unknown <= {"ref"}, code  # "Номер": ours, or theirs? A person says


def test_every_word_of_an_office_means_one_column() -> None:
    """Whatever the case, with or without accents; and `COLUMNS` knows what is meant."""
    for language, headings in HEADINGS.items():
        assert set(headings) <= set(COLUMNS)
        said: dict[str, str] = {}
        for ours, names in headings.items():
            for way in ways(names):
                assert said.setdefault(way, ours) == ours, (language, way)


@pytest.mark.parametrize(
    ("heading", "ours"),
    [
        ("ПОДТВЕРЖДЁН?", "confirmed"),
        ("подтвержден", "confirmed"),
        ("Имя / Name", "name"),
        ("Name\nИмя", "name"),
        ("姓名（全名）", "name"),
        ("Телефон (моб.)", "phone"),
        ("№", "id"),
        ("ADI SOYADI", "name"),
        ("İSİM", "name"),
        ("Isim", "name"),
        ("ئىسمى", "name"),
        ("ئیسمی", "name"),  # typed on a Persian keyboard
        ("Дата", IGNORED),  # of what?
        ("Имя, телефон", IGNORED),
        ("Name / Telephone", IGNORED),
        ("Номер", IGNORED),  # our label for a reference, an office's own number elsewhere
        ("Примечание", IGNORED),
    ],
)
def test_a_heading_is_known_as_it_is_written(heading: str, ours: str) -> None:
    assert guess([heading]) == {heading: ours}


@pytest.mark.parametrize(
    ("head", "row", "names"),
    [
        ("Фамилия,Имя,Отчество", "Хапиз,Турсун,Азизович", ["Хапиз Турсун Азизович"]),
        ("Имя,Фамилия", "Турсун;Turson,Хапиз", ["Турсун Хапиз", "Turson Хапиз"]),
        ("Adı,Soyadı", "Tursun,Hapız", ["Tursun Hapız"]),
        ("Аты,Тегі,Әкесінің аты", "Айгүл,,Серікқызы", ["Айгүл Серікқызы"]),
        ("Фамилия", "Хапиз", ["Хапиз"]),
        ("Фамилия,Имя,Примечание", "Хапиз,Турсун;Турсунжан,x", ["Хапиз Турсун", "Хапиз Турсунжан"]),
    ],
)
def test_a_name_in_several_columns_is_one_name(
    head: str, row: str, names: list[str], office: Office
) -> None:
    """Taken apart, a surname left out would leave half of a name to find the person by."""
    office.person("Boss", "supervisor")
    done = run(office, f"{head}\n{row}\n", columns={"Примечание": "-"} if "Прим" in head else {})
    assert done.faults == []
    with office.desk() as desk:
        (case,) = desk.session.scalars(select(Case))
        assert names_by_case(desk, [case.id])[case.id] == names


def test_a_refused_means_names_ways_that_are_then_understood(office: Office) -> None:
    """In the reader's language, as pages call them, not our codes."""
    for code in LANGUAGES:
        with speaking(code):
            assert {means: means_in(label) for means, label in means_labels().items()} == {
                means: means for means in Means
            }, code
    with speaking("ru"):
        done = run(office, "Имя,Последний контакт,Как узнали\nТурсун,2018,голубь\n")
        (fault,) = done.faults
        assert "свидание" in fault.says and "co_detainee" not in fault.says


def test_a_day_that_does_not_exist_may_be_left_empty(office: Office) -> None:
    """The whole sheet waits for one cell: the sentence says how to go on without it."""
    done = run(office, "name,last_contact\nTursun,31.02.2019\n")
    (fault,) = done.faults
    assert "no such day" in fault.says and "leave it empty" in fault.says


def test_answers_and_means_are_known_in_every_language() -> None:
    for cell, answer in (("Да", "yes"), ("ЖОҚ", "no"), ("Hayır", "no"), ("不知道", "unsure")):
        assert answer_in(cell) == answer
    assert answer_in("maybe") == ""
    for means, words in MEANS.items():
        assert {means_in(way) for way in ways(words)} == {means}
        assert means_in(means.upper()) == means
    assert means_in("Red Cross message") == Means.RED_CROSS_MESSAGE
    assert means_in("pigeon") is None


def test_the_day_it_was_said_is_taken_as_a_sheet_shows_it_and_never_counted_from_today(
    office: Office,
) -> None:
    office.person("Boss", "supervisor")
    head = "name,last_contact,said_on,means\n"
    for good in ("21.02.2026", "2026-02-21", "21 февраля 2026", "2026年2月21日"):
        assert run(office, f"{head}A {good},in January,{good},telephone\n").faults == []
    for bad in ("yesterday", "02/03/2026", "February 2026", "21.02.2036", "21 февраля", "soon"):
        faults = run(office, f"{head}B,in January,{bad},telephone\n").faults
        assert [fault.column for fault in faults] == ["said_on"], bad


@pytest.mark.parametrize("said", ["sep=;", "SEP=;\r", "sep=|"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_the_line_that_tells_excel_the_separator_is_no_row(said: str, mark: str) -> None:
    """Rows are counted as Excel shows them, without that line."""
    between = said.strip()[-1]
    text = "name;place\nAlim Tursun;Urumchi, near the station\n".replace(";", between)
    sheet = read_sheet(f"{mark}{said}\n{text}".encode())
    assert sheet.columns == ("name", "place")
    assert [(row.number, dict(row.cells)) for row in sheet.rows] == [
        (2, {"name": "Alim Tursun", "place": "Urumchi, near the station"})
    ]
