"""Known answers: our envelopes opened by the primitives alone, and the primitives against others'.

Published answers: AES-256-GCM test case 16 of McGrew and Viega, "The Galois/Counter Mode of
Operation" (2005), as used by NIST; HMAC-SHA-256 test case 2 of RFC 4231; HKDF-SHA-256 test case 1
of RFC 5869; Argon2id of RFC 9106, section 5.3. Our own vectors stand in SECURITY.md.
"""

from __future__ import annotations

import hmac
import re

import pytest
from argon2.low_level import Type, core, ffi, lib
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from tests.house.files import ROOT, text
from tracker.security.keys import derive_key
from tracker.security.receipts import locator_hmac
from tracker.security.tokens import lookup_hmac
from tracker.security.vault import DataKey

KEY = bytes(range(32))
FIELD = bytes.fromhex(
    "01000102030405060708090a0b066ba56ea990421b8d41978bb1e9786d83d68734f07b5f7c3867e5851d6900b2"
    "0110aefcafc1129874a47fed88872838ee59608d5ad6a3da3f972a1918e3f5ee164fda2ceb8f7e3815c05739434"
    "3aeca"
)


def test_aes_256_gcm_is_the_one_of_the_book() -> None:
    key = bytes.fromhex("feffe9928665731c6d6a8f9467308308" * 2)
    plain = bytes.fromhex(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449"
        "a6b525b16aedf5aa0de657ba637b39"
    )
    bound = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    sealed = bytes.fromhex(
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056"
        "828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b"
    )
    assert AESGCM(key).encrypt(bytes.fromhex("cafebabefacedbaddecaf888"), plain, bound) == sealed


def test_a_field_is_aes_256_gcm_over_padded_text_bound_to_its_place() -> None:
    """The envelope taken apart without our code: version, nonce, sealed, tag."""
    version, nonce, sealed = FIELD[:1], FIELD[1:13], FIELD[13:]
    bound = b"15:tracker field 1" + b"13:sought_person" + b"5:names" + b"2:41"
    assert version == b"\x01"
    assert AESGCM(KEY).decrypt(nonce, sealed, bound) == b"Aisulu\x80".ljust(64, b"\0")
    place = {"table": "sought_person", "column": "names", "row_id": "41"}
    assert DataKey("k", KEY).open(FIELD, **place) == b"Aisulu"


def test_hmac_sha_256_is_the_one_of_rfc_4231() -> None:
    mac = hmac.digest(b"Jefe", b"what do ya want for nothing?", "sha256")
    assert mac.hex() == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"


def test_a_derived_key_is_hkdf_expand_of_rfc_5869() -> None:
    """Test case 1: its first 32 bytes of output from its PRK and info."""
    prk = bytes.fromhex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5")
    info = bytes.fromhex("f0f1f2f3f4f5f6f7f8f9")
    expected = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
    assert HKDFExpand(SHA256(), 32, info).derive(prk).hex() == expected
    assert derive_key(prk, "csrf") == HKDFExpand(SHA256(), 32, b"csrf").derive(prk)


def test_argon2id_is_the_one_of_rfc_9106() -> None:
    out = ffi.new("uint8_t[]", 32)
    password, salt = ffi.new("uint8_t[]", b"\x01" * 32), ffi.new("uint8_t[]", b"\x02" * 16)
    secret, ad = ffi.new("uint8_t[]", b"\x03" * 8), ffi.new("uint8_t[]", b"\x04" * 12)
    context = ffi.new("argon2_context*", {
        "version": 0x13, "out": out, "outlen": 32, "pwd": password, "pwdlen": 32,
        "salt": salt, "saltlen": 16, "secret": secret, "secretlen": 8, "ad": ad, "adlen": 12,
        "t_cost": 3, "m_cost": 32, "lanes": 4, "threads": 4,
        "allocate_cbk": ffi.NULL, "free_cbk": ffi.NULL, "flags": lib.ARGON2_DEFAULT_FLAGS,
    })  # fmt: skip
    assert core(context, Type.ID.value) == lib.ARGON2_OK
    tag = "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"
    assert bytes(ffi.buffer(out)).hex() == tag


OURS = {
    "field": FIELD.hex(),
    "locator": locator_hmac("0123ABCD", KEY).hex(),
    "lookup": lookup_hmac("a@example.org", kind="address", pepper=KEY).hex(),
    "derived": derive_key(KEY, "csrf").hex(),
}
"""Our own constructions, under the key 00 01 02 … 1f."""


@pytest.mark.parametrize("name", OURS)
def test_the_vectors_of_the_security_page_are_ours(name: str) -> None:
    """Whoever writes another program for our database can hold it against these."""
    page = re.sub(r"[`\s]", "", text(ROOT / "SECURITY.md") or "")
    assert OURS[name] in page
