"""Sheets brought in: all or nothing, once, with faults by row and column, and hints (cli.md)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from tests.standins.office import START, Office
from tests.standins.provider import Provider
from tracker.domain.errors import Refused
from tracker.engine.cases.queue import names_by_case
from tracker.engine.sheets.import_columns import IGNORED, Fault, guess
from tracker.engine.sheets.importing import Outcome, bring_in, understand
from tracker.engine.sheets.sheets import read_sheet
from tracker.store.schema import Alert, Case, ContactReport, ImportedRow, Statement

SHEET = """id,name,born,place,last_contact,said_on,means,confirmed,caseworker
17,Tursun Hapiz;Турсун Хапиз,1971,"Ürümqi, 3",2026-01-20,2026-03-01,telephone,yes,aigul@example.net
17,,,,in December 2025,2026-03-01,visit,yes,
18,阿依古丽,,,2025,2026-03-01,letter,,aigul@example.net
"""


@pytest.fixture
def office(instance: Path, database_url: str, mail: Provider) -> Iterator[Office]:
    office = Office.opened(instance, database_url, {"email": mail})
    office.person("Aigul", "caseworker")
    yield office
    office.services.database.engine.dispose()


class Undone(Exception):
    pass


def run(office: Office, content: str | bytes, *, keep: bool = True, **more: Any) -> Outcome:
    raw = content.encode() if isinstance(content, str) else content
    outcome = Outcome()
    try:
        with office.desk() as desk:
            outcome = bring_in(desk, understand(desk, read_sheet(raw), **more))
            if outcome.faults or not keep:
                raise Undone
    except Undone:
        pass
    return outcome


def count(office: Office, kind: type[Any]) -> int:
    with office.desk() as desk:
        return len(desk.session.scalars(select(kind)).all())


def test_rows_become_cases_and_rows_of_one_id_one_case(office: Office) -> None:
    done = run(office, SHEET)
    assert done.faults == [_source_fault()]
    done = run(office, with_source(SHEET))
    assert (done.faults, len(done.opened), done.told, done.known) == ([], 2, 1, 0)
    with office.desk() as desk:
        cases = {case.ref: case for case in desk.session.scalars(select(Case))}
        first = cases[done.opened[0]]
        named = names_by_case(desk, [first.id])[first.id]
        assert named == ["Tursun Hapiz", "Турсун Хапиз"]
        assert first.caseworker_id is not None
        told = sorted(
            desk.safe.open(row, "occurred")["earliest"]
            for row in desk.session.scalars(select(ContactReport).filter_by(case_id=first.id))
        )
        assert told == ["2025-12-01", "2026-01-20"]
        kinds = set(desk.session.scalars(select(Statement.kind).filter_by(case_id=first.id)))
        assert kinds == {"birth", "place"}


def with_source(sheet: str) -> str:
    head, *rows = sheet.strip().splitlines()
    return "\n".join([f"{head},source", *(f"{row},list of 2026" for row in rows)])


def _source_fault() -> Fault:
    says = (
        "The case is known, so this is a further account of it. Say in a column who tells it: "
        "conflicting facts are kept apart by their source."
    )
    return Fault(3, "Source", says)


def test_the_same_row_twice_in_one_sheet_is_passed_over_and_asks_for_no_source(
    office: Office,
) -> None:
    done = run(office, "ID,Name,Last heard\n7,Somebody,2018\n7,Somebody,2018\n")
    assert (done.faults, len(done.opened), done.told, done.known) == ([], 1, 0, 1)


def test_numbers_taken_for_our_references_are_one_fault_that_hides_no_other(office: Office) -> None:
    """`Ref no` heads the numbers of many an office: said once, with what to do."""
    sheet = "Ref no;Name;Last heard;Means\nX-1;A;2018;call\nX-2;B;2018;pigeon\nX-3;C;2018;call\n"
    done = run(office, sheet)
    assert [(fault.row, fault.column, fault.cell) for fault in done.faults] == [
        (1, "Ref no", ""),
        (3, "Means", "pigeon"),
    ]
    assert "Your own number of the case" in done.faults[0].says
    mended = run(office, sheet.replace("pigeon", "WeChat video"), columns={"Ref no": "id"})
    assert (mended.faults, len(mended.opened)) == ([], 3)
    ours = mended.opened[0]
    rows = "".join(f"{ref};2019;list\n" for ref in (ours, "X-2", "X-3"))
    some = run(office, "Ref no;Last heard;Source\n" + rows)
    assert [(fault.row, fault.cell) for fault in some.faults] == [(3, "X-2"), (4, "X-3")]


def test_the_same_rows_twice_are_nothing_and_a_longer_file_adds_what_is_new(office: Office) -> None:
    sheet = with_source(SHEET)
    run(office, sheet)
    before = count(office, ContactReport)
    again = run(office, sheet)
    assert (again.opened, again.told, again.known, again.messages) == ([], 0, 3, 0)
    longer = sheet + "\n18,,,,2026-02-10,2026-03-01,message,yes,,list of 2026"
    more = run(office, longer)
    assert (more.opened, more.told, more.known) == ([], 1, 3)
    assert count(office, ContactReport) == before + 1
    assert (count(office, Case), count(office, ImportedRow)) == (2, 4)


def test_every_fault_is_named_by_row_and_column_and_nothing_is_kept(office: Office) -> None:
    sheet = (
        "ID;Full name;Last heard;Said on;Means;Caseworker;Zone\n"
        "1;Somebody;when it snowed;2026-03-01;telephone;;\n"
        "2;Somebody;2026-05;2026-03-01;pigeon;;Mars/Base\n"
        "3;Somebody;2026-02;soon;;nobody@example.org;\n"
        "4;Somebody;2026-02;;;;\n"
        "5;Somebody;32 Foo 2025;2026-03-01;;;\n"
        "6;Somebody;31 February 2025;2026-03-01;;;\n"
        "7;Somebody;2025-13-40;2026-03-01;;;\n"
        "8;Somebody;45/2025;2026-03-01;;;\n"
    )
    done = run(office, sheet)
    assert [(fault.row, fault.column) for fault in done.faults] == [
        (3, "Last heard"),
        (3, "Means"),
        (3, "Zone"),
        (4, "Said on"),
        *((row, "Last heard") for row in (6, 7, 8, 9)),
    ]
    assert [(look.row, look.column) for look in done.looks] == [(2, "Last heard")]
    assert all("Write it as 2018-01-22" in fault.says for fault in done.faults[-4:])
    assert count(office, Case) == 0


def test_r2_one_vague_cell_stops_no_sheet_and_its_words_are_kept(office: Office) -> None:
    """As where a family does not know when: the case has its clock, and somebody is asked (R14);
    nobody can have confirmed a day that nobody knows."""
    sheet = (
        "ID;Full name;Last heard;Said on;Means;Confirmed\n"
        "1;Alim Tursun;when it snowed;2026-03-01;telephone;yes\n"
        "2;Bota Serik;2026-02;2026-03-01;telephone;yes\n"
    )
    done = run(office, sheet)
    assert (len(done.opened), done.faults) == (2, [])
    assert [(look.row, look.column) for look in done.looks] == [(2, "Last heard")]
    with office.desk() as desk:
        case = desk.session.scalars(select(Case).filter_by(ref=done.opened[0])).one()
        report = desk.session.scalars(select(ContactReport).filter_by(case_id=case.id)).one()
        told = desk.safe.open(report, "occurred")
        assert (report.state, told["earliest"], told["flags"]) == ("pending", None, ["unknown"])
        assert desk.safe.open(report, "details")["words"] == "when it snowed"
        assert case.next_look_at is not None
        asked = select(Alert).filter_by(case_id=case.id, kind="to_confirm")
        assert desk.session.scalars(asked).one().contact_report_id == report.id


def test_a_column_that_nobody_knows_is_never_dropped_quietly(office: Office) -> None:
    sheet = "Имя,Заметка\nТурсун,x\n"
    assert [fault.column for fault in run(office, sheet).faults] == ["Заметка"]
    done = run(office, sheet, columns={"Заметка": "-"})
    assert done.faults == [] and len(done.opened) == 1
    twice = run(office, sheet, columns={"Заметка": "name"})
    assert [fault.column for fault in twice.faults] == ["Заметка"]
    assert run(office, sheet, columns={"Nobody": "name"}).faults[0].column == "Nobody"


def test_a_dry_run_says_the_same_and_keeps_nothing(office: Office) -> None:
    tried = run(office, with_source(SHEET), keep=False)
    assert count(office, Case) == count(office, Alert) == 0
    done = run(office, with_source(SHEET))
    assert (tried.told, tried.messages, len(tried.opened)) == (
        done.told,
        done.messages,
        len(done.opened),
    )
    assert done.messages > 0


def test_those_who_were_told_already_are_not_written_to_but_to_what_comes_later(
    office: Office, mail: Provider
) -> None:
    """A silent year is no news to the office; the next step is (R10)."""
    sheet = (
        "name,last_contact,means,confirmed,caseworker\n"
        "Tursun Hapiz,2026-02-20,telephone,yes,aigul@example.net\n"
    )
    done = run(office, sheet, told_already=True)
    assert (done.faults, done.messages) == ([], 0)
    office.tick()
    assert mail.taken == []
    assert {alert.state for alert in office.alerts()} == {"acknowledged"}
    office.clock.move(days=30)
    office.tick()
    (row,) = office.rows(kind="alert", state="accepted")
    assert row.created_at > START


def test_a_history_run_again_and_changed_tells_only_what_is_new_and_of_it_only_once(
    office: Office, mail: Provider
) -> None:
    """R6, R7, R8: the same file doubles nothing and alerts nobody twice; a row that was changed is
    one more account of its case; a row that is gone from the file takes nothing away."""
    head = "id,name,last_contact,said_on,means,confirmed,caseworker,source\n"
    rows = {
        "1": "1,Tursun Hapiz,2025-11-02,2026-03-01,telephone,yes,aigul@example.net,list",
        "2": "2,Aygul Memet,2025,2026-03-01,letter,yes,aigul@example.net,list",
        "3": "3,Nurlan Serik,2026-02-28,2026-03-01,visit,yes,aigul@example.net,list",
    }
    sheet = head + "\n".join(rows.values()) + "\n"
    first = run(office, sheet, told_already=True)
    assert (first.faults, len(first.opened), first.messages) == ([], 3, 0)
    office.tick()
    before = (count(office, ContactReport), count(office, Alert))
    for told in (True, False):  # the tick forgotten the second time
        again = run(office, sheet, told_already=told)
        assert (again.known, again.told, again.opened, again.messages) == (3, 0, [], 0)
        office.tick()
    assert (count(office, ContactReport), count(office, Alert)) == before
    assert mail.taken == []
    rows["1"] = rows["1"].replace("2025-11-02", "2026-02-27")  # newly heard: the silence is over
    rows["2"] = rows["2"].replace("Aygul Memet", "Aygul Memet;阿依古丽")
    del rows["3"]
    changed = run(office, head + "\n".join(rows.values()) + "\n", told_already=True)
    assert (changed.faults, changed.known, changed.told, changed.opened) == ([], 0, 2, [])
    office.tick()
    with office.desk() as desk:
        cases = {case.ref: case for case in desk.session.scalars(select(Case))}
        assert len(cases) == 3
        silent = cases[first.opened[1]]
        assert set(names_by_case(desk, [silent.id])[silent.id]) == {"Aygul Memet", "阿依古丽"}
        told_of = cases[first.opened[0]]
        latest = {
            desk.safe.open(row, "occurred")["latest"]
            for row in desk.session.scalars(select(ContactReport).filter_by(case_id=told_of.id))
        }
        assert latest == {"2025-11-02", "2026-02-27"}, "both stand, by source"
    still = {(alert.case_id, alert.kind): alert.state for alert in office.alerts()}
    assert still[told_of.id, "step"] == "resolved"
    assert still[silent.id, "step"] == "acknowledged"
    assert mail.taken == [], "nobody was told of a silence, so nobody of its end"


def test_who_may_be_somebody_known_is_said_and_not_decided(office: Office) -> None:
    first = run(office, "name\nAygul Tursun\n")
    done = run(office, "name\nАйгүл Тұрсын\nAigul Tursun\nSomebody Quiteelse\n")
    assert done.faults == [] and len(done.opened) == 3
    hints = {(hint.row, hint.like) for hint in done.hints}
    assert {(2, first.opened[0]), (3, first.opened[0]), (3, "row 2")} <= hints
    assert not [hint for hint in done.hints if hint.row == 4]


def test_a_spreadsheet_says_the_same_as_its_text(office: Office) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["id", "name", "last_contact", "confirmed"])
    page.append([17, "Tursun Hapiz", date(2026, 1, 20), True])
    page.append([None, None, None, None])
    page.append([18.0, "=1+1", "2026-02", False])
    file = io.BytesIO()
    book.save(file)
    sheet = read_sheet(file.getvalue())
    assert sheet.rows[0].cells == {
        "id": "17",
        "name": "Tursun Hapiz",
        "last_contact": "2026-01-20",
        "confirmed": "yes",
    }
    assert [row.number for row in sheet.rows] == [2, 4]
    assert run(office, file.getvalue()).faults == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"name,name\nx,y\n",
        b"name,\nx,y\n",
        b"name\nx,y\n",
        b"PK\x03\x04 no zip",
        b"\xff\xfe\x00x\x00",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old workbook",
        bytes(range(256)),
        "имя\nТурсун Хапиз".encode()[:-1],  # cut off within a letter
        b'name\n"never closed\n',
    ],
    ids=repr,
)
def test_what_is_no_sheet_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(Refused, match=r"\.$"):
        read_sheet(content)


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fail_otherwise(content: bytes) -> None:
    with suppress(Refused):
        read_sheet(content)


def test_columns_are_guessed_as_people_head_them() -> None:
    """A guess is shown and can be changed; what nobody can tell is left out."""
    heads = ["My number", "Full name", "When last heard?", "Told by", "How", "No.", "Notes"]
    assert list(guess(heads).values()) == [
        *("id", "name", "last_contact", "source", "means"),
        *(IGNORED, IGNORED),  # a second number, and what could be anything
    ]
