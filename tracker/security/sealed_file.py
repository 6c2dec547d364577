"""Files sealed to an offline public key: who makes them cannot open them again.

The form is age (age-encryption.org/v1, X25519): any age program opens one with the secret half. In
front stands one line in clear, which says what the file is, when it was made, and for which key:

    tracker-backup 1 2026-11-22T05:12:00Z age1…
"""

from __future__ import annotations

import os
import secrets
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

import pyrage

from tracker.domain.errors import Refused
from tracker.domain.moments import format_instant, parse_instant

_VERSION: Final = "1"
_LONGEST_HEAD: Final = 200
_LONGEST_LINE: Final = 64 * 2**20
_SECRET_HALF: Final = "AGE-SECRET-KEY-1"  # noqa: S105 — how age begins one


@dataclass(frozen=True, slots=True)
class Head:
    """What the first line says. Not secret, and not proven: only what is sealed can be trusted."""

    what: str
    made_at: datetime
    recipient: str


def new_pair() -> tuple[str, str]:
    """A public key, and the secret half that opens what is sealed to it."""
    secret = pyrage.x25519.Identity.generate()
    return str(secret.to_public()), str(secret)


def is_recipient(text: str) -> bool:
    """Whether a text is a public key."""
    try:
        pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        return False
    return True


def seal_bytes(content: bytes, recipient: str) -> bytes:
    """Bytes that only the secret half of a public key opens, with any age program."""
    return bytes(pyrage.encrypt(content, [pyrage.x25519.Recipient.from_str(recipient)]))


def seal(path: Path, head: Head, lines: Iterator[bytes]) -> int:
    """Write lines, sealed, to a new file for its owner alone; its size in bytes.

    The file appears whole or not at all. Raises Refused when it is there already or cannot be
    written; whatever `lines` raises is raised.
    """
    if path.exists():
        raise Refused(f"{path} is there already; name a new file.")
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    source = _Source(lines)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(_head_line(head))
            recipient = pyrage.x25519.Recipient.from_str(head.recipient)
            pyrage.encrypt_io(source, file, [recipient])
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise Refused(f"{path} cannot be written ({error.strerror}); name another.") from None
    except pyrage.EncryptError as error:
        raise source.failed or error from None
    finally:
        with suppress(FileNotFoundError):
            part.unlink()
    return path.stat().st_size


def read_head(path: Path, what: str) -> Head:
    """The first line of a sealed file. Raises Refused when it is no such file."""
    try:
        with path.open("rb") as file:
            return _read_head(file, path, what)
    except OSError as error:
        raise Refused(f"{path} cannot be read ({error.strerror}); name the file.") from None


def open_sealed(path: Path, what: str, secret: str, each: Callable[[bytes], None]) -> None:
    """Open a sealed file and give `each` its lines in order.

    That the file is whole is known only when this returns: until then nothing may be kept. Raises
    Refused for another key, a file that was cut or changed, or no such file.
    """
    identity = _identity(secret)
    head = read_head(path, what)
    if str(identity.to_public()) != head.recipient:
        raise Refused(
            f"This key does not open {path.name}. The secret half of {head.recipient} is needed."
        )
    sink = _Sink(each)
    with path.open("rb") as file:
        _read_head(file, path, what)
        try:
            pyrage.decrypt_io(file, sink, [identity])
            sink.end()
        except (pyrage.DecryptError, zlib.error, OSError):
            raise Refused(f"{path.name} is damaged or was cut; take another copy of it.") from None


class _Source:
    """Lines as a compressed stream that is read."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines = lines
        self._packer = zlib.compressobj(level=1, wbits=31)
        self._ready = bytearray()
        self._over = False
        self.failed: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        while not self._over and (size < 0 or len(self._ready) < size):
            try:
                line = next(self._lines, None)
            except Exception as error:
                self.failed = error
                raise
            if line is None:
                self._ready += self._packer.flush()
                self._over = True
            else:
                self._ready += self._packer.compress(line + b"\n")
        size = len(self._ready) if size < 0 else size
        some = bytes(self._ready[:size])
        del self._ready[:size]
        return some


class _Sink:
    """A compressed stream that is written, as lines."""

    def __init__(self, each: Callable[[bytes], None]) -> None:
        self._each = each
        self._unpacker = zlib.decompressobj(wbits=31)
        self._rest = bytearray()

    def write(self, some: bytes) -> int:
        size = len(some)
        while some:
            self._rest += self._unpacker.decompress(some, 2**20)
            some = self._unpacker.unconsumed_tail
            *lines, last = self._rest.split(b"\n")
            for line in lines:
                self._each(bytes(line))
            self._rest = bytearray(last)
            if len(self._rest) > _LONGEST_LINE:
                raise zlib.error("a line without an end")
        return size

    def flush(self) -> None:
        """Nothing waits."""

    def end(self) -> None:
        if self._rest or not self._unpacker.eof:
            raise zlib.error("cut")


def _head_line(head: Head) -> bytes:
    words = (f"tracker-{head.what}", _VERSION, format_instant(head.made_at), head.recipient)
    return " ".join(words).encode() + b"\n"


def _read_head(file: BinaryIO, path: Path, what: str) -> Head:
    words = file.readline(_LONGEST_HEAD).split()
    try:
        name, version, made_at, recipient = (word.decode("ascii") for word in words)
        if name == f"tracker-{what}" and version == _VERSION and is_recipient(recipient):
            return Head(what, parse_instant(made_at), recipient)
    except ValueError:
        pass
    raise Refused(f"{path} is no {what} of this program; name another file.")


def _identity(secret: str) -> pyrage.x25519.Identity:
    lines = (line.strip() for line in secret.splitlines())
    found = next((line for line in lines if line.startswith(_SECRET_HALF)), "")
    try:
        return pyrage.x25519.Identity.from_str(found)
    except pyrage.IdentityError:
        raise Refused(
            f"There is no secret key in it: a line that begins with {_SECRET_HALF} is needed."
        ) from None
