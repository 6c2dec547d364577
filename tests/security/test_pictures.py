"""S15: only pixels come through, and whoever decodes them can do nothing else."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from tests.standins.photos import CANARY, opened, photo, screenshot
from tracker.security import picture_maker
from tracker.security.apart import Limits
from tracker.security.errors import PictureRefused
from tracker.security.pictures import MOST_BYTES, remake


def test_nothing_but_pixels_comes_through() -> None:
    """EXIF, place, comment and what stands after the end are gone; it stands upright."""
    sent = photo(turned=True)
    assert CANARY in sent
    made = remake(sent)
    whole = opened(made.whole)
    assert whole.size == (240, 320)  # turned as the telephone was held
    red, white = whole.getpixel((120, 20)), whole.getpixel((120, 300))
    assert isinstance(red, tuple) and red[0] > 200 > red[1]
    assert isinstance(white, tuple) and min(white) > 240
    for jpeg in (made.whole, made.small):
        assert not opened(jpeg).getexif()
        assert not set(opened(jpeg).info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        for left in (CANARY, b"<script>", b"Exif", b"ICC_PROFILE"):
            assert left not in jpeg


def test_every_kind_we_take_and_odd_ways_of_writing_them() -> None:
    """PNG and WebP, see-through on white, 16 bits of grey, moving ones; large ones shrink."""
    assert opened(remake(screenshot()).whole).getpixel((5, 5)) == (255, 255, 255)
    assert CANARY not in remake(screenshot()).whole
    grey = BytesIO()
    Image.new("I;16", (8, 8), 0x8000).save(grey, "PNG")
    level = opened(remake(grey.getvalue()).whole).getpixel((4, 4))
    assert isinstance(level, tuple) and 120 < level[0] < 136
    moving = BytesIO()
    frames = [Image.new("RGB", (3000, 30), colour) for colour in ("blue", "green")]
    frames[0].save(moving, "WEBP", save_all=True, append_images=frames[1:])
    first = opened(remake(moving.getvalue()).whole)
    assert first.width == picture_maker.LONGEST_EDGE
    blue = first.getpixel((9, 9))
    assert isinstance(blue, tuple) and blue[2] > 200 > blue[1]


REFUSED = [
    (b"", "empty"),
    (b"a letter", "no_picture"),
    (b"%PDF-1.7 ...", "pdf"),
    (b"\0\0\0\x18ftypheic....", "heic"),
    (b"GIF89a" + bytes(40), "no_picture"),
    (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>", "no_picture"),
    (photo()[:900], "damaged"),
    (b"\xff\xd8\xff" + bytes(100), "damaged"),
    (bytes(MOST_BYTES + 1), "too_large"),
    (screenshot(20_000, 20_000, "1"), "too_many_pixels"),  # a bomb of a few kilobytes
]


@pytest.mark.parametrize(("content", "code"), REFUSED, ids=[str(n) for n in range(len(REFUSED))])
def test_what_is_refused_and_why(content: bytes, code: str) -> None:
    with pytest.raises(PictureRefused) as refused:
        remake(content)
    assert refused.value.code == code


def test_a_slow_machine_is_not_called_a_damaged_photo() -> None:
    """Nobody is told to take again what may not be there to be taken again."""
    hurried = Limits(memory=2**30, processor_seconds=10, patience_seconds=0.001)
    with pytest.raises(PictureRefused) as refused:
        remake(photo(), hurried)
    assert refused.value.code == "late"
