"""Which language is spoken to whom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.i18n.languages import LANGUAGES, called, known, negotiate

HEADERS = [
    ("", "en"),
    ("ru", "ru"),
    ("ru-RU,ru;q=0.9,en-US;q=0.8,en;q=0.7", "ru"),
    ("kk-KZ,ru;q=0.8", "kk"),
    ("kk-Arab-CN", "kk"),
    ("ug-CN,zh-CN;q=0.9", "ug"),
    ("ug-Arab", "ug"),
    ("zh", "zh_Hans"),
    ("zh-CN", "zh_Hans"),
    ("zh-SG", "zh_Hans"),
    ("zh-Hans-CN,en;q=0.5", "zh_Hans"),
    ("zh-hans", "zh_Hans"),
    ("zh-TW", "zh_Hans"),
    ("tr-TR", "tr"),
    ("uz-UZ,uz;q=0.9", "ru"),
    ("ky,en;q=0.9", "ru"),
    ("ky-KG,ky;q=0.9,ru;q=0.8,en-US;q=0.7", "ru"),
    ("ky,kk;q=0.1", "kk"),
    ("ky,en;q=0.9,tr;q=0.3", "tr"),
    ("uz-UZ,ky,zh-CN;q=0.2", "zh_Hans"),
    ("en,ky;q=0.9,kk;q=0.1", "en"),
    ("uz;q=0.3,tr;q=0.8", "tr"),
    ("en;q=0.1,tr;q=0.2,ru;q=0.15", "tr"),
    ("ru;q=0,tr;q=0.1", "tr"),
    ("de-DE,fr;q=0.9", "en"),
    ("de,ug;q=0.2", "ug"),
    ("*", "en"),
    ("de,*;q=0.5", "en"),
    ("ru;q=2,tr", "tr"),
    ("ru;q=nan,tr", "tr"),
    ("ru;level=1,tr", "tr"),
    (";;;,,,q=", "en"),
    ("zh_CN", "zh_Hans"),
    ("../../etc/passwd", "en"),
    ("ru\x00", "en"),
    ("tr," * 5_000, "tr"),
    ("ＲＵ", "en"),
]


@pytest.mark.parametrize(("header", "code"), HEADERS)
def test_the_browser_is_understood(header: str, code: str) -> None:
    assert negotiate(None, None, header) == code


def test_whose_language_we_do_not_speak_reads_what_they_name_before_what_we_guess() -> None:
    """A Kyrgyz or Uzbek browser is spoken to in Russian, which most of their schools teach; but
    `kk` in its list, however low, is a person's own word for Kazakh. English there is none: it
    stands in most browsers unasked."""
    for theirs in ("ky", "uz"):
        assert negotiate(None, None, theirs) == "ru"
        assert negotiate(None, None, f"{theirs},en;q=0.9") == "ru"
        for tag, code in (("kk", "kk"), ("tr", "tr"), ("ru", "ru"), ("ug", "ug")):
            assert negotiate(None, None, f"{theirs},en;q=0.9,{tag};q=0.1") == code
    assert negotiate("ky", None, None) == "ru"


def test_a_language_is_known_by_its_name_in_each_of_ours() -> None:
    for name in ("Kazakh", "Қазақша", "казахский", "哈萨克语", "Kazakça", " ҚАЗАҚ ТІЛІ "):
        assert called(name) == "kk"
    assert called("kk") is None  # a code is no name
    assert called("Klingon") is None


def test_asked_for_wins_over_saved_over_browser_over_default() -> None:
    assert negotiate("ug", "ru", "tr", "kk") == "ug"
    assert negotiate(None, "ru", "tr", "kk") == "ru"
    assert negotiate(None, None, "tr", "kk") == "tr"
    assert negotiate(None, None, None, "kk") == "kk"
    assert negotiate("klingon", "zh-CN", "tr") == "zh_Hans"
    assert negotiate(None, None, None, "xx") == "en"


@given(st.none() | st.text(), st.none() | st.text(), st.none() | st.text(), st.text())
def test_nothing_a_stranger_sends_raises(
    explicit: str | None, saved: str | None, header: str | None, default: str
) -> None:
    assert negotiate(explicit, saved, header, default) in LANGUAGES


@given(st.text(alphabet="enkugrzhts-_;q=0.159,* ", max_size=40))
def test_nothing_that_looks_like_a_header_raises(header: str) -> None:
    assert negotiate(None, None, header) in LANGUAGES


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_language_is_known_by_its_code_and_its_tag_and_by_cldr(code: str) -> None:
    language = LANGUAGES[code]
    assert known(code) == known(language.tag) == code
    script = {"rtl": "right-to-left", "ltr": "left-to-right"}
    assert language.locale.character_order == script[language.direction]
    assert LANGUAGES[code].locale.language == code.partition("_")[0]
