"""Receipts (S7, S8): easy to type, impossible to guess, useless in a stolen database."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.security import argon, receipts
from tracker.security.receipts import (
    ALPHABET,
    Receipt,
    hash_secret,
    locator_hmac,
    new_receipt,
    parse,
    verify_secret,
)

PEPPER = bytes(range(32))
CODE = "0123-4567-89AB-CDEF-GHJK"
characters = st.text(ALPHABET, min_size=20, max_size=20)


def _code(body: str) -> str:
    return body + receipts._check_character(body)


def test_s7_twenty_characters_and_a_check_in_groups() -> None:
    receipt = new_receipt()
    assert re.fullmatch(rf"([{ALPHABET}]{{4}}-){{4}}[{ALPHABET}]{{5}}", receipt.code)
    assert receipt.code.replace("-", "")[:-1] == receipt.locator + receipt.secret
    assert (len(receipt.locator), len(receipt.secret)) == (8, 12)
    assert parse(receipt.code) == (receipt.locator, receipt.secret)


def test_receipts_use_the_whole_alphabet_and_do_not_repeat() -> None:
    made = [new_receipt() for _ in range(400)]
    assert len({receipt.code for receipt in made}) == 400
    for position in range(20):
        seen = {(receipt.locator + receipt.secret)[position] for receipt in made}
        assert len(seen) >= 28


def test_a_known_check_character() -> None:
    """Worked by hand: in GF(32), 1·x^20 = x^3 + x^2 = 12, and 0 gives 0."""
    assert _code("0" * 20).endswith("0")
    assert _code("1" + "0" * 19)[-1] == ALPHABET[0b01100]
    assert _code("0" * 19 + "1")[-1] == ALPHABET[0b00010]


@given(characters, st.integers(0, 20), st.sampled_from(ALPHABET))
def test_every_single_wrong_character_is_found(body: str, place: int, wrong: str) -> None:
    code = _code(body)
    typed = code[:place] + wrong + code[place + 1 :]
    assert (parse(typed) is None) == (typed != code)


@given(characters, st.integers(0, 20), st.integers(0, 20))
def test_every_exchange_of_two_characters_is_found(body: str, one: int, two: int) -> None:
    code = list(_code(body))
    right = "".join(code)
    code[one], code[two] = code[two], code[one]
    typed = "".join(code)
    assert (parse(typed) is None) == (typed != right)


@given(characters)
def test_s7_as_people_type_it(body: str) -> None:
    code = _code(body)
    expected = (body[:8], body[8:])
    ways = [
        code,
        code.lower(),
        " ".join(code),
        "\u200e" + code[:4] + "\u2013" + code[4:] + "\u202c\n",
        code.replace("0", "O").replace("1", "I"),
        code.replace("0", "o").replace("1", "l"),
        code.translate({ord(str(n)): chr(0x06F0 + n) for n in range(10)}),
        code.translate({ord(str(n)): chr(0x0660 + n) for n in range(10)}),
        "".join(chr(ord(c) + 0xFEE0) for c in code),
        code.translate(str.maketrans("ABCEHKMPTX", "АВСЕНКМРТХ")),
        code.translate(str.maketrans("ABCEHKMPTX", "авсенкмртх")),
        code.replace("1", "ı"),
        code.replace("1", "İ"),
        code.replace("1", "і"),
        unicodedata.normalize("NFD", code),
    ]
    for typed in ways:
        assert parse(typed) == expected, typed


@pytest.mark.parametrize(
    "typed",
    ["", " ", "0" * 20, "0" * 22, "U" * 21, "*" * 21, "\x00" * 21, "=" * 21, "0" * 65, "०" * 10**6],
)
def test_what_is_no_code_is_none(typed: str) -> None:
    assert parse(typed) is None


@given(st.text())
def test_any_text_is_a_code_or_none(text: str) -> None:
    found = parse(text)
    assert found is None or (len(found[0]), len(found[1])) == (8, 12)


def test_far_too_long_a_text_is_not_read() -> None:
    code = _code("0123456789ABCDEFGHJK")
    assert parse(code + " " * 43) is not None
    assert parse(code + " " * 44) is None


def test_s7_a_typing_error_runs_no_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("hashed")

    monkeypatch.setattr(argon, "hash_text", never)
    monkeypatch.setattr(argon, "verify_text", never)
    code = _code("0123456789ABCDEFGHJK")
    assert parse(code[:-1] + ("0" if code[-1] != "0" else "1")) is None


def test_s7_locators_are_found_by_hmac_with_the_pepper() -> None:
    found = locator_hmac("01234567", PEPPER)
    assert found == locator_hmac("01234567", PEPPER)
    assert len(found) == 32
    assert found != locator_hmac("01234568", PEPPER)
    assert found != locator_hmac("01234567", bytes(32))
    assert b"01234567" not in found


def test_s7_secrets_are_argon2id_with_the_pepper() -> None:
    stored = hash_secret("89ABCDEFGHJK", PEPPER)
    assert stored.startswith("$argon2id$")
    assert verify_secret(stored, "89ABCDEFGHJK", PEPPER)
    assert not verify_secret(stored, "89ABCDEFGHJM", PEPPER)
    assert not verify_secret(stored, "89ABCDEFGHJK", bytes(32))
    assert stored != hash_secret("89ABCDEFGHJK", PEPPER)


def test_s8_an_unknown_locator_says_no_after_one_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(argon, "COST", argon.Cost(passes=1, memory_kib=4096))
    runs: list[str] = []
    place = argon._a_place

    def counted() -> object:
        runs.append("run")
        return place()

    monkeypatch.setattr(argon, "_a_place", counted)
    assert not verify_secret(None, "89ABCDEFGHJK", PEPPER)
    assert runs == ["run"]


def test_s7_a_receipt_does_not_print_itself() -> None:
    receipt = new_receipt()
    assert repr(receipt) == "Receipt()"
    assert str(Receipt(CODE, "01234567", "89ABCDEFGHJK")) == "Receipt()"
