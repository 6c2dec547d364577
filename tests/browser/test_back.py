"""The browser's Back after a mistake finds a page, with what was typed (S3)."""

from __future__ import annotations

from tests.browser.entering import be
from tests.browser.reporting import report
from tests.browser.site import Site
from tests.browser.visitor import Visitors


def test_back_after_a_mistake_at_the_desk(demo: Site, visitor: Visitors) -> None:
    """The form as it stood with its fault; its words can be mended and sent from there."""
    dana = visitor(demo)
    be(dana, "dana")
    dana.go("/queue")
    dana.page.locator("a.person").first.click()
    case = dana.path
    dana.go(f"{case}/snooze")
    dana.fill(until="", reason="the family is at a wedding")
    dana.press("Snooze")
    assert "Say until when." in dana.text
    dana.look()
    dana.go("/work")
    dana.back()
    assert "Say until when." in dana.text
    assert dana.page.locator('[name="reason"]').input_value() == "the family is at a wedding"
    dana.back()
    assert dana.path == f"{case}/snooze" and "Say until when." not in dana.text


def test_back_from_what_was_understood(demo: Site, visitor: Visitors) -> None:
    """A contact's date is read back before it is entered; from there, and back to it."""
    dana = visitor(demo, scripts=False, width=360)
    be(dana, "dana")
    dana.page.locator("a.person").first.click()
    at = f"{dana.path}/contact"
    dana.go(at)
    dana.fill(when_words="last week", source="his mother", means="telephone")
    dana.choose(when_precision="words", **{"class": "direct"})
    dana.press("Continue")
    assert dana.heading == "Is this right?"
    dana.go("/queue")
    dana.back()
    assert dana.heading == "Is this right?"
    dana.press("Yes, enter it")
    assert dana.path == at.removesuffix("/contact")


def test_back_after_a_wrong_code(demo: Site, visitor: Visitors) -> None:
    """At `/status` too, before the code is right and after it; then no code is shown any more."""
    family = visitor(demo, width=360)
    code = report(family, lambda: None)
    family.go("/status")
    family.fill(code="ABCD")
    family.submit()
    assert "This is not a whole code." in family.text
    assert family.page.locator('[name="code"]').input_value() == "ABCD"
    family.look()
    family.fill(code=code)
    family.submit()
    assert family.path == "/status"
    assert family.page.locator('[name="code"]').count() == 0
    for _each in range(2):
        family.back()
        assert family.path == "/status"
        assert family.page.locator('[name="code"]').count() == 0 and "ABCD" not in family.text
    family.go("/status/message")
    family.fill(text=" ")
    family.submit()
    said = family.page.locator(".govuk-error-summary").inner_text()
    family.go("/status")
    family.back()
    assert said in family.text
