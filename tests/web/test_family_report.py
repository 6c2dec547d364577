"""`/report` as a family fills it in: one question a page, the receipt, and what is kept."""

from __future__ import annotations

import gzip
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.web.conftest import Desks, MovableClock, csrf_of
from tests.web.family_reports import ANSWERS, answer, code_in, refused, report, send
from tracker.bootstrap import Services
from tracker.domain.contact import Interval
from tracker.engine.cases import sharing
from tracker.engine.clock.clockwork import last_contact, open_file
from tracker.i18n.words import gettext, speaking
from tracker.store.schema import (
    Alert,
    AuditRow,
    Case,
    Consent,
    ContactReport,
    Draft,
    Enquirer,
    PersonName,
    Statement,
)
from tracker.web.qr import drawing


def test_a_report_from_beginning_to_end(client: FlaskClient, desk: Desks) -> None:
    """R2: it starts its clock the moment it is sent; R14: it asks to be confirmed."""
    code = report(client)
    assert code
    with desk() as d:
        case = d.session.scalars(select(Case)).one()
        assert str(last_contact(d, case).earliest) == "2026-01-22"
        assert case.caseworker_id is None
        names = d.session.scalars(select(PersonName).order_by(PersonName.position))
        assert [d.safe.open(name, "name") for name in names] == ["Sabina Orazova", "Сабина Оразова"]
        contact = d.session.scalars(select(ContactReport)).one()
        assert contact.state == "pending" and contact.first_report
        occurred = d.safe.open(contact, "occurred")
        assert occurred["edtf"] == "2026-01-22"
        assert occurred["flags"] == ["year_inferred"]
        assert occurred["class"] == "direct"
        details = d.safe.open(contact, "details")
        assert details["words"] == "no word since Jan. 22"
        assert details["said_on"] == "2026-03-02"
        kinds = {s.kind for s in d.session.scalars(select(Statement))}
        assert {"held_since", "place", "last_seen", "rhythm", "rights_withdrawn"} <= kinds
        assert open_file(d, case).provisional == contact.id
        raised = {alert.kind for alert in d.session.scalars(select(Alert))}
        assert raised == {"to_confirm", "step"}


def test_the_receipt_draws_the_address_and_never_the_code(
    client: FlaskClient, services: Services
) -> None:
    """S7: nobody's camera gets the code; folded, the address is not printed either."""
    answer(client)
    token = csrf_of(client.get("/report/check"))
    sent = client.post("/report/send", data={"csrf_token": token})
    code = code_in(sent)
    folded = re.findall(r"<details[^>]*>(.*?)</details>", sent.text, re.DOTALL)
    assert [drawing(f"{services.settings.base_url}/status") in part for part in folded] == [True]
    assert '<details class="details">' in sent.text
    assert not any(code in part or code.replace("-", "") in part for part in folded)
    assert sent.text.count("<svg") == 1
    assert len(gzip.compress(sent.data)) < 8_000


def test_no_link_of_another_language_loses_the_code(client: FlaskClient) -> None:
    """The answer to a form cannot be asked for anew: it offers no other language."""
    assert "lang=en" in client.get("/report?lang=ug").text
    answer(client)
    token = csrf_of(client.get("/report/check"))
    sent = client.post("/report/send", data={"csrf_token": token}).text
    assert 'lang="ug"' in sent and "note--warning" in sent
    assert "lang=en" not in sent and "?lang=" not in sent


def test_nothing_typed_lies_open_in_a_draft_or_after_it(client: FlaskClient, desk: Desks) -> None:
    """S1, S18: the draft is sealed with the office's key; once sent, its words are gone."""
    answer(client)
    with desk() as d:
        (draft,) = d.session.scalars(select(Draft))
        assert b"Orazova" not in draft.answers_sealed
        assert d.safe.open(draft, "answers")["names"]["name_1"] == "Sabina Orazova"
    client.post("/report/send", data={"csrf_token": csrf_of(client.get("/report/check"))})
    with desk() as d:
        (draft,) = d.session.scalars(select(Draft))
        (enquirer,) = d.session.scalars(select(Enquirer.id))
        assert d.safe.open(draft, "answers") == {"enquirer": enquirer}


def test_a_second_submit_makes_no_second_case(client: FlaskClient, desk: Desks) -> None:
    """It says that the report was received; the code is shown once only (S7)."""
    answer(client)
    token = csrf_of(client.get("/report/check"))
    first = client.post("/report/send", data={"csrf_token": token})
    again = client.post("/report/send", data={"csrf_token": token})
    assert code_in(first)
    assert again.status_code == 200
    assert "receipt__code" not in again.text
    assert "was received once" in again.text and "another one" in again.text
    with desk() as d:
        assert len(d.session.scalars(select(Case)).all()) == 1
    assert "was received once" in client.get("/report/check").text


def test_a_code_that_was_lost_on_the_way_is_given_anew_once(
    client: FlaskClient, app: Flask, desk: Desks, clock: MovableClock
) -> None:
    """S7: to the browser that sent the report, which is asked whether it saw one; the first then
    opens nothing. Nobody else gets one, and no caseworker has to be found."""
    answer(client)
    token = csrf_of(client.get("/report/check"))
    first = code_in(client.post("/report/send", data={"csrf_token": token}))
    page = client.get("/report/check")
    assert "Did you see your code?" in page.text and "receipt__code" not in page.text
    lost = {"csrf_token": csrf_of(page), "lost": "1"}
    stranger = app.test_client()
    theirs = csrf_of(stranger.get("/report"))
    assert stranger.post("/report/send", data={**lost, "csrf_token": theirs}).status_code == 303
    clock.move(timedelta(minutes=9))
    second = code_in(client.post("/report/send", data=lost))
    assert second != first
    once_more = client.post("/report/send", data=lost).text
    assert "receipt__code" not in once_more and "Did you see your code?" not in once_more
    assert "This code is not right" in send(app.test_client(), "/status", {"code": first}).text
    assert send(app.test_client(), "/status", {"code": second}).location == "/status"
    with desk() as d:
        assert len(d.session.scalars(select(Case)).all()) == 1
        assert d.session.scalars(select(AuditRow).filter_by(act="receipt.unseen")).one()


@pytest.mark.parametrize("why", ["used", "late", "replaced"])
def test_a_code_that_somebody_has_is_never_taken_from_them(
    why: str, client: FlaskClient, app: Flask, desk: Desks, clock: MovableClock
) -> None:
    """S7: once it was used, once a caseworker gave another, and ten minutes after sending."""
    answer(client)
    token = csrf_of(client.get("/report/check"))
    code = code_in(client.post("/report/send", data={"csrf_token": token}))
    lost = {"csrf_token": csrf_of(client.get("/report/check")), "lost": "1"}
    if why == "used":
        assert send(app.test_client(), "/status", {"code": code}).location == "/status"
    elif why == "late":
        clock.move(timedelta(minutes=11))
    else:
        with desk() as d:
            d.session.scalars(select(Enquirer)).one().checked_at = d.now
    said = client.post("/report/send", data=lost).text
    assert "receipt__code" not in said and "ask a caseworker" in said
    assert send(app.test_client(), "/status", {"code": code}).location == "/status"


def test_a_draft_waits_for_24_hours(client: FlaskClient, desk: Desks, clock: MovableClock) -> None:
    """A lost network loses nothing; a day later it is gone."""
    send(client, "/report", {})
    send(client, "/report/relation", {"relation": "parent"})
    clock.move(timedelta(hours=23, minutes=59))
    assert "still here" in client.get("/report").text
    assert send(client, "/report", {}).location == "/report/names"
    assert 'value="parent" autocomplete="off" checked' in client.get("/report/relation").text
    clock.move(timedelta(minutes=2))
    assert client.get("/report/names").location == "/report"
    assert "still here" not in client.get("/report").text
    send(client, "/report", {})
    with desk() as d:
        assert len(d.session.scalars(select(Draft)).all()) == 1, "the old one was thrown away"


def test_what_was_written_can_be_deleted(client: FlaskClient, desk: Desks) -> None:
    send(client, "/report", {})
    token = csrf_of(client.get("/report"))
    client.post("/report/delete", data={"csrf_token": token})
    with desk() as d:
        assert d.session.scalars(select(Draft)).all() == []


def test_every_question_takes_i_do_not_know(client: FlaskClient, desk: Desks) -> None:
    """The clock starts all the same, and somebody is asked to look (R2, R14)."""
    response = send(client, "/report", {})
    while response.location != "/report/check":
        response = send(client, response.location, {"dont_know": "1"})
    sent = client.post("/report/send", data={"csrf_token": csrf_of(client.get("/report/check"))})
    assert code_in(sent)
    with desk() as d:
        case = d.session.scalars(select(Case)).one()
        assert last_contact(d, case).earliest == date(2026, 3, 2)
        (enquirer,) = d.session.scalars(select(Enquirer))
        assert not enquirer.reachable, "S5: not contacted by default"
        assert d.session.scalars(select(Consent)).all() == []
        (alert,) = d.session.scalars(select(Alert))
        assert alert.kind == "to_confirm"


def test_i_do_not_know_throws_nothing_away(client: FlaskClient) -> None:
    """What was typed is kept, and of two questions the one that was answered; a lone choice, which
    cannot be unticked, is taken back."""
    told = {
        "place": {"place": "Almaty prison", "dont_know": "1"},
        "heard": {"last_precision": "unknown"},
        "seen": {"seen_words": "long ago", "dont_know": "1"},
        "means": {"means": "telephone"},
        "freely": {"freely": "yes", "dont_know": "1"},
        "rhythm": {"rhythm": "weekly", "rhythm_words": "on Sundays", "dont_know": "1"},
    }
    response = send(client, "/report", {})
    while response.location != "/report/check":
        key = response.location.rpartition("/")[2]
        response = send(client, response.location, told.get(key, {"dont_know": "1"}))
    page = client.get("/report/check").text
    kept = ("Almaty prison", "long ago", "on Sundays", "/report/freely")
    assert [words for words in kept if words not in page] == []
    freely = client.get("/report/freely").text
    assert re.search(r'name="freely"[^>]*value="yes"[^>]*checked', freely)
    assert not re.search(r'name="rhythm"[^>]*checked', client.get("/report/rhythm").text)
    send(client, "/report/means", {"means": "telephone", "dont_know": "1"})
    assert not re.search(r'name="means"[^>]*checked', client.get("/report/means").text)


def test_only_the_day_of_being_taken_is_known(client: FlaskClient, desk: Desks) -> None:
    """R2: then the silence began there, not on the day it is told."""
    report(client, heard={"dont_know": "1"}, means={"dont_know": "1"})
    with desk() as d:
        case = d.session.scalars(select(Case)).one()
        assert last_contact(d, case) == Interval(date(2025, 10, 1), date(2025, 10, 31))
        assert {a.kind for a in d.session.scalars(select(Alert))} == {"to_confirm", "step"}


@pytest.mark.parametrize(
    ("means", "about", "cls"),
    [
        ("telephone", {"staged": "no", "freely": "no"}, "direct"),
        ("telephone", {"staged": "yes"}, "constrained"),
        ("visit", {"staged": "unsure"}, "constrained"),
        ("video", {"dont_know": "1"}, "constrained"),
        ("shown", {}, "constrained"),
        ("lawyer_visit", {}, "third_party"),
        ("authority", {}, "official"),
        ("talk", {}, "rumour"),
    ],
)
def test_answers_decide_the_class(
    means: str, about: dict[str, str], cls: str, client: FlaskClient, desk: Desks
) -> None:
    """S6: what may have been staged enters as constrained; a guarded call is direct."""
    report(client, means={"means": means}, freely=about, through={"source": "a neighbour", **about})
    with desk() as d:
        contact = d.session.scalars(select(ContactReport)).one()
        assert d.safe.open(contact, "occurred")["class"] == cls
        assert contact.state == "pending"


UNREAD = (
    "Nobody has checked this translation yet. So what you allow here counts only after a "
    "caseworker has spoken with you about it."
)


def test_consents_are_separate_and_off(client: FlaskClient, desk: Desks) -> None:
    """Only what was ticked is given, in the language and with the state of the text read."""
    answer(client)
    page = client.get("/report/consents?lang=ru").text
    assert len(re.findall(r'name="consents" type="checkbox"', page)) == 4
    with speaking("ru"):
        unread = gettext(UNREAD)
    assert unread != UNREAD and unread in page
    client.post("/report/send", data={"csrf_token": csrf_of(client.get("/report/check"))})
    with desk() as d:
        (consent,) = d.session.scalars(select(Consent))
        assert (consent.scope, consent.given, consent.language) == ("consular", True, "ru")
        assert not consent.text_checked and consent.spoken_at is None
        case = d.session.scalars(select(Case)).one()
        assert not sharing.consents(d, case, "consular"), "an unchecked text needs a spoken word"


def test_s6_what_was_allowed_on_an_unchecked_text_waits_in_whatever_language_it_is_sent(
    client: FlaskClient, desk: Desks
) -> None:
    """R13: who ticks it in a translation nobody checked, and sends in English, read no more."""
    answer(client)
    client.get("/report/consents?lang=ug")
    send(client, "/report/consents", {"consents": ["consular"]})
    check = client.get("/report/check?lang=en")
    assert "/report/consents" in check.text
    client.post("/report/send", data={"csrf_token": csrf_of(check)})
    with desk() as d:
        (consent,) = d.session.scalars(select(Consent))
        assert (consent.language, consent.text_checked) == ("ug", False)
        assert not sharing.consents(d, d.session.scalars(select(Case)).one(), "consular")


def test_protected_and_never(client: FlaskClient, desk: Desks) -> None:
    """S5: protected mode, and ways to be reached only from those who gave them."""
    report(client, reach={"reach": "never", "protected": "1", "phone": "+77010000000"})
    with desk() as d:
        (enquirer,) = d.session.scalars(select(Enquirer))
        assert enquirer.protected and not enquirer.reachable
        assert d.safe.open(enquirer, "details")["phone"] is None


def test_a_number_is_understood_as_families_dial_it(client: FlaskClient, desk: Desks) -> None:
    """With the 8 of Kazakhstan and Russia, for which a caseworker abroad must dial +7."""
    report(client, reach={"reach": "yes", "phone": "8 (701) 123-45-67"})
    with desk() as d:
        (enquirer,) = d.session.scalars(select(Enquirer))
        assert d.safe.open(enquirer, "details")["phone"] == "+77011234567"


@pytest.mark.parametrize(
    ("question", "typed", "field", "sentence"),
    [
        ("heard", {"last_precision": "day", "last_day": "31", "last_day_month": "2",
                   "last_day_year": "2026"}, "last_day", "There is no such day"),
        ("heard", {"last_precision": "year", "last_year": "2027"}, "last_year", "in the future"),
        ("heard", {"last_precision": "month", "last_month": "3", "last_month_year": "18"},
         "last_month_year", "four digits"),
        ("heard", {}, "last_precision", "Choose one of the answers"),
        ("names", {"name_1": "  \u200b ", "description": ""}, "name_1", "Write a name"),
        ("names", {"name_1": "x" * 201}, "name_1", "at most 200"),
        ("names", {"name_1": "a\x07b"}, "name_1", "cannot be read"),
        ("more", {"more": "y" * 5001}, "more", "at most 5000"),
        ("reach", {"reach": "yes", "phone": "701 111 22 33"}, "phone", "code of the country"),
        ("reach", {"reach": "yes", "phone": "+7 70"}, "phone", "too short"),
        ("reach", {"reach": "yes"}, "phone", "at least one way"),
        ("reach", {"reach": "yes", "email": "nobody"}, "email", "whole e-mail"),
        ("means", {"means": "telepathy"}, "means", "Choose one"),
    ],
)  # fmt: skip
def test_bad_input_gets_a_sentence_and_keeps_what_was_typed(
    question: str,
    typed: dict[str, str],
    field: str,
    sentence: str,
    client: FlaskClient,
    desk: Desks,
) -> None:
    """Nothing is half-written, no stack trace, the field is named."""
    send(client, "/report", {})
    page = refused(client, question, typed).text
    assert f'href="#{field}"' in page and sentence in page
    assert "Traceback" not in page
    for value in typed.values():
        if value.isprintable() and len(value) < 100 and question != "means":
            assert value in page
    with desk() as d:
        (draft,) = d.session.scalars(select(Draft))
        assert question not in d.safe.open(draft, "answers")
    assert f'href="#{field}"' not in client.get("/report/place").text, "on its own page alone"


def test_what_was_wrong_is_forgotten_once_the_question_is_answered(client: FlaskClient) -> None:
    send(client, "/report", {})
    assert "Something is missing here" in refused(client, "held", {"held_precision": "year"}).text
    send(client, "/report/held", {"held_precision": "year", "held_year": "2018"})
    page = client.get("/report/held").text
    assert 'value="2018"' in page and "error-summary" not in page


def test_words_about_a_date_nobody_needs_to_the_day_are_asked_about_once(
    client: FlaskClient,
) -> None:
    """Continue goes on when it is pressed again: nobody stands before a door that does not open."""
    words = {"held_precision": "words", "held_words": "when the apricots had been picked"}
    send(client, "/report", {})
    assert "could not find a date" in refused(client, "held", words).text
    assert send(client, "/report/held", words).location == "/report/place"


def test_a_megabyte_is_refused_and_the_draft_stays(client: FlaskClient, desk: Desks) -> None:
    send(client, "/report", {})
    send(client, "/report/relation", {"relation": "child"})
    large = send(client, "/report/more", {"more": "я" * 1_000_000})
    assert large.status_code == 413
    assert "too much at once" in large.text
    assert 'href="/report/more"' in large.text
    with desk() as d:
        (draft,) = d.session.scalars(select(Draft))
        assert set(d.safe.open(draft, "answers")) == {"relation"}


def test_bidi_controls_are_taken_out(client: FlaskClient, desk: Desks) -> None:
    """S16: no override reaches the record; ZWNJ, which Uyghur needs, does."""
    report(client, names={"name_1": "\u202eSabina\u202c\u2066 Oraz\u200cova"})
    with desk() as d:
        (name,) = d.session.scalars(select(PersonName))
        assert d.safe.open(name, "name") == "Sabina Oraz\u200cova"


def test_words_without_a_date_are_kept_and_asked_about_kindly(
    client: FlaskClient, desk: Desks
) -> None:
    """The words stay verbatim; one may go on without a date."""
    words = "when the apricots had been picked"
    send(client, "/report", {})
    told = {"last_precision": "words", "last_words": words}
    assert send(client, "/report/heard", told).location == "/report/understood"
    page = client.get("/report/understood").text
    assert "could not find a date" in page and words in page
    report(client, heard=told)
    with desk() as d:
        contact = d.session.scalars(select(ContactReport)).one()
        assert d.safe.open(contact, "details")["words"] == words


def test_how_long_ago_at_most_is_asked_where_it_can_be_answered(
    client: FlaskClient, desk: Desks
) -> None:
    """An open start is asked for on the page that reads the date back, and nowhere else."""
    asks = "at the earliest"
    told = {"last_precision": "words", "last_words": "before 2018"}
    late = {"last_since_month": "3", "last_since_year": "2019"}
    send(client, "/report", {})
    send(client, "/report/heard", told)
    page = client.get("/report/understood").text
    assert asks in page and 'name="last_since_year"' in page
    wrong = send(client, "/report/understood", late)
    assert wrong.status_code == 422 and "after the time we understood" in wrong.text
    assert 'value="2019"' in wrong.text, "what was typed stays"
    answer(client, heard=told)
    assert asks not in client.get("/report/check").text
    assert send(client, "/report/understood", {"last_since_year": "2016"}).status_code == 303
    client.post("/report/send", data={"csrf_token": csrf_of(client.get("/report/check"))})
    with desk() as d:
        contact = d.session.scalars(select(ContactReport)).one()
        assert d.safe.open(contact, "occurred")["edtf"] == "2016-01-01/2017-12-31"
        assert d.safe.open(contact, "details")["words"] == "before 2018"


def test_relative_words_count_from_the_day_they_were_written(
    client: FlaskClient, desk: Desks, clock: MovableClock
) -> None:
    clock.now = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    answer(client, heard={"last_precision": "words", "last_words": "ten days ago"})
    clock.move(timedelta(hours=2))
    client.post("/report/send", data={"csrf_token": csrf_of(client.get("/report/check"))})
    with desk() as d:
        contact = d.session.scalars(select(ContactReport)).one()
        assert d.safe.open(contact, "occurred")["edtf"] == "2026-02-20"
        assert d.safe.open(contact, "details")["said_on"] == "2026-03-02"


def test_more_names_can_be_added_without_a_script(client: FlaskClient, desk: Desks) -> None:
    send(client, "/report", {})
    more = {"name_1": "One", "name_2": "Two", "more_names": "1"}
    assert send(client, "/report/names", more).location == "/report/names"
    page = client.get("/report/names").text
    assert 'name="name_3"' in page and 'value="Two"' in page


def test_a_known_person_makes_no_difference(app: Flask, client: FlaskClient) -> None:
    """S8: the pages of a report are alike whether the person is on record or not."""
    answer(client)
    first = client.post("/report/send", data={"csrf_token": csrf_of(client.get("/report/check"))})
    other = app.test_client()
    answer(other)
    second = other.post("/report/send", data={"csrf_token": csrf_of(other.get("/report/check"))})
    blank = re.compile(r'nowrap">[0-9A-Z]+<|csrf_token" value="[^"]+"')
    assert blank.sub("", first.text) == blank.sub("", second.text)


def test_pages_are_light(client: FlaskClient) -> None:
    """A cheap phone on a bad line: 20 KB with the style sheets, compressed."""
    answer(client)
    sheets = Path(str(client.application.root_path)) / "static"
    for key in [*ANSWERS, "check"]:
        page = client.get(f"/report/{key}", headers={"Accept-Encoding": "gzip"})
        names = re.findall(r'/([\w.-]+\.css)"', gzip.decompress(page.data).decode())
        assert len(names) == 2
        weight = len(page.data) + sum((sheets / f"{name}.br").stat().st_size for name in names)
        assert weight <= 20_000, (key, weight)
        assert b"<script" not in gzip.decompress(page.data)
