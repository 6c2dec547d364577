"""Link tokens, row tokens, short codes (S4, S10, S14)."""

from __future__ import annotations

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.security.tokens import (
    REFERENCE_ALPHABET,
    callback_token,
    check_callback_token,
    constant_time_equal,
    lookup_hmac,
    new_reference,
    new_token,
    token_hash,
)

KEY = bytes(range(32))
row_ids = st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True)


def test_tokens_are_long_and_fit_an_address() -> None:
    made = {new_token() for _ in range(500)}
    assert len(made) == 500
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", token) for token in made)


def test_tokens_are_stored_as_sha_256() -> None:
    assert token_hash("abc") == hashlib.sha256(b"abc").digest()
    assert len(token_hash("\ud800")) == 32


@given(st.text(), st.text())
def test_constant_time_equal_is_equal(left: str, right: str) -> None:
    assert constant_time_equal(left, right) is (left == right)
    assert constant_time_equal(left, left)


def test_text_and_bytes_compare() -> None:
    assert constant_time_equal("ключ", "ключ".encode())
    assert not constant_time_equal("", b"x")


@given(row_ids)
def test_s14_a_row_token_names_its_row(row_id: str) -> None:
    token = callback_token(row_id, KEY)
    assert check_callback_token(token, KEY) == row_id
    assert re.fullmatch(r"[A-Za-z0-9_.-]+", token)


@given(row_ids, row_ids)
def test_s14_a_row_token_serves_no_other_row(one: str, other: str) -> None:
    mac = callback_token(one, KEY).partition(".")[2]
    assert (check_callback_token(f"{other}.{mac}", KEY) is not None) == (one == other)


def test_s14_a_row_token_serves_no_other_use_or_key() -> None:
    token = callback_token("41", KEY, use="status")
    assert check_callback_token(token, KEY, use="status") == "41"
    assert check_callback_token(token, KEY, use="voice") is None
    assert check_callback_token(token, KEY) is None
    assert check_callback_token(token, bytes(32), use="status") is None
    shifted = callback_token("s41", KEY, use="statu")
    assert check_callback_token(shifted.removeprefix("s"), KEY, use="status") is None


def test_s14_every_changed_character_is_noticed() -> None:
    token = callback_token("41", KEY)
    for place, character in enumerate(token):
        other = "B" if character != "B" else "C"
        assert check_callback_token(token[:place] + other + token[place + 1 :], KEY) is None


@given(st.text())
def test_noise_is_no_row_token(text: str) -> None:
    assert check_callback_token(text, KEY) is None


@pytest.mark.parametrize("row_id", ["", "a/b", "a.b", "я", "x" * 65, "a b", "41\n"])
def test_row_ids_that_an_address_cannot_hold(row_id: str) -> None:
    with pytest.raises(ValueError, match="row id"):
        callback_token(row_id, KEY)


def test_lookups_need_the_pepper_and_the_kind() -> None:
    found = lookup_hmac("dana@relief.example", kind="staff", pepper=KEY)
    assert found == lookup_hmac("dana@relief.example", kind="staff", pepper=KEY)
    assert found != lookup_hmac("dana@relief.example", kind="staff", pepper=bytes(32))
    assert found != lookup_hmac("dana@relief.example", kind="phone", pepper=KEY)
    assert lookup_hmac("b", kind="a", pepper=KEY) != lookup_hmac("", kind="ab", pepper=KEY)
    assert len(found) == 32


def test_s4_references_spell_no_words_and_differ() -> None:
    made = [new_reference() for _ in range(500)]
    assert all(re.fullmatch(f"[{REFERENCE_ALPHABET}]{{6}}", reference) for reference in made)
    assert len(set(made)) > 495
    assert not set("AEIOU01ILSB5Z2G8") & set(REFERENCE_ALPHABET)
