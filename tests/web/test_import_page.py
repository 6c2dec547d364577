"""`/import`: upload, columns, dry run, apply: all or nothing, sealed, once (screens.md)."""

from __future__ import annotations

import io
import re
import tempfile
from datetime import timedelta
from html import unescape
from time import sleep
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.web.conftest import ClientAs, Desks, MovableClock, PostForm, StaffClient, csrf_of
from tests.web.staff_cases import make_case
from tracker.bootstrap import Services
from tracker.engine.sheets import import_sheets
from tracker.engine.worker.tick import tick
from tracker.store import drafts
from tracker.store.schema import Alert, Case, Draft, OutboxMessage

SECRET = "Tursunjan Hapizov"
SHEET = f"""Nr;Name;Last heard;Source;Remarks
17;{SECRET};2026-01-20;list of 2026;call him
18;Somebody Else;2025;list of 2026;
"""
COLUMNS = {"column-0": "id", "column-4": "-"}


def upload(browser: StaffClient, content: str | bytes, name: str = "cases.csv") -> TestResponse:
    raw = content.encode() if isinstance(content, str) else content
    part = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    token = '\r\n--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n'
    body = part.encode() + raw + f"{token}{csrf_of(browser.get('/import'))}\r\n--x--\r\n".encode()
    return browser.post("/import", data=body, content_type="multipart/form-data; boundary=x")


def columns_of(page: TestResponse) -> dict[str, str]:
    """What the page says that each column means."""
    found = re.findall(r'name="(column-\d+)".*?</select>', page.text, re.DOTALL)
    chosen = {}
    for field in found:
        part = page.text.partition(f'name="{field}"')[2].partition("</select>")[0]
        selected = re.search(r'value="([^"]*)" selected', part)
        chosen[field] = selected[1] if selected else ""
    return chosen


def settled(browser: StaffClient, at: str) -> TestResponse:
    """The sheet's page once no run is under way: as a browser does, look again and again."""
    for _ in range(600):
        shown = browser.get(at)
        if "Refresh" not in shown.headers:
            return shown
        sleep(0.1)
    raise AssertionError("the run does not end")


def tried(
    browser: StaffClient, post_form: PostForm, content: str | bytes, **said: str
) -> tuple[str, TestResponse]:
    """Upload, leave the columns as guessed but for what is said, and look at what would come."""
    at = upload(browser, content).location
    told = columns_of(browser.get(at)) | said
    post_form(browser, f"{at}/columns", told, page=at)
    return at, settled(browser, at)


def count(desk: Desks, kind: type[Any]) -> int:
    with desk() as d:
        return d.session.scalar(select(func.count()).select_from(kind)) or 0


def test_from_a_file_to_cases(client_as: ClientAs, post_form: PostForm, desk: Desks) -> None:
    """Guessed columns can be changed; nothing is kept by the dry run; then all of it, once."""
    boss = client_as("supervisor", name="Vera")
    at = upload(boss, SHEET).location
    page = boss.get(at)
    guessed = columns_of(page)
    assert guessed == {
        "column-0": "-",
        "column-1": "name",
        "column-2": "last_contact",
        "column-3": "source",
        "column-4": "-",
    }
    assert SECRET in page.text  # a sample, to recognise the column by
    post_form(boss, f"{at}/columns", guessed | COLUMNS, page=at)
    would = settled(boss, at).text
    assert "2 cases are new" in would
    for text, told in ((page.text, "2 columns are left out"), (would, "1 column is left out")):
        assert f"<strong>{told}:</strong>" in text and text.index(told) < text.index("Remarks")
    assert count(desk, Case) == 0
    assert post_form(boss, f"{at}/apply", page="/account").status_code == 303
    assert "It is brought in" in settled(boss, at).text
    assert count(desk, Case) == 2
    assert SECRET in boss.get("/queue").text
    post_form(boss, f"{at}/apply", page="/account")
    assert "This sheet was brought in already." in boss.get(at).text
    at, again = tried(boss, post_form, SHEET + "19;New One;2026-02-01;list of 2026;\n", **COLUMNS)
    assert "1 case is new" in again.text
    assert "2 rows were brought in before" in again.text
    post_form(boss, f"{at}/apply", page="/account")
    settled(boss, at)
    assert count(desk, Case) == 3


def test_faults_stand_by_row_and_column_and_it_cannot_be_applied(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    boss = client_as("supervisor", name="Vera")
    bad = "name,last_contact,means\nA Person,31 February 2018,telephone\nB Person,2018,pigeon\n"
    at, page = tried(boss, post_form, bad)
    rows = [unescape(re.sub("<[^>]+>", "|", row)) for row in re.findall("<tr>.*?</tr>", page.text)]
    assert any("Row 2" in row and "last_contact" in row for row in rows)
    assert any("Row 3" in row and "means" in row for row in rows)
    assert "Bring it in" not in page.text
    post_form(boss, f"{at}/apply", page="/account")
    assert "Try the sheet first" in boss.get(at).text
    assert count(desk, Case) == 0
    fixed = columns_of(boss.get(f"{at}?columns=1")) | {"column-1": "-", "column-2": "-"}
    post_form(boss, f"{at}/columns", fixed, page=f"{at}?columns=1")
    assert "2 cases are new" in settled(boss, at).text


def test_what_is_wrong_alike_stands_once_with_its_rows_and_what_the_cell_says(
    client_as: ClientAs, post_form: PostForm
) -> None:
    """Whoever mends a sheet searches it for what stands there."""
    boss = client_as("supervisor", name="Vera")
    bad = "name,last_contact,means\nA,2018,pigeon\nB,2018,pigeon\nC,2018,<owl>\n"
    _at, page = tried(boss, post_form, bad)
    rows = [unescape(re.sub("<[^>]+>", "|", row)) for row in re.findall("<tr>.*?</tr>", page.text)]
    assert "3 things are wrong" in page.text
    assert [row for row in rows if "pigeon" in row and "Rows 2, 3" in row]
    assert [row for row in rows if "<owl>" in row and "Row 4" in row]


def test_a_vague_cell_is_shown_before_it_comes_in(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """R2: whoever brings it in sees which days nobody knows; it stops nothing."""
    boss = client_as("supervisor", name="Vera")
    at, page = tried(boss, post_form, "name,last_contact\nA Person,when it snowed\n")
    table = page.text.partition("Look at these")[2].partition("</table>")[0]
    assert "Row 2" in table and "No date is understood in these words" in table
    assert "Bring it in" in page.text
    post_form(boss, f"{at}/apply", page=at)
    assert "It is brought in" in settled(boss, at).text and count(desk, Case) == 1


def test_two_columns_cannot_mean_the_same(client_as: ClientAs, post_form: PostForm) -> None:
    boss = client_as("supervisor", name="Vera")
    at = upload(boss, SHEET).location
    both = columns_of(boss.get(at)) | {"column-0": "name"}
    refused = post_form(boss, f"{at}/columns", both, page=at)
    assert refused.status_code == 422
    assert "Two columns mean the same" in refused.text
    none = dict.fromkeys(both, "-")
    assert "at least one column" in post_form(boss, f"{at}/columns", none, page=at).text
    odd = both | {"column-0": "invented"}
    assert post_form(boss, f"{at}/columns", odd, page=at).status_code == 422


def test_told_already_sends_nothing_and_says_so_before(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """Cases that come with a history are overdue at once; nobody is alarmed by old news."""
    boss = client_as("supervisor", name="Vera")
    _at, loud = tried(boss, post_form, SHEET, **COLUMNS)
    assert re.search(r"[1-9]\d* messages? would go out at once", loud.text)
    at, quiet = tried(boss, post_form, SHEET, told="1", **COLUMNS)
    assert "0 messages would go out at once" in quiet.text
    post_form(boss, f"{at}/apply", page="/account")
    settled(boss, at)
    with desk() as d:
        states = set(d.session.scalars(select(Alert.state).where(Alert.kind != "to_confirm")))
        waiting = d.session.scalars(select(OutboxMessage.state)).all()
    assert states == {"acknowledged"}
    assert not {"pending", "retry_wait"} & set(waiting)


def test_possible_duplicates_are_shown_to_look_at(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    boss = client_as("supervisor", name="Vera")
    ref = make_case(desk, None, name=SECRET)
    _at, page = tried(boss, post_form, SHEET, **COLUMNS)
    assert f'href="/cases/{ref}"' in page.text
    assert "Possibly the same person" in page.text


def test_an_xlsx_file_with_headings_in_another_language_is_understood(
    client_as: ClientAs, desk: Desks
) -> None:
    """The labels of this page, in any of its languages, are known headings."""
    book = openpyxl.Workbook()
    book.active.append(["Reference", "Names of the person", "Held since", "whatever"])
    book.active.append([None, SECRET, "2018", "x"])
    raw = io.BytesIO()
    book.save(raw)
    boss = client_as("supervisor", name="Vera")
    at = upload(boss, raw.getvalue(), "cases.xlsx").location
    assert list(columns_of(boss.get(at)).values()) == ["ref", "name", "held_since", "-"]


def test_a_file_that_does_not_say_its_encoding_is_shown_and_can_be_read_otherwise(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """What was guessed stands on the page; the file is kept for it, sealed, and only so long."""
    boss = client_as("supervisor", name="Vera")
    raw = "ФИО;Последний контакт\nТурсун Хапиз;январь 2026\n".encode("cp1251")
    at = upload(boss, raw).location
    page = boss.get(at)
    assert columns_of(page) == {"column-0": "name", "column-1": "last_contact"}
    assert "Турсун Хапиз" in page.text
    assert '<option value="cp1251" selected>' in page.text
    assert post_form(boss, f"{at}/encoding", {"encoding": "x"}, page=at).status_code == 422
    assert post_form(boss, f"{at}/encoding", {"encoding": "cp1254"}, page=at).status_code == 303
    other = boss.get(at)
    assert "Òóğñóí Õàïèç" in other.text and '<option value="cp1254" selected>' in other.text
    post_form(boss, f"{at}/encoding", {"encoding": "gb18030"}, page=at)
    refused = boss.get(at).text
    assert "not in that encoding" in refused and "Òóğñóí" in refused, "it stays as it was"
    post_form(boss, f"{at}/encoding", {"encoding": "cp1251"}, page=at)
    post_form(boss, f"{at}/columns", columns_of(boss.get(at)), page=at)
    assert "1 case is new" in settled(boss, at).text
    post_form(boss, f"{at}/apply", page="/account")
    settled(boss, at)
    with desk() as d:
        kept = drafts.answers(d.safe, d.session.scalars(select(Draft)).one())
    assert (kept["content"], kept["rows"]) == ("", [])
    post_form(boss, f"{at}/encoding", {"encoding": "cp1254"}, page="/import")
    assert "It is brought in" in boss.get(at).text, "what was brought in is not read anew"
    sure = upload(boss, SHEET).location
    assert "/encoding" not in boss.get(sure).text
    post_form(boss, f"{sure}/encoding", {"encoding": "cp1254"}, page="/import")
    assert "says itself in which encoding" in boss.get(sure).text


def test_s1_the_file_lies_nowhere_in_clear_and_not_for_long(
    client_as: ClientAs,
    post_form: PostForm,
    desk: Desks,
    services: Services,
    clock: MovableClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In no temporary file while it comes in, not in the database; after a day not at all."""
    folder = services.settings.instance
    monkeypatch.setattr(tempfile, "tempdir", str(folder / "no such folder"))
    boss = client_as("supervisor", name="Vera")
    large = SHEET + "".join(f"{n};{SECRET};2025;list;{'x' * 32_000}\n" for n in range(100, 120))
    assert len(large) > 600_000
    at, page = tried(boss, post_form, large, **COLUMNS)
    assert page.status_code == 200, "none is asked for: it could not be made"
    with desk() as d:
        kept = d.session.scalars(select(Draft).filter_by(kind="import")).one()
        assert SECRET.encode() not in kept.answers_sealed
        assert drafts.answers(d.safe, kept)["rows"][0][1]["Name"] == SECRET
    for path in folder.rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes(), path
    clock.move(drafts.LASTS + timedelta(seconds=1))
    late = client_as("supervisor", name="Vera")
    assert late.get(at).status_code == 404
    tick(services.restricted_to("clock", "contact"))
    assert count(desk, Draft) == 0


def test_a_sheet_that_was_brought_in_keeps_no_rows(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    boss = client_as("supervisor", name="Vera")
    at, _page = tried(boss, post_form, SHEET, **COLUMNS)
    post_form(boss, f"{at}/apply", page="/account")
    settled(boss, at)
    with desk() as d:
        told = drafts.answers(d.safe, d.session.scalars(select(Draft)).one())
    assert (told["rows"], told["columns"], told["state"]) == ([], [], "applied")


def test_anothers_sheet_is_as_if_absent_and_others_have_no_import(
    client_as: ClientAs, post_form: PostForm
) -> None:
    """S8, S9: supervisors only; a sheet is its uploader's."""
    boss, other = client_as("supervisor", name="Vera"), client_as("supervisor", name="Wera")
    at = upload(boss, SHEET).location
    assert other.get(at).status_code == 404
    assert post_form(other, f"{at}/discard", page="/account").status_code == 404
    for role in ("caseworker", "administrator", "auditor", "consular"):
        assert client_as(role).get("/import").status_code == 403
    stale = client_as("supervisor", name="Vera", confirmed=False)
    assert post_form(stale, f"{at}/apply", page="/account").location.startswith("/account/confirm")
    post_form(boss, f"{at}/discard", page=at)
    assert boss.get(at).status_code == 404


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Choose a CSV or XLSX file."),
        (b"\xff\xfe\x00ba", "no XLSX file, nor CSV"),
        (b"name,name\nx,y\n", "a name of its own"),
        (b"name\n", "has no rows"),
        (b"name\n" + b"x\n" * 2, "A page takes 1"),
        (b"PK\x03\x04 not a workbook", "no XLSX file"),
    ],
)
def test_what_is_no_sheet_is_said(
    content: bytes, sentence: str, client_as: ClientAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_sheets, "MOST_ROWS", 1)
    refused = upload(client_as("supervisor"), content)
    assert refused.status_code == 422
    assert sentence in refused.text


def test_a_run_under_way_shows_how_far_it_is_and_a_dead_one_can_begin_again(
    client_as: ClientAs,
    post_form: PostForm,
    desk: Desks,
    services: Services,
    clock: MovableClock,
) -> None:
    """Progress without a script; a run that died with its process kept nothing."""
    boss = client_as("supervisor", name="Vera")
    at, _page = tried(boss, post_form, SHEET, **COLUMNS)
    with desk(boss.actor) as d:
        draft = import_sheets.find(d, at.removeprefix("/import/"))
        assert draft is not None
        import_sheets.start(d, draft, apply=True)
        import_sheets.show_progress(d, draft.id, 1, 2)
    shown = boss.get(at)
    assert shown.headers["Refresh"] == "3"
    assert "50 %" in shown.text
    assert "Begin again" not in shown.text
    clock.now = clock.now.replace(year=clock.now.year + 10)  # the file's own time is the wall's
    with desk() as d:
        row = d.session.scalars(select(Draft)).one()
        row.expires_at = clock.now + timedelta(hours=1)
    later = client_as("supervisor", name="Vera")
    assert "Begin again" in later.get(at).text
    post_form(later, f"{at}/apply", page="/account")
    assert "It is brought in" in settled(later, at).text
    assert count(desk, Case) == 2
    assert list(services.settings.instance.glob("*.progress")) == []


def test_nothing_is_brought_in_on_what_came_of_other_columns_and_a_dead_try_leads_back_to_them(
    client_as: ClientAs,
    post_form: PostForm,
    desk: Desks,
    clock: MovableClock,
) -> None:
    """What was seen is what is brought in; a try that died with its process is no dead end."""
    boss = client_as("supervisor", name="Vera")
    at, _page = tried(boss, post_form, SHEET, **COLUMNS)
    with desk(boss.actor) as d:
        draft = import_sheets.find(d, at.removeprefix("/import/"))
        assert draft is not None
        import_sheets.say(d, draft, import_sheets.opened(d, draft)["said"], told=True)
        import_sheets.start(d, draft, apply=False)
    assert post_form(boss, f"{at}/apply", page="/account").status_code == 303
    assert "Try the sheet first" in boss.get("/import").text
    assert count(desk, Case) == 0
    assert "Trying" in boss.get(f"{at}?columns=1").text, "it may run yet"
    clock.now = clock.now.replace(year=clock.now.year + 10)
    with desk() as d:
        d.session.scalars(select(Draft)).one().expires_at = clock.now + timedelta(hours=1)
    later = client_as("supervisor", name="Vera")
    assert f"{at}?columns=1" in later.get(at).text
    assert 'name="column-0"' in later.get(f"{at}?columns=1").text
    told = columns_of(later.get(f"{at}?columns=1"))
    post_form(later, f"{at}/columns", told, page=f"{at}?columns=1")
    assert "What would come of it" in settled(later, at).text
