"""What a browser keeps when somebody leaves: a seized laptop, a shared telephone (S12)."""

from __future__ import annotations

from contextlib import suppress

from playwright.sync_api import Error

from tests.browser.entering import be
from tests.browser.reporting import report
from tests.browser.site import Site
from tests.browser.visitor import Visitors


def test_the_way_back_shows_nothing(demo: Site, visitor: Visitors) -> None:
    """After signing out of the desk, and after a family went on from the page with its code: the
    browser's own way back shows no case, no answer and no code."""
    vera = visitor(demo)
    be(vera, "vera")
    vera.go("/queue")
    vera.page.locator("a.person").first.click()
    at = vera.path
    assert at.startswith("/cases/")
    secret = vera.heading
    vera.page.locator('form[action="/signout"] button').first.click()
    for _each in range(3):
        vera.back()
        assert secret not in vera.text, vera.path

    family = visitor(demo, width=360)
    code = report(family, lambda: None)
    family.go("/")
    with suppress(Error):  # the browser will not send the form again by itself
        family.page.go_back()
    shown = family.text
    assert code not in shown and "Sabina" not in shown, family.path
