"""The whole form for families, answered in a browser page by page."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser.visitor import Visitor
from tests.standins.photos import photo

Answer = Callable[[Visitor], None]

ANSWERS: dict[str, Answer] = {
    "relation": lambda who: who.choose(relation="spouse"),
    "names": lambda who: who.fill(name_1="Sabina Orazova", name_2="Сабина Оразова"),
    "held": lambda who: (
        who.choose(held_precision="month"),
        who.fill(held_month="10", held_month_year="2025"),
    ),
    "place": lambda who: who.fill(place="the town's second prison"),
    "heard": lambda who: (
        who.choose(last_precision="day"),
        who.fill(last_day="22", last_day_month="1", last_day_year="2026"),
    ),
    "seen": lambda who: who.choose(seen_precision="unknown"),
    "means": lambda who: who.choose(means="telephone"),
    "freely": lambda who: who.choose(freely="no", staged="unsure"),
    "rhythm": lambda who: who.choose(rhythm="weekly"),
    "stopped": lambda who: who.choose(stopped="telephone"),
    "needs": lambda who: who.fill(children="two boys"),
    "more": lambda who: who.fill(more="نېمە دېيىشنى بىلمەيمەن"),
    "pictures": lambda who: who.page.set_input_files(
        '[name="pictures"]', {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    ),
    "reach": lambda who: (
        who.choose(reach="yes"),
        who.fill(phone="+7 701 111 22 33", called="Aunt"),
    ),
    "consents": lambda who: who.choose(consents="consular"),
}
"""What is typed on each page of the form, by the page's key."""


def report(who: Visitor, look: Callable[[], None]) -> str:
    """Answer page after page, looking around on each; the code on the receipt."""
    who.go("/report")
    look()
    who.submit()
    asked: list[str] = []
    while who.path not in ("/report/check", "/report"):
        key = who.path.removeprefix("/report/")
        assert key not in asked, f"asked twice: {key} — {who.text}"
        asked.append(key)
        look()
        ANSWERS.get(key, lambda _: None)(who)
        who.submit()
    assert set(asked) >= set(ANSWERS)
    look()
    who.submit()
    assert who.path == "/report/send"
    look()
    return who.page.locator(".receipt__code").inner_text()
