"""Other ways than a mouse and a fast line: keys alone, an old telephone's network, paper."""

from __future__ import annotations

import time

from playwright.sync_api import Page

from tests.browser.entering import be
from tests.browser.reporting import report
from tests.browser.site import Site
from tests.browser.visitor import Visitor, Visitors

SECOND_GENERATION = {"latency": 300, "downloadThroughput": 31_250, "uploadThroughput": 6_250}
"""GPRS and EDGE as browsers' tools imitate them: 300 ms, 250 kbit/s down, 50 up; in bytes."""

LIGHT = 20 * 1024
"""Bytes that a family's first page may weigh with its style sheets, compressed (screens.md)."""

_WEIGHT = """() => [...performance.getEntriesByType('navigation'),
    ...performance.getEntriesByType('resource')].map(e => e.encodedBodySize)"""

_FONT = """async () => {
    const [face] = await document.fonts.load("40px 'Uyghur Letters'", 'ئۇيغۇرچە');
    const pen = document.createElement('canvas').getContext('2d');
    pen.font = "40px 'Uyghur Letters'";
    const wide = word => pen.measureText(word).width;
    return face.status === 'loaded' && wide('بب') < 1.9 * wide('ب');
}"""
"""Whether the font of Uyghur pages comes from us, and joins its letters."""

_FOCUS = """() => {
    const e = document.activeElement, box = e.getBoundingClientRect(), css = getComputedStyle(e);
    const mark = css.outlineStyle !== 'none' || css.boxShadow !== 'none'
        || getComputedStyle(e.labels?.[0] ?? e, '::before').boxShadow !== 'none';
    return mark && box.width > 0 && box.right > 0 && box.bottom > 0;
}"""
"""Whether what has the focus is marked, and on the page."""


def reach(page: Page, wanted: str, most: int = 80) -> None:
    """Press Tab until what is wanted has the focus; every stop on the way shows where it is."""
    page.wait_for_load_state()
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            continue  # the browser's own buttons lie between the last stop and the first
        stop = page.evaluate("document.activeElement.outerHTML.slice(0, 160)")
        assert page.evaluate(_FOCUS), f"one cannot see that this has the focus: {stop}"
        if page.evaluate("w => document.activeElement.matches(w)", wanted):
            return
    raise AssertionError(f"{wanted} cannot be reached by the Tab key")


def press(page: Page, key: str) -> None:
    """A key that opens another page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def test_a_family_answers_with_keys_alone(empty: Site, visitor: Visitors) -> None:
    """WCAG 2.2, 2.1.1, 2.4.3, 2.4.7."""
    page = visitor(empty, width=360, scripts=False).page
    page.goto(f"{empty.address}/report?lang=ug")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "govuk-skip-link"
    page.keyboard.press("Enter")
    reach(page, "main form button")
    press(page, "Enter")
    reach(page, 'input[name="relation"]')
    page.keyboard.press("ArrowDown")
    press(page, "Enter")
    assert page.url.endswith("/report/names")
    reach(page, 'input[name="name_1"]')
    page.keyboard.type("Sabina Orazova")
    press(page, "Enter")  # in the field: goes on, and does not ask for one more name
    assert page.url.endswith("/report/held")
    reach(page, 'input[name="held_precision"]')
    page.keyboard.press("Space")
    reach(page, 'select[name="held_day_month"]')


def test_a_caseworker_acknowledges_with_keys_alone(demo: Site, visitor: Visitors) -> None:
    """From the queue to a case and its alert, and back at the case with the act in the story."""
    who: Visitor = visitor(demo)
    who.go("/demo")
    who.press("Be Dana")
    page = who.page
    reach(page, 'a[href$="/contact"]')
    who.go(f"{who.path}/acknowledge")
    reach(page, '[name="reason"]')
    page.keyboard.type("Called the aunt")
    reach(page, "main form button:not([name])")
    press(page, "Enter")
    assert "Called the aunt" in who.text


def test_the_form_can_be_used_over_an_old_network(empty: Site, visitor: Visitors) -> None:
    """A first page of 20 KB at most, there within seconds; every further one at once."""
    who: Visitor = visitor(empty, width=360)
    line = who.page.context.new_cdp_session(who.page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", {"offline": False, **SECOND_GENERATION})
    waited = []
    began = time.perf_counter()

    def look() -> None:
        nonlocal began
        waited.append(time.perf_counter() - began)
        weights = who.page.evaluate(_WEIGHT)
        assert sum(weights) < LIGHT, (who.path, weights)
        assert len(weights) <= 5, who.path  # the page, two sheets, an icon; the font, if needed
        began = time.perf_counter()

    who.go("/?lang=ug")
    look()
    assert who.page.evaluate(_FONT), "it is fetched where a telephone has no such letters"
    assert sum(who.page.evaluate(_WEIGHT)) < LIGHT
    began = time.perf_counter()
    report(who, look)
    assert max(waited[1:]) < 4, waited
    assert waited[0] < 8, waited


def test_paper_shows_no_button_and_cuts_nothing_off(shown_demo: Site, visitor: Visitors) -> None:
    """The sheet for a meeting and a case's page, printed from the browser in Uyghur."""
    for key, start in (("consul", "/shared"), ("dana", "/queue")):
        who: Visitor = visitor(shown_demo, width=1280)
        be(who, key)
        who.go(f"{start}?lang=ug")
        who.page.locator("main a.person, main th a, main td a").first.click()
        if key == "consul":
            who.go(f"{who.path}/sheet")
        who.page.emulate_media(media="print")
        who.page.set_viewport_size({"width": 718, "height": 1000})  # A4 at 96 per inch
        assert who.sticking_out() == []
        shown = who.page.locator("button, .govuk-button, nav, .bar").evaluate_all(
            "all => all.filter(e => e.getClientRects().length).map(e => e.outerHTML.slice(0, 99))"
        )
        assert shown == [], who.path
