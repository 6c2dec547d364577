"""The queue at a desk: two lines a row, whatever the language, and every act within reach."""

from __future__ import annotations

from statistics import quantiles

import pytest

from tests.browser.entering import be
from tests.browser.site import Site
from tests.browser.visitor import Visitors
from tracker.i18n.languages import LANGUAGES

TALLEST = 60
"""Pixels of a row on a desk 1280 wide; the sketch has 56."""

_HEIGHTS = """() => [...document.querySelectorAll('tr[data-row]')]
    .map(row => row.getBoundingClientRect().height)"""


@pytest.mark.parametrize("language", LANGUAGES)
def test_nine_rows_in_ten_are_two_lines_tall(
    shown_demo: Site, visitor: Visitors, language: str
) -> None:
    """Screens: who has fifty cases sees a dozen of them at once."""
    vera = visitor(shown_demo)
    be(vera, "vera")
    vera.go(f"/queue?lang={language}")
    assert quantiles(vera.page.evaluate(_HEIGHTS), n=10)[-1] <= TALLEST


def test_what_is_folded_in_a_row_opens_by_keyboard_without_a_script(
    shown_demo: Site, visitor: Visitors
) -> None:
    """WCAG 2.1.1: where an acknowledgement is asked for, the other acts stand under "More"."""
    vera = visitor(shown_demo, scripts=False)
    be(vera, "vera")
    vera.go("/queue")
    row = vera.page.locator("tr[data-row]:has(summary)").first
    assert row.get_by_text("Acknowledge", exact=True).is_visible()
    snooze = row.get_by_text("Snooze", exact=True)
    assert not snooze.is_visible()
    row.locator("summary").press("Enter")
    assert snooze.is_visible()
    snooze.press("Enter")
    assert vera.path.endswith("/snooze")


def test_nothing_of_a_row_is_folded_on_a_telephone(shown_demo: Site, visitor: Visitors) -> None:
    vera = visitor(shown_demo, width=360)
    be(vera, "vera")
    vera.go("/queue")
    row = vera.page.locator("tr[data-row]:has(summary)").first
    for act in ("Acknowledge", "Log contact", "Snooze"):
        assert row.get_by_text(act, exact=True).is_visible(), act
