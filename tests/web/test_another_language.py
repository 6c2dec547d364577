"""Another language, chosen at the foot of a form in which somebody has typed: nothing is lost."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.web.conftest import Desks, csrf_of
from tests.web.family_reports import ANSWERS, answer, report, send
from tracker.i18n.languages import LANGUAGES
from tracker.store.schema import ContactReport, Draft, FamilyMessage
from tracker.web.family.answers import LARGEST

TYPED: dict[str, dict[str, Any]] = {
    "relation": {"relation": "other", "relation_other": "Her teacher"},
    "names": {"name_1": "Sabina", "name_2": "Сабина", "name_3": "صابىنا", "description": "tall"},
    "held": {"held_precision": "month", "held_month": "10", "held_month_year": "no year"},
    "place": {"place": "<b>the second prison"},
    "heard": {"last_precision": "words", "last_words": "since the snow"},
    "freely": {"freely": "no", "said": "She was tired."},
    "stopped": {"stopped": ["telephone", "visits"], "stopped_words": "as a punishment"},
    "reach": {"phone": "not a number", "called": "Aunt", "times": "at night", "protected": "1"},
    "consents": {"consents": ["consular", "un"]},
}


def fields_of(page: str) -> dict[str, list[str]]:
    """What stands in the form of a page, as a browser would send it."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input [^>]*>", page):
        said = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        ticked = said.get("type") not in ("radio", "checkbox") or " checked" in tag
        if "name" in said and ticked and said.get("value"):
            found.setdefault(said["name"], []).append(said["value"])
    for name, text in re.findall(r'<textarea [^>]*name="(\w+)"[^>]*>\n([^<]*)</textarea>', page):
        if text:
            found[name] = [text]
    for name, inside in re.findall(r'<select [^>]*name="(\w+)"[^>]*>(.*?)</select>', page, re.S):
        if chosen := re.findall(r'value="(\w+)" selected', inside):
            found[name] = chosen
    found.pop("csrf_token", None)
    return {name: [unescape(value) for value in values] for name, values in found.items()}


@pytest.mark.parametrize("key", TYPED)
def test_what_was_typed_at_a_question_stands_there_in_the_other_language(
    key: str, client: FlaskClient, desk: Desks
) -> None:
    """No answer is asked for, nothing is said of what is wrong or missing, no script is needed; and
    what had been answered before stays the answer until the form is sent."""
    answer(client)
    with desk() as d:
        before = d.safe.open(d.session.scalars(select(Draft)).one(), "answers")
    went = send(client, f"/report/{key}", {**TYPED[key], "lang": "ug"})
    assert (went.status_code, went.location) == (303, f"/report/{key}")
    page = client.get(f"/report/{key}").text
    assert '<html lang="ug" dir="rtl">' in page
    shown = fields_of(page)
    for name, said in TYPED[key].items():
        assert sorted(shown[name]) == sorted([said] if isinstance(said, str) else said)
    assert "govuk-error" not in page
    with desk() as d:
        after = d.safe.open(d.session.scalars(select(Draft)).one(), "answers")
    assert {name: after[name] for name in before} == before
    assert "csrf_token" not in str(after) and "lang" not in after["faulty"]["typed"]


def test_every_question_offers_each_language_as_a_button_of_its_form(client: FlaskClient) -> None:
    """A link would be a way to lose it; the note on the translation has none either."""
    answer(client)
    client.get("/report?lang=ru")
    for key in ANSWERS:
        page = client.get(f"/report/{key}").text
        (form,) = re.findall(r'<form id="(\w+)" method="post"', page)
        buttons = re.findall(
            rf'<button class="as-link" form="{form}" name="lang" value="(.*?)"', page
        )
        others = [each.tag for each in LANGUAGES.values() if each.code != "ru"]
        assert sorted(buttons) == sorted([*others, "en"])  # "en" beside the note too
        assert "?lang=" not in page


def test_what_was_typed_and_seen_again_is_sent_like_any_answer(client: FlaskClient) -> None:
    answer(client)
    send(client, "/report/place", {"place": "Ürümqi", "lang": "tr"})
    assert "Ürümqi" in client.get("/report/place").text
    assert "Ürümqi" not in client.get("/report/check").text, "not an answer yet"
    assert send(client, "/report/place", {"place": "Ürümqi"}).location == "/report/check"
    assert "Ürümqi" in client.get("/report/check").text


def test_how_long_ago_it_was_at_most_is_not_lost_either(client: FlaskClient) -> None:
    answer(client, heard={"last_precision": "words", "last_words": "before 2020"})
    typed = {"last_since_month": "3", "last_since_year": "2017"}
    went = send(client, "/report/understood", {**typed, "lang": "ru"})
    assert went.location == "/report/understood"
    page = client.get("/report/understood").text
    assert 'lang="ru"' in page
    assert {name: said for name, (said, *_) in fields_of(page).items()}.items() >= typed.items()


def test_no_language_that_is_none_of_ours_does_anything(client: FlaskClient) -> None:
    answer(client)
    went = send(client, "/report/place", {"place": "Ghulja", "lang": "klingon"})
    assert went.location == "/report/check", "sent as an answer"


def test_nobody_fills_a_disk_with_it(client: FlaskClient, desk: Desks) -> None:
    """S11: a draft holds no more than it may, whichever button is pressed."""
    answer(client)
    much = send(client, "/report/more", {"more": "x" * (LARGEST + 1), "lang": "tr"})
    assert much.status_code == 422 and 'lang="tr"' in much.text
    with desk() as d:
        draft = d.session.scalars(select(Draft)).one()
        assert len(draft.answers_sealed) < LARGEST


@pytest.mark.parametrize(
    ("at", "typed"),
    [
        ("/status/message", {"text": "Is she well?"}),
        ("/status/news", {"last_precision": "words", "last_words": "in May", "said": "She wrote."}),
        ("/status/reach", {"reach": "yes", "phone": "12", "times": "at night"}),
    ],
)
def test_behind_the_code_it_comes_back_too_and_nothing_is_sent_or_stored(
    at: str, typed: dict[str, str], client: FlaskClient, desk: Desks
) -> None:
    """S7: no word of it lies anywhere; it stands in the answer to this browser alone."""
    code = report(client)
    send(client, "/status", {"code": code})
    with desk() as d:
        before = len(d.session.scalars(select(ContactReport)).all())
        left = d.safe.open(d.session.scalars(select(Draft)).one(), "answers")
    shown = send(client, at, {**typed, "lang": "tr"})
    assert shown.status_code == 200 and '<html lang="tr"' in shown.text
    assert {n: said for n, (said, *_) in fields_of(shown.text).items()}.items() >= typed.items()
    assert "govuk-error" not in shown.text
    again = client.post(
        at, data={**typed, "lang": "ru", "csrf_token": csrf_of(shown)}
    )  # the answer to a form offers the others too
    assert '<html lang="ru"' in again.text and 'name="lang" value="ug"' in again.text
    with desk() as d:
        assert len(d.session.scalars(select(ContactReport)).all()) == before
        assert not d.session.scalars(select(FamilyMessage)).all()
        assert d.safe.open(d.session.scalars(select(Draft)).one(), "answers") == left
