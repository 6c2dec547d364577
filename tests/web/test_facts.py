"""Statements in words: nothing that was told or judged is left out."""

from __future__ import annotations

import pytest
from flask import Flask

from tracker.web.facts import value_text


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"words": "in May 2018", "edtf": "2018-05"}, "in May 2018 · May 2018"),
        ({"words": "May 2018", "edtf": "2018-05"}, "May 2018"),
        ({"text": "may 2018", "edtf": "2018-05"}, "may 2018"),
        # what was understood stands there, be it wrong: who reads it can mend it
        ({"words": "on 15 May 2018", "edtf": "2018-05-05"}, "on 15 May 2018 · 5 May 2018"),
        (
            {"reason": "released", "words": "first they said not released", "edtf": "2018"},
            "released · first they said not released · 2018",
        ),
        ({"text": "camp", "words": "no camp, a prison"}, "camp · no camp, a prison"),
        ({"edtf": "2018-02-30"}, "2018-02-30"),
        ({}, ""),
    ],
)
def test_what_is_part_of_something_longer_stands_there_too(
    app: Flask, value: dict[str, str], said: str
) -> None:
    with app.test_request_context():
        assert value_text(value) == said


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("held_since", {"text": "2017", "words": "since 2017", "edtf": "2017"}, "since 2017"),
        ("held_since", {"words": "5 May 2018", "edtf": "2018-05-05/.."}, "since 5 May 2018"),
        ("held_since", {"words": "2017", "edtf": "2017/.."}, "since 2017"),
        ("held_since", {"words": "spring", "edtf": "2017-03/.."}, "spring · since March 2017"),
        ("last_seen", {"edtf": "2017/.."}, "2017 or later"),
        ("last_seen", {"edtf": "2017-05~/.."}, "about May 2017 or later"),
        ("last_seen", {"edtf": "2017-05-03/"}, "3 May 2017 or later"),
        ("held_since", {"words": "since 2017", "edtf": "2018"}, "since 2017 · 2018"),
        ("held_since", {"words": "not since 2017", "edtf": "2017"}, "not since 2017 · 2017"),
        # "not seen since", and seen in that year: the day that was understood is another fact
        ("last_seen", {"words": "since 2017", "edtf": "2017"}, "since 2017 · 2017"),
    ],
)
def test_since_when_somebody_is_held_is_said_once(
    app: Flask, kind: str, value: dict[str, str], said: str
) -> None:
    with app.test_request_context():
        assert value_text(value, kind) == said
