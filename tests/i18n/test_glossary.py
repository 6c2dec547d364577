"""One word for each thing in every language, and no second one; the check itself would notice."""

import pytest
import translations
from babel.messages.catalog import Message
from glossary import terms, unwanted, word_faults

from tracker.i18n.languages import LANGUAGES


@pytest.mark.parametrize("code", translations.TRANSLATED)
def test_every_string_says_a_thing_by_its_one_word(code: str) -> None:
    said = [m for m in translations.read(code) if m.id]
    assert len(said) > 1000
    assert [fault for m in said for fault in translations.said_wrongly(code, m)] == []


def test_a_term_has_a_word_in_each_language_and_is_said_by_the_program() -> None:
    """A term that nothing says guards nothing."""
    english = [translations.key(m)[1] for m in translations.extracted() if m.id]
    for term in terms():
        assert set(term.words) == set(translations.TRANSLATED), term.name
        assert any(term.english.search(text) for text in english), term.name
    assert {one.language for one in unwanted()} <= set(LANGUAGES)


@pytest.mark.parametrize(
    ("code", "english", "translation", "fault"),
    [
        ("ru", "A caseworker wrote.", "Координатор написал.", None),
        ("ru", "A caseworker wrote.", "Сотрудник написал.", "caseworker is"),
        ("tr", "Ask an administrator.", "Sistem yöneticisine sorun.", None),
        ("tr", "Ask an administrator.", "Yöneticiye sorun.", "administrator is"),
        ("tr", "Your word", "Şifreniz", "not 'Şifre' but parola"),
        ("tr", "Kept encrypted", "Şifreli saklanır", None),
        ("kk", "until %(date)s", "%(date)s дейін", "not '%(date)s дейін'"),
        ("kk", "until %(date)s", "%(date)s күніне дейін", None),
        ("ug", "told to %(name)s", "%(name)s غا ئېيتىلدى", "not '%(name)s غا '"),
        ("zh_Hans", "The case is closed.", "案件已结。", "not '案件'"),
        ("zh_Hans", "Your code", "你的代码", "not '你'"),
        ("zh_Hans", "How often were you in contact?", "你们多久联系一次？", None),
    ],
)
def test_the_check_notices_a_second_word(
    code: str, english: str, translation: str, fault: str | None
) -> None:
    found = list(word_faults(code, english, translation))
    assert (found == []) if fault is None else (fault in found[0])


def test_each_form_of_a_plural_is_asked() -> None:
    message = Message(("%(n)s alert", "%(n)s alerts"), ("%(n)s оповещение", "%(n)s тревоги"))
    assert len(list(translations.said_wrongly("ru", message))) == 1
