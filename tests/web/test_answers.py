"""What a form is answered with is read by GET: a browser's Back finds a page (S3)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.web.conftest import ClientAs, Desks, MovableClock, csrf_of
from tests.web.staff_cases import case_row, make_case
from tracker.security import receipts
from tracker.store.schema import AuditRow, Draft

FROM_PAGE_TO_PAGE = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "same-origin"}


def sent(browser: FlaskClient, url: str, told: dict[str, Any], page: str = "") -> TestResponse:
    """A form sent as a browser does it."""
    token = csrf_of(browser.get(page or url))
    headers = {**FROM_PAGE_TO_PAGE, "Referer": f"http://localhost{page or url}"}
    return browser.post(url, data={**told, "csrf_token": token}, headers=headers)


def test_a_fault_at_the_desk_is_shown_by_get(
    client_as: ClientAs, desk: Desks, clock: MovableClock
) -> None:
    """As it was typed, for this session alone; in the store it is sealed (S1)."""
    worker = client_as("caseworker", name="Aigul")
    url = f"/cases/{make_case(desk, worker.person_id)}/snooze"
    moved = sent(worker, url, {"until": "", "reason": "she is in <hospital>"})
    assert (moved.status_code, moved.location) == (303, f"{url}?shown=1")
    for _back_and_forth in range(2):
        page = worker.get(moved.location)
        assert page.status_code == 200
        assert "Say until when." in page.text and "she is in &lt;hospital&gt;" in page.text
        assert page.headers["Cache-Control"] == "no-store"
    assert "hospital" not in worker.get(url).text, "opened anew it is empty"
    again = sent(worker, url, {"until": "2026-03-09", "reason": ""}, moved.location)
    assert "Say why." in worker.get(again.location).text
    with desk() as d:
        (kept,) = d.session.scalars(select(Draft).filter_by(kind="answer"))
        assert b"hospital" not in kept.answers_sealed
    for other in (client_as("caseworker", name="Aigul"), client_as("supervisor", name="Vera")):
        assert other.get(again.location).location == url
    clock.move(timedelta(minutes=16))
    assert worker.get(again.location).location.startswith("/signin")


def test_s9_who_may_no_longer_see_a_case_sees_no_answer_about_it(
    client_as: ClientAs, desk: Desks
) -> None:
    """Whatever was kept: the page itself is asked first, and audits that it was looked at (S13)."""
    worker, other = client_as("caseworker", name="Aigul"), client_as("caseworker", name="Bota")
    ref = make_case(desk, worker.person_id, confirmed=False)
    found = re.search(rf"/cases/{ref}/contacts/\w+", worker.get(f"/cases/{ref}").text)
    assert found
    moved = sent(worker, f"{found[0]}/reject", {"why": ""}, found[0])
    with desk() as d:
        before = d.session.query(AuditRow).filter_by(act="contact.seen").count()
    assert "Say why." in worker.get(moved.location).text
    row = case_row(desk, ref)
    with desk() as d:
        assert d.session.query(AuditRow).filter_by(act="contact.seen").count() == before + 1
        d.session.merge(row).caseworker_id = other.person_id
    assert worker.get(moved.location).status_code == 404


def test_once_it_is_done_nobody_finds_it_to_send_again(client_as: ClientAs, desk: Desks) -> None:
    """Back over a form that was mended and sent: the plain page, as things stand now."""
    boss, old = client_as("supervisor", name="Vera"), client_as("caseworker", name="Aigul")
    new = client_as("caseworker", name="Bota")
    make_case(desk, old.person_id)
    url = f"/people/{old.person_id}/cases"
    fault = sent(boss, url, {"reason": "she leaves"})
    assert "1 case is theirs" in boss.get(fault.location).text
    told = {"reason": "she leaves", "person": new.person_id}
    assert sent(boss, fault.location, told).location == f"/people/{old.person_id}"
    assert boss.get(fault.location).location == url
    assert "There is nothing to hand over." in boss.get(url).text


def test_a_form_whose_page_has_another_address_comes_back_there(
    client_as: ClientAs, desk: Desks
) -> None:
    """`…/reject` answers no GET: the fault is shown at the contact's page."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id, confirmed=False)
    found = re.search(rf"/cases/{ref}/contacts/\w+", worker.get(f"/cases/{ref}").text)
    assert found
    moved = sent(worker, f"{found[0]}/reject", {"why": ""}, found[0])
    assert moved.location == f"{found[0]}?shown=1"
    assert "Say why." in worker.get(moved.location).text


def test_what_was_understood_is_read_by_get_too(client_as: ClientAs, desk: Desks) -> None:
    worker = client_as("caseworker", name="Aigul")
    url = f"/cases/{make_case(desk, worker.person_id)}/contact"
    told = {"class": "direct", "means": "telephone", "source": "his mother"}
    day = {"when_precision": "day", "when_day": "1", "when_day_month": "3", "when_day_year": "2026"}
    moved = sent(worker, url, told | day)
    assert "We understood" in worker.get(moved.location).text


def test_the_address_keeps_what_was_ticked(client_as: ClientAs, desk: Desks) -> None:
    worker = client_as("caseworker", name="Aigul")
    refs = [make_case(desk, worker.person_id) for _ in range(2)]
    url = f"/queue/snooze?ref={refs[0]}&ref={refs[1]}"
    moved = sent(worker, url, {"reason": "", "until": "2026-03-09", "ref": refs})
    assert moved.location == f"{url}&shown=1"
    assert "Say why." in worker.get(moved.location).text


def test_what_is_shown_once_is_kept_nowhere(client_as: ClientAs, desk: Desks) -> None:
    """A token for programs, recovery codes, a family's new code."""
    worker = client_as("caseworker", name="Aigul")
    made = sent(worker, "/account/tokens", {"label": "bot", "scope": "read", "days": "30"})
    assert made.status_code == 200 and "Copy the token now" in made.text
    assert sent(worker, "/account/recovery", {}).status_code == 200
    with desk() as d:
        assert not d.session.scalars(select(Draft).filter_by(kind="answer")).all()


def test_a_wrong_code_of_a_family_is_shown_by_get(client: FlaskClient, desk: Desks) -> None:
    """As it was typed where signs are missing; for this browser alone, which is nobody yet (S7)."""
    moved = sent(client, "/status", {"code": "ABCD"})
    assert moved.location == "/status?shown=1"
    page = client.get(moved.location).text
    assert "This is not a whole code." in page and 'value="ABCD"' in page
    stranger = client.application.test_client()
    assert stranger.get(moved.location).location == "/status"
    whole = receipts.new_receipt().code
    assert (
        "This code is not right."
        in client.get(sent(client, "/status", {"code": whole}).location).text
    )
    with desk() as d:
        (kept,) = d.session.scalars(select(Draft).filter_by(kind="answer"))
        assert kept.source, "a flood of them crowds out itself (S11)"


def test_programs_and_old_browsers_are_answered_as_before(client_as: ClientAs, desk: Desks) -> None:
    """Who does not say that a page is gone to gets the answer itself."""
    worker = client_as("caseworker", name="Aigul")
    url = f"/cases/{make_case(desk, worker.person_id)}/snooze"
    token = csrf_of(worker.get(url))
    assert worker.post(url, data={"csrf_token": token}).status_code == 422


def test_a_day_that_was_left_empty_is_not_filled_in_beside_its_fault(
    client_as: ClientAs, desk: Desks
) -> None:
    """A form opened anew proposes a week; one that says "Say until when." shows what was sent."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id)
    for url in (f"/cases/{ref}/snooze", f"/queue/snooze?ref={ref}"):
        assert 'value="2026-03-09"' in worker.get(url).text
        fault = sent(worker, url, {"until": "", "reason": "a feast", "ref": ref})
        assert 'value="2026-03-09"' not in worker.get(fault.location).text
