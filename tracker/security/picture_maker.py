"""Makes one picture anew from its pixels, in a process that can do nothing else (S15).

Started by `pictures.remake` as a program apart: the file of a stranger comes in by the standard
input, two JPEGs go out by the standard output, each with its length (4 bytes, big-endian) before
it: a small one and the whole. Nothing of the tracker is imported here. A decoder that is turned
against us has only its pipes.

Exit codes: 0 made, 3 no picture of a kind we take, 4 too many pixels, 5 damaged.
"""

from __future__ import annotations

import struct
import sys
from io import BytesIO
from typing import Final

from PIL import Image, TiffImagePlugin
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

NO_PICTURE: Final = 3
TOO_MANY_PIXELS: Final = 4
DAMAGED: Final = 5

MOST_PIXELS: Final = 50_000_000
LONGEST_EDGE: Final = 2_600
"""Pixels: an A4 page at about 220 dots an inch, at which handwriting is read well."""
SMALL_EDGE: Final = 320

_NEEDED_LATER: Final = TiffImagePlugin
"""EXIF is TIFF. What Pillow would import on the way has to be here before the doors close."""
Image.preinit()
_ORIENTATION: Final = 0x0112
_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What sets a picture upright, by EXIF's orientation (CIPA DC-008, 4.6.5)."""


def opened_as(content: bytes) -> ImageFile | None:
    """The one decoder that is asked; None for a kind we do not take. Pixels are not read yet."""
    if content.startswith(b"\xff\xd8\xff"):
        return JpegImageFile(BytesIO(content))
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PngImageFile(BytesIO(content))
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return WebPImageFile(BytesIO(content))
    return None


def remade(opened: ImageFile) -> tuple[bytes, bytes]:
    """A small and a whole JPEG of the first picture of a file, upright, on white.

    Raises OverflowError for too many pixels, and whatever a decoder raises for what is damaged.
    """
    with opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise OverflowError
        turn = _UPRIGHT.get(_orientation(opened))
        opened.draft("RGB", (LONGEST_EDGE, LONGEST_EDGE))  # a JPEG is decoded at a lesser size
        opened.load()
        flat = _on_white(opened)
    flat.thumbnail((LONGEST_EDGE, LONGEST_EDGE), Image.Resampling.LANCZOS)
    if turn is not None:
        flat = flat.transpose(turn)
    small = flat.copy()
    small.thumbnail((SMALL_EDGE, SMALL_EDGE), Image.Resampling.LANCZOS)
    return _jpeg(small, 70), _jpeg(flat, 85)


def _orientation(picture: Image.Image) -> int:
    try:
        return int(picture.getexif().get(_ORIENTATION, 1))
    except Exception:  # broken metadata is none: the pixels count
        return 1


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):  # a scanner's 16 bits of grey
        picture = picture.convert("I").point(lambda grey: grey * (1 / 256)).convert("L")
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        full = picture.convert("RGBA")
        white = Image.new("RGB", full.size, "white")
        white.paste(full, mask=full)
        return white
    return picture.convert("RGB")


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    """A picture that has never seen the file: the same pixels, and nothing beside them."""
    bare = Image.frombytes("RGB", picture.size, picture.tobytes())
    written = BytesIO()
    bare.save(written, "JPEG", quality=quality)
    return written.getvalue()


def main() -> int:
    """Read, make, write."""
    content = sys.stdin.buffer.read()
    try:
        opened = opened_as(content)
        if opened is None:
            return NO_PICTURE
        small, whole = remade(opened)
    except OverflowError:
        return TOO_MANY_PIXELS
    except Exception:  # a stranger's file: every decoder fails in its own way
        return DAMAGED
    for part in (small, whole):
        sys.stdout.buffer.write(struct.pack(">I", len(part)) + part)
    sys.stdout.buffer.flush()
    return 0
