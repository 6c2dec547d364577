"""Sealed fields: a data key for each case, wrapped by a key of the ring (S1, S2).

AES-256-GCM (NIST SP 800-38D) with random 96-bit nonces. What a value belongs to is authenticated
with it: table, column and row, so a ciphertext moved to another place does not open. Before sealing
a value is padded to a size class, so that its length does not tell "visit" from "telephone" or
a short name from a long one. Erasing a case means deleting its wrapped key.

    field   = 0x01 nonce(12) AESGCM(data key, padded plaintext) tag(16)
    wrapped = 0x01 nonce(12) AESGCM(ring key, data key) tag(16)
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tracker.security.errors import CannotOpen
from tracker.security.keys import KEY_BYTES, KeyRing

_VERSION: Final = b"\x01"
_NONCE: Final = 12
_HEAD: Final = len(_VERSION) + _NONCE
_TAG: Final = 16
_FIELD: Final = "tracker field 1"
_WRAP: Final = "tracker wrap 1"
_JSON: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_SMALLEST: Final = 64
"""Bytes of the smallest size class; larger ones grow in steps of at most an eighth."""


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A data key as the database keeps it: by which ring key, and the sealed bytes."""

    kek_id: str
    blob: bytes = field(repr=False)


class DataKey:
    """Seals and opens the fields of one case. `id` names it in the database and is not secret."""

    __slots__ = ("_cipher", "id")

    def __init__(self, key_id: str, key: bytes) -> None:
        """Use `Vault.new_data_key` or `Vault.unwrap`."""
        self.id = key_id
        self._cipher = AESGCM(key)

    def __repr__(self) -> str:
        return f"<DataKey {self.id}>"

    def seal(self, plaintext: bytes, *, table: str, column: str, row_id: str) -> bytes:
        """The envelope to store in exactly this table, column and row."""
        return _seal(self._cipher, _pad(plaintext), _bound(_FIELD, table, column, row_id))

    def open(self, blob: bytes, *, table: str, column: str, row_id: str) -> bytes:
        """What `seal` was given. Raises `CannotOpen` if anything differs."""
        return _unpad(_open(self._cipher, blob, _bound(_FIELD, table, column, row_id)))

    def seal_text(self, text: str, *, table: str, column: str, row_id: str) -> bytes:
        """Seal text as UTF-8."""
        return self.seal(text.encode(), table=table, column=column, row_id=row_id)

    def open_text(self, blob: bytes, *, table: str, column: str, row_id: str) -> str:
        """Open what `seal_text` sealed. Raises `CannotOpen`."""
        try:
            return self.open(blob, table=table, column=column, row_id=row_id).decode()
        except UnicodeDecodeError:
            raise CannotOpen from None

    def seal_json(self, value: object, *, table: str, column: str, row_id: str) -> bytes:
        """Seal a JSON value. Raises `TypeError` or `ValueError` for what JSON cannot hold."""
        return self.seal_text(json_text(value), table=table, column=column, row_id=row_id)

    def open_json(self, blob: bytes, *, table: str, column: str, row_id: str) -> Any:
        """Open what `seal_json` sealed. Raises `CannotOpen`."""
        try:
            return json.loads(self.open_text(blob, table=table, column=column, row_id=row_id))
        except ValueError:
            raise CannotOpen from None


class Vault:
    """Makes, opens and re-wraps data keys with the ring this process was given."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring
        self._ciphers: dict[tuple[str, str], AESGCM] = {}

    def __repr__(self) -> str:
        return f"<Vault {self._ring!r}>"

    def new_data_key(self, purpose: str, key_id: str | None = None) -> tuple[DataKey, WrappedKey]:
        """A random data key and its wrapped form to store under `DataKey.id`.

        Raises `KeyWithheld` when this process may not use `purpose`.
        """
        key_id = key_id or secrets.token_hex(16)
        key = secrets.token_bytes(KEY_BYTES)
        return DataKey(key_id, key), self._wrap(purpose, key_id, key)

    def unwrap(self, purpose: str, key_id: str, wrapped: WrappedKey) -> DataKey:
        """The data key `key_id`.

        Raises `KeyWithheld` when this process may not use `purpose`, `KeyMissing` when the ring
        lacks the wrapping key, `CannotOpen` when purpose, id or bytes are not those of wrapping.
        """
        return DataKey(key_id, self._unwrap(purpose, key_id, wrapped))

    def rewrap(self, purpose: str, key_id: str, wrapped: WrappedKey) -> WrappedKey:
        """The same data key wrapped by the active ring key; unchanged if it is already.

        Fields stay as they are, so rotation needs no downtime (S1). Raises as `unwrap`.
        """
        key = self._unwrap(purpose, key_id, wrapped)
        if wrapped.kek_id == self._ring.active(purpose).id:
            return wrapped
        return self._wrap(purpose, key_id, key)

    def _wrap(self, purpose: str, key_id: str, key: bytes) -> WrappedKey:
        kek_id = self._ring.active(purpose).id
        blob = _seal(self._cipher(purpose, kek_id), key, _bound(_WRAP, purpose, key_id))
        return WrappedKey(kek_id, blob)

    def _unwrap(self, purpose: str, key_id: str, wrapped: WrappedKey) -> bytes:
        cipher = self._cipher(purpose, wrapped.kek_id)
        return _open(cipher, wrapped.blob, _bound(_WRAP, purpose, key_id))

    def _cipher(self, purpose: str, kek_id: str) -> AESGCM:
        cipher = self._ciphers.get((purpose, kek_id))
        if cipher is None:
            cipher = AESGCM(self._ring.find(purpose, kek_id).key)
            self._ciphers[purpose, kek_id] = cipher
        return cipher


def json_text(value: object) -> str:
    """A JSON value as it is sealed. Raises `TypeError` or `ValueError` for what JSON is not."""
    return _JSON.encode(value)


def is_envelope(first: bytes, length: int) -> bool:
    """Whether the first byte and the length are those of a sealed field: version, size class.

    Says nothing about which key opens it.
    """
    padded = length - _HEAD - _TAG
    return first == _VERSION and padded >= _SMALLEST and padded == _class(padded)


def _class(length: int) -> int:
    """The least size class for so many bytes."""
    step = max(_SMALLEST, 1 << max(0, length.bit_length() - 4))
    return -(-length // step) * step


def _bound(*parts: str) -> bytes:
    """Authenticated data; each part has its length before it, so ("ab","c") is not ("a","bc")."""
    *place, row_id = parts
    return f"{_counted(*place)}{len(row_id)}:{row_id}".encode()


@cache
def _counted(*parts: str) -> str:
    """Of parts that come again and again: few tables and columns, for many rows."""
    return "".join([f"{len(part)}:{part}" for part in parts])


def _seal(cipher: AESGCM, plaintext: bytes, bound: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return _VERSION + nonce + cipher.encrypt(nonce, plaintext, bound)


def _open(cipher: AESGCM, blob: bytes, bound: bytes) -> bytes:
    if len(blob) < _HEAD + _TAG or blob[:1] != _VERSION:
        raise CannotOpen
    try:
        return cipher.decrypt(blob[1:_HEAD], blob[_HEAD:], bound)
    except InvalidTag:
        raise CannotOpen from None


def _pad(plaintext: bytes) -> bytes:
    """A byte 0x80 and zeros (ISO/IEC 7816-4) up to the next size class."""
    return (plaintext + b"\x80").ljust(_class(len(plaintext) + 1), b"\0")


def _unpad(padded: bytes) -> bytes:
    plaintext, mark, rest = padded.rstrip(b"\0").rpartition(b"\x80")
    if not mark or rest:
        raise CannotOpen
    return plaintext
