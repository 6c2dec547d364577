"""A reader's OpenPGP key: looked at when it is given, and again whenever something is sealed to it.

The library encrypts without a word to keys that are expired or revoked, and so are the subkeys it
chooses. So a certificate is taken apart here (RFC 9580, 10.1), what does not count is left out, and
only what remains is encrypted to. A signature's claims are believed as they stand: whoever gives
the key says what it is, and the fingerprint is compared by people. Nothing the library says about a
fault is repeated: it can hold parts of a key.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import pysequoia
from pysequoia import Cert
from pysequoia.packet import Packet, PacketPile, SignatureType, Tag

from tracker.security.errors import KeyRefused

LONGEST: Final = 100_000
"""Characters of an armored key."""

_BEGIN: Final = "-----BEGIN PGP "
_PRIVATE: Final = "PRIVATE KEY BLOCK"
_REVOKED: Final = (SignatureType.KeyRevocation, SignatureType.SubkeyRevocation)
_BOUND: Final = (
    SignatureType.DirectKey,
    SignatureType.GenericCertification,
    SignatureType.PersonaCertification,
    SignatureType.CasualCertification,
    SignatureType.PositiveCertification,
    SignatureType.SubkeyBinding,
)
"""Signatures by which a key says until when it lives, and what for."""

_SECRET: Final = (Tag.SecretKey, Tag.SecretSubkey)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that can be encrypted to now."""

    armored: str
    fingerprint: str  # upper-case hexadecimal
    expires_at: datetime | None  # the earliest end of what is needed of it


def read(text: str, now: datetime) -> PublicKey:
    """The key in a text, if mails can be encrypted to it now.

    Raises `KeyRefused` with code `unreadable`, `several`, `secret`, `revoked`, `expired` or
    `cannot_encrypt`.
    """
    cert, expires_at = _alive(text, now)
    return PublicKey(str(cert), cert.fingerprint.upper(), expires_at)


def encrypt(content: bytes, armored: str, now: datetime) -> str:
    """The content for the holder of the key alone, as an armored message.

    Raises `KeyRefused` where the key does not count any more.
    """
    cert, _expires_at = _alive(armored, now)
    return _sealed(content, cert)


def grouped(fingerprint: str) -> str:
    """A fingerprint in groups of four, to be compared by eye."""
    return " ".join(fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4))


def _alive(text: str, now: datetime) -> tuple[Cert, datetime | None]:
    """The certificate with nothing in it but what counts now, and until when that is so."""
    if len(text) > LONGEST or not text.isascii():
        raise KeyRefused("unreadable")
    if _PRIVATE in text:
        raise KeyRefused("secret")
    if text.count(_BEGIN) > 1:
        raise KeyRefused("several")
    try:
        packets = list(PacketPile.from_bytes(text.encode()))
    except Exception:  # the library raises what it likes
        raise KeyRefused("unreadable") from None
    if any(packet.tag in _SECRET for packet in packets):
        raise KeyRefused("secret")
    parts = list(_parts(packets))
    if not parts or parts[0][0].tag != Tag.PublicKey:
        raise KeyRefused("unreadable")
    if sum(part[0].tag == Tag.PublicKey for part in parts) > 1:
        raise KeyRefused("several")
    ends = [_end(parts[0], now)]
    alive, fault = [parts[0]], KeyRefused("cannot_encrypt")
    for part in parts[1:]:
        try:
            end = _end(part, now)
        except KeyRefused as refused:
            fault = refused if _encrypts(part) else fault
            continue
        alive.append(part)
        if _encrypts(part):
            ends.append(end)
    try:
        cert = Cert.from_packets([packet for part in alive for packet in part])
        gone = cert.is_revoked
    except Exception:  # as above
        raise KeyRefused("unreadable") from None
    if gone:
        raise KeyRefused("revoked")
    try:
        _sealed(b"", cert)
    except KeyRefused:
        raise fault from None
    return cert, min((end for end in ends if end is not None), default=None)


def _parts(packets: Sequence[Packet]) -> Iterator[list[Packet]]:
    """A key or subkey each, with all that follows it."""
    part: list[Packet] = []
    for packet in packets:
        if packet.tag in (Tag.PublicKey, Tag.PublicSubkey):
            if part:
                yield part
            part = []
        part.append(packet)
    if part:
        yield part


def _end(part: Sequence[Packet], now: datetime) -> datetime | None:
    """When a key or subkey ends, by its newest word about that; None: never.

    Raises KeyRefused when it was revoked, or has ended.
    """
    if any(packet.signature_type in _REVOKED for packet in part if packet.tag == Tag.Signature):
        raise KeyRefused("revoked")
    made, newest = part[0].key_created, _newest(part)
    if made is None or newest is None or newest.key_validity_period is None:
        return None
    end = made.astimezone(UTC) + newest.key_validity_period
    if end <= now:
        raise KeyRefused("expired")
    return end


def _encrypts(part: Sequence[Packet]) -> bool:
    newest = _newest(part)
    flags = newest.key_flags if newest is not None else None
    return flags is not None and (flags.transport_encryption or flags.storage_encryption)


def _newest(part: Sequence[Packet]) -> Packet | None:
    bound = [
        (packet.signature_created, number)
        for number, packet in enumerate(part)
        if packet.tag == Tag.Signature and packet.signature_type in _BOUND
        if packet.signature_created is not None
    ]
    return part[max(bound)[1]] if bound else None


def _sealed(content: bytes, cert: Cert) -> str:
    try:
        return pysequoia.encrypt(content, recipients=[cert]).decode()
    except Exception:  # as above
        raise KeyRefused("cannot_encrypt") from None
