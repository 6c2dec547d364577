"""Numbers as people dial them at home."""

import phonenumbers
import pytest

from tracker.domain.telephone import with_country


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("8 701 123 45 67", "+77011234567"),
        ("8 (777) 123-45-67", "+77771234567"),
        ("89161234567", "+79161234567"),
        ("007 701 123 45 67", "+7 701 123 45 67"),
        ("+7 701 123 45 67", "+7 701 123 45 67"),
        ("8 701 123 45 6", "8 701 123 45 6"),
        ("8 412 123 45 67", "8 412 123 45 67"),
        ("0701 123 45 67", "0701 123 45 67"),
        ("139 1234 5678", "139 1234 5678"),
        ("", ""),
    ],
)
def test_a_number_dialled_at_home_gets_its_country_where_only_one_is_meant(
    typed: str, kept: str
) -> None:
    assert with_country(typed) == kept


def test_no_country_has_a_number_of_eleven_digits_that_begins_with_87_or_89() -> None:
    """What `with_country` rests on, by the numbering plans the library knows."""
    codes = {str(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE}
    for start in ("87", "89"):
        for code in (one for one in codes if one.startswith(start)):
            for rest in ("0", "4", "7", "9"):
                number = phonenumbers.PhoneNumber(
                    country_code=int(code), national_number=int(rest * (11 - len(code)) or "0")
                )
                assert not phonenumbers.is_valid_number(number), code
