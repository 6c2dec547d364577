"""Text at the doors (S16)."""

from __future__ import annotations

import csv
import io
import unicodedata
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.security.errors import TextRefused
from tracker.security.text import (
    MOST_MARKS,
    ascii_digits,
    clean,
    csv_cell,
    header_safe,
    is_plain,
    one_line,
    tidy,
    without_heaps,
)
from tracker.security.vault import json_text

ZWNJ, ZWJ, RLO, PDF, LRI, PDI = "\u200c", "\u200d", "\u202e", "\u202c", "\u2066", "\u2069"
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def refused(text: str, *, max_chars: int = 100, multiline: bool = False) -> str:
    with pytest.raises(TextRefused) as refusal:
        clean(text, max_chars=max_chars, multiline=multiline)
    return refusal.value.code


def test_s16_text_is_nfc() -> None:
    assert clean("Zeynep S\u0327ahin", max_chars=50) == "Zeynep Şahin"
    assert clean("e\u0301" * 10, max_chars=10) == "é" * 10, "length counts after NFC"


@pytest.mark.parametrize("control", BIDI)
def test_s16_bidi_controls_go(control: str) -> None:
    assert clean(f"Ais{control}ulu", max_chars=50) == "Aisulu"


def test_bidi_controls_are_all_of_unicodes() -> None:
    found = {
        chr(point)
        for point in range(0x110000)
        if unicodedata.bidirectional(chr(point))
        in ("LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI")
    }
    assert found <= set(BIDI)


@pytest.mark.parametrize("unseen", ["\u00ad", "\u200b", "\u2060", "\ufeff", "\U000e0041", "\ufff9"])
def test_s16_invisible_characters_go(unseen: str) -> None:
    assert clean(f"Ais{unseen}ulu", max_chars=50) == "Aisulu"


@pytest.mark.parametrize("text", [f"می{ZWNJ}خواهم", f"ئۇ{ZWNJ}يغۇر", f"👩{ZWJ}👧"])
def test_s16_joiners_stay(text: str) -> None:
    assert clean(text, max_chars=50) == text


@pytest.mark.parametrize(
    "control",
    [
        "\0",
        "\x07",
        "\x0b",
        "\x1b",
        "\x1c",
        "\x7f",
        "\x9b",
        "\ud800",
        "\ufffe",
        "\ufdd0",
        "\U0010ffff",
    ],
)
def test_s16_control_characters_are_refused(control: str) -> None:
    assert refused(f"Ais{control}ulu") == "control"
    assert refused(f"Ais{control}ulu", multiline=True) == "control"
    assert refused(f"Aisulu{control}") == "control"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\u2029", "\u0085"])
def test_line_ends(end: str) -> None:
    assert clean(f"one{end}two", max_chars=50) == "one two"
    assert clean(f" one{end}two{end}", max_chars=50, multiline=True) == "one\ntwo"


def test_blanks() -> None:
    assert clean("  a \t b\u00a0\u3000c ", max_chars=50) == "a b c"
    assert clean("a\tb  c", max_chars=50, multiline=True) == "a\tb  c"


SEEMS_EMPTY = ["\u3164\u3164", "\u034f", "\ufe0f", "\U000e0100 \u180b", "\u2800", "\u115f\u1160"]


@pytest.mark.parametrize(
    "text", ["", "   ", "\n", ZWNJ, ZWJ + " " + ZWNJ, RLO + PDF, "\u200b", *SEEMS_EMPTY]
)
def test_what_shows_nothing_is_empty(text: str) -> None:
    assert refused(text) == "empty"
    assert clean(text, max_chars=10, allow_empty=True) == ""


def test_fillers_and_selectors_stay_beside_letters() -> None:
    """S16: Mongolian, Hangul and emoji need them."""
    for text in ("\u1820\u180b", "\u115f\u1161", "\u2764\ufe0f"):
        assert clean(text, max_chars=10) == text


def test_length_limits() -> None:
    assert clean("x" * 100, max_chars=100) == "x" * 100
    assert refused("x" * 101) == "too_long"
    assert refused("x" * 10_000_000) == "too_long"
    assert clean("𐍈" * 100, max_chars=100) == "𐍈" * 100, "code points, not UTF-16 units"


@given(st.text(max_size=300), st.booleans())
def test_clean_is_clean(text: str, multiline: bool) -> None:
    try:
        kept = clean(text, max_chars=200, multiline=multiline)
    except TextRefused:
        return
    assert clean(kept, max_chars=200, multiline=multiline) == kept
    assert unicodedata.is_normalized("NFC", kept)
    assert 0 < len(kept) <= 200
    assert not set(kept) & set(BIDI)
    allowed = {"\n", "\t"} if multiline else set()
    assert {c for c in kept if unicodedata.category(c) == "Cc"} <= allowed
    kept.encode()


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert not set(line) & set(BIDI)
    assert one_line(line) == line


def test_one_line_keeps_the_words() -> None:
    assert one_line(f" a\r\nb\x00{RLO}c\td ") == "a bc d"


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+77011234567",
        "-2",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "\u00a0=1",
        f"{ZWNJ}=1",
        f"{RLO}=1",
        "\0=1",
        "＝1",
        "＋1",
        '=HYPERLINK("http://x.example","y")',
    ],
)
def test_s16_formulas_become_text(text: str) -> None:
    cell = csv_cell(text)
    assert cell == "'" + text.replace("\0", "")
    assert csv_cell(cell) == cell


@pytest.mark.parametrize(
    ("value", "cell"),
    [(None, ""), (-5, "-5"), (-0.5, "-0.5"), (True, "True"), ("a=b", "a=b"), ("", ""), ("'", "'")],
)
def test_other_cells_stay(value: object, cell: str) -> None:
    assert csv_cell(value) == cell


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1))
def test_cells_survive_a_real_csv_file(texts: list[str]) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, quoting=csv.QUOTE_ALL).writerow([csv_cell(text) for text in texts])
    file.seek(0)
    (row,) = csv.reader(file)
    for cell, text in zip(row, texts, strict=True):
        assert cell.removeprefix("'") == text.replace("\0", "").removeprefix("'")
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@pytest.mark.parametrize(
    "end", ["\r", "\n", "\r\n", "\0", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\t", "\ud800"]
)
def test_s16_headers_refuse_line_breaks(end: str) -> None:
    with pytest.raises(TextRefused) as refusal:
        header_safe(f"News{end}Bcc: spy@example.org")
    assert refusal.value.code == "line_break"


@given(st.text(st.characters(codec="ascii"), max_size=60))
def test_what_is_header_safe_makes_one_header(value: str) -> None:
    try:
        safe = header_safe(value)
    except TextRefused:
        return
    message = EmailMessage()
    message["Subject"] = safe
    assert message.keys() == ["Subject"]
    assert safe == value


@pytest.mark.parametrize("zero", ["0", "٠", "۰", "०", "０", "߀"])
def test_digits_of_any_script(zero: str) -> None:
    digits = "".join(chr(ord(zero) + n) for n in range(10))
    assert ascii_digits(f"a{digits}²½") == "a0123456789²½"


TEXT = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            [*BIDI, ZWNJ, ZWJ, "\0", "\x1b", "\u0301", "\u00ad", "\u2028", "\r", "\ufffe"]
        ),
    )
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), TEXT),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for pair in value.items() for part in pair for text in _texts(part)]
    if isinstance(value, list):
        return [text for part in value for text in _texts(part)]
    return [value] if isinstance(value, str) else []


@given(JSON)
def test_s16_whatever_is_kept_is_tidy(value: object) -> None:
    """The last door, before everything that is sealed: no way in goes round it."""
    kept = tidy(value)
    assert tidy(kept) == kept
    assert kept == value or not is_plain(json_text(value)), "what is left as it is, is tidy"
    for text in _texts(kept):
        assert unicodedata.is_normalized("NFC", text)
        assert not set(text) & {*BIDI, "\0", "\x1b", "\u00ad", "\u2028", "\r", "\ufffe", "\ufeff"}
        text.encode()  # no half of a pair is left
    joiners = [sum(text.count(joiner) for text in _texts(value)) for joiner in (ZWNJ, ZWJ)]
    if isinstance(value, str):
        assert [kept.count(joiner) for joiner in (ZWNJ, ZWJ)] == joiners, "Uyghur needs them"


@given(TEXT)
def test_s16_what_a_field_takes_is_tidy_already(text: str) -> None:
    try:
        taken = clean(text, max_chars=1_000, multiline=True, allow_empty=True)
    except TextRefused:
        return
    assert tidy(taken) == taken


MARKS = [
    *("\u0301", "\u0323", "\u0344", "\u0f73", "\uff9e", "\u0345", "\u1dfa"),
    *("a", "\u01d6", "\u00a8", "\u200b", "\u0f40", " "),
]
"""Marks of several classes, letters that hide marks, and what is stripped from between them."""


def _longest_heap(text: str) -> int:
    longest = heap = 0
    for character in text:
        heap = heap + 1 if unicodedata.combining(character) else 0
        longest = max(longest, heap)
    return longest


@settings(max_examples=25)
@given(
    parts=st.lists(st.sampled_from(MARKS), min_size=1, max_size=40),
    times=st.sampled_from([1, 40, 100_000]),
)
def test_s11_cleaning_never_orders_a_long_heap_of_marks(parts: list[str], times: int) -> None:
    """Putting marks in order takes at most their number times the longest heap: no square."""
    text = ("".join(parts) * times)[:100_000]
    for kept in (tidy(text), clean(text, max_chars=300_000, allow_empty=True)):
        assert len(kept) <= 3 * len(text)
        assert _longest_heap(unicodedata.normalize("NFKD", kept)) <= MOST_MARKS
    bare = without_heaps(text)
    assert _longest_heap(unicodedata.normalize("NFKD", bare)) <= MOST_MARKS
    assert without_heaps(bare) == bare


def test_s16_words_of_every_script_keep_their_marks() -> None:
    for word in ("ئۇيغۇر", "Қазақстан", "ཨོཾ་མ་ཎི་པདྨེ་ཧཱུྃ", "กู้", "e" + "\u0323\u0301" * 15):
        assert clean(word, max_chars=100) == unicodedata.normalize("NFC", word)
    assert len(clean("e" + "\u0301" * 400, max_chars=100)) == MOST_MARKS, "the first of each heap"
