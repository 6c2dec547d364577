"""A family reports on a telephone without a script, keeps a code, and comes back with it."""

from __future__ import annotations

import pytest

from tests.browser.reporting import report
from tests.browser.site import Site
from tests.browser.visitor import Visitor, Visitors
from tracker.i18n.languages import LANGUAGES


def test_the_way_in_is_seen_at_once(empty: Site, visitor: Visitors) -> None:
    """On a small telephone the first page's main button needs no scrolling, in any language."""
    who = visitor(empty, width=360)
    who.page.set_viewport_size({"width": 360, "height": 740})
    for code in LANGUAGES:
        who.go(f"/?lang={code}")
        button = who.page.locator(".buttons a").first.bounding_box()
        assert button is not None and button["y"] + button["height"] <= 740, code
        for link in who.page.locator(".picker a").all():
            box = link.bounding_box()
            assert box is not None and box["height"] >= 44, code


def test_back_after_a_mistake_finds_the_question_again(empty: Site, visitor: Visitors) -> None:
    """The browser never asks whether to send a form once more."""
    who = visitor(empty, width=360, scripts=False)
    who.go("/report?lang=en")
    who.submit()
    who.choose(relation="spouse")
    who.submit()
    who.submit()  # no name
    assert who.page.locator(".govuk-error-summary").is_visible()
    who.fill(name_1="Sabina Orazova")
    who.submit()
    assert who.path == "/report/held"
    who.back()
    assert who.path == "/report/names"
    assert who.page.locator('[name="name_1"]').input_value() == "Sabina Orazova"


@pytest.mark.parametrize(
    ("width", "lang", "scripts"), [(360, "ug", True), (360, "en", False), (1280, "en", True)]
)
def test_a_family_reports_and_comes_back(
    empty: Site, visitor: Visitors, width: int, lang: str, scripts: bool
) -> None:
    """One question a page, right to left too; the code alone opens `/status` elsewhere."""
    who = visitor(empty, width=width, scripts=scripts)
    who.go(f"/?lang={lang}")
    assert who.page.locator("html").get_attribute("lang") == lang
    assert who.page.locator("html").get_attribute("dir") == ("rtl" if lang == "ug" else "ltr")
    who.look()
    code = report(who, who.look)
    assert (
        who.page.locator(".receipt__code").evaluate("e => getComputedStyle(e).direction") == "ltr"
    )
    _prints_the_code_and_no_address(who)

    back = visitor(empty, width=width, scripts=scripts)
    back.go(f"/status?lang={lang}")
    back.look()
    back.fill(code=code.replace("-", " ").lower())
    back.submit()
    assert back.path == "/status"
    back.look()
    assert "Sabina" not in back.text and "Сабина" not in back.text  # S7: it tells nothing back


def _prints_the_code_and_no_address(who: Visitor) -> None:
    """Whoever finds the paper must not learn where it was written (S7)."""
    who.page.emulate_media(media="print")
    assert who.page.locator(".receipt__code").is_visible()
    assert not who.page.locator("details svg").is_visible()
    for kept_off in (".exit", "nav", "button", ".picker", 'a[href="/status"]'):
        assert not who.page.locator(kept_off).filter(visible=True).count(), kept_off
    who.page.emulate_media(media="screen")
