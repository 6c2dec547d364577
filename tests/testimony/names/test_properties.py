"""What holds for any two texts."""

import random
import time
import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.testimony.names import compare
from tracker.testimony.names.given_names import GIVEN_NAMES
from tracker.testimony.names.tokens import LONGEST_NAME

WORDS = GIVEN_NAMES.split()
names = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
letters = st.text(alphabet="abgilmnqrstuxzشڭےئىۇабқңұій阿不都热'-·. ", max_size=30)


@given(names | letters, names | letters)
def test_comparison_is_symmetric_and_bounded(a: str, b: str) -> None:
    """Whichever side is asked first, the score is one number from 0 to 1."""
    forward, back = compare(a, b), compare(b, a)
    assert forward.score == back.score
    assert 0.0 <= forward.score <= 1.0
    assert forward.likely <= forward.same


@given(names | letters | st.text())
def test_a_text_is_itself(text: str) -> None:
    """1.0 on identical, whatever it is."""
    assert compare(text, text).score == 1.0


@given(names, names)
def test_case_and_normal_form_change_nothing(a: str, b: str) -> None:
    """NFC, NFD, upper and lower case are one spelling."""
    score = compare(a, b).score
    assert compare(a.upper(), b).score == score
    assert compare(unicodedata.normalize("NFD", a), b).score == score
    assert compare(a, unicodedata.normalize("NFC", b).title()).score == score


@given(names, names, st.randoms(use_true_random=False))
def test_word_order_changes_nothing(a: str, b: str, chance: random.Random) -> None:
    """Family name first or last: passports and families differ."""
    words = a.split()
    chance.shuffle(words)
    assert compare(" ".join(words), b).score == compare(a, b).score


@given(st.text(max_size=400), st.text(max_size=400))
def test_no_text_raises(a: str, b: str) -> None:
    """Nor does asking why."""
    assert isinstance(compare(a, b).explanation, tuple)


@settings(max_examples=10, deadline=None)
@given(
    st.sampled_from(
        ["a", "阿", "ئا ", "mu", "ng", "é", "\u0301", "Ab ", "ﷺ", "𝕬", "memet ", "abdu"]
    )
)
def test_huge_texts_take_bounded_time(piece: str) -> None:
    """A megabyte is read no further than the longest name."""
    huge = piece * (1_000_000 // len(piece))
    started = time.process_time()
    compare(huge, huge[::-1] + "x")
    assert time.process_time() - started < 2.0
    assert compare(huge, huge).score == 1.0
    assert compare(huge, huge[:LONGEST_NAME]).score == 1.0
