"""The audit chain (S13): any change is found."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.security.chain import GENESIS, AuditChain, canonical, printed_head

KEY = bytes(range(32))
CHAIN = AuditChain(KEY)
Entry = tuple[dict[str, object], bytes]


def written(count: int) -> list[Entry]:
    entries: list[Entry] = []
    previous = GENESIS
    for number in range(count):
        record: dict[str, object] = {
            "at": f"2018-04-02T09:{number:02d}:00Z",
            "act": "reveal" if number % 2 else "read",
            "actor": "u-7",
            "case": number,
            "more": {"fields": ["name", None, True]},
        }
        previous = CHAIN.link(previous, record)
        entries.append((record, previous))
    return entries


def test_an_untouched_chain_is_sound() -> None:
    assert CHAIN.verify(written(12)) is None
    assert CHAIN.verify([]) is None
    assert CHAIN.verify(iter(written(3))) is None


def test_a_known_link() -> None:
    """Worked from the description: HMAC over label, previous hash and canonical JSON."""
    expected = hmac.new(KEY, b"audit 1 " + bytes(32) + b'{"a":1,"b":"\\u00e9"}', hashlib.sha256)
    assert CHAIN.link(GENESIS, {"b": "é", "a": 1}) == expected.digest()


def _change(entries: list[Entry]) -> None:
    entries[5][0]["actor"] = "u-8"


def _deep_change(entries: list[Entry]) -> None:
    entries[5] = ({**entries[5][0], "more": {"fields": ["name", None, 1]}}, entries[5][1])


def _new_hash_without_the_key(entries: list[Entry]) -> None:
    record = {**entries[5][0], "actor": "u-8"}
    entries[5] = (record, AuditChain(bytes(32)).link(entries[4][1], record))


def _delete(entries: list[Entry]) -> None:
    del entries[5]


def _swap(entries: list[Entry]) -> None:
    entries[5], entries[6] = entries[6], entries[5]


def _insert(entries: list[Entry]) -> None:
    entries.insert(5, entries[0])


def _repeat(entries: list[Entry]) -> None:
    entries.insert(5, entries[4])


def _hash_of_another_kind(entries: list[Entry]) -> None:
    entries[5] = (entries[5][0], None)  # type: ignore[assignment]


def _value_of_another_kind(entries: list[Entry]) -> None:
    entries[5][0]["case"] = 5.0


def _one_bit(entries: list[Entry]) -> None:
    entries[5] = (entries[5][0], bytes([entries[5][1][0] ^ 1]) + entries[5][1][1:])


@pytest.mark.parametrize(
    "harm",
    [
        _change,
        _deep_change,
        _new_hash_without_the_key,
        _delete,
        _swap,
        _insert,
        _repeat,
        _hash_of_another_kind,
        _value_of_another_kind,
        _one_bit,
    ],
)
def test_s13_the_first_broken_row_is_named(harm: Callable[[list[Entry]], None]) -> None:
    entries = written(12)
    harm(entries)
    assert CHAIN.verify(entries) == 5


def test_s13_the_first_row_cannot_be_dropped() -> None:
    assert CHAIN.verify(written(12)[1:]) == 0


def test_s13_rows_cut_from_the_end_are_found_by_a_printed_head() -> None:
    entries = written(12)
    last, middle = printed_head(entries[-1][1]), printed_head(entries[6][1])
    assert CHAIN.verify(entries, heads=[last, middle]) is None
    assert CHAIN.verify(entries[:9]) is None, "without a head it cannot be seen"
    assert CHAIN.verify(entries[:9], heads=[last]) == 9
    assert CHAIN.verify(entries[:9], heads=[middle]) is None
    assert CHAIN.verify([], heads=[middle]) == 0
    assert CHAIN.verify(entries, heads=[last.upper()[:9]]) is None
    with pytest.raises(ValueError, match="8 digits"):
        CHAIN.verify(entries, heads=[""])


def test_a_printed_head_reads_well() -> None:
    assert printed_head(bytes(range(32))) == "0001 0203 0405 0607 0809 0a0b 0c0d 0e0f"


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
records = st.dictionaries(st.text(), json_like, max_size=4)


@given(records, records)
def test_different_records_have_different_forms(
    one: dict[str, object], other: dict[str, object]
) -> None:
    assert (canonical(one) == canonical(other)) == (repr(_sorted(one)) == repr(_sorted(other)))


def _sorted(value: object) -> object:
    if isinstance(value, dict):
        return [(name, _sorted(value[name])) for name in sorted(value)]
    return ["list", *map(_sorted, value)] if isinstance(value, list) else value


def test_the_order_of_names_does_not_matter() -> None:
    assert canonical({"a": 1, "b": [{"d": 1, "c": 2}]}) == canonical(
        {"b": [{"c": 2, "d": 1}], "a": 1}
    )


@pytest.mark.parametrize("value", [1.5, float("nan"), b"x", object(), {1: "x"}, {"x"}])
def test_what_has_no_lasting_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        CHAIN.link(GENESIS, {"value": value})


def test_a_link_follows_a_whole_hash() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        CHAIN.link(b"", {"a": 1})
