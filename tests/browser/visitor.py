"""A visitor with a browser who notices what a person would stumble over."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, Request, Response

AXE = Path(__file__).with_name("vendor") / "axe-4.14.1.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
"""WCAG 2.2, level AA, as axe names it."""

WIDTHS = (360, 1280)
"""CSS pixels: a small phone, and a laptop."""

_REFUSED = "the server responded with a status of 422"
"""What the browser notes about a form that came back with errors: that is how we answer."""

Visitors = Callable[..., "Visitor"]


class Visitor:
    """One browser window, with nothing remembered. `complaints` is what was wrong on the way.

    Watched all the time: requests to another host, errors in the console (a violated content
    security policy is one), pages that fail. `look` adds what is seen when standing on a page.
    """

    def __init__(self, context: BrowserContext, address: str, *, scripts: bool) -> None:
        self.address = address
        self.scripts = scripts
        self.complaints: list[str] = []
        self._looked: set[str] = set()
        context.on("request", self._asked)
        context.on("response", self._answered)
        context.on("console", self._muttered)
        context.on("weberror", lambda error: self._complain(str(error.error)))
        self.page: Page = context.new_page()

    # -- moving about -----------------------------------------------------------------------------

    def go(self, path: str) -> None:
        """Open a page of the site, or a whole address."""
        self.page.goto(path if "://" in path else self.address + path)

    def back(self) -> None:
        """One page back. A browser that just swaps pages says so; asked again it goes."""
        for _each in range(4):
            with suppress(Error):
                self.page.go_back()
                return
            self.page.wait_for_timeout(250)
        self.page.go_back()

    def press(self, name: str) -> None:
        """Press the first button that says exactly this."""
        self.page.locator("button").filter(has_text=_just(name)).first.click()

    def follow(self, name: str) -> None:
        """Follow the first link that says exactly this, also one that looks like a button."""
        self.page.locator("a").filter(has_text=_just(name)).first.click()

    def submit(self) -> None:
        """Press the first button of the form in the main text, whatever it is called."""
        self.page.locator("main form button:not([name])").first.click()

    def fill(self, **fields: str) -> None:
        """Fill in text fields and lists, by name."""
        for name, value in fields.items():
            field = self.page.locator(f'[name="{name}"]')
            if field.evaluate("e => e.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def choose(self, **choices: str) -> None:
        """Choose among radio buttons or check boxes, by name and value."""
        for name, value in choices.items():
            self.page.locator(f'[name="{name}"][value="{value}"]').check()

    @property
    def path(self) -> str:
        """The address of this page, without the host."""
        return urlsplit(self.page.url).path

    @property
    def heading(self) -> str:
        """The page's h1; fails unless there is exactly one."""
        return self.page.locator("h1").inner_text()

    @property
    def text(self) -> str:
        """What the page shows; isolates (UAX 9), which nobody sees, are left out."""
        return re.sub("[\u2066-\u2069]", "", self.page.locator("body").inner_text())

    # -- looking ----------------------------------------------------------------------------------

    def look(self, *, once: str = "", axe: bool = True) -> None:
        """Stand still: at either width nothing sticks out, and `axe` finds nothing.

        `once` names the page, so that looking at the like of it again costs nothing.
        """
        if once and once in self._looked:
            return
        self._looked.add(once)
        self.page.wait_for_load_state()
        size = self.page.viewport_size
        if size is None:
            raise AssertionError("the window has no size")
        for width in sorted(WIDTHS, key=lambda width: width == size["width"]):
            self.page.set_viewport_size({"width": width, "height": size["height"]})
            if wide := self.sticking_out():
                self._complain(f"at {width} px these stick out of the window: {wide}")
            for violation in self.violations() if self.scripts and axe else ():
                self._complain(f"at {width} px {violation}")

    def sticking_out(self) -> list[str]:
        """What is wider than the window, as it is now."""
        found: list[str] = self.page.evaluate(_STICKS_OUT)
        return found

    def violations(self) -> list[str]:
        """What axe finds wrong with the page as it is now, in words."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(_axe())
        found = self.page.evaluate(
            "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations'],"
            " preload: false}).then(r => r.violations)",
            RULES,
        )
        return [_in_words(violation) for violation in found]

    # -- noticing ---------------------------------------------------------------------------------

    def _complain(self, what: str) -> None:
        self.complaints.append(f"{self.path}: {what}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((f"{self.address}/", "data:")):
            self._complain(f"asked another host: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self._complain(f"{response.status} from {response.url}")

    def _muttered(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and _REFUSED not in message.text:
            self._complain(f"in the console: {message.text}")


def content(visitors: Iterable[Visitor]) -> None:
    """Fails when one of them has complained."""
    complaints = [complaint for each in visitors for complaint in each.complaints]
    assert not complaints, "\n".join(complaints)


_STICKS_OUT = """() => {
    const edge = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= edge) return [];
    const out = box => box.right > edge + 1 || box.left < -1;
    return [...document.querySelectorAll('body *')]
        .filter(e => out(e.getBoundingClientRect()))
        .slice(0, 5).map(e => e.outerHTML.slice(0, 120));
}"""


def _just(name: str) -> re.Pattern[str]:
    return re.compile(rf"^\s*{re.escape(name)}\s*$")


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


def _in_words(violation: dict[str, Any]) -> str:
    nodes = "; ".join(
        f"{node['html'][:160]} ({node['failureSummary'].splitlines()[-1].strip()})"
        for node in violation["nodes"][:3]
    )
    return f"axe {violation['id']}: {violation['help']}: {nodes}"
