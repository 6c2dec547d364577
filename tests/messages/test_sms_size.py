"""Parts of a text message, counted as networks count (3GPP TS 23.038)."""

from __future__ import annotations

import pytest

from tracker.messages.sms_size import is_gsm, segments, units


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ж" * 70, 1),
        ("ж" * 71, 2),
        ("ж" * 134, 2),
        ("ж" * 135, 3),
        ("ئ" * 70, 1),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("a" * 70 + "ç", 2),
    ],
)
def test_how_many_parts(text: str, parts: int) -> None:
    assert segments(text) == parts


def test_one_letter_outside_the_alphabet_makes_all_of_it_ucs2() -> None:
    assert is_gsm("Please look: {x} [y] ~ ñ é à Ω")
    assert not is_gsm("Please look’")
    assert units("a€") == 3
    assert units("aж") == 2
