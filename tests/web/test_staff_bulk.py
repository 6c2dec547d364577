"""Many cases of the queue at once, the page as CSV, and one's own views of it."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.conftest import ClientAs, Desks, MovableClock, PostForm
from tests.web.staff_cases import alerts, case_row, enquirer_of, make_case, notes
from tracker.engine.cases import cases
from tracker.engine.sheets import taking_out
from tracker.store.schema import AuditRow, Enquirer, SavedView

REASON = {"reason": "the aunt is abroad until then"}


def undo_of(browser: FlaskClient) -> str:
    """Where the note on the next page leads to take the act back."""
    found = re.search(r'action="(/queue/undo/[^"]+)"', browser.get("/queue").text)
    assert found
    return found[1]


def test_ticked_cases_are_snoozed_together_and_the_undo_restores_each(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """R12 for all; who was snoozed before is so again, who was not catches up (R8)."""
    worker = client_as("caseworker", name="Aigul")
    fresh = make_case(desk, worker.person_id, last="2026-03-01")
    before = make_case(desk, worker.person_id, last="2026-02-28")
    with desk(worker.actor) as d:
        row = d.session.merge(case_row(desk, before))
        cases.snooze(d, row, d.now + timedelta(days=2), "earlier")
    stood = case_row(desk, before).snoozed_until
    page = worker.get(f"/queue/snooze?ref={fresh}&ref={before}")
    assert "Snooze 2 cases" in page.text
    assert "1 of them is snoozed already" in page.text
    told = {"ref": [fresh, before], "until": "2026-03-20", **REASON}
    assert post_form(worker, "/queue/snooze", told, page="/account").status_code == 303
    assert all(case_row(desk, ref).snoozed_until.day == 20 for ref in (fresh, before))
    assert "snooze" in notes(desk, fresh)
    post_form(worker, undo_of(worker), page="/account")
    assert case_row(desk, fresh).snoozed_until is None
    assert case_row(desk, before).snoozed_until == stood


def test_an_undo_leaves_what_was_changed_since_and_is_one_person_s_and_once(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    boss, other = client_as("supervisor", name="Vera"), client_as("supervisor", name="Wera")
    old, new = client_as("caseworker", name="Aigul"), client_as("caseworker", name="Bota")
    refs = [make_case(desk, old.person_id) for _ in range(3)]
    told = {"ref": refs, "caseworker": new.person_id}
    assert (
        "3 of them belong to somebody now"
        in boss.get("/queue/assign?" + "&".join(f"ref={ref}" for ref in refs)).text
    )
    post_form(boss, "/queue/assign", told, page="/account")
    assert {case_row(desk, ref).caseworker_id for ref in refs} == {new.person_id}
    undo = undo_of(boss)
    hand = {"person": other.person_id, "reason": "she knows them"}
    post_form(boss, f"/cases/{refs[0]}/hand-over", hand)
    assert post_form(other, undo, page="/account").status_code == 303
    assert case_row(desk, refs[1]).caseworker_id == new.person_id, "not hers to undo"
    post_form(boss, undo, page="/account")
    owners = [case_row(desk, ref).caseworker_id for ref in refs]
    assert owners == [other.person_id, old.person_id, old.person_id]
    assert "2 cases are as before. 1 was changed since, and stays." in boss.get("/queue").text
    post_form(boss, undo, page="/account")
    assert "cannot be undone any more" in boss.get("/queue").text


def test_one_that_cannot_be_snoozed_stops_all_and_is_named(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """All or nothing; what was typed stands in the form."""
    worker = client_as("caseworker", name="Aigul")
    fine, closed = make_case(desk, worker.person_id), make_case(desk, worker.person_id)
    ended = {"reason": "found", "on": "2026-03-01", "source": "the aunt"}
    post_form(worker, f"/cases/{closed}/close", ended)
    told = {"ref": [fine, closed], "until": "2026-03-20", **REASON}
    refused = post_form(worker, "/queue/snooze", told, page="/account")
    assert refused.status_code == 422
    assert f"{closed}: This case is closed already." in refused.text
    assert REASON["reason"] in refused.text
    assert case_row(desk, fine).snoozed_until is None
    for wrong in ({"until": ""}, {"reason": ""}, {"until": "2027-01-01"}, {"until": "2026-02-01"}):
        answer = post_form(worker, "/queue/snooze", {**told, "ref": fine, **wrong}, page="/account")
        assert answer.status_code == 422
    assert case_row(desk, fine).snoozed_until is None


def test_another_s_cases_are_as_if_not_ticked(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """S8, S9; being of a post opens no case here either."""
    mine, other = client_as("caseworker", name="Aigul"), client_as("caseworker", name="Bota")
    ref = make_case(desk, other.person_id)
    assert mine.get(f"/queue/snooze?ref={ref}").location == "/queue"
    told = {"ref": ref, "until": "2026-03-20", **REASON}
    refused = post_form(mine, "/queue/snooze", told, page="/account")
    assert "Tick at least one case" in refused.text
    assert case_row(desk, ref).snoozed_until is None
    assert mine.get(f"/queue/assign?ref={ref}").status_code == 403
    assert mine.get("/queue/snooze?back=https://example.org/").location == "/queue"


def test_an_undone_snooze_lets_what_is_due_fire(
    client_as: ClientAs, post_form: PostForm, desk: Desks, clock: MovableClock
) -> None:
    """R8, R12: the step that fell due under the snooze fires at the undo."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id, last="2026-02-24")
    told = {"ref": ref, "until": "2026-03-28", **REASON}
    post_form(worker, "/queue/snooze", told, page="/account")
    undo = undo_of(worker)
    clock.move(timedelta(hours=23))  # beyond the seventh day, 09:00 in Almaty
    again = client_as("caseworker", name="Aigul")
    assert alerts(desk, ref, "step") == []
    post_form(again, undo, page="/account")
    assert case_row(desk, ref).snoozed_until is None
    assert len(alerts(desk, ref, "step")) == 1


def lines(answer: object) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))  # type: ignore[attr-defined]


def csv_of(post_form: PostForm, browser: FlaskClient, filters: str = "") -> TestResponse:
    return post_form(browser, f"/queue.csv{filters}", page="/account")


def test_the_csv_is_the_page_and_no_cell_is_a_formula(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """S16; own cases only; the filters of the address hold."""
    worker, other = client_as("caseworker", name="Aigul"), client_as("caseworker", name="Bota")
    make_case(desk, worker.person_id, name="=HYPERLINK(1)")
    make_case(desk, worker.person_id, name="Bolat Akhmet", last="2026-03-01")
    make_case(desk, other.person_id, name="Not Mine")
    answer = csv_of(post_form, worker)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="list.csv"'
    head, *rows = lines(answer)
    assert [row[3] for row in rows] == ["'=HYPERLINK(1)", "Bolat Akhmet"]
    assert rows[0][head.index("Silent days, at least")] == "41"
    assert len(lines(csv_of(post_form, worker, "?band=overdue"))) == 2
    with desk() as d:
        acts = [row.act for row in d.session.query(AuditRow).all()]
    assert worker.get("/queue.csv").status_code == 405, "S3: a link counts nothing"
    assert acts.count("export.made") == 2
    assert acts.count("case.exported") == 3


def test_a_file_needs_password_and_code_and_leaves_out_who_withdrew(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id)
    stale = client_as("caseworker", name="Aigul", confirmed=False)
    assert csv_of(post_form, stale).location.startswith("/account/confirm")
    with desk() as d:
        d.session.get_one(Enquirer, enquirer_of(desk, ref).id).withdrawn_at = d.now
    text = csv_of(post_form, worker).text
    assert ref in text
    assert "Tursun" not in text


def test_page_after_page_is_no_way_around_the_second_person(
    client_as: ClientAs,
    post_form: PostForm,
    desk: Desks,
    monkeypatch: pytest.MonkeyPatch,
    clock: MovableClock,
) -> None:
    """Export: over fifty cases a second person, counted over a day."""
    monkeypatch.setattr(taking_out, "ALONE_AT_MOST", 2)
    worker = client_as("caseworker", name="Aigul")
    for day in ("2026-03-01", "2026-01-20"):
        make_case(desk, worker.person_id, last=day)
    assert csv_of(post_form, worker).status_code == 200
    assert csv_of(post_form, worker).status_code == 200, "the same two again"
    make_case(desk, worker.person_id, last="2025")
    assert csv_of(post_form, worker).location == "/queue"
    assert "More than 2 cases would leave with you in one day" in worker.get("/queue").text
    clock.move(timedelta(days=1, minutes=1))
    fresh = client_as("caseworker", name="Aigul")
    assert csv_of(post_form, fresh, "?band=overdue").status_code == 200


def test_a_view_is_kept_under_a_name_for_its_person_alone(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """The name is sealed (S1); a name that is taken replaces no filters unseen."""
    worker, other = client_as("caseworker", name="Aigul"), client_as("caseworker", name="Bota")
    make_case(desk, worker.person_id)
    assert "Keep this view" not in worker.get("/queue").text
    assert "Keep this view" in worker.get("/queue?band=overdue").text
    told = {"name": "Look at <today>", "view": "mine", "band": "critical"}
    for name, band, said in (
        ("Look at <today>", "critical", "Saved."),
        ("Look at <today>", "critical", "Saved."),
        ("look at <TODAY>", "overdue", "Another view of yours has this name."),
    ):
        post_form(worker, "/queue/views", {**told, "name": name, "band": band}, page="/account")
        assert said in worker.get("/queue").text
    text = worker.get("/queue").text
    assert 'href="/queue?view=mine&amp;band=critical"' in text
    assert text.count("Look at &lt;today&gt;") == 2  # the link and the button that removes it
    assert "Look at" not in other.get("/queue").text
    with desk() as d:
        (row,) = d.session.query(SavedView).all()
        assert b"today" not in row.document_sealed
        view_id = row.id
    post_form(other, f"/queue/views/{view_id}/remove", page="/account")
    assert "There is no such view" in other.get("/queue").text
    post_form(worker, f"/queue/views/{view_id}/remove", page="/account")
    assert "Look at" not in worker.get("/queue").text
    refused = post_form(worker, "/queue/views", {"name": " "}, page="/account")
    assert refused.status_code == 303
    assert "Give the view a name." in worker.get("/queue").text


def test_keys_can_be_switched_off(client_as: ClientAs, post_form: PostForm, desk: Desks) -> None:
    """WCAG 2.1.4."""
    worker = client_as("caseworker", name="Aigul")
    make_case(desk, worker.person_id)
    assert "/static/keys-" in worker.get("/queue").text
    post_form(worker, "/account/keys", {}, page="/account")
    text = worker.get("/queue").text
    assert "/static/keys-" not in text
    assert "<dialog" not in text
    post_form(worker, "/account/keys", {"on": "1"}, page="/account")
    assert "/static/keys-" in worker.get("/queue").text


def test_all_shown_can_be_ticked_without_a_script(client_as: ClientAs, desk: Desks) -> None:
    worker = client_as("caseworker", name="Aigul")
    make_case(desk, worker.person_id)
    assert 'form="bulk" checked' not in worker.get("/queue").text
    assert 'form="bulk" checked' in worker.get("/queue?ticked=1").text
