"""Passwords (S8, S10, S11)."""

from __future__ import annotations

import threading
import time
import unicodedata

import pytest
from argon2 import extract_parameters

from tracker.security import argon
from tracker.security.errors import Busy, PasswordRefused
from tracker.security.passwords import (
    check_password,
    hash_password,
    is_common,
    needs_rehash,
    verify_password,
)

GOOD = "seven herons over the lake"


def test_the_right_password_and_no_other() -> None:
    stored = hash_password(GOOD)
    assert verify_password(stored, GOOD)
    assert not verify_password(stored, GOOD + "!")
    assert not verify_password(stored, GOOD.upper())
    assert GOOD not in stored


def test_two_hashes_of_one_password_differ() -> None:
    assert hash_password(GOOD) != hash_password(GOOD)


def test_s10_the_real_cost_is_argon2id_64_mib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(argon, "COST", argon.Cost())
    stored = hash_password(GOOD)
    made_with = extract_parameters(stored)
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    assert (made_with.salt_len, made_with.hash_len) == (16, 32)
    assert verify_password(stored, GOOD)
    assert not needs_rehash(stored)


def test_a_known_answer_made_elsewhere() -> None:
    """A vector of the reference implementation (phc-winner-argon2, t=2, m=256 KiB, p=1)."""
    vector = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
    assert argon.verify_text(vector, "password")
    assert not argon.verify_text(vector, "passwore")


def test_s8_an_unknown_account_costs_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(argon, "COST", argon.Cost(passes=4, memory_kib=8 * 1024))
    stored = hash_password(GOOD)
    known: list[float] = []
    unknown: list[float] = []
    broken: list[float] = []
    for _ in range(5):
        for account, taken in ((stored, known), (None, unknown), ("$argon2id$broken", broken)):
            start = time.process_time()
            assert not verify_password(account, "wrong " + GOOD)
            taken.append(time.process_time() - start)
    assert min(known) * 0.6 < min(unknown) < min(known) * 1.6
    assert min(known) * 0.6 < min(broken) < min(known) * 1.6


def test_s8_no_account_has_no_password() -> None:
    assert not verify_password(None, GOOD)
    assert not verify_password("", GOOD)
    assert not verify_password("not a hash", GOOD)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "too_short"),
        ("kÿ7§xqa", "too_short"),
        ("x7" * 64 + "y", "too_long"),
        ("xyz" * 100_000, "too_long"),
        ("heron\x00lake99", "unreadable"),
        ("heron\ud800lake99", "unreadable"),
        ("heron\nlake99", "unreadable"),
        ("password", "common"),
    ],
)
def test_s10_refused_with_a_reason(password: str, code: str) -> None:
    with pytest.raises(PasswordRefused) as refusal:
        hash_password(password)
    assert refusal.value.code == code
    assert str(refusal.value) == f"The password was refused: {code}."
    assert not verify_password(hash_password(GOOD), password)


@pytest.mark.parametrize(
    "password", ["kÿ7§xqa9", "sevenherons 88##" * 8, "سەككىز قۇش كۆل", "七只苍鹭飞过湖面", GOOD]
)
def test_s10_no_composition_rules(password: str) -> None:
    check_password(password)
    assert verify_password(hash_password(password), password)


@pytest.mark.parametrize("password", ["", "short", "x1y2" * 32 + "z", "y" * 100_000, "a\0bcdefgh"])
def test_s11_what_cannot_be_a_password_runs_no_hash(
    password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> bool:
        raise AssertionError("hashed")

    monkeypatch.setattr(argon, "verify_text", never)
    assert not verify_password(None, password)


@pytest.mark.parametrize(
    "password",
    [
        "Password1",
        "P@ssw0rd!2024",
        "qwertyuiop",
        "1q2w3e4r5t",
        "iloveyou",
        "йцукенгшщз",
        "Пароль123!",
        "woaini1314",
        "Galatasaray",
        "qazaqstan2018",
        "11111111",
        "abcabcabc",
        "passwordpassword",
        "Changeme!!!",
    ],
)
def test_s10_common_passwords_are_refused(password: str) -> None:
    assert is_common(password)


def test_s10_ones_own_address_is_no_password() -> None:
    about = ["dana.seitova@relief.example", "Open Hand Relief"]
    for password in (
        "dana.seitova@relief.example",
        "Seitova1987",
        "OpenHandRelief1",
        "relief-2024",
    ):
        assert is_common(password, about)
        assert not is_common(password)
    assert not is_common(GOOD, about)


def test_two_keyboards_agree() -> None:
    composed = "Šárka über Brücke"
    stored = hash_password(composed)
    assert verify_password(stored, unicodedata.normalize("NFD", composed))


def test_a_hash_of_another_cost_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = hash_password(GOOD)
    assert not needs_rehash(stored)
    monkeypatch.setattr(argon, "COST", argon.Cost(passes=2, memory_kib=16))
    assert needs_rehash(stored)
    assert verify_password(stored, GOOD), "the old one still opens"
    assert needs_rehash("not a hash")


def test_s11_no_more_than_two_run_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(argon, "WAIT_SECONDS", 0.05)
    stored = hash_password(GOOD)
    with argon._a_place(), argon._a_place():
        with pytest.raises(Busy):
            verify_password(stored, GOOD)
        with pytest.raises(Busy):
            verify_password(None, GOOD)
        with pytest.raises(Busy):
            hash_password(GOOD)
    assert verify_password(stored, GOOD), "places are given back"


def test_s11_those_who_wait_a_little_are_served() -> None:
    stored = hash_password(GOOD)
    answers: list[bool] = []
    threads = [
        threading.Thread(target=lambda: answers.append(verify_password(stored, GOOD)))
        for _ in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [True] * 10
