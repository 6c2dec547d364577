"""The pictures of the README, taken from the demonstration: they cannot go stale unseen.

    TRACKER_TEST_PICTURES=write pytest tests/browser/test_pictures.py

takes them anew; otherwise each must be there, have its size, and show what the page still shows.
"""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.browser.entering import be
from tests.browser.reporting import ANSWERS
from tests.browser.site import Site
from tests.browser.visitor import Visitor, Visitors

FOLDER = Path(__file__).parents[1] / "pictures"
SHOWN = FOLDER / "shown.json"
"""The headings that each picture shows, in order, as they were when it was taken."""

LARGEST = 250_000
"""Bytes; a picture is fetched by everybody who opens the README."""


def _queue(who: Visitor) -> None:
    be(who, "vera")
    who.go("/queue?lang=en")


def _case(who: Visitor) -> None:
    who.go("/demo")
    who.press("Be Dana")


def _report(who: Visitor) -> None:
    who.go("/report")
    who.submit()
    while who.path != "/report/heard":
        ANSWERS[who.path.removeprefix("/report/")](who)
        who.submit()
    who.choose(last_precision="month")
    who.fill(last_month="3", last_month_year="2026")
    who.page.mouse.move(0, 0)
    who.page.evaluate("scrollTo(0, 0)")


@dataclass(frozen=True, slots=True)
class Picture:
    """What is photographed: how to get there, and the size in CSS pixels."""

    name: str
    reach: Callable[[Visitor], None]
    width: int
    height: int


PICTURES = (
    Picture("queue", _queue, 1280, 900),
    Picture("case", _case, 1280, 1100),
    Picture("report", _report, 360, 1040),
)


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_the_readme_shows_what_there_is(
    shown_demo: Site, visitor: Visitors, picture: Picture
) -> None:
    """Size and headings of each picture agree with the page of today."""
    who = visitor(shown_demo, width=picture.width)
    picture.reach(who)
    who.page.set_viewport_size({"width": picture.width, "height": picture.height})
    headings = who.page.locator("h1, h2, thead th").all_inner_texts()
    file = FOLDER / f"{picture.name}.png"
    if os.environ.get("TRACKER_TEST_PICTURES") == "write":
        who.page.screenshot(path=file, animations="disabled")
        _remember(picture.name, headings)
    assert _size(file) == (picture.width, picture.height)
    assert file.stat().st_size < LARGEST
    assert json.loads(SHOWN.read_text(encoding="utf-8"))[picture.name] == headings


def _remember(name: str, headings: list[str]) -> None:
    shown = json.loads(SHOWN.read_text(encoding="utf-8")) if SHOWN.exists() else {}
    words = json.dumps({**shown, name: headings}, ensure_ascii=False, indent=1, sort_keys=True)
    SHOWN.write_text(f"{words}\n", encoding="utf-8")


def _size(file: Path) -> tuple[int, int]:
    """Width and height, from the header of a PNG (W3C PNG, 11.2.1 IHDR)."""
    width, height = struct.unpack(">II", file.read_bytes()[16:24])
    return width, height
