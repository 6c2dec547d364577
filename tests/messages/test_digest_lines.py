"""The lines of a digest: a dated paper that can be read in one way (D9, S4)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tracker.engine.digests.digest_form import Facts
from tracker.i18n.dates import short_date_text, unbroken
from tracker.i18n.languages import LANGUAGES
from tracker.i18n.words import speaking
from tracker.messages.digest import digest_sections, seal_words
from tracker.messages.digest_lines import days_words, line, titles, why

EVERY = pytest.mark.parametrize("language", list(LANGUAGES))

ITEM: dict[str, Any] = {
    "ref": "K7M2Q9", "band": "in_contact", "at_least": 3, "at_most": 12, "on": "2026-11-10",
    "number": 4, "after_days": 30, "after_months": None,
}  # fmt: skip


@EVERY
def test_no_line_ends_within_a_date_or_a_span_of_days(language: str) -> None:
    """A narrow column breaks at a plain space."""
    with speaking(language):
        day = unbroken(short_date_text(date(2026, 11, 10)))
        told = {key: why(key, {**ITEM, "about": "crossed"}) for key in titles()}
        assert " " not in day + days_words("snoozed", ITEM)
    undated = {key for key, text in told.items() if day not in text}
    assert undated == {"to_confirm", "unanswered"}


@EVERY
def test_good_news_and_what_is_closed_count_no_silence(language: str) -> None:
    """Nobody takes it for an alert; the same for whoever stands in."""
    with speaking(language):
        silence = days_words("snoozed", ITEM)
        for key in ("good_news", "closed"):
            assert silence not in line(key, ITEM)
            assert silence not in line("standing_in", {**ITEM, "about": key})
        assert silence not in line("crossed", {**ITEM, "band": "closed"})
        assert silence in line("crossed", ITEM)


def test_a_post_that_is_not_shown_dates_is_told_no_day() -> None:
    bare = {**ITEM, "band": "", "on": None, "after_days": None}
    told = {key: why(key, {**bare, "about": "crossed"}) for key in titles()}
    assert not any("None" in text for text in told.values())
    assert told["windows"] == told["crossed"] == told["closed"] == ""


@EVERY
def test_a_reader_is_not_told_of_sections_that_are_never_theirs(language: str) -> None:
    """At notice level all have one form (S4); else a post reads of its own, and of no desk."""
    facts = Facts(bands={"watch": 1}).as_json()
    with speaking(language):
        names = titles()
        desk, post = (
            {section.title for section in digest_sections(facts, roles)}
            for roles in ({"caseworker"}, {"consular"})
        )
        alike = {section.title for section in digest_sections(facts, None)}
        supervisor = digest_sections(facts, {"supervisor", "caseworker"})
    own = {names[key] for key in ("crossed", "coming", "unanswered", "good_news", "closed")}
    assert post & set(names.values()) == own
    assert desk == alike
    assert names["standing_in"] not in {section.title for section in supervisor}
    with speaking(language):  # should there be a line all the same, it is told
        told = digest_sections({**facts, "snoozed": [ITEM]}, {"consular"})
    assert names["snoozed"] in {section.title for section in told}


def test_codes_stand_apart_in_a_line_from_right_to_left() -> None:
    """UAX 9: else the line runs as its Latin beginning does, and a check value falls apart."""
    with speaking("ug"):
        assert line("crossed", ITEM).startswith("\u2068K7M2Q9\u2069 · ")
        assert "\u20681567: 6173 a0bc\u2069" in seal_words("1567: 6173 a0bc")
    with speaking("kk"):
        assert line("crossed", ITEM).startswith("K7M2Q9 · ")
