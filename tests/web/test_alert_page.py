"""The page behind a message: GET shows and changes nothing, POST acknowledges (S3, S4, S6)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.web.conftest import START, Desks, MovableClock
from tracker.bootstrap import Services
from tracker.domain.contact import Interval
from tracker.engine.cases import cases
from tracker.engine.clock.clockwork import open_file
from tracker.engine.sending.row_tokens import callback_token_of, page_token
from tracker.engine.staff.accounts import add_person
from tracker.engine.staff.points import opt_out
from tracker.engine.staff.trial import send_test_alert
from tracker.store.schema import (
    Alert,
    AlertEvent,
    AuditRow,
    Base,
    Case,
    ContactPoint,
    OutboxMessage,
)

LANGUAGES = ("en", "kk", "ug", "ru", "zh-Hans", "tr")


@pytest.fixture
def row(desk: Desks) -> OutboxMessage:
    """The message of an alert that waits for its caseworker, Aigul."""
    with desk() as d:
        aigul = add_person(d, email="aigul@example.net", name="Aigul", roles=["caseworker"])
        berik = add_person(d, email="berik@example.net", name="Berik", roles=["supervisor"])
        last = (d.now - timedelta(days=8)).date()
        case = cases.open_case(
            d,
            zone_name="UTC",
            caseworker_id=aigul.id,
            supervisor_id=berik.id,
            missing_since=Interval(last, last),
        )
        cases.look_now(d, case)
        return d.session.scalars(select(OutboxMessage)).one()


@pytest.fixture
def url(services: Services, row: OutboxMessage) -> str:
    return f"/a/{page_token(services.ring, row.id)}"


def everything(desk: Desks) -> dict[str, Any]:
    """Every row of every table, as it stands."""
    with desk() as d:
        return {
            table.name: sorted(map(repr, d.session.execute(select(table)).all()))
            for table in Base.metadata.sorted_tables
        }


@pytest.mark.parametrize("method", ["get", "head"])
def test_reading_the_page_changes_nothing(
    client: FlaskClient, desk: Desks, url: str, method: str
) -> None:
    """S3: mail scanners open links. Not a row of the database is another afterwards."""
    before = everything(desk)
    for _ in range(3):
        assert getattr(client, method)(url).status_code == 200
    assert everything(desk) == before
    assert before["alerts"]


def test_the_page_says_nothing_before_sign_in(
    client: FlaskClient, desk: Desks, url: str, row: OutboxMessage
) -> None:
    """S6: no reference, no band, no name; two choices."""
    with desk() as d:
        ref = d.session.scalars(select(Case.ref)).one()
    page = client.get(url).get_data(as_text=True)
    token = url.removeprefix("/a/")
    body = page.replace(token, "")
    for secret in (ref, row.reference, row.id, "Aigul", "watch", "silent", "days", "case"):
        assert secret not in body, secret
    assert f'action="{url}"' in page
    assert f"/signin?next={url}" in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_stranger_s_token_looks_like_any_other(
    client: FlaskClient, services: Services, url: str, language: str
) -> None:
    """S8: known and unknown answer alike, in every language; a callback's token opens no page."""
    known = url.removeprefix("/a/")
    others = ["no-such-token", known[:-1] + ("A" if known[-1] != "A" else "B")]
    others.append(callback_token_of(services.ring, "0" * 32))
    answers = set()
    for token in (known, *others):
        response = client.get(f"/a/{token}?lang={language}")
        text = response.get_data(as_text=True).replace(token, "TOKEN")
        answers.add((response.status_code, _without_csrf(text)))
    assert len(answers) == 1


def test_posting_acknowledges_for_24_hours_and_the_supervisor_is_shown_it(
    client: FlaskClient, post_form: Any, desk: Desks, url: str, row: OutboxMessage
) -> None:
    """S6, R10: an event on the alert, an audit row; held for 24 hours, not for good."""
    assert post_form(client, url).status_code == 200
    with desk() as d:
        alert = d.session.scalars(select(Alert)).one()
        assert alert.state == "acknowledged"
        event = d.session.scalars(select(AlertEvent).filter_by(kind="acknowledged")).one()
        assert (event.person_id, event.detail) == (row.person_id, "unsigned")
        assert d.session.scalars(
            select(AuditRow).filter_by(act="alert.acknowledged_unsigned")
        ).one()
        file = open_file(d, d.session.get_one(Case, alert.case_id))
        (firing,) = [f for f in file.firings.values() if f.held_until is not None]
        assert firing.held_until == START + timedelta(hours=24)


def test_posting_again_changes_nothing_and_says_the_same(
    client: FlaskClient, post_form: Any, desk: Desks, url: str
) -> None:
    first = post_form(client, url).get_data(as_text=True)
    with desk() as d:
        events = len(d.session.scalars(select(AlertEvent)).all())
    assert post_form(client, url).get_data(as_text=True) == first
    with desk() as d:
        assert len(d.session.scalars(select(AlertEvent)).all()) == events


@pytest.mark.parametrize("state", ["resolved", "closed", "superseded"])
def test_an_alert_that_ended_is_not_opened_again(
    client: FlaskClient, post_form: Any, desk: Desks, url: str, state: str
) -> None:
    """The same neutral words, and nothing happens."""
    with desk() as d:
        d.session.scalars(select(Alert)).one().state = state
    assert "Thank you" in post_form(client, url).get_data(as_text=True)
    with desk() as d:
        assert d.session.scalars(select(Alert)).one().state == state


def test_a_stranger_s_post_is_answered_alike_and_does_nothing(
    client: FlaskClient, post_form: Any, desk: Desks, url: str
) -> None:
    forged = url[:-1] + ("A" if url[-1] != "A" else "B")
    response = post_form(client, forged)
    assert (response.status_code, "Thank you" in response.get_data(as_text=True)) == (200, True)
    with desk() as d:
        assert d.session.scalars(select(Alert)).one().state == "triggered"


def test_guessing_is_braked(client: FlaskClient, post_form: Any, url: str) -> None:
    """S11: tokens cannot be guessed; trying costs anyway."""
    forged = url[:-1] + ("A" if url[-1] != "A" else "B")
    answers = [post_form(client, forged).status_code for _ in range(8)]
    assert set(answers) == {200, 429}
    known = [post_form(client, url).status_code for _ in range(8)]
    assert known == answers, "S8: the brake does not tell a genuine token"


def test_a_consul_s_word_is_noted_and_holds_nobody(
    client: FlaskClient, post_form: Any, desk: Desks, url: str
) -> None:
    """Who may: a consular contact records its own acknowledgement, and holds nobody else's."""
    with desk() as d:
        d.session.scalars(select(OutboxMessage)).one().role = "consular"
    post_form(client, url)
    post_form(client, url)
    with desk() as d:
        assert d.session.scalars(select(Alert)).one().state == "triggered"
        assert len(d.session.scalars(select(AlertEvent).filter_by(kind="seen")).all()) == 1


def test_a_form_from_elsewhere_does_nothing(client: FlaskClient, desk: Desks, url: str) -> None:
    """S3: a POST needs our token."""
    assert client.post(url).status_code == 400
    with desk() as d:
        assert d.session.scalars(select(Alert)).one().state == "triggered"


def test_signed_in_the_page_leads_to_the_case_of_whoever_may_see_it(
    client_as: Any, desk: Desks, url: str
) -> None:
    """A supervisor is led to the case, a caseworker of other cases is not."""
    with desk() as d:
        ref = d.session.scalars(select(Case.ref)).one()
    assert client_as("supervisor").get(url).location == f"/cases/{ref}"
    assert client_as("caseworker", name="Other").get(url).status_code == 200


def test_the_hold_ends_by_itself(
    client: FlaskClient, post_form: Any, desk: Desks, url: str, clock: MovableClock
) -> None:
    """S6: what was held goes on when the 24 hours are over; nothing is silenced by a reader."""
    post_form(client, url)
    clock.move(timedelta(days=7))
    with desk() as d:
        case = d.session.scalars(select(Case)).one()
        cases.look_now(d, case)
        steps = d.session.scalars(select(Alert.step).where(Alert.kind == "step")).all()
    assert sorted(filter(None, steps)) == [1, 2], "the next step fired though the first was held"


def _without_csrf(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if "csrf_token" not in line)


def test_a_test_message_s_page_shows_whose_address_it_is(
    client_as: Any, post_form: Any, desk: Desks, services: Services
) -> None:
    """D8: its reader, signed in, presses the button: answers from there count. Nobody else's do."""
    browser = client_as("caseworker", name="Aigul")
    with desk() as d:
        (sent,) = send_test_alert(d, browser.person_id)
    url = f"/a/{page_token(services.ring, sent.id)}"
    other = client_as("caseworker", name="Other")
    assert post_form(other, url).status_code == 200
    assert "do not count yet" in browser.get("/account").text
    assert post_form(browser, url).location == "/account"
    page = browser.get("/account").text
    assert "Your answers from there count from now on." in page
    assert "answers from there count</li>" in page
    with desk() as d:
        point = d.session.get_one(ContactPoint, sent.contact_point_id)
        assert point.verified_at == START


def test_word_of_a_stop_leads_to_the_people(
    client_as: Any, desk: Desks, services: Services
) -> None:
    """D8: a supervisor is told, and finds whose address it is."""
    berik = client_as("supervisor", name="Berik")
    aigul = client_as("caseworker", name="Aigul")
    with desk() as d:
        theirs = select(ContactPoint).filter_by(person_id=aigul.person_id)
        opt_out(d, d.session.scalars(theirs).one())
        told = d.session.scalars(select(OutboxMessage).filter_by(kind="point")).one()
        assert told.person_id == berik.person_id
    url = f"/a/{page_token(services.ring, told.id)}"
    assert berik.get(url).location == "/people"
    assert aigul.get(url).status_code == 200
    people = berik.get("/people").text
    assert people.count("stopped our messages") == 1
    names = re.findall(r'class="govuk-link person"[^>]*><bdi>([^<]+)', people)
    assert len(names) > 1 and names == sorted(names, key=str.casefold)
