"""Photos as telephones make them: with a place, a device, a comment, and things after the end."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

CANARY = b"zebra-harbour"


def photo(width: int = 320, height: int = 240, *, turned: bool = False, **save: Any) -> bytes:
    """A JPEG whose left half is red, with the canary in EXIF, comment, and after its end."""
    picture = Image.new("RGB", (width, height), "white")
    picture.paste("red", (0, 0, width // 2, height))
    exif = Image.Exif()
    exif[0x010E] = CANARY.decode()  # description
    exif[0x0110] = "Phone of " + CANARY.decode()
    exif.get_ifd(0x8825)[2] = (43.0, 15.0, 0.0)  # a latitude
    if turned:
        exif[0x0112] = 6  # to be turned a quarter clockwise
    return _written(picture, "JPEG", exif=exif, comment=CANARY, **save) + b"<script>" + CANARY


def screenshot(width: int = 60, height: int = 40, mode: str = "RGBA") -> bytes:
    """A PNG with the canary in a text chunk."""
    notes = PngInfo()
    notes.add_text("Author", CANARY.decode(), zip=True)
    return _written(Image.new(mode, (width, height)), "PNG", pnginfo=notes)


def large_photo() -> bytes:
    """A JPEG of more than a megabyte: more than is spooled in memory by default."""
    return _written(Image.effect_noise((1400, 1100), 120), "JPEG", quality=95)


def opened(jpeg: bytes) -> Image.Image:
    """The picture in a JPEG."""
    picture = Image.open(BytesIO(jpeg))
    assert picture.format == "JPEG"
    picture.load()
    return picture


def _written(picture: Image.Image, form: str, **save: Any) -> bytes:
    written = BytesIO()
    picture.save(written, form, **save)
    return written.getvalue()
