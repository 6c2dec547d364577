"""Every page that links lead to, once of each kind, as each of the people of the demonstration."""

from __future__ import annotations

import pytest

from tests.browser.entering import be
from tests.browser.site import Site
from tests.browser.visitor import Visitor, Visitors
from tests.browser.walking import kind, walk


def looked(who: Visitor) -> set[str]:
    """Look at one page of every kind that can be reached from here; the kinds seen."""
    seen = set()
    for address in walk(who):
        seen.add(kind(address))
        assert who.page.locator("h1").count() == 1, who.path
        who.look(once=kind(address))
    return seen


EXPECTED = {
    "vera": {"/queue", "/work", "/cases/*", "/cases/*/contact", "/policies", "/digests/*"},
    "consul": {"/shared", "/shared/*", "/shared/*/sheet", "/digests"},
    "admin": {"/outbox", "/people"},
    "auditor": {"/audit", "/people", "/policies"},
}
"""Some that must be among those found, by who walks."""


@pytest.mark.parametrize("key", EXPECTED)
def test_every_page_can_be_used_by_everybody(shown_demo: Site, visitor: Visitors, key: str) -> None:
    """WCAG 2.2 AA by axe, from right to left, and nothing sticks out on a telephone."""
    who = visitor(shown_demo, width=360, lang="ug")
    who.go("/demo?lang=ug")
    be(who, key)
    who.go(f"{who.path}?lang=ug")
    found = looked(who)
    assert who.page.locator("html").get_attribute("dir") == "rtl"
    assert found >= EXPECTED[key]
