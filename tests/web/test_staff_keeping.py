"""How long a case is kept, at the desk (S6, S18)."""

from __future__ import annotations

import re
from datetime import timedelta

from flask import Flask

from tests.web.conftest import ClientAs, Desks, MovableClock, PostForm
from tests.web.family_reports import report, send
from tests.web.staff_cases import case_row, make_case, rows
from tracker.bootstrap import Services
from tracker.engine.cases import cases
from tracker.engine.keeping import retention
from tracker.store.schema import Case, Enquirer


def test_a_forced_withdrawal_is_stopped_from_the_work_list(
    app: Flask, client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """S6: until it is deleted, a caseworker can stop it, with a reason that stands on the story."""
    family = app.test_client()
    code = report(family)
    send(family, "/status", {"code": code})
    assert send(family, "/status/withdraw", {}).status_code == 303
    boss = client_as("supervisor")
    work = boss.get("/work").text
    assert "deleted after 14 days" in work
    with desk() as d:
        ref = d.session.query(Case).one().ref
        who = d.session.query(Enquirer).one().id
    page = f"/cases/{ref}/keeping"
    assert "on 16 March 2026" in boss.get(page).text
    url = f"{page}/stay"
    assert post_form(boss, url, {"enquirer": who}, page=page).status_code == 422
    assert post_form(boss, url, {"enquirer": "x", "why": "forced"}, page=page).status_code == 422
    (row,) = rows(desk, ref, Enquirer)
    assert row.withdrawn_at is not None
    sent = post_form(boss, url, {"enquirer": who, "why": "she was forced"}, page=page)
    assert sent.status_code == 303
    (row,) = rows(desk, ref, Enquirer)
    assert row.withdrawn_at is None
    assert "she was forced" in boss.get(f"/cases/{ref}").text


def test_after_the_deletion_the_code_opens_nothing_and_the_case_is_as_if_absent(
    app: Flask,
    services: Services,
    client_as: ClientAs,
    post_form: PostForm,
    desk: Desks,
    clock: MovableClock,
) -> None:
    """S7, S8: a deleted receipt answers as one that never was; so do all pages of the case."""
    family = app.test_client()
    code = report(family)
    send(family, "/status", {"code": code})
    send(family, "/status/withdraw", {})
    boss = client_as("supervisor")
    with desk(boss.actor) as d:
        case = d.session.query(Case).one()
        ref = case.ref
        cases.close(d, case, "found", d.now.date(), "his sister", "home")
    page = f"/cases/{ref}/erase"
    wrong = post_form(boss, page, {"typed": "ABC"})
    assert wrong.status_code == 422 and "not the reference" in wrong.text
    assert post_form(boss, page, {"typed": ref.lower()}).status_code == 303
    assert case_row(desk, ref).state == "erased"
    boss.get("/queue")  # the note that it was deleted is read
    for path in ("", "/keeping", "/messages", "/erase", "/reopen"):
        erased, absent = (boss.get(f"/cases/{one}{path}") for one in (ref, "ZZZZZZ"))
        assert (erased.status_code, absent.status_code) == (404, 404)
        assert _plain(erased.text).replace(ref, "ZZZZZZ") == _plain(absent.text)
    assert family.get("/status").status_code == 200
    again = send(app.test_client(), "/status", {"code": code})
    assert again.status_code == 422 and "This code is not right" in again.text
    assert boss.get("/queue?view=closed").status_code == 200
    assert boss.get("/work").status_code == 200
    assert boss.get("/audit").status_code == 200
    clock.move(timedelta(days=1))
    assert retention.run(services) == 0


def test_only_a_supervisor_who_signed_in_anew_deletes(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """S10: erasing asks for password and code again; a caseworker does not erase at all."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id)
    assert worker.get(f"/cases/{ref}/erase").status_code == 403
    stale = client_as("supervisor", name="Vera", confirmed=False)
    asked = stale.get(f"/cases/{ref}/erase")
    assert (asked.status_code, asked.location.split("?")[0]) == (303, "/account/confirm")
    fresh = client_as("supervisor", name="Madina")
    refused = post_form(fresh, f"/cases/{ref}/erase", {"typed": ref})
    assert refused.status_code == 422 and "Only a closed case" in refused.text
    kept = post_form(
        worker, f"/cases/{ref}/keeping", {"until": "2026-09-01", "reason": "the trial is open"}
    )
    assert kept.status_code == 303
    assert str(case_row(desk, ref).review_on) == "2026-09-01"
    assert "the trial is open" in worker.get(f"/cases/{ref}").text


def _plain(page: str) -> str:
    """A page without the token that is another in each."""
    return re.sub(r'name="csrf_token" value="[^"]+"', "", page)
