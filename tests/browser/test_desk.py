"""The desk by keyboard, on a telephone, without a script."""

from __future__ import annotations

from tests.browser.entering import be
from tests.browser.site import Site
from tests.browser.visitor import Visitor, Visitors

SECONDS_A_KEY = 0.28
"""K, an average typist's (Card, Moran and Newell 1983: 40 words a minute)."""

SECONDS_A_DECISION = 1.35
"""M, before each field and each page: what to write here, or is this right (the same)."""

SECONDS_A_PAGE = 3.0
"""R, a page over a slow line: asked for, sent, drawn."""

_FOCUSED = "document.activeElement.getAttribute('href') || document.activeElement.id"


def focused(who: Visitor) -> str:
    found: str = who.page.evaluate(_FOCUSED)
    return found


def test_keys_move_open_and_act_and_none_acts_while_typing(demo: Site, visitor: Visitors) -> None:
    """WCAG 2.1.4: they can be switched off; each presses a link that is there to see."""
    vera = visitor(demo)
    be(vera, "vera")
    page = vera.page
    cases = page.locator("a.person").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    page.keyboard.press("j")
    assert focused(vera) == cases[0]
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    assert focused(vera) == cases[1]
    page.keyboard.press("x")
    assert page.locator('input[name="ref"]:checked').count() == 1
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    vera.look()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    assert focused(vera) == "q"
    page.keyboard.type("jskoa?")
    assert page.locator("#q").input_value() == "jskoa?"
    assert not page.locator("#keys").is_visible()
    page.locator("#q").fill("")
    page.locator("h1").click()
    page.keyboard.press("j")
    page.keyboard.press("Control+s")
    assert vera.path == "/queue", "a modifier is the browser's"
    page.keyboard.press("s")
    page.wait_for_url("**/snooze")
    vera.back()
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url("**/cases/*")
    page.keyboard.press("e")
    page.wait_for_url("**/contact")
    vera.go("/queue")
    page.keyboard.press("n")
    page.wait_for_url("**/cases/new")
    vera.go("/account")
    page.locator('[name="on"]').uncheck()
    page.locator('form[action="/account/keys"] button').click()
    vera.go("/queue")
    page.keyboard.press("j")
    assert focused(vera) == ""


def test_many_cases_are_snoozed_and_taken_back_without_a_script(
    demo: Site, visitor: Visitors
) -> None:
    vera = visitor(demo, width=360, scripts=False)
    be(vera, "vera")
    doors = [each.bounding_box() for each in vera.page.locator(".nav a").all()]
    assert len(doors) >= 10
    assert all(box and box["x"] >= 0 and box["x"] + box["width"] <= 360 for box in doors)
    vera.follow("Tick all shown")
    ticked = vera.page.locator('input[name="ref"]:checked').count()
    assert ticked > 10
    vera.press("Snooze those ticked")
    vera.look()
    vera.fill(reason="the office is closed")
    vera.press("Snooze")
    assert f"{ticked} cases are snoozed." in vera.text
    vera.press("Undo")
    assert f"{ticked} cases are as before." in vera.text


def test_a_sheet_is_brought_in_on_a_telephone_without_a_script(
    demo: Site, visitor: Visitors
) -> None:
    """Upload, columns, what would come, done: progress is a page that looks again by itself."""
    vera = visitor(demo, width=360, scripts=False)
    be(vera, "vera")
    vera.go("/import")
    vera.look()
    sheet = "Name;Last heard;Source;Means\nQasim Invented;2026-01;a list;letter\n"
    vera.page.set_input_files(
        'input[type="file"]',
        {"name": "cases.csv", "mimeType": "text/csv", "buffer": sheet.encode()},
    )
    vera.press("Read the sheet")
    vera.look()
    vera.press("Try it")
    vera.page.get_by_text("1 case is new").wait_for()
    vera.look()
    vera.press("Bring it in")
    vera.page.get_by_role("heading", name="It is brought in").wait_for()
    vera.go("/queue")
    vera.fill(q="Qasim")
    vera.press("Filter")
    assert "Qasim Invented" in vera.text
    assert "qasim" not in vera.page.url.lower()


def test_a_policy_fits_a_telephone_step_by_step(demo: Site, visitor: Visitors) -> None:
    """Folded: a line of words a step; open where something is wrong; no script needed."""
    vera = visitor(demo, width=360, scripts=False)
    be(vera, "vera")
    vera.go("/policies")
    vera.page.locator('a[href$="/draft"]').first.click()
    steps = vera.page.locator("details.step")
    assert steps.count() >= 7
    assert vera.page.locator("details.step[open]").count() == 0
    assert "after 14 days" in steps.nth(1).locator("summary").inner_text()
    top, end = steps.first.bounding_box(), steps.last.bounding_box()
    assert top and end and end["y"] - top["y"] < 1_500, "two screens, not ten"
    vera.look()
    steps.nth(1).locator("summary").click()
    vera.fill(**{"after-1": "x"})
    vera.press("Save and preview")
    opened = vera.page.locator("details.step[open]")
    assert opened.count() == 1
    assert "Write a whole number" in opened.inner_text()


def test_an_interview_is_typed_by_keyboard_in_under_three_minutes(
    demo: Site, visitor: Visitors
) -> None:
    """A new report as it is told: nothing but a keyboard, the dates looked at before saving.

    Keystroke-level model: every key, a decision for each field and page, each page awaited. What
    the family needs to tell it is not in it: the form must not be what they wait for.
    """
    dana = visitor(demo)
    be(dana, "dana")
    dana.go("/cases/new")
    keys = _Keys(dana)
    assert focused(dana) == "called", "the first field waits for the first word"
    keys.to("called", "Aunt Zeynep")
    keys.to("relation", "other")
    keys.to("phone", "+77011234567")
    keys.to("reachable", " ")
    keys.to("names", "Rahman Sadiq\nРахман Садық")
    keys.to("description", "his neighbour's son, a baker, born about 1985")
    keys.to("heard_words", "in spring 2026")
    keys.to("means", "tele")
    keys.to("freely", "no")
    keys.to("said", "He said he is well and hung up at once.")
    keys.to("held_words", "since October 2024")
    keys.to("place", "the prison of the county town")
    echoes = dana.page.locator(".govuk-hint[role=status]", has_text="Understood")
    echoes.nth(1).wait_for()  # each beside its words, once the typing paused
    assert echoes.count() == 2
    keys.press("Enter")
    dana.page.locator(".note, .govuk-error-summary").first.wait_for()
    keys.pages += 1
    assert "Nothing is saved yet" in dana.text, dana.text
    shown = dana.page.locator(".note--info").inner_text()
    assert "“in spring 2026”" in shown
    assert shown.count("Understood") == 2
    dana.look()
    keys.press("Enter")  # the button under what was understood has the focus
    dana.page.wait_for_url(lambda url: "/cases/" in url and not url.endswith("/new"))
    keys.pages += 1
    assert "Rahman Sadiq" in dana.text
    assert keys.seconds < 120, f"{keys.count} keys, {keys.fields} fields: {keys.seconds:.0f} s"


class _Keys:
    """A keyboard that counts."""

    def __init__(self, who: Visitor) -> None:
        self._page = who.page
        self.count = self.fields = self.pages = 0

    @property
    def seconds(self) -> float:
        """What it takes by the keystroke-level model."""
        decisions = (self.fields + self.pages) * SECONDS_A_DECISION
        return self.count * SECONDS_A_KEY + decisions + self.pages * SECONDS_A_PAGE

    def press(self, key: str) -> None:
        self._page.keyboard.press(key)
        self.count += 1

    def to(self, name: str, text: str) -> None:
        """Tab on to a field, and type."""
        self.fields += 1
        for _ in range(60):
            if self._page.evaluate("document.activeElement.name") == name:
                break
            self.press("Tab")
        else:
            raise AssertionError(f"{name} cannot be reached by Tab")
        for line, part in enumerate(text.split("\n")):
            if line:
                self.press("Enter")
            self._page.keyboard.type(part)
            self.count += len(part)
