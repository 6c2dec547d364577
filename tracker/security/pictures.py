"""Pictures that strangers send, made anew from their pixels before anything keeps them (S15).

What a file says of itself is not believed: the decoder decides what it is. The new picture holds no
place, time, device, name or comment, and nothing that stood before or after the pixels. Decoding is
done by `picture_maker`, in a process of its own with nothing to lose.
"""

from __future__ import annotations

import struct
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tracker.security.apart import Limits, run_apart
from tracker.security.errors import Busy, PictureRefused

MOST_BYTES: Final = 10 * 2**20
"""Of one file as it is sent."""

AT_ONCE: Final = 2
WAIT_SECONDS: Final = 10.0
_LIMITS: Final = Limits(memory=2**30, processor_seconds=10, patience_seconds=20.0)
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


def remake(content: bytes, limits: Limits = _LIMITS) -> Picture:
    """The picture in a file, made anew. Takes about half a second: call it outside transactions.

    Raises `PictureRefused` with code `empty`, `too_large`, `heic`, `pdf`, `no_picture`,
    `too_many_pixels`, `damaged`, or `late` when the machine had too little time for it (what works
    for ever is stopped by its share of the processor before), and `Busy` when too many wait.
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
        status, made = run_apart(_MAKER, content, limits)
    except TimeoutError:
        raise PictureRefused("late") from None
    finally:
        _places.release()
    if status:
        raise PictureRefused(_REFUSED.get(status, "damaged"))
    small, rest = _taken(made)
    whole, _nothing = _taken(rest)
    return Picture(whole, small)


def _taken(stream: bytes) -> tuple[bytes, bytes]:
    (length,) = _LENGTH.unpack_from(stream)
    start = _LENGTH.size
    return stream[start : start + length], stream[start + length :]
