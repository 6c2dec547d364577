"""Sealed fields (S1, S2): silent, bound to their place, rotated without downtime."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.security.errors import CannotOpen, KeyMissing, KeyWithheld
from tracker.security.keys import PURPOSES, KeyRing, WrappingKey
from tracker.security.vault import DataKey, Vault, WrappedKey, is_envelope

NOW = datetime(2018, 4, 2, 9, 0, tzinfo=UTC)
RING = KeyRing.generate(NOW)
KEY, WRAPPED = Vault(RING).new_data_key("content")
HERE = {"table": "sought_person", "column": "names", "row_id": "41"}
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.binary(max_size=3000))
def test_what_is_sealed_opens(plaintext: bytes) -> None:
    assert KEY.open(KEY.seal(plaintext, **HERE), **HERE) == plaintext


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_text_opens_as_text(text: str) -> None:
    assert KEY.open_text(KEY.seal_text(text, **HERE), **HERE) == text


@given(json_values)
def test_json_opens_as_json(value: object) -> None:
    assert KEY.open_json(KEY.seal_json(value, **HERE), **HERE) == value


@pytest.mark.parametrize("value", [float("nan"), float("inf"), NOW, b"bytes"])
def test_what_json_cannot_hold_is_refused_before_sealing(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        KEY.seal_json(value, **HERE)


@pytest.mark.parametrize("secret", [b"\x80", b"\0", b"", b"\x80\0\0", b"a\x80", b"\0" * 64])
def test_padding_bytes_in_the_text_survive(secret: bytes) -> None:
    assert KEY.open(KEY.seal(secret, **HERE), **HERE) == secret


def test_values_sealed_by_earlier_versions_open() -> None:
    """Frozen bytes: a change of envelope, padding or binding would leave old databases shut."""
    key = DataKey("k", bytes(range(32)))
    assert key.open_text(bytes.fromhex(SEALED_BEFORE), **HERE) == "Aisulu"


SEALED_BEFORE = (
    "01000102030405060708090a0b"
    "066ba56ea990421b8d41978bb1e9786d83d68734f07b5f7c3867e5851d6900b2"
    "0110aefcafc1129874a47fed88872838ee59608d5ad6a3da3f972a1918e3f5ee"
    "164fda2ceb8f7e3815c057394343aeca"
)


def test_keys_wrapped_by_earlier_versions_open() -> None:
    """Frozen bytes, worked from the description: purpose and key id are bound to a wrapped key."""
    kek = WrappingKey("clock-1", bytes(range(32)), NOW, active=True)
    ring = KeyRing({"clock": (kek,)}, {})
    wrapped = WrappedKey("clock-1", bytes.fromhex(WRAPPED_BEFORE))
    sealed = DataKey("case-7", bytes(range(32, 64))).seal(b"Aisulu", **HERE)
    assert Vault(ring).unwrap("clock", "case-7", wrapped).open(sealed, **HERE) == b"Aisulu"


WRAPPED_BEFORE = (
    "01000102030405060708090a0b6723f438e1c0e43ca568bda09dc45642b3e7b5"
    "07c44e694b005edfbe21543e8d7e4706b2d02bbc7ff2f4e39508f4f4e9"
)


@pytest.mark.parametrize("place", [{"table": "enquirer"}, {"column": "words"}, {"row_id": "42"}])
def test_s1_a_value_moved_to_another_place_does_not_open(place: dict[str, str]) -> None:
    sealed = KEY.seal(b"Aisulu", **HERE)
    with pytest.raises(CannotOpen):
        KEY.open(sealed, **{**HERE, **place})


def test_s1_places_that_read_alike_are_different() -> None:
    sealed = KEY.seal(b"Aisulu", table="ab", column="c", row_id="1")
    for table, column, row in (("a", "bc", "1"), ("ab", "c1", ""), ("ab1:c", "", "1")):
        with pytest.raises(CannotOpen):
            KEY.open(sealed, table=table, column=column, row_id=row)


def test_every_flipped_bit_is_noticed() -> None:
    sealed = KEY.seal(b"Aisulu", **HERE)
    for position in range(len(sealed) * 8):
        harmed = bytearray(sealed)
        harmed[position // 8] ^= 1 << position % 8
        with pytest.raises(CannotOpen):
            KEY.open(bytes(harmed), **HERE)


def test_every_truncation_is_noticed() -> None:
    sealed = KEY.seal(b"Aisulu", **HERE)
    for length in range(len(sealed)):
        with pytest.raises(CannotOpen):
            KEY.open(sealed[:length], **HERE)
    with pytest.raises(CannotOpen):
        KEY.open(sealed + b"\0", **HERE)


@given(st.binary(max_size=200))
def test_noise_does_not_open(noise: bytes) -> None:
    with pytest.raises(CannotOpen):
        KEY.open(noise, **HERE)
    with pytest.raises(CannotOpen):
        Vault(RING).unwrap("content", KEY.id, WrappedKey(WRAPPED.kek_id, noise))


def test_another_cases_key_does_not_open() -> None:
    other, _ = Vault(RING).new_data_key("content")
    with pytest.raises(CannotOpen):
        other.open(KEY.seal(b"Aisulu", **HERE), **HERE)


def test_bytes_that_are_no_text_do_not_open_as_text_or_json() -> None:
    with pytest.raises(CannotOpen):
        KEY.open_text(KEY.seal(b"\xff", **HERE), **HERE)
    with pytest.raises(CannotOpen):
        KEY.open_json(KEY.seal(b"{", **HERE), **HERE)


def test_a_refusal_says_nothing_about_the_cause() -> None:
    sealed = KEY.seal(b"Aisulu", **HERE)
    told = set()
    for blob, place in ((sealed, {"row_id": "42"}), (sealed[:-1], {}), (b"", {})):
        with pytest.raises(CannotOpen) as refusal:
            KEY.open(blob, **{**HERE, **place})
        told.add(str(refusal.value))
        assert refusal.value.__cause__ is None
        assert refusal.value.__suppress_context__ or refusal.value.__context__ is None
    assert len(told) == 1


def test_nonces_do_not_repeat() -> None:
    sealed = {KEY.seal(b"same", **HERE) for _ in range(2000)}
    assert len({blob[1:13] for blob in sealed}) == 2000


@pytest.mark.parametrize(
    ("short", "long"),
    [("visit", "seen by a released co-detainee"), ("Li", "Abdurehimjan Tursunniyazov")],
)
def test_s1_lengths_do_not_tell_means_or_names_apart(short: str, long: str) -> None:
    assert len(KEY.seal_text(short, **HERE)) == len(KEY.seal_text(long, **HERE))


@given(st.integers(min_value=0, max_value=300_000))
def test_padding_costs_at_most_an_eighth(length: int) -> None:
    extra = len(KEY.seal(bytes(length), **HERE)) - 29 - length
    assert 1 <= extra <= max(64, (length + 1) // 8 + 1)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_data_key_unwraps_after_a_reload(tmp_path: Path, purpose: str) -> None:
    key, wrapped = Vault(RING).new_data_key(purpose)
    sealed = key.seal_text("Aisulu", **HERE)
    RING.save(tmp_path / "keys.json")
    vault = Vault(KeyRing.load(tmp_path / "keys.json"))
    assert vault.unwrap(purpose, key.id, wrapped).open_text(sealed, **HERE) == "Aisulu"


def test_the_caller_may_name_the_data_key() -> None:
    key, wrapped = Vault(RING).new_data_key("content", "case-7")
    assert key.id == "case-7"
    assert Vault(RING).unwrap("content", "case-7", wrapped).id == "case-7"


def test_s1_a_wrapped_key_moved_to_another_case_does_not_open() -> None:
    with pytest.raises(CannotOpen):
        Vault(RING).unwrap("content", "another", WRAPPED)


def test_s2_a_wrapped_key_does_not_open_for_another_purpose() -> None:
    for purpose in ("clock", "contact"):
        with pytest.raises(CannotOpen):
            Vault(RING).unwrap(purpose, KEY.id, WRAPPED)
        posing = WrappedKey(RING.active(purpose).id, WRAPPED.blob)
        with pytest.raises(CannotOpen):
            Vault(RING).unwrap(purpose, KEY.id, posing)


def test_a_sealed_field_cannot_pose_as_a_wrapped_key() -> None:
    key, wrapped = Vault(RING).new_data_key("content")
    sealed = key.seal(bytes(32), **HERE)
    with pytest.raises(CannotOpen):
        Vault(RING).unwrap("content", key.id, WrappedKey(wrapped.kek_id, sealed))


def test_another_instances_ring_does_not_open(now: datetime) -> None:
    other = KeyRing.generate(now)
    with pytest.raises(KeyMissing):
        Vault(other).unwrap("content", KEY.id, WRAPPED)
    renamed = WrappedKey(other.active("content").id, WRAPPED.blob)
    with pytest.raises(CannotOpen) as refusal:
        Vault(other).unwrap("content", KEY.id, renamed)
    assert not isinstance(refusal.value, KeyMissing)


def test_s1_rotation_needs_no_downtime(tmp_path: Path, now: datetime) -> None:
    """Old values open before, during and after re-wrapping, across reloads."""
    path = tmp_path / "keys.json"
    RING.save(path)
    sealed = KEY.seal_text("Aisulu", **HERE)
    KeyRing.load(path).rotate("content", now + timedelta(days=365)).save(path)
    vault = Vault(KeyRing.load(path))
    assert vault.unwrap("content", KEY.id, WRAPPED).open_text(sealed, **HERE) == "Aisulu"

    fresh = vault.rewrap("content", KEY.id, WRAPPED)
    assert fresh.kek_id == KeyRing.load(path).active("content").id != WRAPPED.kek_id
    assert vault.unwrap("content", KEY.id, fresh).open_text(sealed, **HERE) == "Aisulu"
    assert vault.rewrap("content", KEY.id, fresh) is fresh
    _, newest = vault.new_data_key("content")
    assert newest.kek_id == fresh.kek_id
    with pytest.raises(KeyMissing):
        Vault(RING).unwrap("content", KEY.id, fresh)


def test_a_key_that_does_not_open_is_not_rewrapped() -> None:
    harmed = WrappedKey(WRAPPED.kek_id, WRAPPED.blob[:-1] + bytes([WRAPPED.blob[-1] ^ 1]))
    with pytest.raises(CannotOpen):
        Vault(RING).rewrap("content", KEY.id, harmed)


def test_s2_the_workers_vault_opens_no_content() -> None:
    worker = Vault(RING.restricted(["clock", "contact"]))
    for forbidden in (
        lambda: worker.unwrap("content", KEY.id, WRAPPED),
        lambda: worker.rewrap("content", KEY.id, WRAPPED),
        lambda: worker.new_data_key("content"),
    ):
        with pytest.raises(KeyWithheld):
            forbidden()
    key, wrapped = worker.new_data_key("clock")
    assert Vault(RING).unwrap("clock", key.id, wrapped).id == key.id


def test_s1_a_stolen_database_is_silent_and_a_destroyed_key_is_final(tmp_path: Path) -> None:
    """A real SQLite file holds no word of the text; without the key row nothing opens it."""
    path = tmp_path / "tracker.db"
    key, wrapped = Vault(RING).new_data_key("content")
    words = "Aisulu Bekova telephoned grandmother"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE note (id TEXT, words BLOB, kek TEXT, wrapped BLOB)")
        sealed = key.seal_text(words, table="note", column="words", row_id="1")
        row = ("1", sealed, wrapped.kek_id, wrapped.blob)
        database.execute("INSERT INTO note VALUES (?, ?, ?, ?)", row)
    database.close()
    stolen = path.read_bytes()
    for word in words.split():
        assert word.encode() not in stolen
    with pytest.raises(CannotOpen):
        DataKey(key.id, bytes(32)).open(sealed, table="note", column="words", row_id="1")


def test_nothing_shows_a_key() -> None:
    assert repr(KEY) == f"<DataKey {KEY.id}>"
    assert WRAPPED.blob.hex()[:16] not in repr(WRAPPED)
    assert repr(WRAPPED.blob)[2:12] not in repr(WRAPPED)
    assert RING.fingerprint() in repr(Vault(RING))


@given(st.integers(0, 60_000))
def test_whatever_is_sealed_has_the_form_of_an_envelope(length: int) -> None:
    sealed = KEY.seal(bytes(length), **HERE)
    assert is_envelope(sealed[:1], len(sealed))


@pytest.mark.parametrize("bare", [b"Aisulu", b'{"name": "Aisulu"}' * 5, b"\x01" + bytes(91)])
def test_what_is_not_sealed_has_not(bare: bytes) -> None:
    assert not is_envelope(bare[:1], len(bare))
