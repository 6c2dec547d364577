"""The pictures: what is drawn, what is read out, and whether it can be seen (WCAG 2.2, 1.4.11)."""

import re
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.web import charts
from tracker.web.charts import Bar, GridWords, Heard, Week
from tracker.web.charts import svg as shapes

TODAY = date(2026, 11, 21)
SVG = "{http://www.w3.org/2000/svg}"
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
WORDS = GridWords(MONTHS, "Year", "day known", "about then", "through others", "none", "held")
BANDS = [("critical", "Critical"), ("overdue", "Overdue"), ("watch", "Watch")]


def parsed(markup: str) -> ElementTree.Element:
    return ElementTree.fromstring(str(markup))  # noqa: S314 - our own output


def boxes(markup: str, css: str) -> list[tuple[float, float, float, float]]:
    """Rectangles (x, y, width, height) in the path elements of that class."""
    found = []
    for path in parsed(markup).iter(f"{SVG}path"):
        if path.get("class") == css:
            for part in re.findall(r"M([\d.-]+) ([\d.-]+)h([\d.-]+)v([\d.-]+)h", path.get("d", "")):
                x, y, width, height = map(float, part)
                found.append((x, y, width, height))
    return found


def strip(*heard: Heard, **more: object) -> str:
    options = {"today": TODAY, "title": "Silent for 12 days", **more}
    return str(charts.silence_strip(heard, **options))  # type: ignore[arg-type]


def day(text: str) -> date:
    return date.fromisoformat(text)


def on(text: str, *, direct: bool = True) -> Heard:
    return Heard(day(text), day(text), direct)


# --- the strip -----------------------------------------------------------------------------------


def test_a_known_day_is_one_full_bar_in_its_month() -> None:
    bars = boxes(strip(on("2026-11-09"), on("2026-09-02")), "exact")
    assert len(bars) == 2
    assert sorted(x for x, *_ in bars) == [57 * 4, 59 * 4]
    assert {height for *_, height in bars} == {28}


def test_a_contact_within_a_month_is_a_shorter_bar() -> None:
    (bar,) = boxes(strip(Heard(day("2026-05-01"), day("2026-05-31"))), "about")
    assert 0 < bar[3] < 28


def test_a_year_is_one_mark_and_not_twelve_contacts() -> None:
    drawn = strip(Heard(day("2024-01-01"), day("2024-12-31")))
    (bar,) = boxes(drawn, "span")
    assert bar[2] > 11 * 4
    assert boxes(drawn, "exact") == boxes(drawn, "about") == []


def test_news_through_others_is_a_dot_and_does_not_end_the_silence() -> None:
    """R1: only what resets the clock ends the silence."""
    without = strip(on("2025-01-10"), since=day("2020-01-01"))
    with_news = strip(on("2025-01-10"), on("2026-06-01", direct=False), since=day("2020-01-01"))
    assert len(boxes(with_news, "other")) == 1
    assert boxes(with_news, "silent") == boxes(without, "silent")


def test_silence_grows_with_its_limits() -> None:
    low = boxes(strip(on("2026-03-02")), "silent")
    heights = [height for *_, height in sorted(low)]
    assert heights == sorted(heights)
    assert [heights.count(h) for h in (3, 6, 9, 13)] == [0, 1, 3, 4]  # 59; 90–151; 182–264 days


def test_only_the_silence_of_today_is_coloured() -> None:
    drawn = parsed(strip(on("2022-03-02"), on("2026-10-02")))
    colours = {p.get("fill") for p in drawn.iter(f"{SVG}path") if p.get("class") == "silent"}
    assert colours == {shapes.QUIET, shapes.BAND_COLOURS["watch"]}


def test_nothing_is_drawn_before_the_case_began() -> None:
    low = boxes(strip(since=day("2026-01-05")), "silent")
    assert min(x for x, *_ in low) == 49 * 4
    assert boxes(strip(), "silent") == []


def test_contacts_outside_the_window_are_left_out() -> None:
    assert boxes(strip(on("2021-11-30")), "exact") == []
    assert len(boxes(strip(on("2021-12-01")), "exact")) == 1


@given(
    st.lists(
        st.builds(
            lambda start, length, direct: Heard(start, start + timedelta(days=length), direct),
            st.dates(day("2018-01-01"), TODAY),
            st.integers(0, 500),
            st.booleans(),
        ),
        max_size=12,
    )
)
def test_the_strip_stays_in_its_frame_and_mirrors_exactly(heard: list[Heard]) -> None:
    """Whatever is drawn lies within the sheet, and right-to-left is its mirror image."""
    left = strip(*heard, since=day("2019-05-01"))
    right = strip(*heard, since=day("2019-05-01"), rtl=True)
    for css in ("exact", "about", "span", "other", "silent", "tick"):
        there, back = boxes(left, css), boxes(right, css)
        assert all(x >= 0 and y >= 0 and x + w <= 239 and y + h <= 35 for x, y, w, h in there)
        assert sorted((round(239 - x - w, 1), y, w, h) for x, y, w, h in there) == sorted(back)
    taken = {x for x, *_ in boxes(left, "exact") + boxes(left, "about")}
    assert taken.isdisjoint(x for x, *_ in boxes(left, "silent"))


def test_a_strip_that_stands_alone_names_its_years_and_marks_in_both_directions() -> None:
    words = charts.StripWords("day", "about", "span", "other", "silent", "past")
    for rtl in (False, True):
        drawn = charts.strip_sheet([on("2026-11-09")], today=TODAY, words=words, title="t", rtl=rtl)
        texts = [
            (text.text, float(text.get("x", "")))
            for text in parsed(str(drawn.svg)).iter(f"{SVG}text")
        ]
        years = [x for text, x in texts if text in ("2022", "2023", "2024", "2025", "2026")]
        assert len(years) == 5 and years == sorted(years, reverse=rtl)
        assert {text for text, _x in texts} >= {"day", "about", "span", "other", "silent", "past"}
        assert all(0 <= x <= drawn.width for _text, x in texts)


def test_a_contact_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="before it began"):
        Heard(TODAY, TODAY - timedelta(days=1))


# --- the grid ------------------------------------------------------------------------------------


def marks(markup: str) -> dict[str, int]:
    classes = [g.get("class", "") for g in parsed(markup).iter(f"{SVG}g")]
    return {kind: classes.count(f"mark {kind}") for kind in ("exact", "about", "other")}


def test_the_grid_draws_and_tells_the_same() -> None:
    heard = [
        on("2024-03-05"),
        Heard(day("2024-07-01"), day("2024-07-31")),
        on("2025-02-01", direct=False),
    ]
    picture = charts.month_grid(heard, since=day("2024-01-22"), today=TODAY, words=WORDS, title="T")
    assert marks(picture.svg) == {"exact": 1, "about": 1, "other": 1}
    assert picture.header == ["Year", *MONTHS]
    assert [row[0] for row in picture.rows] == ["2024", "2025", "2026"]
    assert picture.rows[0][3] == "day known"
    assert picture.rows[0][7] == "about then"
    assert picture.rows[1][2] == "through others"
    assert picture.rows[0][1] == "none"
    assert picture.rows[2][12] == ""


def test_a_span_over_new_year_is_cut_into_two_rows_and_fills_its_months() -> None:
    heard = [Heard(day("2024-11-10"), day("2025-02-10"))]
    picture = charts.month_grid(heard, since=day("2024-01-01"), today=TODAY, words=WORDS, title="T")
    assert marks(picture.svg)["about"] == 2
    told = [cell for row in picture.rows for cell in row if cell == "about then"]
    assert len(told) == 4


def test_the_grid_shows_when_detention_began_and_begins_earlier_if_there_was_contact() -> None:
    texts = [
        t.text
        for t in parsed(
            charts.month_grid(
                [on("2023-12-24")], since=day("2024-05-02"), today=TODAY, words=WORDS, title="T"
            ).svg
        ).iter(f"{SVG}text")
    ]
    assert "held" in texts
    assert "2023" in texts


def test_the_key_of_the_grid_names_the_empty_months_where_there_are_any() -> None:
    every = [on("2026-01-05"), Heard(day("2026-02-01"), TODAY)]
    for heard, is_named in ((every, False), (every[:1], True)):
        since = day("2026-01-02")
        picture = charts.month_grid(heard, since=since, today=TODAY, words=WORDS, title="T")
        keys = [g for g in parsed(picture.svg).iter(f"{SVG}g") if g.get("class") == "key"]
        said = {text.text for key in keys for text in key.iter(f"{SVG}text")}
        assert ("none" in said) is is_named
        assert any("none" in row for row in picture.rows) is is_named


def test_twelve_months_fit_on_a_telephone() -> None:
    """360 px less the margins of page and card; the same contacts and the same table."""
    told = [on("2024-03-05"), Heard(day("2024-07-01"), day("2024-09-30"))]
    kwargs: dict[str, Any] = {"since": day("2024-01-22"), "today": TODAY, "words": WORDS}
    wide, narrow = (
        charts.month_grid(told, title="T", narrow=narrow, **kwargs) for narrow in (False, True)
    )
    assert float(parsed(narrow.svg).get("width", "")) <= 292
    assert marks(narrow.svg) == marks(wide.svg)
    assert narrow[1:3] == wide[1:3]
    heads = [t.text for t in parsed(narrow.svg).iter(f"{SVG}text")][:12]
    assert heads == [str(month) for month in range(1, 13)]
    assert 'class="held"' in narrow.svg


def test_a_grid_that_begins_in_the_future_is_refused() -> None:
    with pytest.raises(ValueError, match="after today"):
        charts.month_grid([], since=date(2027, 1, 1), today=TODAY, words=WORDS, title="T")


def test_the_grid_mirrors_its_columns() -> None:
    def january(rtl: bool) -> float:
        drawn = charts.month_grid(
            [], since=day("2024-01-01"), today=TODAY, words=WORDS, title="T", rtl=rtl
        ).svg
        return next(
            float(t.get("x", "")) for t in parsed(drawn).iter(f"{SVG}text") if t.text == "Jan"
        )

    assert january(rtl=False) < 100 < 400 < january(rtl=True)


# --- bands and digest ----------------------------------------------------------------------------


def weeks(count: int = 26) -> list[Week]:
    return [
        Week(f"week {i}", {"critical": 9 + i % 3, "overdue": 14, "watch": 20}) for i in range(count)
    ]


def test_each_week_and_band_is_one_bar_as_tall_as_its_figure() -> None:
    picture = charts.bands_over_weeks(weeks(), bands=BANDS, week_word="Week", title="T")
    for code, _ in BANDS:
        assert len(boxes(picture.svg, f"bar {code}")) == 26
    by_height = {round(h) for *_, h in boxes(picture.svg, "bar watch")}
    assert by_height == {round(20 * 200 / 60) - 1}
    assert len(picture.rows) == 26
    assert picture.rows[2] == ["week 2", "11", "14", "20"]


def test_a_stack_leaves_no_overlap() -> None:
    picture = charts.bands_over_weeks(weeks(1), bands=BANDS, week_word="Week", title="T")
    stack = sorted((y, h) for code, _ in BANDS for _, y, _, h in boxes(picture.svg, f"bar {code}"))
    for (top, height), (below, _) in pairwise(stack):
        assert top + height < below


def test_the_legend_of_a_few_weeks_has_as_much_room_as_that_of_half_a_year() -> None:
    few = charts.bands_over_weeks(weeks(3), bands=BANDS, week_word="Week", title="T")
    half_a_year = charts.bands_over_weeks(weeks(), bands=BANDS, week_word="Week", title="T")
    keys = boxes(few.svg, "key"), boxes(half_a_year.svg, "key")
    assert keys[0] == keys[1]
    newest = [max(x for x, *_ in boxes(p.svg, "bar critical")) for p in (few, half_a_year)]
    assert newest[0] == newest[1], "the newest week stands at the right"


def test_a_telephone_shows_the_whole_legend() -> None:
    """Of 360 px the page and the card leave 294, opened at the newest week."""
    picture = charts.bands_over_weeks(weeks(), bands=BANDS, week_word="Week", title="T")
    assert picture.width - min(x for x, *_ in boxes(picture.svg, "key")) <= 294


@pytest.mark.parametrize("day", ["27 Sep 2026", "2026-yili 27-sentebir"])
def test_dates_under_the_weeks_leave_each_other_room(day: str) -> None:
    """At 12 px a letter is 6 wide or so; each date ends where its `x` is."""
    dated = [Week(day, {"watch": 1})] * 26
    picture = charts.bands_over_weeks(dated, bands=BANDS, week_word="Week", title="T")
    texts = [each for each in parsed(picture.svg).iter(f"{SVG}text") if each.text == day]
    ends = [float(each.get("x", "")) for each in texts]
    assert len(ends) >= 4
    assert all(end >= 6 * len(day) for end in ends)
    assert all(later - earlier >= 6 * len(day) for earlier, later in pairwise(ends))


def test_empty_weeks_and_no_weeks_are_still_a_picture() -> None:
    empty = charts.bands_over_weeks([Week("w", {})], bands=BANDS, week_word="Week", title="T")
    assert boxes(empty.svg, "bar critical") == []
    assert empty.rows == [["w", "0", "0", "0"]]
    none = charts.bands_over_weeks([], bands=BANDS, week_word="Week", title="T")
    assert none.rows == []
    assert parsed(none.svg).find(f"{SVG}title") is not None


def test_what_nobody_sees_of_a_date_takes_no_room_below_the_weeks() -> None:
    def dates(label: str) -> int:
        dated = [replace(week, label=label) for week in weeks(26)]
        picture = charts.bands_over_weeks(dated, bands=BANDS, week_word="Week", title="T")
        return str(picture.svg).count(f">{label}</text>")

    assert dates("\u2067" + 20 * "1" + "\u2069") == dates(20 * "1") > dates(22 * "1")


@given(st.integers(0, 50_000))
def test_the_axis_holds_every_bar(most: int) -> None:
    picture = charts.bands_over_weeks(
        [Week("w", {"critical": most})], bands=BANDS, week_word="Week", title="T"
    )
    assert all(y >= 43 for _, y, _, _ in boxes(picture.svg, "bar critical"))


def test_digest_bars_are_in_proportion_and_mirrored() -> None:
    bars = [Bar("critical", "Critical", 14, 13), Bar("watch", "Watch", 28, 21)]
    more = {"now_word": "Now", "before_word": "Before", "band_word": "Band", "title": "T"}
    left = charts.digest_bars(bars, **more)
    right = charts.digest_bars(bars, **more, rtl=True)
    (one,), (two,) = boxes(left.svg, "bar critical"), boxes(left.svg, "bar watch")
    assert two[2] == pytest.approx(2 * one[2])
    (mirrored,) = boxes(right.svg, "bar watch")
    assert mirrored[0] + mirrored[2] == pytest.approx(330 - two[0])
    assert left.rows == [["Critical", "14", "13"], ["Watch", "28", "21"]]
    assert ">14 (13)<" in str(left.svg)
    assert ">(13) 14<" in str(right.svg), "this week stands next to its bar"
    first = charts.digest_bars([Bar("watch", "Watch", 28, None)], **more)
    assert ">28<" in str(first.svg) and first.rows == [["Watch", "28", ""]]
    assert boxes(first.svg, "before") == [], "nobody knows how it was before the first digest"
    assert len(boxes(left.svg, "key")) == 1 and boxes(first.svg, "key") == []
    assert ">( ) Before<" in str(left.svg) and ">Before ( )<" in str(right.svg)


# --- for all -------------------------------------------------------------------------------------

HOSTILE = '<script>alert("x")</script>&\'"'


def everything(words: str) -> list[str]:
    grid_words = GridWords([words] * 12, words, words, words, words, words, words)
    told = {"title": words, "desc": words}
    strip_words = charts.StripWords(words, words, words, words, words, words)
    return [
        str(charts.silence_strip([on("2026-11-09")], today=TODAY, **told)),
        str(charts.strip_sheet([on("2026-11-09")], today=TODAY, words=strip_words, **told).svg),
        str(
            charts.month_grid(
                [on("2026-11-09")], since=day("2026-01-01"), today=TODAY, words=grid_words, **told
            ).svg
        ),
        str(
            charts.bands_over_weeks(
                [Week(words, {"watch": 1})], bands=[("watch", words)], week_word=words, **told
            ).svg
        ),
        str(
            charts.digest_bars(
                [Bar("watch", words, 1, 0)],
                now_word=words,
                before_word=words,
                band_word=words,
                **told,
            ).svg
        ),
    ]


def test_every_picture_has_a_title_and_a_description_and_is_one_image() -> None:
    for markup in everything("About May 2026"):
        root = parsed(markup)
        assert root.get("role") == "img"
        assert root[0].tag == f"{SVG}title"
        assert root[1].tag == f"{SVG}desc"
        assert root[0].text == root[1].text == "About May 2026"
        assert root.get("direction") == "ltr"


def test_words_cannot_break_out_and_come_back_whole() -> None:
    for markup in everything(HOSTILE):
        assert "<script" not in markup
        assert parsed(markup)[0].text == HOSTILE


def test_pictures_need_no_inline_style_or_outside_file() -> None:
    """S12: the Content-Security-Policy allows neither."""
    for markup in everything("x"):
        assert not re.search(r"\sstyle=|<style|href|url\(|\son\w+=", markup)


MARKS = {
    **shapes.BAND_COLOURS,
    "quiet": shapes.QUIET,
    "longest": shapes.LONGEST,
    "heard": shapes.HEARD,
    "about": shapes.ABOUT,
    "other": shapes.OTHER,
}


@pytest.mark.parametrize("name", MARKS)
def test_marks_stand_out_from_paper(name: str) -> None:
    assert charts.contrast(MARKS[name], charts.PAPER) >= 3


def test_signs_and_texts_stand_out_from_what_they_lie_on() -> None:
    assert charts.contrast(shapes.PAPER, shapes.HEARD) >= 3
    assert charts.contrast(shapes.HEARD, shapes.PALE) >= 3
    assert charts.contrast(shapes.SOFT, shapes.PAPER) >= 4.5
    assert charts.contrast(shapes.SOFT, shapes.CELL) >= 4.5


def test_bands_differ_in_lightness_not_only_in_hue() -> None:
    tones = [charts.contrast(c, "#000000") for c in list(shapes.BAND_COLOURS.values())[:3]]
    assert all(after / before > 1.3 for before, after in pairwise(tones))


def test_contrast_is_that_of_the_standard() -> None:
    assert charts.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert charts.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert charts.contrast("#ffffff", "#ffffff") == 1
