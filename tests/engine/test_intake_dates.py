"""Dates as families choose or say them: what is understood, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.contact import ContactClass
from tracker.domain.edtf import Days, parse_edtf
from tracker.domain.means import FIRST_HAND, Means, class_of
from tracker.engine.cases.intake import ToldContact, checked_beside
from tracker.engine.cases.told_dates import (
    EVENTS,
    SEASONS,
    ToldDate,
    WrongDate,
    from_bounds,
    from_parts,
)

SAID_ON = date(2018, 4, 21)


def told(**fields: str) -> ToldDate:
    return from_parts({f"d_{key}": value for key, value in fields.items()}, "d", SAID_ON, "en")


def wrong(**fields: str) -> tuple[str, str]:
    with pytest.raises(WrongDate) as caught:
        told(**fields)
    return caught.value.field, caught.value.fault


@pytest.mark.parametrize(
    ("fields", "edtf", "flags"),
    [
        ({"precision": "day", "day": "22", "day_month": "1"}, "2018-01-22", {"year_inferred"}),
        ({"precision": "day", "day": "22", "day_month": "5"}, "2017-05-22", {"year_inferred"}),
        ({"precision": "day", "day": "29", "day_month": "2"}, "2016-02-29", {"year_inferred"}),
        ({"precision": "day", "day": "٢٢", "day_month": "1", "day_year": "٢٠١٨"}, "2018-01-22", {}),
        ({"precision": "month", "month": "3", "month_year": "2018"}, "2018-03", {}),
        ({"precision": "month", "month": "6"}, "2017-06", {"year_inferred"}),
        (
            {"precision": "month", "month": "4", "month_year": "2018"},
            "2018-04-01/2018-04-21",
            {"unfinished"},
        ),
        (
            {"precision": "season", "season": "winter", "season_year": "2016"},
            "2016-01-01/2017-02-28",
            {"ambiguous"},
        ),
        ({"precision": "year", "year": "2017"}, "2017", {}),
        (
            {"precision": "event", "event": "nowruz", "event_year": "2017"},
            "2017-03-18~/2017-03-24~",
            {"approximate"},
        ),
        ({"precision": "words", "words": "Jan. 22"}, "2018-01-22", {"year_inferred"}),
        (
            {"precision": "year", "year": "2016", "words": "since January 2018"},
            "2016",
            {"words_differ"},
        ),
        ({"precision": "unknown"}, None, {}),
        ({"precision": "unknown", "words": "when it rained"}, None, {}),
    ],
)
def test_what_is_understood(fields: dict[str, str], edtf: str | None, flags: set[str]) -> None:
    """Structured answers and own words; what was taken for granted is flagged."""
    found = told(**fields)
    assert (found.edtf, found.flags) == (edtf, set(flags))
    assert found.words == fields.get("words", "")


def test_what_is_refused() -> None:
    """The field that is wrong is named, and how."""
    assert wrong() == ("d_precision", "choose")
    assert wrong(precision="day", day="31", day_month="2", day_year="2018")[1] == "no_such_day"
    assert wrong(precision="day", day="22", day_month="4", day_year="2018") == (
        "d_day_year",
        "future",
    )
    assert wrong(precision="month", month="13") == ("d_month", "number")
    assert wrong(precision="month") == ("d_month", "missing")
    assert wrong(precision="year", year="18") == ("d_year", "year")
    assert wrong(precision="year", year="2019") == ("d_year", "future")
    assert wrong(precision="season", season="monsoon") == ("d_season", "choose")
    assert wrong(precision="event", event="eid_fitr", event_year="2018")[1] == "future"
    open_words = {"precision": "words", "words": "before 2018"}
    assert wrong(**open_words, since_year="2018") == ("d_since_year", "order")
    assert wrong(**open_words, since_month="3") == ("d_since_year", "year")
    assert wrong(**open_words, since_year="2017", since_month="13") == ("d_since_month", "number")


def test_an_open_start_is_closed_by_how_long_ago_it_was_at_most() -> None:
    """Only where it is open: what was told of the start otherwise stands."""
    words = {"precision": "words", "words": "before 2018"}
    assert told(**words).edtf == "../2017-12-31"
    assert told(**words, since_year="2016").edtf == "2016-01-01/2017-12-31"
    assert told(**words, since_year="٢٠١٧", since_month="6").edtf == "2017-06-01/2017-12-31"
    assert told(precision="year", year="2017", since_year="2017", since_month="6").edtf == "2017"
    assert told(precision="unknown", since_year="2016").days is None


@given(
    st.fixed_dictionaries(
        {
            "d_precision": st.sampled_from(["day", "month", "season", "year", "event", "words"]),
            "d_day": st.integers(0, 40).map(str),
            "d_day_month": st.integers(0, 14).map(str),
            "d_day_year": st.one_of(st.just(""), st.integers(1900, 2040).map(str)),
            "d_month": st.integers(0, 14).map(str),
            "d_month_year": st.one_of(st.just(""), st.integers(1900, 2040).map(str)),
            "d_season": st.sampled_from(SEASONS),
            "d_season_year": st.one_of(st.just(""), st.integers(1900, 2040).map(str)),
            "d_year": st.one_of(st.text(max_size=6), st.integers(1900, 2040).map(str)),
            "d_event": st.sampled_from(EVENTS),
            "d_event_year": st.one_of(st.just(""), st.integers(1900, 2040).map(str)),
            "d_words": st.one_of(st.text(max_size=40), st.just("before 2018")),
            "d_since_month": st.one_of(st.just(""), st.integers(0, 14).map(str)),
            "d_since_year": st.one_of(st.just(""), st.integers(1900, 2040).map(str)),
        }
    ),
    st.dates(date(1950, 1, 1), date(2100, 1, 1)),
)
def test_nothing_lies_after_the_day_it_was_said(fields: dict[str, str], said_on: date) -> None:
    """R16: whatever is chosen, the days are in order and over; else a named field is refused."""
    try:
        found = from_parts(fields, "d", said_on, "en")
    except WrongDate as refused:
        named = refused.field in fields
    else:
        named = True
        _is_over_and_in_order(found, said_on)
        assert found.words == fields["d_words"]
    assert named


def _is_over_and_in_order(found: ToldDate, said_on: date) -> None:
    if found.days is None:
        assert found.edtf is None
        return
    assert found.days.latest is not None and found.days.latest <= said_on
    if found.days.earliest is not None:
        assert found.days.earliest <= found.days.latest
        read = parse_edtf(found.edtf or "")
        assert read.earliest == found.days.earliest


@given(st.dates(date(1950, 1, 1), SAID_ON), st.integers(0, 400))
def test_bounds_of_a_caseworker_are_taken_as_written(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    found = from_bounds(f"{first}/{last}", "about then", SAID_ON)
    assert found.days == Days(first, min(last, SAID_ON))


@pytest.mark.parametrize("text", ["0918-01-22", "1929", "1890/1900"])
def test_bounds_before_living_memory_are_a_slip_of_the_hand(text: str) -> None:
    with pytest.raises(WrongDate) as caught:
        from_bounds(text, "", SAID_ON)
    assert caught.value.fault == "year"


def test_nobody_knows_when() -> None:
    """An open start up to the day it was told: it cannot be confirmed without bounds (R14)."""
    assert ToldContact(ToldDate(SAID_ON)).occurred == Days(None, SAID_ON)


@pytest.mark.parametrize("means", list(Means))
def test_what_seemed_staged_is_never_direct(means: Means) -> None:
    """S6; and only what the teller saw, heard or read can be direct."""
    assert class_of(means, staged=True) is not ContactClass.DIRECT
    assert (class_of(means, staged=False) is ContactClass.DIRECT) == (means in FIRST_HAND)


def test_chinese_is_never_set_beside_uyghur_or_kazakh() -> None:
    """The text to compare with is a checked one; English is always among them."""
    assert checked_beside("en") is None
    assert checked_beside("ug") not in ("ug", "zh_Hans")
    assert checked_beside("kk") not in ("kk", "zh_Hans")
