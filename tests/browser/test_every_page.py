"""Every page that links lead to, once of each kind, as each of the people of the demonstration."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from tests.browser.entering import be
from tests.browser.reporting import report
from tests.browser.site import Site
from tests.browser.visitor import Visitor, Visitors
from tests.browser.walking import kind, walk
from tracker.i18n.languages import LANGUAGES

COMMON = {
    *("/", "/report", "/status", "/help/family"),
    *("/account", "/account/password", "/account/app", "/account/passkeys", "/account/recovery"),
    *("/account/tokens", "/account/openpgp"),
    *(
        "/help",
        "/help/desk",
        "/help/consulate",
        "/help/office",
        "/help/building",
        "/digests",
        "/policies",
    ),
}
"""Pages that are the same for everybody: the first who walks looks at them for all."""

EXPECTED = {
    "vera": {"/queue", "/work", "/cases/*", "/cases/*/contact", "/digests/*", "/cases/*/paper"},
    "consul": {"/shared", "/shared/*", "/shared/*/sheet"},
    "admin": {"/outbox", "/doctor", "/people/*"},
    "auditor": {"/audit"},
}
"""Some that must be among those found, by who walks."""

JUDGED = ("en", "ug")
"""A language from left to right and one from right to left."""

OPENED = {
    f"/status{page}"
    for page in ("", "/news", "/pictures", "/message", "/reach", "/permissions", "/withdraw")
}
"""What a family's code opens."""


def looked(who: Visitor, without: Collection[str], *, axe: bool) -> set[str]:
    """Look at one page of every kind that can be reached from here; the kinds seen."""
    seen = set()
    for address in walk(who, without=without):
        seen.add(kind(address))
        assert who.page.locator("h1").count() == 1, who.path
        assert is_titled(who), who.path
        who.look(axe=axe)
    return seen


NAMED = {
    *("/cases/*", "/shared/*", "/shared/*/sheet", "/people/*", "/people/*/edit"),
    "/cases/*/shares/*/end",
}
"""Pages whose heading names a person or a post: that never becomes a title."""

BY_ADDRESS = {"/queue", "/help/consulate"}
"""Pages whose heading tells more than their address does: the title tells as much as that."""


def is_titled(who: Visitor) -> bool:
    """Staff can tell their tabs apart; the list of pages a browser keeps names nobody (S12)."""
    if not who.page.locator("body.staff").count():
        return who.page.title() == who.page.locator(".bar__name").inner_text()
    *about, _site = who.page.title().split(" – ")
    heading = who.page.locator("h1").inner_text()
    if kind(who.path) in NAMED:
        return bool(about) and (heading not in about or heading in who.path)
    if kind(who.path) in BY_ADDRESS:
        return bool(about) and heading not in about
    return heading in about


@pytest.mark.parametrize("key", EXPECTED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_can_be_used_by_everybody(
    shown_demo: Site, visitor: Visitors, language: str, key: str
) -> None:
    """Nothing sticks out, on a telephone and a laptop, in any language; WCAG 2.2 AA by axe in one
    from each side. In the others axe takes minutes to say the same: `scripts/looks` asks it."""
    first = next(iter(EXPECTED))
    who = visitor(shown_demo, width=360, lang=LANGUAGES[language].tag)
    who.go(f"/demo?lang={language}")
    be(who, key)
    who.go(f"{who.path}?lang={language}")
    found = looked(who, () if key == first else COMMON, axe=language in JUDGED)
    speaks(who, language)
    assert found >= EXPECTED[key] | (COMMON if key == first else set())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_a_family_can_be_used_by_everybody(
    empty: Site, visitor: Visitors, language: str
) -> None:
    """The whole form, its receipt, and all that the code opens: by axe in every language."""
    who = visitor(empty, width=360, lang=LANGUAGES[language].tag)
    who.go(f"/?lang={language}")
    code = report(who, who.look)
    speaks(who, language)
    who.go("/status")
    if who.page.locator('[name="code"]').count():
        who.look()
        who.fill(code=code)
        who.submit()
    seen = set()
    for address in walk(who, without=COMMON - OPENED):
        seen.add(address)
        who.look()
    speaks(who, language)
    assert seen >= OPENED


def speaks(who: Visitor, language: str) -> None:
    """The page is in this language, and runs as its script does."""
    page = who.page.locator("html")
    assert page.get_attribute("lang") == LANGUAGES[language].tag
    assert page.get_attribute("dir") == LANGUAGES[language].direction
