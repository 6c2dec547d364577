"""The language belongs to whoever is being served, and a missing translation shows English."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from tracker.i18n import words


@pytest.fixture
def a_catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Russian catalogue of our own, where the product's are looked for."""
    catalogue = Catalog(locale="ru", fuzzy=False)
    catalogue.add("Hello, %(name)s", "Здравствуйте, %(name)s")
    catalogue.add(("%(n)s day", "%(n)s days"), ("%(n)s день", "%(n)s дня", "%(n)s дней"))
    catalogue.add("May", "май", context="month")
    catalogue.add("Unsure", "Не уверен", flags=["fuzzy"])
    folder = tmp_path / "translations" / "ru" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    monkeypatch.setattr(words, "files", lambda package: tmp_path)
    words._catalogue.cache_clear()
    yield
    words._catalogue.cache_clear()


@pytest.mark.usefixtures("a_catalogue")
def test_words_forms_and_contexts() -> None:
    with words.speaking("ru"):
        assert words._("Hello, %(name)s", name="Ада") == "Здравствуйте, Ада"
        days = [words.ngettext("%(n)s day", "%(n)s days", n) for n in (1, 2, 5, 21)]
        assert days == ["1 день", "2 дня", "5 дней", "21 день"]
        assert words.pgettext("month", "May") == "май"
        assert words._("May") == "May"
        assert words._("Never translated, 100 %") == "Never translated, 100 %"
    assert words._("Hello, %(name)s", name="Ada") == "Hello, Ada"
    assert words.ngettext("%(n)s day", "%(n)s days", 1) == "1 day"


@pytest.mark.usefixtures("a_catalogue")
def test_a_doubtful_translation_is_not_shown() -> None:
    with words.speaking("ru"):
        assert words._("Unsure") == "Unsure"


def test_speaking_ends_with_its_block_also_by_an_exception_and_nests() -> None:
    with words.speaking("ug"):
        with pytest.raises(RuntimeError, match="tr"), words.speaking("tr"):
            raise RuntimeError(words.spoken())
        assert words.spoken() == "ug"
    assert words.spoken() == "en"


def test_a_thread_speaks_its_own_language() -> None:
    with words.speaking("kk"), ThreadPoolExecutor(1) as pool:
        assert pool.submit(words.spoken).result() == "en"


def test_an_unknown_language_is_a_broken_promise() -> None:
    with pytest.raises(KeyError), words.speaking("xx"):
        pass
