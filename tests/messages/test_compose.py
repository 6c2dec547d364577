"""Messages say little: every language, kind and channel (safety.md S4)."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest

from tracker.i18n.languages import LANGUAGES
from tracker.messages.compose import mail, text_message
from tracker.messages.kinds import BANDS, CaseLine, Message, Say, Worded
from tracker.messages.sms_size import is_gsm, segments

URL = "https://tracker.example.org/a/" + "Ab3_-" * 4 + "cd." + "Zy9-_" * 5 + "xw"
REFERENCE = "CDFHJK"
COUNT = 4
LINE = CaseLine("KMNPQR", "overdue", 31, 45)

EVERY = pytest.mark.parametrize("language", list(LANGUAGES))
EACH = pytest.mark.parametrize("say", list(Say))


def message(say: Say, language: str, line: CaseLine | None = None, repeat: bool = False) -> Message:
    return Message(say, REFERENCE, URL, language, repeat, line, count=COUNT)


TELLING = re.compile(
    r"""
    (?i: tracker(?!\.example) | detain | prison | arrest | missing | silen | consul | embass
       | case | family | relative | contact | threshold | overdue | critical | escalat
       | задерж | тюрьм | арест | дел[оауе]\b | семь | родств | молч | консул | пропа
       | қамау | түрме | отбасы | туыс | консул | үнсіз
       | gözalt | hapis | aile | akraba | konsol | dosya | sessiz
       | 拘 | 狱 | 案 | 家属 | 亲属 | 领事 | 沉默 | 失联
       | تۈرمە | ئائىلە | تۇغقان | كونسۇل | دېلو )
    """,
    re.VERBOSE,
)
"""What would tell a stranger whose message this is, and about what."""


@EVERY
@EACH
def test_a_text_message_is_a_sentence_a_reference_and_an_address(say: Say, language: str) -> None:
    """S4, the notice level: no name, place, case number, date, threshold or organisation."""
    text = text_message(message(say, language, LINE)).text
    sentence = text.removesuffix(f" {REFERENCE} {URL}")
    assert sentence != text, "reference and address stand at the end"
    assert not TELLING.search(sentence), sentence
    told = sentence.replace(str(COUNT), "") if say in (Say.SEVERAL, Say.GIVEN) else sentence
    assert not re.search(r"\d", told), "no day, date or number, but how many"
    assert LINE.ref not in text
    assert sentence.strip()


@EVERY
@EACH
def test_a_mail_at_notice_level_tells_no_more(say: Say, language: str) -> None:
    """S4: subject, text and HTML. An invitation's "30 minutes", and how much waits for a
    reader, are the only numbers."""
    worded = mail(message(say, language))
    body = worded.text.replace(URL, "").replace(REFERENCE, "").replace("30", "")
    if say in (Say.SEVERAL, Say.GIVEN):
        body = body.replace(str(COUNT), "")
    subject = worded.subject.replace(REFERENCE, "")
    for words in (body, subject):
        assert not TELLING.search(words), words
        assert not re.search(r"\d", words), words
    assert REFERENCE in worded.subject
    assert URL in worded.text
    assert not TELLING.search(_visible(worded).replace(URL, ""))


@EVERY
@EACH
@pytest.mark.parametrize("repeat", [False, True])
def test_a_text_message_is_one_part_in_gsm_and_two_at_most_else(
    say: Say, language: str, repeat: bool
) -> None:
    text = text_message(message(say, language, repeat=repeat)).text
    assert segments(text) <= (1 if is_gsm(text) else 2), (len(text), text)


@EVERY
def test_the_address_goes_last_of_all(language: str) -> None:
    """Of what is too long, words go, never the reference or the address."""
    long = Message(Say.LOOK, REFERENCE, URL + "x" * 90, language, possible_repeat=True)
    text = text_message(long).text
    assert long.url in text
    assert REFERENCE in text


@EVERY
@pytest.mark.parametrize("band", BANDS)
def test_the_reference_level_adds_a_case_a_band_and_days(language: str, band: str) -> None:
    worded = mail(message(Say.LOOK, language, CaseLine("KMNPQR", band, 148, 178)))
    assert "KMNPQR" in worded.text
    assert "148" in worded.text
    assert "178" in worded.text
    assert "KMNPQR" not in worded.subject


@pytest.mark.parametrize(
    "fields",
    [
        ("Aigul Invented", "watch", 1, 2),
        ("KMNPQR", "Aigul", 1, 2),
        ("KMNPQR", "watch", 3, 2),
        ("KMNPQR\nBcc: x", "watch", 1, 2),
        ("", "watch", 1, 2),
    ],
)
def test_a_name_cannot_slip_into_a_case_line(fields: tuple[str, str, int, int]) -> None:
    """S4: templates of these levels cannot reach names: there is no field that would hold one."""
    with pytest.raises(ValueError, match=r"case line|days of silence"):
        CaseLine(*fields)


@pytest.mark.parametrize(
    ("reference", "url"), [("Aigul was here", URL), (REFERENCE, "javascript:x"), (REFERENCE, "a b")]
)
def test_a_message_holds_a_reference_and_an_address_only(reference: str, url: str) -> None:
    with pytest.raises(ValueError, match="nothing else"):
        Message(Say.LOOK, reference, url)


@EVERY
def test_html_says_the_same_as_the_text_in_the_same_direction(language: str) -> None:
    worded = mail(message(Say.LOOK_TODAY, language, LINE, repeat=True))
    visible = _visible(worded)
    for paragraph in worded.text.strip().split("\n\n"):
        assert paragraph in visible
    spoken = LANGUAGES[language]
    assert f'<html lang="{spoken.tag}" dir="{spoken.direction}">' in (worded.html or "")


def test_a_language_we_do_not_speak_is_english() -> None:
    assert text_message(message(Say.TEST, "tlh")).text.startswith("This is a test message.")


def _visible(worded: Worded) -> str:
    texts: list[str] = []

    class Reader(HTMLParser):
        def handle_data(self, data: str) -> None:
            texts.append(data)

    Reader().feed(worded.html or "")
    return "\n".join(texts)


@EVERY
@pytest.mark.parametrize("settled", ["resolved", "closed"])
def test_good_news_does_not_read_as_an_alert(language: str, settled: str) -> None:
    """Subject and sentence tell a stranger nothing (S4); the case's line says what it is."""
    over = mail(message(Say.SETTLED, language, replace(LINE, settled=settled)))
    alert = mail(message(Say.LOOK, language, LINE))
    assert not TELLING.search(over.subject)
    (told,) = (part for part in over.text.split("\n\n") if LINE.ref in part)
    assert told not in alert.text and told in unescape(over.html or "")
    if language == "en":
        assert "silent for" not in over.text
        assert told in (
            "Case KMNPQR: heard from again, after 31–45 days of silence.",
            "Case KMNPQR is closed.",
        )
