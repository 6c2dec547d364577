"""Contact points as screens and logs show them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.security.redaction import mask, mask_email, mask_phone


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("dana@example.org", "d•••@e•••.org"),
        ("dana.seitova+x@mail.example.gov.kz", "d•••@m•••.kz"),
        ("d@e.org", "•••@•••.org"),
        ("ду@пример.қаз", "д•••@п•••.қаз"),
        ('"a@b"@example.org', '"•••@e•••.org'),
        ("dana\n@example.org", "d•••@e•••.org"),
        ("no address", "•••"),
        ("dana@localhost", "•••"),
        ("@example.org", "•••"),
        ("dana@.org", "•••"),
        ("", "•••"),
    ],
)
def test_addresses(address: str, masked: str) -> None:
    assert mask_email(address) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("+77011234567", "+7 •••• 4567"),
        ("+7 701 123-45-67", "+7 •••• 4567"),
        ("+٧٧٠١١٢٣٤٥٦٧", "+7 •••• 4567"),
        ("+4915112345678", "+49 •••• 5678"),
        ("+8613912345678", "+86 •••• 5678"),
        ("87011234567", "•••• 4567"),
        ("+355123456", "+355 •••• 56"),
        ("1234", "••••"),
        ("", "••••"),
        ("+", "••••"),
        ("unknown", "••••"),
    ],
)
def test_numbers(number: str, masked: str) -> None:
    assert mask_phone(number) == masked
    assert mask(number) == masked


def test_lengths_do_not_show() -> None:
    assert len(mask("al@example.org")) == len(mask("a.very.long.name@example.org"))
    assert len(mask("+77011234567")) == len(mask("+7701123456789"))


@given(st.text())
def test_never_the_whole_and_never_a_crash(text: str) -> None:
    assert "••" in mask(text)


@given(st.text("0123456789", min_size=1, max_size=15))
def test_at_least_four_digits_or_all_stay_hidden(digits: str) -> None:
    shown = sum(character.isdigit() for character in mask_phone(digits))
    assert shown <= max(0, len(digits) - 4)
