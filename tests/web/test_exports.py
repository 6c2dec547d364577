"""Cases taken out on the page: asked, agreed to by a second person, downloaded once (matrix)."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.conftest import ClientAs, Desks, MovableClock, PostForm
from tests.web.staff_cases import make_case
from tracker.domain.errors import Refused
from tracker.engine.sheets import taking_out
from tracker.store.schema import AuditRow, Case, ExportRequest


@pytest.fixture
def _many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three cases are many here; the real bound is tried at the command line."""
    monkeypatch.setattr(taking_out, "ALONE_AT_MOST", 2)


def request_of(desk: Desks) -> ExportRequest:
    with desk() as d:
        return d.session.query(ExportRequest).order_by(ExportRequest.asked_at.desc()).first()


def acts(desk: Desks) -> list[str]:
    with desk() as d:
        rows = d.session.query(AuditRow).order_by(AuditRow.seq)
        return [row.act for row in rows if row.act.startswith(("export.", "case.exported"))]


def post(browser: FlaskClient, send: PostForm, address: str, **data: Any) -> TestResponse:
    return send(browser, address, data, page="/exports")


def test_one_s_own_few_cases_are_downloaded_once(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    worker, other = client_as("caseworker", name="Aigul"), client_as("caseworker", name="Bota")
    mine, theirs = make_case(desk, worker.person_id), make_case(desk, other.person_id)
    assert post(worker, post_form, "/exports", form="csv").status_code == 303
    shown = worker.get("/exports").text
    assert "1 case" in shown and "Can be downloaded once" in shown
    file = f"/exports/{request_of(desk).id}/file"
    assert post(other, post_form, file).status_code == 422
    taken = post(worker, post_form, file)
    assert taken.mimetype == "text/csv"
    assert re.fullmatch(r'attachment; filename="[\d-]+\.csv"', taken.headers["Content-Disposition"])
    assert taken.headers["Cache-Control"] == "no-store"
    (row,) = csv.DictReader(io.StringIO(taken.data.decode("utf-8-sig")))
    assert row["ref"] == mine and theirs not in taken.text
    again = post(worker, post_form, file)
    assert again.status_code == 422 and "taken out already" in again.text
    assert acts(desk) == ["export.asked", "case.exported", "export.made"]


def test_a_case_that_is_not_one_s_own_is_as_if_absent(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """S8."""
    worker, other = client_as("caseworker", name="Aigul"), client_as("caseworker", name="Bota")
    theirs = make_case(desk, other.person_id)
    for ref in (theirs, "ZZZZZZ"):
        answer = post(worker, post_form, "/exports", form="json", ref=ref)
        assert answer.status_code == 422 and "There is no such case" in answer.text
    assert post(worker, post_form, "/exports", form="exe").status_code == 422
    assert acts(desk) == []


@pytest.mark.usefixtures("_many")
def test_many_cases_wait_for_another_supervisor(
    client_as: ClientAs, post_form: PostForm, desk: Desks, clock: MovableClock
) -> None:
    worker, vera = client_as("caseworker", name="Aigul"), client_as("supervisor", name="Vera")
    for _each in range(3):
        make_case(desk, worker.person_id)
    assert post(worker, post_form, "/exports", form="json").status_code == 303
    asked = request_of(desk)
    assert post(worker, post_form, "/exports", form="json").status_code == 303
    assert request_of(desk).id == asked.id, "the same is not asked for twice"
    file, agree = f"/exports/{asked.id}/file", f"/exports/{asked.id}/agree"
    early = post(worker, post_form, file)
    assert early.status_code == 422 and "has to agree" in early.text
    assert post(worker, post_form, agree).status_code == 403
    assert "needs you to agree" in vera.get("/work").text
    assert "Aigul" in vera.get("/exports").text
    clock.move(timedelta(minutes=1))
    make_case(desk, worker.person_id)  # opened later: not agreed to, not in it
    assert post(vera, post_form, agree).status_code == 303
    assert post(vera, post_form, agree).status_code == 422
    assert post(vera, post_form, file).status_code == 422, "who agrees does not take"
    assert len(post(worker, post_form, file).get_json()["cases"]) == 3
    assert post(worker, post_form, file).status_code == 422
    with desk() as d:
        made = d.session.query(AuditRow).filter_by(act="export.made").one()
        assert made.detail is not None and made.detail["second"] == vera.person_id


@pytest.mark.usefixtures("_many")
def test_nobody_agrees_with_themselves_and_a_word_ends_after_a_day(
    client_as: ClientAs, post_form: PostForm, desk: Desks, clock: MovableClock
) -> None:
    vera, marta = client_as("supervisor", name="Vera"), client_as("supervisor", name="Marta")
    for _each in range(3):
        make_case(desk, vera.person_id)
    post(vera, post_form, "/exports", form="csv")
    first = request_of(desk)
    assert post(vera, post_form, f"/exports/{first.id}/agree").status_code == 422
    clock.move(timedelta(hours=23))
    with desk(marta.actor) as d:
        taking_out.agree(d, first.id)
    clock.move(timedelta(hours=1))
    with desk(vera.actor) as d, pytest.raises(Refused, match="a day has passed"):
        taking_out.prepare(d, first.id)
    with desk(vera.actor) as d:
        second = taking_out.ask(d, "csv")
    assert second.id != first.id and taking_out.waits(second)
    with desk(marta.actor) as d:
        taking_out.decline(d, second.id)
    with desk(marta.actor) as d, pytest.raises(Refused):
        taking_out.agree(d, second.id)


@pytest.mark.usefixtures("_many")
def test_what_was_agreed_to_does_not_grow(client_as: ClientAs, desk: Desks) -> None:
    """Cases that become one's own afterwards were not agreed to."""
    worker, vera = client_as("caseworker", name="Aigul"), client_as("supervisor", name="Vera")
    other = client_as("caseworker", name="Bota")
    for _each in range(3):
        make_case(desk, worker.person_id)
    theirs = make_case(desk, other.person_id)
    with desk(worker.actor) as d:
        asked = taking_out.ask(d, "csv")
    with desk(vera.actor) as d:
        taking_out.agree(d, asked.id)
    with desk() as d:
        d.session.query(Case).filter_by(ref=theirs).one().caseworker_id = worker.person_id
    with desk(worker.actor) as d, pytest.raises(Refused, match="More cases are yours"):
        taking_out.prepare(d, asked.id)


@pytest.mark.usefixtures("_many")
def test_one_at_a_time_is_no_way_around_the_second_person(
    client_as: ClientAs, post_form: PostForm, desk: Desks, clock: MovableClock
) -> None:
    """Matrix, export: different cases of a day count together, in every form and on paper."""
    vera, marta = client_as("supervisor", name="Vera"), client_as("supervisor", name="Marta")
    refs = [make_case(desk, None) for _each in range(4)]
    paper = {"fields": ["dates"], "language": "en"}

    def printed(ref: str) -> int:
        return post_form(vera, f"/cases/{ref}/paper", paper).status_code

    with desk(vera.actor) as d:
        early = taking_out.ask(d, "csv", refs[1])
    clock.move(timedelta(seconds=1))
    for form in ("json", "csv"):  # the same case twice is one case
        post(vera, post_form, "/exports", form=form, ref=refs[0])
        assert post(vera, post_form, f"/exports/{request_of(desk).id}/file").status_code == 200
        clock.move(timedelta(seconds=1))
    assert printed(refs[2]) == 200
    assert printed(refs[2]) == 200
    assert printed(refs[3]) == 422
    late = post(vera, post_form, f"/exports/{early.id}/file")
    assert late.status_code == 422 and "More than 2 cases would leave" in late.text
    post(vera, post_form, "/exports", form="csv", ref=refs[1])
    asked = request_of(desk)
    assert asked.id != early.id and taking_out.waits(asked)
    assert post(vera, post_form, f"/exports/{asked.id}/file").status_code == 422
    assert post(marta, post_form, f"/exports/{asked.id}/agree").status_code == 303
    assert post(vera, post_form, f"/exports/{asked.id}/file").status_code == 200
    assert printed(refs[0]) == 200, "what was agreed to does not count"
    clock.move(timedelta(hours=25))
    with desk(vera.actor) as d:
        assert not taking_out.waits(taking_out.ask(d, "csv", refs[3]))


@pytest.mark.usefixtures("_many")
def test_cases_merged_into_one_leave_as_many(
    client_as: ClientAs, post_form: PostForm, desk: Desks, clock: MovableClock
) -> None:
    """Merge, take out, take apart: each case whose words leave counts, before and after (S3)."""
    lead, second = client_as("supervisor", name="Vera"), client_as("supervisor", name="Lola")
    refs = [make_case(desk, lead.person_id, name=f"Invented Person {n}") for n in range(4)]

    def merge(kept: str, other: str) -> None:
        page = f"/cases/{kept}/same/{other}"
        told = {"kept": kept, "reason": "one person"}
        assert post_form(lead, f"{page}/merge", told, page=page).status_code == 303

    merge(refs[1], refs[2])
    merge(refs[0], refs[1])  # three in one, the third by way of the second
    assert post(lead, post_form, "/exports", form="json", ref=refs[0]).status_code == 303
    asked = request_of(desk)
    assert (asked.state, asked.case_count) == ("waiting", 3)
    assert post(lead, post_form, f"/exports/{asked.id}/file").status_code == 422
    assert post(second, post_form, f"/exports/{asked.id}/agree").status_code == 303
    merge(refs[0], refs[3])
    more = post(lead, post_form, f"/exports/{asked.id}/file")
    assert more.status_code == 422, "more would leave than was agreed to"
    for into in (refs[0], refs[0]):
        assert post_form(lead, f"/cases/{into}/unmerge", {"reason": "two"}).status_code == 303
    clock.move(timedelta(minutes=1))
    assert post(lead, post_form, "/exports", form="json", ref=refs[1]).status_code == 303
    taken = post(lead, post_form, f"/exports/{request_of(desk).id}/file")
    assert taken.status_code == 200 and acts(desk).count("case.exported") == 2
    clock.move(timedelta(minutes=1))
    assert post_form(lead, f"/cases/{refs[1]}/unmerge", {"reason": "two"}).status_code == 303
    assert post(lead, post_form, "/exports", form="json", ref=refs[3]).status_code == 303
    assert request_of(desk).state == "waiting", "those two count on after they were taken apart"
