"""Logging and judging contacts at the desk, as a caseworker does it (clock.md R1, R5, R6, R14)."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from tests.web.conftest import ClientAs, Desks, PostForm
from tests.web.interviews import hidden
from tests.web.staff_cases import alerts, case_row, make_case, notes, reports
from tracker.domain.contact import ContactClass
from tracker.domain.edtf import parse_edtf
from tracker.engine.cases import record
from tracker.store.schema import Case

CONTACT = {
    "when_precision": "day",
    "when_day": "1",
    "when_day_month": "3",
    "when_day_year": "2026",
    "said_on": "2026-03-02",
    "class": "direct",
    "means": "telephone",
    "source": "his mother",
    "words": "He is well.",
    "confirmed": "1",
}


def test_a_logged_contact_is_read_back_and_then_ends_the_silence(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """R1, R5: entered only after the echo was agreed to; the open alert resolves."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id)
    assert case_row(desk, ref).band == "overdue"
    echo = post_form(worker, f"/cases/{ref}/contact", CONTACT)
    assert "1 March 2026" in echo.text
    assert len(reports(desk, ref)) == 1
    done = post_form(worker, f"/cases/{ref}/contact", {**CONTACT, "understood": "2026-03-01"})
    assert done.status_code == 303
    assert case_row(desk, ref).band == "in_contact"
    assert [alert.state for alert in alerts(desk, ref, "step")] == ["resolved"]


def test_a_contact_is_entered_once_however_often_it_is_sent(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """A second click on a slow line; another form of the same words is another contact."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id)
    url = f"/cases/{ref}/contact"
    asked = post_form(worker, url, {**CONTACT, "once": hidden(worker.get(url), "once")})
    sent = {**CONTACT, "once": hidden(asked, "once"), "understood": "2026-03-01"}
    for _ in range(2):
        assert post_form(worker, url, sent).status_code == 303
    assert len(reports(desk, ref)) == 2
    other = {**sent, "once": hidden(worker.get(url), "once")}
    assert post_form(worker, url, other).status_code == 303
    assert len(reports(desk, ref)) == 3


def test_reports_of_one_day_are_told_apart(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """What waits is named by when and how it was, not only by when it came."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id)
    for day, means in (("1", "telephone"), ("2", "letter")):
        told = {**CONTACT, "when_day": day, "means": means, "confirmed": ""}
        sent = {**told, "understood": f"2026-03-0{day}"}
        assert post_form(worker, f"/cases/{ref}/contact", sent).status_code == 303
    page = worker.get(f"/cases/{ref}").text
    assert "1 March 2026 · telephone</bdi>" in page and "2 March 2026 · letter</bdi>" in page


@pytest.mark.parametrize(
    ("staged", "said"), [("yes", "staged"), ("unsure", "perhaps staged"), (None, "staged")]
)
def test_who_is_not_sure_has_not_said_that_it_was_staged(
    staged: str | None, said: str, client_as: ClientAs, desk: Desks
) -> None:
    """S6: it counts as little, but it is shown as it was told."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id)
    with desk(worker.actor) as d:
        record.report_contact(
            d,
            d.session.scalars(select(Case).filter_by(ref=ref)).one(),
            occurred=parse_edtf("2026-02-20"),
            cls=ContactClass.CONSTRAINED,
            details={"means": "video", "staged": staged},
            edtf="2026-02-20",
        )
    assert f"· {said} ·" in f"· {_meta(worker.get(f'/cases/{ref}').text)} ·"


def _meta(page: str) -> str:
    """What stands under the newest contact: its source, class and when it was reported."""
    line = next(line for line in page.splitlines() if "staged" in line)
    return re.sub(r"<[^>]*>", "", line).strip()


def test_what_is_missing_is_listed_as_the_page_asks_it(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """WCAG 3.3.1; no answer is named that a member of staff is not offered."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id)
    page = post_form(worker, f"/cases/{ref}/contact", {"said_on": "2026-03-02"}).text
    listed = re.findall(r'<li><a href="#(\w+)">', page)
    assert listed == ["when_precision", "class", "means", "source"]
    assert "Say when the person was heard from." in page and "don’t know" not in page


def test_own_words_count_from_the_day_they_were_said(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """Domain: relative words count from when it was said, not from when it was typed."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id)
    told = {
        **CONTACT,
        "when_precision": "words",
        "when_words": "yesterday",
        "said_on": "2026-02-20",
    }
    assert "19 February 2026" in post_form(worker, f"/cases/{ref}/contact", told).text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"when_day": "31", "when_day_month": "2"}, "no such day"),
        ({"when_day_month": "4"}, "lies in the future"),
        ({"when_precision": "words", "when_words": "purple monkeys"}, "could not read a date"),
        ({"source": ""}, "who told it"),
        ({"said_on": "2027-01-01"}, "lies in the future"),
        ({"class": "invented"}, "Say what kind of news"),
    ],
)
def test_what_cannot_be_taken_is_said_and_nothing_is_written(
    client_as: ClientAs, post_form: PostForm, desk: Desks, change: dict[str, str], said: str
) -> None:
    """R16 and bad input: a sentence at the field, typed values kept, nothing half-written."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id)
    answer = post_form(worker, f"/cases/{ref}/contact", {**CONTACT, **change})
    assert answer.status_code == 422
    assert said in answer.text
    assert "He is well." in answer.text
    assert len(reports(desk, ref)) == 1


def test_an_open_start_is_closed_on_the_form(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """R14: to confirm a contact both bounds are needed; the form says where to write the first."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id)
    told = {**CONTACT, "when_precision": "words", "when_words": "before 2026"}
    refused = post_form(worker, f"/cases/{ref}/contact", told)
    assert refused.status_code == 422 and 'href="#when_since_year"' in refused.text
    told |= {"when_since_year": "2025", "when_since_month": "10"}
    echo = post_form(worker, f"/cases/{ref}/contact", told)
    assert echo.status_code == 200 and "1\u00a0October\u00a02025" in echo.text
    back = post_form(worker, f"/cases/{ref}/contact", {**told, "change": "1"})
    assert back.status_code == 200 and "before 2026" in back.text, "nothing is typed twice"
    agreed = {**told, "understood": "2025-10-01/2025-12-31"}
    assert post_form(worker, f"/cases/{ref}/contact", agreed).status_code == 303


def test_the_form_speaks_of_the_family_as_others(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """A caseworker notes what somebody else remembers."""
    worker = client_as("caseworker", name="Aigul")
    page = worker.get(f"/cases/{make_case(desk, worker.person_id)}/contact").text
    assert "The day is known" in page and "I know the day" not in page
    assert page.count('class="govuk-radios govuk-radios--small"') == 2
    assert 'class="govuk-radios"' not in page


def test_an_unconfirmed_contact_moves_no_clock_until_it_is_confirmed(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """R14: it waits on the work list; confirming it moves the clock, and the list is done."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id)
    sent = {**CONTACT, "confirmed": "", "understood": "2026-03-01"}
    assert post_form(worker, f"/cases/{ref}/contact", sent).status_code == 303
    assert case_row(desk, ref).band == "overdue"
    assert "Reports to confirm" in worker.get("/work").text
    report = next(each for each in reports(desk, ref) if each.state == "pending")
    page = f"/cases/{ref}/contacts/{report.id}"
    assert post_form(worker, f"{page}/confirm", {"class": "direct"}, page=page).status_code == 303
    assert case_row(desk, ref).band == "in_contact"
    assert "Nothing waits for you" in worker.get("/work").text


def test_an_open_start_is_asked_back(client_as: ClientAs, post_form: PostForm, desk: Desks) -> None:
    """R14: "before 2017" can be confirmed only with both bounds."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id, last="../2025-12-31", confirmed=False)
    report = reports(desk, ref)[0]
    page = f"/cases/{ref}/contacts/{report.id}"
    refused = post_form(worker, f"{page}/confirm", {"class": "direct"}, page=page)
    assert refused.status_code == 422
    assert "earliest day" in refused.text
    sent = {"class": "direct", "earliest": "2025-06-01"}
    assert post_form(worker, f"{page}/confirm", sent, page=page).status_code == 303
    assert reports(desk, ref)[0].state == "confirmed"


def test_a_rejected_report_stays_on_the_record(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """R14: not confirmed, with a reason; it moves nothing, and is not lost."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id, confirmed=False)
    page = f"/cases/{ref}/contacts/{reports(desk, ref)[0].id}"
    assert post_form(worker, f"{page}/reject", {"why": " "}, page=page).status_code == 422
    assert post_form(worker, f"{page}/reject", {"why": "a mix-up"}, page=page).status_code == 303
    assert reports(desk, ref)[0].state == "rejected"
    assert "not confirmed by us" in worker.get(f"/cases/{ref}").text


def test_what_a_colleague_confirmed_meanwhile_is_not_one_press_from_being_taken_back(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """R6, R14: a reason for rejecting is none for taking back."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id, confirmed=False)
    page = f"/cases/{ref}/contacts/{reports(desk, ref)[0].id}"
    post_form(worker, f"{page}/confirm", {"class": "direct"}, page=page)
    late = post_form(worker, f"{page}/reject", {"why": "a mix-up"}, page=page)
    assert late.status_code == 422
    assert "decided already" in late.text and "Why was it wrong?" in late.text
    assert "a mix-up" not in late.text
    assert reports(desk, ref)[0].state == "confirmed"


def test_a_retracted_contact_is_followed_by_a_new_alert(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """R6: an all-clear that proves wrong is followed by a new alert."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id)
    post_form(worker, f"/cases/{ref}/contact", {**CONTACT, "understood": "2026-03-01"})
    wrong = max(reports(desk, ref), key=lambda each: not each.first_report)
    page = f"/cases/{ref}/contacts/{wrong.id}"
    assert post_form(worker, f"{page}/retract", {"wrong": "a lie"}, page=page).status_code == 303
    assert case_row(desk, ref).band == "overdue"
    assert [alert.state for alert in alerts(desk, ref, "step")] == ["resolved", "triggered"]
    assert "retracted" in notes(desk, ref)
