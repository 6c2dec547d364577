"""D8: `1|2|3|0 [code]` in every script, with stray words, quotations and unseen signs."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain import replies
from tracker.domain.replies import START_WORDS, STOP_WORDS, Act, Reply, read_reply
from tracker.security.tokens import REFERENCE_ALPHABET

NINES = [chr(n) for n in range(sys.maxunicode) if unicodedata.decimal(chr(n), None) == 9]
"""The nine of every script that has digits; its zero stands nine places before it."""

DIGITS = st.sampled_from(NINES).map(lambda nine: [chr(ord(nine) - 9 + n) for n in range(10)])
CODES = st.integers(0, 9999).map(lambda n: f"{n:04d}") | st.text(
    REFERENCE_ALPHABET, min_size=6, max_size=6
)
UNSEEN = st.text("\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2069\ufeff\u061c ", max_size=3)


def written(text: str, digits: list[str]) -> str:
    return "".join(digits[int(sign)] if sign in "0123456789" else sign for sign in text)


def test_references_are_read_in_the_alphabet_they_are_made_of() -> None:
    assert set(replies._REFERENCE_SIGNS) == set(REFERENCE_ALPHABET)


@given(st.sampled_from("0123"), CODES | st.none(), DIGITS, UNSEEN, UNSEEN, st.booleans())
def test_digits_of_every_script_between_unseen_marks(
    digit: str, code: str | None, digits: list[str], before: str, after: str, small: bool
) -> None:
    text = written(f"{digit} {code}" if code else digit, digits)
    shown = f"{before}{text.lower() if small else text}{after}"
    assert read_reply(shown) == Reply(Act(digit), code)


@given(st.sampled_from("0123"), CODES, st.sampled_from(["", " ", ".", "-", ": ", "\n", " / "]))
def test_what_stands_between_digit_and_code_does_not_matter(
    digit: str, code: str, between: str
) -> None:
    assert read_reply(f"{digit}{between}{code}") == Reply(Act(digit), code)


@given(st.text(max_size=300))
def test_nothing_makes_it_fail(text: str) -> None:
    reply = read_reply(text)
    assert reply is None or isinstance(reply.act, Act)


@given(st.lists(st.text("abcdeijklnopABIKLOабвгдҚқңئۇيغۇر一", min_size=1), min_size=2, max_size=6))
def test_a_sentence_without_a_digit_is_no_answer(words: list[str]) -> None:
    """Only `OK`, `ACK`, or a sign that looks like a digit, alone, does without one."""
    assert read_reply("sentence " + " ".join(words)) is None


@given(st.sampled_from("0123"), CODES, st.text("abcабвңқئۇي ,.!", max_size=60))
def test_words_may_follow_a_code(digit: str, code: str, words: str) -> None:
    assert read_reply(f"{digit} {code} {words}") == Reply(Act(digit), code)


LOOKS = str.maketrans("CHKMPTXY", "СНКМРТХУ")


@given(st.text("CHKMPTXY", min_size=6, max_size=6))
def test_letters_that_look_alike_are_the_same(code: str) -> None:
    """A reference typed on a Cyrillic keyboard."""
    assert read_reply(f"1 {code.translate(LOOKS)}") == Reply(Act.TAKE, code)


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("1", Reply(Act.TAKE)),
        ("1!", Reply(Act.TAKE)),
        ("1️⃣", Reply(Act.TAKE)),
        ("①", Reply(Act.TAKE)),
        ("１　４８２１", Reply(Act.TAKE, "4821")),
        ("۱ ۴۸۲۱", Reply(Act.TAKE, "4821")),
        ("14821", Reply(Act.TAKE, "4821")),
        ("1cdfhjk", Reply(Act.TAKE, "CDFHJK")),
        ("4821 1", Reply(Act.TAKE, "4821")),
        ("ok 1", Reply(Act.TAKE)),
        ("OK", Reply(Act.TAKE)),
        ("ОК", Reply(Act.TAKE)),  # Cyrillic
        ("АСК 4821", Reply(Act.TAKE, "4821")),  # Cyrillic
        ("ok 2", Reply(Act.NEXT)),
        ("I", Reply(Act.TAKE)),
        ("l", Reply(Act.TAKE)),
        ("o", Reply(Act.LIST)),
        ("О", Reply(Act.LIST)),  # Cyrillic
        ("一", Reply(Act.TAKE)),
        ("1 спасибо", Reply(Act.TAKE)),
        ("жауап: 3 4821", Reply(Act.CONTACT, "4821")),
        ("1 4821 I take it, Aigul", Reply(Act.TAKE, "4821")),
        ("1\n\nSent from my telephone", Reply(Act.TAKE)),
        ("> 2 of us\n> look\n\n1", Reply(Act.TAKE)),
        ("On 2 March 2026 desk wrote:\n> Please look\n1 4821", Reply(Act.TAKE, "4821")),
        ("1 4821 2", None),
        ("1 3", None),
        ("1 4821 0007", None),
        ("1 person called me", None),
        ("2 days ago", None),
        ("10", None),
        ("4", None),
        ("4821", None),
        ("no, 1 is wrong", None),
        ("I am not sure", None),
        ("Out of office until 3 March", None),
        ("", None),
        ("\u202e\u200b", None),
        ("STOP", Reply(Act.STOP)),
        ("stop.", Reply(Act.STOP)),
        ("ЅТОР", Reply(Act.STOP)),  # Cyrillic
        ("СТОП", Reply(Act.STOP)),
        ("İPTAL", Reply(Act.STOP)),
        ("توختات", Reply(Act.STOP)),
        ("退订", Reply(Act.STOP)),
        ("STOP sending 1", None),
        ("UNSTOP", Reply(Act.START)),
    ],
)
def test_examples(text: str, reply: Reply | None) -> None:
    assert read_reply(text) == reply


def test_no_word_that_stops_can_be_part_of_an_answer() -> None:
    """D8: Twilio and the carriers act on these words by themselves."""
    assert not STOP_WORDS & START_WORDS
    for word in STOP_WORDS:
        assert read_reply(word) == Reply(Act.STOP)
        assert read_reply(word.upper()) == Reply(Act.STOP), word
        assert not any(sign.isdigit() for sign in word)
