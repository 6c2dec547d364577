"""Twilio's signatures (S14), held against Twilio's own validator."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from tracker.security.signatures import called_url, is_from_twilio, twilio_signature

TOKEN, NEXT = "12345", "67890"
URL = "https://desk.example/hooks/twilio/status/41.abc?x=1&y=%20"
FIELDS = [("MessageSid", "SM1"), ("MessageStatus", "sent"), ("Body", ""), ("To", "+77011234567")]
pairs = st.lists(
    st.tuples(st.text("abcM1_", min_size=1, max_size=4), st.text(max_size=6)), max_size=8
)


def twilios(
    url: str, fields: list[tuple[str, str]], token: str, algorithm: str | None = None
) -> str:
    made = RequestValidator(token).compute_signature(url, MultiDict(fields), algorithm)
    assert isinstance(made, str)
    return made


def test_the_example_in_twilios_documentation() -> None:
    """https://www.twilio.com/docs/usage/security: the worked example."""
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    fields = [
        ("CallSid", "CA1234567890ABCDE"),
        ("Caller", "+14158675310"),
        ("Digits", "1234"),
        ("From", "+14158675310"),
        ("To", "+18005551212"),
    ]
    known = "GvWf1cFY/Q7PnoempGyD5oXAezc="
    assert twilio_signature(url, fields, TOKEN) == known
    assert is_from_twilio(url, fields, known, [TOKEN])


@given(pairs, st.sampled_from(["HMAC_SHA1", "HMAC_SHA256"]))
def test_it_agrees_with_twilios_validator(fields: list[tuple[str, str]], algorithm: str) -> None:
    signature = twilios(URL, fields, TOKEN, algorithm)
    assert is_from_twilio(URL, fields, signature, [TOKEN], algorithm=algorithm)
    assert RequestValidator(TOKEN).validate(URL, MultiDict(fields), signature, algorithm)


@given(pairs, pairs)
def test_it_refuses_what_twilios_validator_refuses(
    signed: list[tuple[str, str]], received: list[tuple[str, str]]
) -> None:
    signature = twilios(URL, signed, TOKEN)
    assert is_from_twilio(URL, received, signature, [TOKEN]) is bool(
        RequestValidator(TOKEN).validate(URL, MultiDict(received), signature)
    )


@pytest.mark.parametrize(
    "called",
    [
        URL,
        URL.replace("desk.example/", "desk.example:443/"),
        URL.replace("https", "http"),
        URL.replace("desk.example/", "desk.example:8443/"),
        URL.replace("desk", "Desk"),
        URL.replace("?x=1&y=%20", ""),
        URL.replace("x=1&y=%20", "y=%20&x=1"),
        URL.replace("%20", "+"),
        URL.replace("41.abc", "41.abc/"),
        URL + "#top",
        URL.replace("desk.example", "evil.example"),
    ],
)
@pytest.mark.parametrize("ours", [URL, URL.replace("desk.example/", "desk.example:443/")])
def test_the_address_is_part_of_it(called: str, ours: str) -> None:
    signature = twilios(called, FIELDS, TOKEN)
    answer = is_from_twilio(ours, FIELDS, signature, [TOKEN])
    assert answer is RequestValidator(TOKEN).validate(ours, MultiDict(FIELDS), signature)
    assert answer is (called in (URL, URL.replace("desk.example/", "desk.example:443/")))


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:8000/x", "https://[2001:db8::1]/x", "https://[2001:db8::1]:8443/x"],
)
def test_ports_and_literal_addresses(address: str) -> None:
    assert is_from_twilio(address, FIELDS, twilios(address, FIELDS, TOKEN), [TOKEN])


@pytest.mark.parametrize(
    "fields",
    [
        FIELDS[:-1],
        [*FIELDS, ("MessageStatus", "delivered")],
        [*FIELDS, ("Extra", "1")],
        [pair for pair in FIELDS if pair[1]],
        [],
    ],
)
def test_every_field_is_part_of_it(fields: list[tuple[str, str]]) -> None:
    assert not is_from_twilio(URL, fields, twilios(URL, FIELDS, TOKEN), [TOKEN])


def test_a_limit_of_twilios_scheme_names_run_into_values() -> None:
    """Nothing marks where a name ends, so a replayed call can be cut otherwise; a handler that
    reads only the names it knows, and is idempotent, loses at most a field by it."""
    cut = [("Bod", "y") if pair == ("Body", "") else pair for pair in FIELDS]
    signature = twilios(URL, FIELDS, TOKEN)
    assert RequestValidator(TOKEN).validate(URL, MultiDict(cut), signature)
    assert is_from_twilio(URL, cut, signature, [TOKEN])


def test_repeated_fields_count_and_their_order_does_not() -> None:
    fields = [("MediaUrl", "b"), ("MediaUrl", "a"), *FIELDS]
    signature = twilios(URL, fields, TOKEN)
    assert is_from_twilio(URL, fields[::-1], signature, [TOKEN])
    assert not is_from_twilio(URL, fields[1:], signature, [TOKEN])


@pytest.mark.parametrize("signature", [None, "", " ", "x", "é", "\ud800", "A" * 28, "A" * 10_000])
def test_s14_no_signature_or_a_wrong_one_is_refused_without_an_error(signature: str | None) -> None:
    assert is_from_twilio(URL, FIELDS, signature, [TOKEN]) is False


@pytest.mark.parametrize("tokens", [[], [""], ["", ""]])
def test_s14_an_empty_token_opens_nothing(tokens: list[str]) -> None:
    signature = twilios(URL, FIELDS, "")
    assert RequestValidator("").validate(URL, MultiDict(FIELDS), signature), "the trap is real"
    assert not is_from_twilio(URL, FIELDS, signature, tokens)


def test_s14_both_tokens_count_during_rotation() -> None:
    for signer in (TOKEN, NEXT):
        signature = twilios(URL, FIELDS, signer)
        assert is_from_twilio(URL, FIELDS, signature, [TOKEN, NEXT])
        assert is_from_twilio(URL, FIELDS, signature, ["", NEXT, TOKEN])
    assert not is_from_twilio(URL, FIELDS, twilios(URL, FIELDS, "third"), [TOKEN, NEXT])


def test_the_algorithm_is_one_of_two() -> None:
    signature = twilios(URL, FIELDS, TOKEN)
    assert not is_from_twilio(URL, FIELDS, signature, [TOKEN], algorithm="HMAC_SHA256")
    assert not is_from_twilio(URL, FIELDS, signature, [TOKEN], algorithm="none")
    assert is_from_twilio(URL, FIELDS, signature, [TOKEN], algorithm="hmac_sha1")


@given(pairs, st.text(max_size=40))
def test_noise_never_passes_and_never_breaks(fields: list[tuple[str, str]], signature: str) -> None:
    assert not is_from_twilio(URL, fields, signature, [TOKEN])


@pytest.mark.parametrize(
    ("public", "path", "query", "url"),
    [
        ("https://desk.example", "/hooks/x", "", "https://desk.example/hooks/x"),
        (
            "https://desk.example/",
            "/hooks/x",
            "a=%20b&c=",
            "https://desk.example/hooks/x?a=%20b&c=",
        ),
        ("https://desk.example/app/", "/hooks/x", "", "https://desk.example/app/hooks/x"),
    ],
)
def test_the_address_is_the_configured_one(public: str, path: str, query: str, url: str) -> None:
    assert called_url(public, path, query) == url
