"""Filling in the family's form as a browser does, question by question."""

from __future__ import annotations

import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.conftest import csrf_of

ANSWERS: dict[str, dict[str, Any]] = {
    "relation": {"relation": "spouse"},
    "names": {"name_1": "Sabina Orazova", "name_2": "Сабина Оразова"},
    "held": {"held_precision": "month", "held_month": "10", "held_month_year": "2025"},
    "place": {"place": "the town's second prison"},
    "heard": {"last_precision": "words", "last_words": "no word since Jan. 22"},
    "understood": {},
    "seen": {"seen_precision": "year", "seen_year": "2024"},
    "means": {"means": "telephone"},
    "freely": {"freely": "no", "staged": "no", "said": "She was tired."},
    "rhythm": {"rhythm": "weekly"},
    "stopped": {"stopped": ["telephone", "visits"], "stopped_words": "as a punishment"},
    "needs": {"children": "two boys", "needs": "coal"},
    "more": {"more": "nothing else"},
    "pictures": {},
    "reach": {"reach": "yes", "phone": "+7 701 111 22 33", "called": "Aunt"},
    "consents": {"consents": ["consular"]},
}


def send(browser: FlaskClient, url: str, data: dict[str, Any]) -> TestResponse:
    """Fill in and send the form of a page, as a browser does."""
    token = csrf_of(browser.get(url, follow_redirects=True))
    return browser.post(url, data={**data, "csrf_token": token})


def refused(browser: FlaskClient, key: str, data: dict[str, Any]) -> TestResponse:
    """Answer one question wrongly: the question again, by GET, with what is wrong."""
    again = send(browser, f"/report/{key}", data)
    assert again.status_code == 303 and again.location == f"/report/{key}", again.text
    return browser.get(again.location)


def answer(browser: FlaskClient, **other: dict[str, Any]) -> TestResponse:
    """Answer every question in the order in which they come; the page they end at."""
    response = send(browser, "/report", {})
    while response.status_code == 303 and response.location != "/report/check":
        key = response.location.removeprefix("/report/")
        response = send(browser, response.location, {**ANSWERS, **other}[key])
    return response


def report(browser: FlaskClient, **other: dict[str, Any]) -> str:
    """Send a whole report; its code."""
    answer(browser, **other)
    token = csrf_of(browser.get("/report/check"))
    sent = browser.post("/report/send", data={"csrf_token": token})
    assert sent.status_code == 200, sent.text
    return code_in(sent)


def code_in(response: TestResponse) -> str:
    """The code on a receipt page."""
    panel = response.text.partition('class="receipt__code"')[2].partition("</p>")[0]
    groups = re.findall(r'class="nowrap">([0-9A-Z]+)<', panel)
    assert len("".join(groups)) == 21, response.text
    return "-".join(groups)
