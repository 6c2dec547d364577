"""Paper: what stands on it, what does not, and that every script is set as its readers write it."""

from __future__ import annotations

import io
import logging
import re
from dataclasses import replace
from datetime import date

import pypdfium2
import pytest
from PIL import Image
from sqlalchemy import select

from tests.web.conftest import ClientAs, Desks, PostForm
from tests.web.pdfs import text_of
from tests.web.staff_cases import SISTER, case_row, make_case
from tracker.domain.consent import Scope
from tracker.domain.errors import Refused
from tracker.engine.cases import record, shared, sharing
from tracker.i18n.dates import days_text, short_date_text, unbroken
from tracker.i18n.languages import LANGUAGES
from tracker.i18n.words import speaking
from tracker.store.schema import AuditRow, Case, Enquirer
from tracker.web import charts, months
from tracker.web.paper import months_of, printing
from tracker.web.paper.sheet import Fact, Pair, Sheet
from tracker.web.staff.papers import GROUPS

TODAY = date(2026, 11, 20)
NAMES = ["Nurlan Qarasu", "Нұрлан Қарасу", "نۇرلان قاراسۇ", "努尔兰·哈拉苏"]


def drawn(pdf: bytes) -> Image.Image:
    """Its first page as a picture."""
    with pypdfium2.PdfDocument(pdf) as document:
        picture: Image.Image = document[0].render(scale=1).to_pil().convert("L")
    return picture


def sheet() -> Sheet:
    made = Sheet(title="Case sheet", heading=NAMES[0], name="KTRWQA", foot="Confidential")
    made.add_facts([Fact("silent", "148–178")])
    made.add_pairs([Pair("Names", NAMES)])
    made.add_table(["When", "How"], [["2026", "letter"], ["2025", "visit"]])
    made.add_words("#import $x$ \\ *he* said_so_ <b> @y")
    heard = [charts.Heard(date(2025, 3, 1), date(2025, 7, 30))]
    words = charts.GridWords(list("JFMAMJJASOND"), "Year", "a", "b", "c", "d", "held")
    grid = charts.month_grid(
        heard, since=date(2024, 1, 5), today=date(2026, 3, 2), words=words, title="T"
    )
    made.add_picture(grid, "Contact by month")
    return made


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_sheet_holds_every_script_and_its_properties_say_nothing(code: str) -> None:
    """Fonts are in the file; no name, no author, no time in its properties; words are no markup."""
    with speaking(code):
        made = printing.pdf(sheet())
    text = text_of(made)
    for word in re.findall(r"\w+", f"{NAMES[0]} {NAMES[1]} {NAMES[3]}"):
        assert word in text  # a reader of PDF orders the words of a mixed line as it likes
    assert "#import $x$ \\ *he* said_so_ <b> @y" in text or code == "ug"
    with pypdfium2.PdfDocument(made) as document:
        told = {key: value for key, value in document.get_metadata_dict().items() if value}
    assert set(told) <= {"Title", "Creator", "Producer"}
    assert told["Title"] == "Case sheet"
    assert not re.search(rb"/(CreationDate|ModDate|Author)|xmp:(CreateDate|ModifyDate)", made)
    assert set(re.findall(rb"/BaseFont/[A-Z]{6}\+(\w+)", made)) <= {
        b"NotoSans", b"NotoSansArabic", b"NotoSansCJKsc", b"DejaVuSans",
    }  # fmt: skip
    assert made.count(b"/FontFile") >= 3
    assert drawn(made).getextrema()[0] < 64


def test_uyghur_letters_are_joined_and_run_to_the_left() -> None:
    """Letters that join have other shapes apart; the first stands at the right."""
    with speaking("ug"):
        whole, apart = (
            printing.pdf(Sheet(title="T", heading=word)) for word in ("سىسىسى", "س‌ى‌س‌ى‌س‌ى")
        )
    assert drawn(whole).tobytes() != drawn(apart).tobytes()
    with (
        speaking("ug"),
        pypdfium2.PdfDocument(printing.pdf(Sheet(title="T", heading="ئاب"))) as document,
    ):
        page = document[0].get_textpage()
        text = page.get_text_range()
        first, last = (page.get_charbox(text.index(letter))[0] for letter in "ئب")
    assert first > last


@pytest.mark.parametrize("code", ["en", "ru"])
def test_even_tables_share_their_columns_and_no_line_ends_within_a_date(code: str) -> None:
    """Each column is as wide as its longest words in whichever table; the last has the rest."""
    with speaking(code):
        made = Sheet(title="T", heading="T")
        header, days = ["A", "B", "C"], unbroken(days_text(1051, 1415))
        made.add_table(header, [["K1", "Срок превышен", "#one"]], even=True)
        made.add_table(header, [["K7M2Q9WW", days, f"#two {short_date_text(TODAY)}"]], even=True)
        made.add_table(["A", "C"], [["K3", "three"]], even=True)
        pdf = printing.pdf(made)
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0].get_textpage()
        text = page.get_text_range()
        starts = {round(page.get_charbox(text.index(mark))[0]) for mark in ("#one", "#two")}
        levels = {round(page.get_charbox(text.index(figure))[3]) for figure in ("1051", "1415")}
    assert len(starts) == 1
    assert len(levels) == 1, "a span of days stands in one line"


def test_a_letter_that_our_fonts_lack_asks_the_machines_fonts() -> None:
    assert printing.covered("".join(NAMES) + "148–178 «»")
    assert not printing.covered("𠮷")


def test_the_press_keeps_quiet_about_what_it_could_not_print(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """S1: neither the log nor the sentence says what stood on the sheet."""
    monkeypatch.setattr(printing, "LIMITS", replace(printing.LIMITS, patience_seconds=0.001))
    with caplog.at_level(logging.DEBUG), pytest.raises(Refused) as refused:
        printing.pdf(sheet())
    assert "Qarasu" not in caplog.text + str(refused.value)
    assert caplog.records


def test_a_picture_becomes_a_png_of_its_own_size() -> None:
    bars = [charts.Bar("critical", "تەخىرسىز", 14, 13)]
    picture = charts.digest_bars(
        bars, now_word="n", before_word="b", band_word="w", title="t", rtl=True
    )
    with Image.open(io.BytesIO(printing.png(picture))) as png:
        assert png.format == "PNG" and not png.info.keys() - {"dpi"}
        assert png.width == pytest.approx(2 * (picture.width + 2 * 12 / 0.75), abs=2)
        assert min(png.convert("L").getextrema()) < 100


def test_a_drawing_with_joined_letters_is_set_in_one_font() -> None:
    """A ligature of the Arabic font in a line that begins in another would be boxes."""
    told = {"now_word": "n", "before_word": "b", "band_word": "w", "title": "t"}
    made = {}
    for label in ("ئالاقىدە 23", "ئالاقىدە", "Watch 23"):
        drawing = charts.digest_bars([charts.Bar("watch", label, 0, 0)], **told)
        assert ("DejaVu Sans" in printing.with_fonts(drawing.svg)) == (label[0] == "ئ")
        sheet = Sheet(title="T", heading="T")
        sheet.add_picture(drawing, "t")
        with speaking("en"):
            made[label] = printing.pdf(sheet)
    for label in ("ئالاقىدە 23", "ئالاقىدە"):
        assert b"+DejaVuSans" in made[label]
        assert "ئ" in text_of(made[label]) and "ق" in text_of(made[label])
    assert b"DejaVu" not in made["Watch 23"]


ALL = ["name", "dates", "place", "history", "family"]


def test_a_case_sheet_holds_what_was_chosen_and_nobody_who_told_it(
    client_as: ClientAs, desk: Desks, post_form: PostForm
) -> None:
    """S1: no reporter, source or words of a report; S13: audited; the file's name says nothing."""
    worker = client_as("caseworker", name="Dana Testova")
    ref = make_case(desk, worker.person_id)
    with desk(worker.actor) as d:
        record.add_statement(d, case_row(desk, ref), "place", {"text": "Camp"}, source="a guard")
    page = f"/cases/{ref}/paper"
    sent = {"fields": ALL, "language": "en"}
    answer = post_form(worker, page, sent, page)
    assert answer.status_code == 200 and answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="sheet.pdf"'
    assert answer.headers["Cache-Control"] == "no-store"
    text = text_of(answer.data)
    assert "Tursun Hapiz" in text and "Camp" in text and "41 days" in text and ref in text
    assert "has not agreed" in text
    for kept in (SISTER, "sibling", "a call in winter", "a guard", "the family", "Dana", "7701"):
        assert kept not in text.replace("The family has", "")
    with desk() as d:
        row = d.session.scalars(select(AuditRow).filter_by(act="case.printed")).one()
        assert row.actor_id == worker.person_id

    days_alone = text_of(post_form(worker, page, {**sent, "fields": ["dates"]}, page).data)
    assert "41 days" in days_alone
    for kept in ("Tursun", "Camp", "telephone"):
        assert kept not in days_alone
    assert post_form(worker, page, {"language": "en"}, page).status_code == 422
    assert post_form(worker, page, {**sent, "fields": ["documents"]}, page).status_code == 422


def test_a_sheet_in_another_language_than_the_page(
    client_as: ClientAs, desk: Desks, post_form: PostForm
) -> None:
    """A ministry reads another language than the caseworker; with consent nothing is held back."""
    worker = client_as("caseworker")
    ref = make_case(desk, worker.person_id)
    with desk(worker.actor) as d:
        case = d.session.get_one(Case, case_row(desk, ref).id)
        enquirer = d.session.scalars(select(Enquirer).filter_by(case_id=case.id)).one()
        sharing.record_consent(
            d, case, enquirer, Scope.CONSULAR, given=True, language="en", text_checked=True
        )
    page = f"/cases/{ref}/paper"
    answer = post_form(worker, page, {"fields": ALL, "language": "ru"}, page)
    text = text_of(answer.data)
    assert "41 день" in text and "20 января 2026" in text
    with speaking("ru"):
        assert str(months._("Contact by month")) in text
    assert "не дала согласия" not in text


def test_the_pictures_of_a_case_alone_as_png(
    client_as: ClientAs, desk: Desks, post_form: PostForm
) -> None:
    """For a slide: months of contact in the language chosen; that it was made is audited (S13).
    The month of detention is marked as on the case's page."""
    worker = client_as("caseworker")
    ref = make_case(desk, worker.person_id)
    page = f"/cases/{ref}/paper"
    with desk() as d:
        case = d.session.scalars(select(Case).filter_by(ref=ref)).one()
        record.add_statement(d, case, "held_since", {"edtf": "2025-11-03"})
        with speaking("ug"):
            drawn = months_of(shared.excerpt(d, case, frozenset(GROUPS), d.now))
    assert 'class="held"' in drawn.svg
    for which in ("months", "years"):
        answer = post_form(worker, page, {"picture": which, "language": "ug"}, page)
        assert answer.mimetype == "image/png"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="picture.png"'
        with Image.open(io.BytesIO(answer.data)) as png:
            assert png.width > 500 and min(png.convert("L").getextrema()) < 100
        with speaking("ug"):
            assert (answer.data == printing.png(drawn)) == (which == "months")
    assert post_form(worker, page, {"picture": "names", "language": "ug"}, page).status_code == 422
    with desk() as d:
        rows = d.session.scalars(select(AuditRow).filter_by(act="case.printed")).all()
        assert [row.actor_id for row in rows] == [worker.person_id] * 2
