"""Every page that links lead to, once of each kind, as each of the people of the demonstration."""

from __future__ import annotations

import re
from collections import deque
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error

from tests.browser.entering import be
from tests.browser.site import Site
from tests.browser.visitor import Visitor, Visitors

NOT_FOLLOWED = {"/leave", "/demo"}
"""The quick exit ends the walk; the demonstration's page is where it began."""

_DOWNLOAD = "Download is starting"


def kind(address: str) -> str:
    """What kind of page it is: references, ids, weeks and versions are all the same."""
    path = urlsplit(address).path
    return re.sub(r"/(?=[^/]*\d)[\w.-]+|/[A-Z]{6}\b", "/*", path)


def walk(who: Visitor, most: int = 60) -> list[str]:
    """Look at one page of every kind that can be reached from here; the kinds seen."""
    seen = {kind(who.path)}
    ahead = deque([who.path])
    while ahead:
        assert len(seen) < most, f"the walk does not end: {sorted(seen)}"
        if not _opened(who, ahead.popleft()):
            continue
        assert who.page.locator("h1").count() == 1, who.path
        who.look(once=kind(who.path))
        for address in _links(who):
            if kind(address) not in seen and kind(address) not in NOT_FOLLOWED:
                seen.add(kind(address))
                ahead.append(address)
    return sorted(seen)


def _opened(who: Visitor, address: str) -> bool:
    try:
        answer = who.page.goto(who.address + address)
    except Error as error:
        if _DOWNLOAD in error.message:
            return False
        raise
    assert answer is not None and answer.status == 200, f"{answer and answer.status} {address}"
    return True


def _links(who: Visitor) -> list[str]:
    """Where the links of this page lead, on this site."""
    found: list[str] = who.page.locator('a[href^="/"]').evaluate_all(
        "all => all.map(a => a.getAttribute('href'))"
    )
    return [address for address in found if "?lang=" not in address]


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
    found = walk(who)
    assert who.page.locator("html").get_attribute("dir") == "rtl"
    assert set(found) >= EXPECTED[key]
