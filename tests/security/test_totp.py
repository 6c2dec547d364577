"""Second factors (S10) against the vectors of RFC 6238."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from tracker.security.totp import STEP_SECONDS, check, new_secret, provisioning_uri

SECRET = base64.b32encode(b"12345678901234567890").decode()
VECTORS = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]
AT, CODE = datetime.fromtimestamp(1234567890, UTC), "005924"
STEP = 1234567890 // STEP_SECONDS


@pytest.mark.parametrize(("seconds", "code"), VECTORS)
def test_the_rfcs_codes(seconds: int, code: str) -> None:
    assert check(SECRET, code, datetime.fromtimestamp(seconds, UTC), None) == seconds // 30


@pytest.mark.parametrize(
    ("off", "accepted"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)]
)
def test_one_step_off_is_accepted_two_are_not(off: int, accepted: bool) -> None:
    found = check(SECRET, CODE, AT + timedelta(seconds=off), None)
    assert found == (STEP if accepted else None)


def test_s10_a_code_is_accepted_once() -> None:
    step = check(SECRET, CODE, AT, STEP - 1)
    assert step == STEP
    assert check(SECRET, CODE, AT, step) is None
    assert check(SECRET, CODE, AT + timedelta(seconds=30), step) is None
    assert check(SECRET, CODE, AT - timedelta(seconds=30), step) is None


def test_after_the_next_code_the_one_before_is_refused() -> None:
    assert check(SECRET, CODE, AT, STEP + 1) is None


@pytest.mark.parametrize(
    "typed", ["005 924", " 005-924\n", "\u200e005924\u202c", "٠٠٥٩٢٤", "۰۰۵ ۹۲۴", "００５９２４"]
)
def test_as_people_type_it(typed: str) -> None:
    assert check(SECRET, typed, AT, None) == STEP


@pytest.mark.parametrize(
    "typed",
    ["", "005925", "05924", "0005924", "00592a", "²05924", "005924005924", "0" * 10**6, "x005924"],
)
def test_what_is_not_the_code(typed: str) -> None:
    assert check(SECRET, typed, AT, None) is None


def test_secrets_are_160_random_bits() -> None:
    assert len(base64.b32decode(new_secret())) == 20
    assert new_secret() != new_secret()


def test_the_address_behind_the_qr_code() -> None:
    address = urlsplit(provisioning_uri(SECRET, "dana@relief.example", "Desk"))
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert unquote(address.path) == "/Desk:dana@relief.example"
    assert parse_qs(address.query) == {"secret": [SECRET], "issuer": ["Desk"]}


def test_the_first_seconds_of_time_and_a_time_without_zone() -> None:
    assert check(SECRET, "755224", datetime.fromtimestamp(0, UTC), None) == 0
    with pytest.raises(ValueError, match="aware"):
        check(SECRET, CODE, AT.replace(tzinfo=None), None)
