"""The tour that `/demo` offers, taken step by step: alert, consul, acknowledgement, digest."""

from __future__ import annotations

from tests.browser.site import Site
from tests.browser.visitor import Visitor, Visitors

DAYS_TO_MONDAY = 3
"""The story stands on a Friday; the first step of the tour is Saturday's."""


def test_a_newcomer_sees_an_alert_climb_and_land_in_mondays_digest(
    demo: Site, visitor: Visitors
) -> None:
    """+1 day: the consul has a message; acknowledged; past Monday: it stands in the digest."""
    who = visitor(demo)
    _step(who, "Be Dana")
    case = who.path
    ref = case.removeprefix("/cases/")
    assert "29 days" in who.text
    who.look()
    letters = len(demo.letters)

    who.press("1 day later")
    assert who.path == case
    assert "30 days" in who.text
    assert "Consul A. Tengrin" in who.text
    assert any("consul@demo.example" in letter for letter in demo.letters[letters:])
    who.look()

    _step(who, "Be the consul")
    assert who.path == f"/shared/{ref}"
    assert "You were alerted about this case" in who.text
    who.look()
    who.press("I have seen it")
    assert "You were alerted about this case" not in who.text

    _step(who, "Be Dana")
    assert "Seen by Consul A. Tengrin" in who.text
    who.follow("Acknowledge")
    who.press("Acknowledge")
    assert "Acknowledged by Dana Sarybulaq" in who.text

    for _ in range(DAYS_TO_MONDAY):
        who.press("1 day later")
    who.go("/digests")
    who.look()
    newest = who.page.locator("main tbody a").first
    newest.click()
    assert who.heading == "Weekly digest"
    assert ref in who.text
    who.look()
    assert any(ref not in letter and "dana@demo.example" in letter for letter in demo.letters)


def _step(who: Visitor, button: str) -> None:
    """Press the button of a step of the tour."""
    who.go("/demo")
    who.look(once="demo")
    who.press(button)
