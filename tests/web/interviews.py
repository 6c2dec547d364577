"""Typing an interview as a caseworker does: what was understood is looked at, then saved."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.conftest import csrf_of


def hidden(response: TestResponse, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'type="hidden" name="{name}" value="([^"]*)"', response.text)
    assert found, f"no field {name} at {response.request.path}"
    return unescape(found[1])


def type_in(browser: FlaskClient, url: str, told: dict[str, Any]) -> TestResponse:
    """Send the form of a page once; the answer shows what was understood, or what is wrong."""
    empty = browser.get(url)
    assert empty.status_code == 200, empty.status
    usual = {
        name: value
        for name in ("said_on", "zone_name")
        if (value := _value(empty.text, name)) is not None
    }
    data = {**usual, "language": "en", "once": hidden(empty, "once"), **told}
    return browser.post(url, data={**data, "csrf_token": csrf_of(empty)})


def save(browser: FlaskClient, url: str, told: dict[str, Any], seen: TestResponse) -> TestResponse:
    """Send it again, having seen what was understood."""
    data = {**told, "once": hidden(seen, "once"), "agreed": hidden(seen, "agreed")}
    data["alike"] = hidden(seen, "alike")
    for name in ("said_on", "zone_name"):
        if name not in data and (value := _value(seen.text, name)) is not None:
            data[name] = value
    data.setdefault("language", "en")
    return browser.post(url, data={**data, "csrf_token": csrf_of(seen)})


def interview(browser: FlaskClient, told: dict[str, Any], url: str = "/cases/new") -> str:
    """Type, look, save; the reference of the case."""
    answer = type_in(browser, url, told)
    if answer.status_code == 200:
        answer = save(browser, url, told, answer)
    assert answer.status_code == 303, answer.text
    return answer.location.removeprefix("/cases/")


def _value(page: str, name: str) -> str | None:
    tag = re.search(rf'<input[^>]* name="{name}"[^>]*>', page)
    found = re.search(r' value="([^"]*)"', tag[0]) if tag else None
    return unescape(found[1]) if found else None
