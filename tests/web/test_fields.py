"""Fields: cleaned as S16 says, faults as sentences in the order of the form, values kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from tracker.i18n.words import speaking
from tracker.web.fields import Form


def form(**sent: str) -> Form:
    return Form(MultiDict(sent))


@given(st.text(max_size=300))
def test_whatever_is_typed_gives_a_value_or_a_sentence_and_never_raises(typed: str) -> None:
    readers: tuple[Callable[[Form], object], ...] = (
        lambda f: f.text("a"),
        lambda f: f.text("a", lines=True, longest=20),
        lambda f: f.email("a"),
        lambda f: f.number("a", least=-5, most=5),
        lambda f: f.date("a"),
        lambda f: f.instant("a", "Asia/Almaty"),
        lambda f: f.choice("a", ("x",)),
        lambda f: f.choices("a", ("x",)),
    )
    for read in readers:
        sent = form(a=typed)
        value = read(sent)
        assert bool(sent) is (not sent.errors)
        assert not (value and sent.errors)
        assert sent.raw["a"] == typed


def test_text_is_cleaned_and_joiners_stay() -> None:
    """S16: bidi overrides go; ZWNJ and ZWJ are part of words."""
    assert form(a="  \u202eab\u200cc\r\nd ").text("a") == "ab\u200cc d"
    assert form(a=" a\r\n b ").text("a", lines=True) == "a\n b"


def test_the_first_fault_of_a_field_stays_and_order_is_the_forms() -> None:
    sent = form(b="x" * 10)
    sent.text("a", required="Say a.")
    sent.text("b", longest=5)
    sent.fail("a", "Something else.")
    assert list(sent.errors.items()) == [
        ("a", "Say a."),
        ("b", "Write at most 5 characters."),
    ]
    assert not sent


@pytest.mark.parametrize("typed", ["a@b.org", "a.b+c@d-e.example.org", "ж@пример.рф"])
def test_addresses(typed: str) -> None:
    assert form(a=typed).email("a") == typed


@pytest.mark.parametrize("typed", ["a", "a@b", "@b.org", "a b@c.org", "a@b.org,c@d.org", "a@b..c"])
def test_what_is_no_address(typed: str) -> None:
    sent = form(a=typed)
    assert sent.email("a") == ""
    assert "whole e-mail address" in sent.errors["a"]


def test_numbers_in_any_digits() -> None:
    assert form(a="٤٢").number("a", most=50) == 42
    assert form(a="").number("a") is None
    sent = form(a="51")
    assert sent.number("a", least=1, most=50) is None
    assert sent.errors["a"] == "Write a whole number from 1 to 50."


def test_only_offered_answers_count() -> None:
    sent = Form(MultiDict([("a", "x"), ("a", "y"), ("a", "x"), ("b", "z"), ("c", "x")]))
    assert sent.choices("a", ("x", "y")) == ["x", "y"]
    assert sent.choices("b", ("x",)) == []
    assert sent.choice("c", ("x",)) == "x"
    assert sent.choice("d", ("x",)) is None
    assert list(sent.errors) == ["b"]


def test_dates_and_local_times() -> None:
    """clock.md R4: a time that comes twice is the first, one that does not exist moves on."""
    assert form(a="2026-03-21").date("a") == date(2026, 3, 21)
    zone = "Europe/Berlin"
    assert form(a="2026-10-25T02:30").instant("a", zone) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )
    assert form(a="2026-03-29T02:30").instant("a", zone) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    for wrong in ("2026-03-21T10:00+05:00", "21.3.2026", "2026-02-30T10:00"):
        sent = form(a=wrong)
        assert sent.instant("a", zone) is None
        assert sent.errors


def test_a_time_zone_is_one_there_is_and_the_sentence_is_translated() -> None:
    assert form(a="Asia/Almaty").zone("a") == "Asia/Almaty"
    for wrong in ("", "Mars/Olympus", "../etc/passwd"):
        sent = form(a=wrong)
        with speaking("tr"):
            sent.zone("a")
        assert "Asia/Almaty" in sent.errors["a"] and "time zone" not in sent.errors["a"]
