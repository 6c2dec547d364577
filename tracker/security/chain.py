"""The audit chain (S13): each row's hash covers its content and the hash before it.

HMAC-SHA-256 with the ring's audit key, so whoever can write the table but lacks the key cannot make
a false row fit. Rows cut from the end leave a sound chain: the heads printed in the digests find
that.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Collection, Iterable, Mapping
from typing import Final

GENESIS: Final = bytes(32)
"""What the first row follows."""

HEAD_DIGITS: Final = 32


class AuditChain:
    """Links and verifies with one key."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        """`key` is `KeyRing.audit`."""
        self._key = key

    def link(self, prev_hash: bytes, record: Mapping[str, object]) -> bytes:
        """The 32-byte hash of a record that follows `prev_hash` (`GENESIS` for the first).

        A record holds text, whole numbers, booleans, None, and lists and mappings of these; times
        as ISO text. Raises `TypeError` for anything else: its text form might change.
        """
        if len(prev_hash) != len(GENESIS):
            raise ValueError("a hash has 32 bytes")
        return hmac.digest(self._key, b"audit 1 " + prev_hash + canonical(record), "sha256")

    def verify(
        self,
        entries: Iterable[tuple[Mapping[str, object], bytes]],
        *,
        heads: Collection[str] = (),
    ) -> int | None:
        """The index of the first entry that is not as it was written, or None if all are.

        `entries` are (record, stored hash), oldest first. `heads` are heads printed earlier, as
        `printed_head` writes them (a part from the start is enough, of at least 8 digits); if one
        does not occur, the answer is the number of entries: rows are missing at the end.
        """
        awaited = {_digits(head) for head in heads}
        if any(len(head) < 8 for head in awaited):
            raise ValueError("give at least 8 digits of a head")
        previous, count = GENESIS, 0
        for record, stored in entries:
            try:
                expected = self.link(previous, record)
            except TypeError:
                return count
            if not (isinstance(stored, bytes) and hmac.compare_digest(expected, stored)):
                return count
            awaited = {head for head in awaited if not stored.hex().startswith(head)}
            previous, count = stored, count + 1
        return count if awaited else None


def printed_head(head: bytes) -> str:
    """The newest hash as digests print it: 32 hex digits in groups of four."""
    digits = head.hex()[:HEAD_DIGITS]
    return " ".join(digits[i : i + 4] for i in range(0, HEAD_DIGITS, 4))


def canonical(record: Mapping[str, object]) -> bytes:
    """JSON with sorted keys, no blanks, ASCII: one form for one record. Raises `TypeError`."""
    plain = _plain(record)
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _plain(value: object) -> object:
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, Mapping):
        if not all(isinstance(name, str) for name in value):
            raise TypeError("names in an audit record are text")
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    raise TypeError(f"an audit record cannot hold {type(value).__name__}")


def _digits(head: str) -> str:
    return "".join(head.split()).lower()
