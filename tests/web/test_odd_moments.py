"""Acts at the wrong moment and forms nobody's page sends: a clear answer, never a silent hold."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.web.conftest import ClientAs, Desks, MovableClock, PostForm, csrf_of
from tests.web.family_reports import report, send
from tests.web.staff_cases import case_row, make_case, reports
from tracker.engine.clock.clockwork import open_file
from tracker.store.schema import FamilyMessage

CLOSING = {"reason": "found", "on": "2026-03-01", "source": "his mother"}


def test_a_closed_case_takes_no_snooze_that_would_outlive_reopening(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """R12, R15: what is due after reopening catches up at once."""
    worker = client_as("caseworker")
    ref = make_case(desk, worker.person_id)
    post_form(worker, f"/cases/{ref}/close", CLOSING)
    snooze = {"until": "2026-03-20", "reason": "Wait."}
    refused = post_form(worker, f"/cases/{ref}/snooze", snooze, page=f"/cases/{ref}")
    assert refused.status_code == 422
    post_form(worker, f"/cases/{ref}/reopen", {"reason": "Not him."}, page=f"/cases/{ref}")
    with desk() as d:
        assert open_file(d, case_row(desk, ref)).snoozed_until is None


@pytest.mark.parametrize("days", [("2026-03-15", "2026-03-20"), ("2026-03-15", "")])
def test_a_report_is_not_confirmed_for_days_after_it_was_told(
    client_as: ClientAs,
    post_form: PostForm,
    desk: Desks,
    clock: MovableClock,
    days: tuple[str, str],
) -> None:
    """R16: what was told on 2 March cannot have happened in the middle of March."""
    ref = make_case(desk, client_as("caseworker").person_id, confirmed=False)
    clock.move(timedelta(days=20))
    worker = client_as("caseworker")
    page = f"/cases/{ref}/contacts/{reports(desk, ref)[0].id}"
    bounds = {"class": "direct", "earliest": days[0], "latest": days[1]}
    assert post_form(worker, f"{page}/confirm", bounds, page=page).status_code == 422
    assert reports(desk, ref)[0].state == "pending"


def test_a_last_day_alone_narrows_what_was_told(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """R14: nothing that a caseworker typed is dropped without a word."""
    worker = client_as("caseworker")
    ref = make_case(desk, worker.person_id, last="2026-01", confirmed=False)
    page = f"/cases/{ref}/contacts/{reports(desk, ref)[0].id}"
    post_form(worker, f"{page}/confirm", {"class": "direct", "latest": "2026-01-10"}, page=page)
    with desk() as d:
        occurred = d.safe.open(reports(desk, ref)[0], "occurred")
    assert (occurred["earliest"], occurred["latest"]) == ("2026-01-01", "2026-01-10")


@pytest.fixture
def family(client: FlaskClient) -> FlaskClient:
    """A browser behind its code."""
    assert send(client, "/status", {"code": report(client)}).location == "/status"
    return client


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00+23:00", "9999-12-31T23:59:59-23:00"])
def test_an_instant_no_calendar_holds_is_no_failure(family: FlaskClient, instant: str) -> None:
    token = csrf_of(family.get("/status"))
    sent = family.post("/status/read", data={"csrf_token": token, "up_to": instant})
    assert sent.status_code == 303


def test_a_form_sent_twice_under_an_endless_token_is_taken_once(
    family: FlaskClient, desk: Desks
) -> None:
    sent = {"text": "Any news?", "once": "q" * 10_000}
    token = csrf_of(family.get("/status/message"))
    for _ in range(2):
        answer = family.post("/status/message", data={**sent, "csrf_token": token})
        assert answer.status_code == 303
    with desk() as d:
        assert len(d.session.scalars(select(FamilyMessage)).all()) == 1
