"""The catalogues: nothing lost, and the check itself would notice."""

import ast
import io
import re

import pytest
import translations
from babel.messages.catalog import Message
from babel.messages.mofile import read_mo

from tracker.i18n.languages import LANGUAGES
from tracker.i18n.review import groups, review


def test_the_catalogues_are_whole() -> None:
    assert list(translations.faults()) == []


def test_words_in_python_and_templates_are_found() -> None:
    """Without this an extraction that finds nothing would look whole."""
    files = {name for message in translations.extracted() for name, _ in message.locations}
    assert "tracker/i18n/dates.py" in files
    templates = list((translations.ROOT / "tracker").rglob("templates/**/*.html"))
    assert not templates or any("/templates/" in name for name in files)


@pytest.mark.parametrize("code", [c for c, one in LANGUAGES.items() if one.direction == "rtl"])
def test_a_date_to_be_typed_keeps_its_order_among_words_from_the_right(code: str) -> None:
    """Behind an Arabic letter "2018-01-22" is shown as 22-01-2018, unless it stands isolated."""
    loose = re.compile(r"[\u0600-\u06ff].*(?<![\d\u2066/-])\d{4}-\d\d")
    words = [text for m in translations.read(code) if m.id for text in _texts(m.string)]
    assert len(words) > 1000
    assert [text for text in words if loose.search(text)] == []


def test_no_line_of_a_russian_page_ends_in_a_word_of_one_letter() -> None:
    """What is sent keeps its plain spaces."""
    shown = read_mo(io.BytesIO(translations.compiled("ru")))
    heading = shown.get("Do you have photos of letters or papers?").string
    assert heading == "Есть ли у\N{NO-BREAK SPACE}вас фото писем или бумаг?"
    sent = shown.get("Your weekly page is ready. Please open it and sign in.").string
    assert sent == "Ваша недельная страница готова. Откройте её и войдите."


def _texts(said: str | tuple[str, ...]) -> tuple[str, ...]:
    return said if isinstance(said, tuple) else (said,)


@pytest.mark.parametrize(
    ("source", "translation", "fault"),
    [
        ("Hello, %(name)s", "Привет, %(name)s", None),
        ("Hello, %(name)s", "Привет", "other placeholders"),
        ("Hello, %(name)s", "Привет, %(nmae)s", "other placeholders"),
        ("Hello, %(name)s", "Привет, %(name)s %", "a lone %"),
        ("Hello", "", "not translated"),
        (("%(n)s day", "%(n)s days"), ("день", "%(n)s дня", "%(n)s дней"), None),
        (("%(n)s day", "%(n)s days"), ("день", "", "%(n)s дней"), "not translated"),
        (("%(n)s of %(m)s", "%(n)s of %(m)s"), ("%(n)s", "%(n)s", "%(n)s"), "other placeholders"),
    ],
)
def test_the_check_notices(
    source: str | tuple[str, ...], translation: str | tuple[str, ...], fault: str | None
) -> None:
    found = list(translations.message_faults(Message(source, translation), complete=True))
    assert (found == []) if fault is None else (fault in found[0])


def test_a_doubtful_string_in_a_complete_language_is_noticed() -> None:
    message = Message("Hello", "Привет", flags=["fuzzy"])
    assert list(translations.message_faults(message, complete=True))
    assert not list(translations.message_faults(message, complete=False))


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_review_state_of_every_language_and_group_is_on_record(code: str) -> None:
    assert set(review(code).states) == set(groups())
    assert review(code).trusted == (code == "en")


def test_the_report_counts_every_string_in_every_language_once() -> None:
    rows = [line.split() for line in translations.report()][1:]
    assert [row[:2] for row in rows] == [[code, group] for code in LANGUAGES for group in groups()]
    template = sum(bool(message.id) for message in translations.extracted())
    for code in LANGUAGES:
        assert sum(int(row[3]) for row in rows if row[0] == code) == template
        assert {row[2] for row in rows if row[0] == code} == set(review(code).states.values())
    assert all(row[4:] == ["0", "0"] for row in rows if review(row[0]).complete)


def test_every_string_the_program_asks_for_was_found() -> None:
    """Also within an f-string, where the search for strings sees none."""
    known = {
        one
        for message in translations.extracted()
        for one in ([message.id] if isinstance(message.id, str) else message.id)
    }
    asked = {
        (file.name, call.lineno, one.value)
        for file in sorted(translations.ROOT.glob("tracker/**/*.py"))
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        if call.func.id in ("_", "N_", "gettext", "ngettext")
        for one in call.args[: 2 if call.func.id == "ngettext" else 1]
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    }
    assert len(asked) > 500
    assert not {each for each in asked if each[2] not in known}
