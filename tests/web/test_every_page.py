"""What every page of the desk has in common."""

from __future__ import annotations

import re

from flask import Flask

from tests.web.conftest import ClientAs, Desks
from tests.web.every_page import every_page

OWN = "/account"
"""One's own account is found by one's name in the bar, not by a door."""


def test_each_page_stands_under_one_door(app: Flask, client_as: ClientAs, desk: Desks) -> None:
    """Whoever looks up sees where they are: one door is marked, this page or one above it."""
    scene = every_page(app, client_as, desk)
    assert len(scene.pages) > 50
    for page in scene.pages:
        answer = scene.people[page.role].get(page.url)
        assert answer.status_code == 200, f"{page.url}: {answer.status}"
        bar = re.search(r'<ul class="nav">(.*?)</ul>', answer.text, re.S)
        if bar is None and page.route.startswith(OWN):
            continue  # a page of its own, with nothing around it
        marked = re.findall(r'href="([^"]+)" aria-current="(\w+)"', bar[1] if bar else "")
        if page.route.startswith(OWN):
            assert not marked, page.url
            continue
        assert len(marked) == 1, f"{page.url}: {marked}"
        url, how = marked[0]
        assert (how == "page") == (url == page.url.partition("?")[0]), page.url
    of_cases = scene.people["caseworker"].get(
        next(p.url for p in scene.pages if "/snooze" in p.url)
    )
    assert 'href="/queue" aria-current="true"' in of_cases.text


def test_who_changes_the_phone_can_go_back(client_as: ClientAs) -> None:
    """The page that sets up another app leads back to the account; nothing was changed."""
    page = client_as("caseworker", name="Aigul").get("/account/app")
    assert '<a href="/account" class="govuk-back-link">' in page.text
