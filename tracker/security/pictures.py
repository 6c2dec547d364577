"""Pictures that strangers send, made anew from their pixels before anything keeps them (S15).

What a file says of itself is not believed: the decoder decides what it is. The new picture holds no
place, time, device, name or comment, and nothing that stood before or after the pixels. Decoding is
done by `picture_maker`, in a process of its own with nothing to lose.
"""

from __future__ import annotations

import struct
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tracker.security.errors import Busy, PictureRefused

MOST_BYTES: Final = 10 * 2**20
"""Of one file as it is sent."""

AT_ONCE: Final = 2
WAIT_SECONDS: Final = 10.0
_LASTS_AT_MOST: Final = 20.0
_MAKER: Final = Path(__file__).with_name("picture_maker.py")
_REFUSED: Final = {3: "no_picture", 4: "too_many_pixels"}
"""By exit code of the maker; every other is a decoder that gave up or was stopped."""
_LENGTH: Final = struct.Struct(">I")
_HEIC: Final = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")
_places = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture made anew: two JPEGs."""

    whole: bytes = field(repr=False)
    small: bytes = field(repr=False)


def remake(content: bytes) -> Picture:
    """The picture in a file, made anew. Takes about half a second: call it outside transactions.

    Raises `PictureRefused` with code `empty`, `too_large`, `heic`, `pdf`, `no_picture`,
    `too_many_pixels` or `damaged`, and `Busy` when too many wait.
    """
    if not content:
        raise PictureRefused("empty")
    if len(content) > MOST_BYTES:
        raise PictureRefused("too_large")
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC:
        raise PictureRefused("heic")
    if content.startswith(b"%PDF"):
        raise PictureRefused("pdf")
    if not _places.acquire(timeout=WAIT_SECONDS):
        raise Busy
    try:
        done = subprocess.run(  # noqa: S603  # our own program, by its whole path
            [sys.executable, "-I", "-B", str(_MAKER)],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={},
            timeout=_LASTS_AT_MOST,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise PictureRefused("damaged") from None
    finally:
        _places.release()
    if done.returncode:
        raise PictureRefused(_REFUSED.get(done.returncode, "damaged"))
    small, rest = _taken(done.stdout)
    whole, _nothing = _taken(rest)
    return Picture(whole, small)


def _taken(stream: bytes) -> tuple[bytes, bytes]:
    (length,) = _LENGTH.unpack_from(stream)
    start = _LENGTH.size
    return stream[start : start + length], stream[start + length :]
