"""The key ring: every long-lived secret of an instance, in one file outside the database (S1).

The file is JSON, readable by its owner only, and replaced atomically. It holds wrapping keys (KEKs)
by purpose, one of each active and the older ones kept for reading, and four secrets of 32 bytes.
Losing the file loses everything sealed; `tracker init` asks for an offline copy.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Never

from tracker.security import keyfile
from tracker.security.errors import KeyMissing, KeyRingError, KeyWithheld

PURPOSES: Final = ("content", "clock", "contact")
"""`content`: names and words. `clock`: dates the scheduler needs. `contact`: contact points."""

SECRETS: Final = ("pepper", "session", "audit", "link")
KEY_BYTES: Final = 32
_FORMAT: Final = "tracker-key-ring"
_VERSION: Final = 1
_MIN_DISTINCT_BYTES: Final = 12
"""32 random bytes hold fewer distinct values about once in 10^18; a typed secret often does."""


@dataclass(frozen=True, slots=True)
class WrappingKey:
    """A key that wraps data keys. Only the active one wraps; the others only unwrap."""

    id: str
    key: bytes = field(repr=False)
    created_at: datetime
    active: bool


class KeyRing:
    """Immutable; `rotate` and `restricted` return another ring."""

    __slots__ = ("_keys", "_secrets")

    def __init__(
        self, keys: Mapping[str, tuple[WrappingKey, ...]], secret_values: Mapping[str, bytes]
    ) -> None:
        """Use `generate` or `load`. Raises `ValueError` when the parts do not make a sound ring."""
        _check_parts(keys, secret_values)
        self._keys = {purpose: tuple(keys[purpose]) for purpose in PURPOSES if purpose in keys}
        self._secrets = {name: secret_values[name] for name in SECRETS if name in secret_values}

    @classmethod
    def generate(cls, now: datetime) -> KeyRing:
        """A new complete ring of random keys; `now` (aware) becomes their `created_at`."""
        return cls(
            {purpose: (_new_key(purpose, now),) for purpose in PURPOSES},
            {name: secrets.token_bytes(KEY_BYTES) for name in SECRETS},
        )

    @classmethod
    def load(cls, path: str | Path) -> KeyRing:
        """Read a ring. Raises `KeyRingError` when absent, exposed to others, damaged or weak."""
        path = Path(path)
        try:
            return cls(*_parse(json.loads(keyfile.read(path))))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            weak = isinstance(error, _WeakKeyError)
            raise KeyRingError(
                "weak" if weak else "damaged",
                f"The key ring {path} holds a short, repeated or guessable key: restore its offline"
                " copy, or make a new instance with `tracker init`."
                if weak
                else f"The key ring {path} is damaged: restore it from its offline copy.",
            ) from None

    def save(self, path: str | Path) -> None:
        """Write the ring, mode 0600, atomically and durably.

        A ring already there is replaced only by one that holds all its keys, so neither a second
        `init` nor two rotations at once can lose one. Raises `KeyRingError`.
        """
        path = Path(path)
        with keyfile.replacing(path) as write:
            if path.exists() and not self._holds_all_of(KeyRing.load(path)):
                raise KeyRingError(
                    "would_lose",
                    f"{path} already holds keys that this ring lacks: choose another file,"
                    " or load that ring and try again.",
                )
            write(json.dumps(self._document(), indent=1).encode() + b"\n")

    def restricted(
        self, purposes: Collection[str], secrets: Collection[str] = ("audit", "link")
    ) -> KeyRing:
        """The ring for a process that needs no more (S2): the worker gets `clock` and `contact`.

        Raises `KeyWithheld` for a part this ring lacks itself, `ValueError` for an unknown name.
        """
        for name, known in [(p, PURPOSES) for p in purposes] + [(s, SECRETS) for s in secrets]:
            if name not in known:
                raise ValueError(f"unknown key {name!r}")
        return KeyRing(
            {purpose: self._of(purpose) for purpose in purposes},
            {name: self._secret(name) for name in secrets},
        )

    def rotate(self, purpose: str, now: datetime) -> KeyRing:
        """A ring with a new active key for `purpose`; the old ones stay for reading."""
        retired = tuple(replace(key, active=False) for key in self._of(purpose))
        return KeyRing({**self._keys, purpose: (*retired, _new_key(purpose, now))}, self._secrets)

    def active(self, purpose: str) -> WrappingKey:
        """The key that wraps new data keys. Raises `KeyWithheld`."""
        return next(key for key in self._of(purpose) if key.active)

    def find(self, purpose: str, kek_id: str) -> WrappingKey:
        """The key of that id. Raises `KeyWithheld`, or `KeyMissing` when the ring is older."""
        for key in self._of(purpose):
            if key.id == kek_id:
                return key
        raise KeyMissing(kek_id)

    def keys(self, purpose: str) -> tuple[WrappingKey, ...]:
        """All keys for a purpose, oldest first. Raises `KeyWithheld`."""
        return self._of(purpose)

    @property
    def pepper(self) -> bytes:
        """For receipts and look-up hashes. Raises `KeyWithheld`."""
        return self._secret("pepper")

    @property
    def session(self) -> bytes:
        """Signs what the web keeps in cookies and forms. Raises `KeyWithheld`."""
        return self._secret("session")

    @property
    def audit(self) -> bytes:
        """Chains the audit trail (S13). Raises `KeyWithheld`."""
        return self._secret("audit")

    @property
    def link(self) -> bytes:
        """Signs row tokens in callback addresses (S14). Raises `KeyWithheld`."""
        return self._secret("link")

    def fingerprint(self) -> str:
        """16 hex digits in groups of four that name exactly these keys, e.g. on the offline copy.

        Changes at each rotation: a copy with another fingerprint is out of date.
        """
        digest = hashlib.sha256(b"tracker key ring fingerprint 1")
        parts = [(p, key.id, key.key) for p, ring in self._keys.items() for key in ring]
        for name, id_, key in sorted(parts + [(s, "", v) for s, v in self._secrets.items()]):
            digest.update(f"{name}\0{id_}\0".encode() + hashlib.sha256(key).digest())
        text = digest.hexdigest()[:16]
        return "-".join(text[i : i + 4] for i in range(0, 16, 4))

    def __repr__(self) -> str:
        held = [f"{purpose}×{len(keys)}" for purpose, keys in self._keys.items()]
        return f"<KeyRing {self.fingerprint()} {' '.join([*held, *self._secrets])}>"

    def __reduce__(self) -> Never:
        raise TypeError("a key ring is never pickled")

    def _of(self, purpose: str) -> tuple[WrappingKey, ...]:
        if purpose not in PURPOSES:
            raise ValueError(f"unknown key purpose {purpose!r}")
        try:
            return self._keys[purpose]
        except KeyError:
            raise KeyWithheld(purpose) from None

    def _secret(self, name: str) -> bytes:
        try:
            return self._secrets[name]
        except KeyError:
            raise KeyWithheld(name) from None

    def _holds_all_of(self, other: KeyRing) -> bool:
        mine = {(p, key.id, key.key) for p, keys in self._keys.items() for key in keys}
        theirs = {(p, key.id, key.key) for p, keys in other._keys.items() for key in keys}
        return theirs <= mine and other._secrets.items() <= self._secrets.items()

    def _document(self) -> dict[str, Any]:
        return {
            "format": _FORMAT,
            "version": _VERSION,
            "keys": {
                purpose: [
                    {
                        "id": key.id,
                        "key": base64.b64encode(key.key).decode(),
                        "created_at": key.created_at.isoformat(),
                        "active": key.active,
                    }
                    for key in keys
                ]
                for purpose, keys in self._keys.items()
            },
            "secrets": {
                name: base64.b64encode(value).decode() for name, value in self._secrets.items()
            },
        }


def derive_key(secret: bytes, label: str) -> bytes:
    """32 bytes for one further use of a ring secret, so that no key serves two uses.

    HKDF-Expand of RFC 5869 with one block; `label` names the use, e.g. `"csrf"`.
    """
    return hmac.digest(secret, label.encode() + b"\x01", "sha256")


class _WeakKeyError(ValueError):
    """A key that could be guessed, or serves twice."""


def _new_key(purpose: str, now: datetime) -> WrappingKey:
    if now.tzinfo is None:
        raise ValueError("now must be an aware instant")
    return WrappingKey(
        id=f"{purpose}-{secrets.token_hex(6)}",
        key=secrets.token_bytes(KEY_BYTES),
        created_at=now.astimezone(UTC),
        active=True,
    )


def _check_parts(
    keys: Mapping[str, tuple[WrappingKey, ...]], secret_values: Mapping[str, bytes]
) -> None:
    if not set(keys) <= set(PURPOSES) or not set(secret_values) <= set(SECRETS):
        raise ValueError("unknown key in ring")
    if any(sum(key.active for key in ring) != 1 for ring in keys.values()):
        raise ValueError("each purpose needs exactly one active key")
    everything = [key for ring in keys.values() for key in ring]
    if len({key.id for key in everything}) != len(everything):
        raise ValueError("two keys have one id")
    values = [key.key for key in everything] + list(secret_values.values())
    if len(set(values)) != len(values):
        raise _WeakKeyError
    if any(len(v) != KEY_BYTES or len(set(v)) < _MIN_DISTINCT_BYTES for v in values):
        raise _WeakKeyError


def _parse(document: dict[str, Any]) -> tuple[dict[str, tuple[WrappingKey, ...]], dict[str, bytes]]:
    if document["format"] != _FORMAT or document["version"] != _VERSION:
        raise ValueError("not a key ring of this version")
    keys = {
        purpose: tuple(_parse_key(entry) for entry in entries)
        for purpose, entries in document["keys"].items()
    }
    return keys, {name: _decode(value) for name, value in document["secrets"].items()}


def _parse_key(entry: dict[str, Any]) -> WrappingKey:
    created_at = datetime.fromisoformat(entry["created_at"])
    if not isinstance(entry["id"], str) or not isinstance(entry["active"], bool):
        raise TypeError("a key entry has a wrong type")
    if created_at.tzinfo is None:
        raise ValueError("a key was made at a time without zone")
    return WrappingKey(
        entry["id"], _decode(entry["key"]), created_at.astimezone(UTC), entry["active"]
    )


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None
