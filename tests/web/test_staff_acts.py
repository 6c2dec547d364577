"""What is done with a case at the desk: each one form away (clock.md R9–R12, R15)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.web.conftest import ClientAs, Desks, MovableClock, PostForm, csrf_of
from tests.web.staff_cases import (
    SISTER,
    alerts,
    case_row,
    enquirer_of,
    make_case,
    make_post,
    notes,
    rows,
    told,
)
from tracker.engine.cases import family, record, sharing
from tracker.store.schema import AuditRow, Case, Consent, Enquirer, FamilyMessage


def test_acknowledging_holds_reminders(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """R10."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id)
    assert "Acknowledge" in worker.get(f"/cases/{ref}").text
    sent = post_form(worker, f"/cases/{ref}/acknowledge", {"reason": "I call the lawyer"})
    assert sent.status_code == 303
    assert {alert.state for alert in alerts(desk, ref, "step")} == {"acknowledged"}
    assert "I call the lawyer" in worker.get(f"/cases/{ref}").text


def test_a_closed_case_is_not_acknowledged(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """R15: from a page opened before the closing; the record would say that reminders are held."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id)
    url, token = f"/cases/{ref}", csrf_of(worker.get(f"/cases/{ref}/acknowledge"))
    closing = {"reason": "released", "on": "2026-03-01", "source": "her brother"}
    assert post_form(worker, f"{url}/close", closing).status_code == 303
    typed = {"reason": "I call the lawyer", "csrf_token": token}
    refused = worker.post(f"{url}/acknowledge", data=typed, follow_redirects=True)
    assert "closed already" in refused.text and "I call the lawyer" in refused.text
    assert "Acknowledged" not in worker.get(url).text


@pytest.mark.parametrize("at", ["acknowledge", "snooze", "close"])
def test_the_form_of_a_closed_case_says_who_closed_it_and_the_way_back(
    at: str, client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """R15: nobody fills in what would be refused; opened again, the form is there."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id)
    url = f"/cases/{ref}"
    closing = {"reason": "released", "on": "2026-03-01", "source": "her brother"}
    assert post_form(worker, f"{url}/close", closing).status_code == 303
    said = worker.get(f"{url}/{at}").text
    assert "This case is closed" in said and "Aigul</bdi> closed it on" in said
    assert "her brother" in said and f'href="{url}/reopen"' in said
    assert f'name="{"until" if at == "snooze" else "reason"}"' not in said
    again = post_form(worker, f"{url}/reopen", {"reason": "she was taken again"})
    assert again.status_code == 303
    assert "This case is closed" not in worker.get(f"{url}/{at}").text


def test_a_contact_on_a_closed_case_promises_no_clock(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """R15: what is read back before it is entered says what it will do."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id)
    told = {
        "when_precision": "words",
        "when_words": "1 March 2026",
        "class": "direct",
        "means": "telephone",
        "source": "her brother",
        "confirmed": "1",
    }
    url = f"/cases/{ref}/contact"
    echo = post_form(worker, url, told)
    assert "the clock starts anew" in echo.text and "nothing is counted from it" not in echo.text
    closing = {"reason": "released", "on": "2026-03-01", "source": "her brother"}
    assert post_form(worker, f"/cases/{ref}/close", closing).status_code == 303
    echo = post_form(worker, url, told)
    assert "nothing is counted from it" in echo.text and "the clock starts anew" not in echo.text


def test_snoozing_ends_when_it_is_undone(
    client_as: ClientAs, post_form: PostForm, desk: Desks, clock: MovableClock
) -> None:
    """R12: at most 30 days, with a reason; undone at once by one button."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id)
    url = f"/cases/{ref}/snooze"
    too_long = {"until": "2026-05-01", "reason": "holidays"}
    assert "30 days at most" in post_form(worker, url, too_long).text
    assert post_form(worker, url, {"until": "2026-03-20"}).status_code == 422
    assert case_row(desk, ref).snoozed_until is None
    assert post_form(worker, url, {"until": "2026-03-20", "reason": "visit due"}).status_code == 303
    assert case_row(desk, ref).snoozed_until is not None
    clock.move(timedelta(minutes=1))
    assert "Tursun Hapiz" in worker.get("/queue?view=snoozed").text
    page = f"/cases/{ref}"
    assert post_form(worker, f"{url}/end", page=page).status_code == 303
    assert case_row(desk, ref).snoozed_until is None


def test_a_case_handed_over_leaves_the_desk_it_was_on(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """Matrix: a caseworker sees own cases; another's is as if absent."""
    worker, other = client_as("caseworker", name="Aigul"), client_as("caseworker", name="Bota")
    ref = make_case(desk, worker.person_id)
    sent = {"person": other.person_id, "reason": "I am on leave"}
    assert post_form(worker, f"/cases/{ref}/hand-over", sent).status_code == 303
    assert worker.get(f"/cases/{ref}").status_code == 404
    assert "Tursun Hapiz" not in worker.get("/queue").text
    assert "I am on leave" in other.get(f"/cases/{ref}").text


def test_a_supervisor_assigns(client_as: ClientAs, post_form: PostForm, desk: Desks) -> None:
    """A case of nobody stands on the work list until it is somebody's."""
    lead, worker = client_as("supervisor", name="Marta"), client_as("caseworker", name="Aigul")
    ref = make_case(desk, None)
    assert "Nobody’s cases" in lead.get("/work").text
    sent = {"caseworker": worker.person_id, "supervisor": ""}
    assert post_form(lead, f"/cases/{ref}/assign", sent).status_code == 303
    assert worker.get(f"/cases/{ref}").status_code == 200
    assert worker.get(f"/cases/{ref}/assign").status_code == 403


def test_with_consent_and_a_share_the_consul_is_told_then(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """R13: consent and a share together cover the role; what it missed it is told now."""
    worker, consul = client_as("caseworker", name="Aigul"), client_as("consular", name="Jan")
    ref = make_case(desk, worker.person_id)
    post_id = make_post(desk, consul.person_id)
    step = alerts(desk, ref, "step")[0]
    assert step.consent_needed == ["consular"]
    assert "Consent missing" in worker.get("/work").text
    shared = {"post": post_id, "fields": ["name", "dates"], "ask": "When is the next visit?"}
    refused = post_form(worker, f"/cases/{ref}/share", shared)
    assert refused.status_code == 422
    assert "not consented" in refused.text
    answer = {
        "enquirer": enquirer_of(desk, ref).id,
        "scope": "consular",
        "given": "yes",
        "language": "kk",
    }
    assert post_form(worker, f"/cases/{ref}/consent", answer).status_code == 422
    spoken = {**answer, "spoken": "1"}
    assert post_form(worker, f"/cases/{ref}/consent", spoken).status_code == 303
    assert post_form(worker, f"/cases/{ref}/share", shared).status_code == 303
    granted = alerts(desk, ref, "consent_granted")
    assert [told(desk, ref, alert) for alert in granted] == [{consul.person_id}]
    assert granted[0].roles == step.consent_needed
    assert "Consent missing" not in worker.get("/work").text, "nobody asks this family again"
    assert "Consent missing" not in client_as("supervisor", name="Marta").get("/work").text
    page = worker.get(f"/cases/{ref}").text
    assert "Shared with <bdi>Embassy of Lorania</bdi>" in page
    assert "When is the next visit?" in page


def test_sharing_asks_for_the_password_again(client_as: ClientAs, desk: Desks) -> None:
    """Matrix: share is W + re-authentication."""
    worker = client_as("caseworker", name="Aigul", confirmed=False)
    ref = make_case(desk, worker.person_id)
    asked = worker.get(f"/cases/{ref}/share")
    assert asked.status_code == 303
    assert asked.location.startswith("/account/confirm")


def test_closing_says_who_will_be_told_and_can_be_undone(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """R15: date and source are asked for; the clock ends; reopening catches up."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id)
    url = f"/cases/{ref}/close"
    assert "Nobody was alerted" in worker.get(url).text  # nothing was handed to a provider yet
    bare = {"reason": "released", "on": "2026-03-01"}
    assert post_form(worker, url, bare).status_code == 422
    ahead = {**bare, "on": "2026-04-01", "source": "his brother"}
    assert "future" in post_form(worker, url, ahead).text
    done = {**bare, "source": "his brother", "words": "He is home."}
    assert post_form(worker, url, done).status_code == 303
    assert case_row(desk, ref).state == "closed"
    assert {alert.state for alert in alerts(desk, ref, "step")} == {"closed"}
    assert "Tursun Hapiz" not in worker.get("/queue").text
    assert "Tursun Hapiz" in worker.get("/queue?view=closed").text
    again = post_form(worker, f"/cases/{ref}/reopen", {"reason": "he was taken again"})
    assert again.status_code == 303
    assert case_row(desk, ref).band == "overdue"
    assert len(alerts(desk, ref, "step")) == 2


def test_answers_of_one_talk_are_recorded_at_once(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """S6: a yes to a text that nobody checked is not shown as one that counts."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id)
    url = f"/cases/{ref}/consent"
    unread = "read in an unchecked translation: counts after a talk"
    with desk(worker.actor) as d:
        case = d.session.scalars(select(Case).filter_by(ref=ref)).one()
        who = d.session.scalars(select(Enquirer).filter_by(case_id=case.id)).one()
        sharing.record_consent(d, case, who, "un", given=True, language="kk", text_checked=False)
    assert unread in worker.get(url).text
    answer = {"enquirer": who.id, "given": "yes", "language": "kk", "spoken": "1"}
    both = {**answer, "scope": ["consular", "un"]}
    assert post_form(worker, url, both).status_code == 303
    said = {(row.scope, row.spoken_at is not None) for row in rows(desk, ref, Consent)}
    assert said == {("un", False), ("un", True), ("consular", True)}
    assert unread not in worker.get(url).text


@pytest.mark.parametrize("at", ["consent", "messages"])
def test_of_several_enquirers_none_is_chosen_for_the_caseworker(
    at: str, client_as: ClientAs, desk: Desks
) -> None:
    """What one of a family says or reads is not another's by a slip (S7)."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id)
    first = enquirer_of(desk, ref).id
    chosen = f'<option value="{first}" selected>'
    assert chosen in worker.get(f"/cases/{ref}/{at}").text
    with desk(worker.actor) as d:
        case = d.session.scalars(select(Case).filter_by(ref=ref)).one()
        record.add_enquirer(d, case, {"name": "Invented Uncle"}, language="kk")
    page = worker.get(f"/cases/{ref}/{at}").text
    assert chosen not in page and '<option value="">Choose</option>' in page


def test_who_reported_is_hidden_until_somebody_says_why(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """Matrix: reveal with reason, logged; the supervisor sees it."""
    worker, lead = client_as("caseworker", name="Aigul"), client_as("supervisor", name="Marta")
    ref = make_case(desk, worker.person_id)
    url = f"/cases/{ref}/enquirers/{enquirer_of(desk, ref).id}"
    for page in (f"/cases/{ref}", url, f"/cases/{ref}/messages", f"/cases/{ref}/consent"):
        assert SISTER not in worker.get(page).text, page
    assert SISTER not in post_form(worker, url, {"reason": " "}).text
    shown = post_form(worker, url, {"reason": "The code was lost"})
    assert SISTER in shown.text
    assert "brother or sister" in shown.text and "sibling" not in shown.text, "words, not codes"
    assert "reveal" in notes(desk, ref)
    assert [row.act for row in rows(desk, ref, AuditRow)].count("enquirer.revealed") == 1
    assert "Looked at who reported" in lead.get("/work").text


def test_a_family_is_written_to_behind_its_receipt(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """S5: a message is kept for the receipt; nothing is queued to go out."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id)
    sent = {"enquirer": enquirer_of(desk, ref).id, "body": "We have asked the lawyer."}
    assert post_form(worker, f"/cases/{ref}/messages", sent).status_code == 303
    assert "We have asked the lawyer." in worker.get(f"/cases/{ref}/messages").text
    (letter,) = rows(desk, ref, FamilyMessage)
    assert not letter.from_family
    assert b"lawyer" not in letter.body_sealed


def test_reading_a_case_is_audited(client_as: ClientAs, desk: Desks) -> None:
    """S13: reads included."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id)
    worker.get(f"/cases/{ref}")
    read = [row for row in rows(desk, ref, AuditRow) if row.act == "case.read"]
    assert [row.actor_id for row in read] == [worker.person_id]


def test_a_message_that_came_while_others_were_read_stays_unread(
    client_as: ClientAs, desk: Desks, clock: MovableClock
) -> None:
    """It stays on the work list, and its family is not told that it was read."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id)

    def written(words: str) -> None:
        with desk() as d:
            family.write(d, d.session.scalars(select(Enquirer)).one(), words)
        clock.move(timedelta(minutes=1))

    written("First.")
    page = worker.get(f"/cases/{ref}/messages")
    (shown,) = re.findall(r'name="up_to" value="([^"]+)"', page.text)
    clock.move(timedelta(minutes=1))
    written("They took her away.")
    data = {"up_to": shown, "csrf_token": csrf_of(page)}
    worker.post(f"/cases/{ref}/messages/read", data=data)
    with desk() as d:
        read = {
            d.safe.open(row, "body"): row.read_at is not None
            for row in d.session.scalars(select(FamilyMessage))
        }
    assert read == {"First.": True, "They took her away.": False}
