"""`/status`: what a family can do with its code, and what nobody learns from it (S7, S8, S11)."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.web.conftest import ClientAs, Desks, MovableClock, csrf_of
from tests.web.family_reports import ANSWERS, code_in, report, send
from tests.web.interviews import hidden
from tests.web.staff_cases import make_post
from tracker.engine.cases import sharing
from tracker.engine.clock.clockwork import last_contact, open_file
from tracker.engine.staff import brakes
from tracker.security import receipts
from tracker.store.schema import (
    Alert,
    Case,
    Consent,
    ContactReport,
    Draft,
    Enquirer,
    FamilyMessage,
    Note,
    Share,
    new_id,
)

DIRECT_NEWS = {
    "last_precision": "words",
    "last_words": "she called three days ago",
    "means": "telephone",
    "freely": "yes",
    "staged": "no",
}


@pytest.fixture
def code(app: Flask) -> str:
    """The code of a report sent from some other browser."""
    return report(app.test_client())


@pytest.fixture
def family(client: FlaskClient, code: str) -> FlaskClient:
    """A browser behind its code."""
    assert send(client, "/status", {"code": code}).location == "/status"
    return client


def test_no_word_that_was_typed_is_shown(family: FlaskClient) -> None:
    """S7: whoever forces the code out of somebody reads nothing of the report."""
    send(family, "/status/message", {"text": "my secret message", "once": "a"})
    for path in ("", "/news", "/message", "/reach", "/withdraw"):
        page = family.get(f"/status{path}").text
        for typed in ("Orazova", "Оразова", "second prison", "tired", "coal", "701 111", "+7701"):
            assert typed not in page, path
        assert "Aunt" not in page and "my secret message" not in page


def test_the_code_is_forgiving_and_a_typing_mistake_is_named(
    client: FlaskClient, code: str
) -> None:
    """Spaces, hyphens and small letters do not matter; the check character finds one wrong one."""
    wrong = ("1" if code[0] != "1" else "2") + code[1:]
    refused = send(client, "/status", {"code": wrong})
    assert refused.status_code == 422 and "look for a wrong one" in refused.text
    assert f'value="{wrong}"' in refused.text, "to be looked at, not typed anew"
    assert send(client, "/status", {"code": code.lower().replace("-", " ")}).status_code == 303


def test_unknown_and_wrong_codes_get_one_answer(
    app: Flask, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S8: same status, same words, and the slow hash runs for both."""
    runs: list[str | None] = []
    real = receipts.argon.verify_text

    def counted(stored: str | None, text: str) -> bool:
        runs.append(stored)
        return bool(real(stored, text))

    monkeypatch.setattr(receipts.argon, "verify_text", counted)
    body = receipts.parse(code)
    assert body is not None
    known_locator = body[0] + "0" * 12
    unknown = receipts.new_receipt().code
    wrong = known_locator + receipts._check_character(known_locator)
    answers = []
    for typed in (unknown, wrong):
        response = send(app.test_client(), "/status", {"code": typed})
        page = response.text.replace(csrf_of(response), "")
        answers.append((response.status_code, page))
    assert answers[0] == answers[1]
    assert answers[0][0] == 422 and "not right" in answers[0][1]
    assert len(runs) == 2 and runs[0] is None and runs[1] is not None


def test_guessing_is_braked(client: FlaskClient) -> None:
    """S11: many tries from one place wait, whatever is guessed."""
    states = [
        send(client, "/status", {"code": receipts.new_receipt().code}).status_code
        for _ in range(45)
    ]
    assert states[0] == 422 and states[-1] == 429


def test_a_family_session_ends(family: FlaskClient, clock: MovableClock) -> None:
    """After ten quiet minutes, at once with the quick exit, or by signing out."""
    clock.move(timedelta(minutes=11))
    assert "Your code" in family.get("/status").text
    assert family.get("/status/news").location == "/status"


@pytest.mark.parametrize("wrong_first", [False, True])
def test_what_was_written_outlives_the_quiet_minutes(
    family: FlaskClient, code: str, desk: Desks, clock: MovableClock, wrong_first: bool
) -> None:
    """The code is asked for once more; nothing is stored, and nothing sent, until they send it."""
    page = family.get("/status/message")
    told = {"text": "It took me\nlong to write.", "once": hidden(page, "once")}
    clock.move(timedelta(minutes=11))
    asked = family.post("/status/message", data={**told, "csrf_token": csrf_of(page)})
    assert asked.status_code == 422 and "Give your code once more" in asked.text
    if wrong_first:
        asked = family.post("/status", data={**_all_hidden(asked), "code": code[:-1]})
        assert asked.status_code == 422 and f'value="{code[:-1]}"' in asked.text
    with desk() as d:
        assert d.session.scalars(select(Draft).filter_by(sent_case_id=None)).all() == []
    back = family.post("/status", data={**_all_hidden(asked), "code": code})
    assert "It took me\nlong to write." in back.text.replace("\r", "")
    assert "not sent yet" in back.text and 'action="/status/message"' in back.text
    with desk() as d:
        assert d.session.scalars(select(FamilyMessage)).all() == []
    again = {**_all_hidden(back), "text": told["text"]}
    assert family.post("/status/message", data=again).location == "/status"
    with desk() as d:
        assert d.safe.open(d.session.scalars(select(FamilyMessage)).one(), "body") == told["text"]


def test_s11_too_many_tries_of_the_code_lose_nothing_that_was_written(
    family: FlaskClient, code: str, clock: MovableClock
) -> None:
    """A frightened person tries a wrong code again and again; the words wait with them."""
    page = family.get("/status/message")
    told = {"text": "It took me long to write.", "once": hidden(page, "once")}
    clock.move(timedelta(minutes=11))
    held = family.post("/status/message", data={**told, "csrf_token": csrf_of(page)})
    wrong = receipts.new_receipt().code
    for _ in range(brakes.SOURCE_TRIES):
        held = family.post("/status", data={**_all_hidden(held), "code": wrong})
        if held.status_code == 429:
            break
    assert held.status_code == 429
    clock.move(timedelta(seconds=int(held.headers["Retry-After"])))
    back = family.post("/status", data={**_all_hidden(held), "code": code})
    assert "It took me long to write." in back.text and "not sent yet" in back.text


def test_what_was_changed_before_it_is_sent_again_is_no_second_submit(
    family: FlaskClient, desk: Desks
) -> None:
    """After "back" in a browser the form is the old one: were it passed over, a family would be
    told that its message is here, and it is not."""
    page = family.get("/status/message")
    data = {"once": hidden(page, "once"), "csrf_token": csrf_of(page)}
    for text in ("He called on Monday", "He called on Monday", "No: on Sunday"):
        assert family.post("/status/message", data={**data, "text": text}).status_code == 303
    with desk() as d:
        written = [d.safe.open(each, "body") for each in d.session.scalars(select(FamilyMessage))]
    assert sorted(written) == ["He called on Monday", "No: on Sunday"]


def test_news_and_ways_to_be_reached_outlive_the_quiet_minutes(
    family: FlaskClient, code: str, clock: MovableClock
) -> None:
    for path, told, shown in (
        ("/status/news", DIRECT_NEWS, "she called three days ago"),
        ("/status/reach", {"reach": "yes", "phone": "+7 702 222 33 44"}, "+7 702 222 33 44"),
    ):
        token = csrf_of(family.get(path))
        clock.move(timedelta(minutes=11))
        asked = family.post(path, data={**told, "csrf_token": token})
        back = family.post("/status", data={**_all_hidden(asked), "code": code})
        assert shown in back.text and f'action="{path}"' in back.text, path


def test_an_act_that_came_too_late_is_said_not_to_be_done(
    family: FlaskClient, clock: MovableClock
) -> None:
    """Whoever read long before taking everything back must not believe that it was done."""
    token = csrf_of(family.get("/status/withdraw"))
    clock.move(timedelta(minutes=11))
    late = family.post("/status/withdraw", data={"csrf_token": token})
    assert late.location == "/status" and "Nothing was done" in family.get("/status").text


def test_no_other_site_writes_into_the_page_that_asks_for_the_code(
    family: FlaskClient, clock: MovableClock
) -> None:
    """S3: without a token of the session that ended, or from elsewhere, nothing is carried over."""
    told = {"text": "planted", "csrf_token": csrf_of(family.get("/status/message"))}
    clock.move(timedelta(minutes=11))
    for data, sent_from in (({**told, "csrf_token": "x"}, "same-origin"), (told, "cross-site")):
        head = {"Sec-Fetch-Site": sent_from}
        assert family.post("/status/message", data=data, headers=head).location == "/status"


def _all_hidden(response: TestResponse) -> dict[str, str]:
    """Every hidden field of a page's form, as a browser sends them."""
    found = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', response.text)
    return {name: unescape(value) for name, value in found}


def test_the_quick_exit_leaves_nothing(family: FlaskClient) -> None:
    left = family.get("/leave")
    assert left.status_code == 303 and "cookies" in left.headers["Clear-Site-Data"]
    assert family.get("/status/news").location == "/status"


def test_what_has_become_of_it_in_plain_sentences(
    family: FlaskClient, client_as: ClientAs, desk: Desks, clock: MovableClock
) -> None:
    assert "Nobody has read it yet" in family.get("/status").text
    assert "used for the first time" in family.get("/status").text
    with desk() as d:
        ref = d.session.scalars(select(Case)).one().ref
    boss = client_as("supervisor", name="Madina Supervisor")
    assert boss.get(f"/cases/{ref}").status_code == 200
    assert "last read on 2 March 2026" in family.get("/status").text


def test_a_code_used_before_is_said(client: FlaskClient, app: Flask, code: str) -> None:
    """So that a family sees when somebody else has it."""
    send(app.test_client(), "/status", {"code": code})
    send(client, "/status", {"code": code})
    assert "was used before on 2 March 2026, 09:00" in client.get("/status").text


def test_messages_go_both_ways(family: FlaskClient, client_as: ClientAs, desk: Desks) -> None:
    """S3: looking changes nothing; a button says that it was read. A double submit counts once."""
    page = family.get("/status/message")
    data = {"text": "Please write", "once": hidden(page, "once"), "csrf_token": csrf_of(page)}
    for _ in range(2):
        assert family.post("/status/message", data=data).status_code == 303
    worker = client_as("caseworker", name="Aigul Worker")
    with desk(worker.actor) as d:
        (mine,) = d.session.scalars(select(FamilyMessage))
        assert mine.from_family and d.safe.open(mine, "body") == "Please write"
        answer = FamilyMessage(
            id=new_id(),
            case_id=mine.case_id,
            enquirer_id=mine.enquirer_id,
            from_family=False,
            written_by=worker.person_id,
            written_at=d.now,
        )
        d.safe.seal(answer, "body", "We asked the embassy.")
        d.session.add(answer)
    assert "We asked the embassy." in family.get("/status").text
    with desk() as d:
        assert d.session.get_one(FamilyMessage, answer.id).read_at is None
    send(family, "/status", {})
    shown = family.get("/status")
    token = {"csrf_token": csrf_of(shown), "up_to": hidden(shown, "up_to")}
    family.post("/status/read", data=token)
    with desk() as d:
        assert d.session.get_one(FamilyMessage, answer.id).read_at is not None
    assert "I have read this" not in family.get("/status").text


def test_news_is_echoed_then_waits_to_be_confirmed(family: FlaskClient, desk: Desks) -> None:
    """R14, S6: news moves no clock; a second submit of the same form adds nothing."""
    with desk() as d:
        before = last_contact(d, d.session.scalars(select(Case)).one())
    page = family.get("/status/news")
    told = {**DIRECT_NEWS, "once": hidden(page, "once")}
    echo = family.post("/status/news", data={**told, "csrf_token": csrf_of(page)})
    assert "27 February 2026" in echo.text
    with desk() as d:
        assert len(d.session.scalars(select(ContactReport)).all()) == 1, "nothing is entered yet"
    changed = family.post("/status/news", data={**told, "change": "1", "csrf_token": csrf_of(echo)})
    assert "she called three days ago" in changed.text
    for _ in range(2):
        sent = family.post("/status/news", data={**told, "sure": "1", "csrf_token": csrf_of(echo)})
        assert sent.location == "/status"
    with desk() as d:
        case = d.session.scalars(select(Case)).one()
        newest = d.session.scalars(select(ContactReport).filter_by(first_report=False)).one()
        assert newest.state == "pending" and newest.enquirer_id is not None
        assert d.safe.open(newest, "details")["words"] == "she called three days ago"
        assert d.safe.open(newest, "occurred")["class"] == "direct"
        assert last_contact(d, case) == before
        asked = d.session.scalars(select(Alert).filter_by(kind="to_confirm")).all()
        assert {alert.contact_report_id for alert in asked} >= {newest.id}


def test_news_can_say_how_long_ago_it_was_at_most(family: FlaskClient, desk: Desks) -> None:
    """Asked on the echo alone; what is wrong there is said there."""
    told = {**DIRECT_NEWS, "last_words": "before January 2026"}
    echo = send(family, "/status/news", told)
    assert 'id="last_since_year"' in echo.text
    late = {**told, "sure": "1", "last_since_year": "2026", "last_since_month": "2"}
    refused = send(family, "/status/news", late)
    assert refused.status_code == 422 and "after the time we understood" in refused.text
    assert 'id="last_since_year"' in refused.text and "before January 2026" in refused.text
    assert send(family, "/status/news", {**late, "change": "1"}).status_code == 200
    good = {**told, "sure": "1", "last_since_year": "2025"}
    assert send(family, "/status/news", good).location == "/status"
    with desk() as d:
        newest = d.session.scalars(select(ContactReport).filter_by(first_report=False)).one()
        assert d.safe.open(newest, "occurred")["edtf"] == "2025"


def test_one_permission_taken_back_counts_at_once(
    family: FlaskClient, client_as: ClientAs, desk: Desks
) -> None:
    """S6, R13: no caseworker has to read it first; contact and the other permissions stay."""
    consul = client_as("consular", name="Consul Invented")
    worker = client_as("caseworker", name="Aigul Worker")
    post = make_post(desk, consul.person_id)
    with desk(worker.actor) as d:
        case = d.session.scalars(select(Case)).one()
        (enquirer,) = d.session.scalars(select(Enquirer))
        sharing.record_consent(
            d, case, enquirer, "un", given=True, language="en", text_checked=True
        )
        sharing.share(d, case, post, ["name"])
        ref = case.ref
    assert consul.get(f"/shared/{ref}").status_code == 200
    assert 'href="/status/permissions">Take one permission back' in family.get("/status").text
    assert send(family, "/status/permissions", {"scope": "consular"}).location == "/status"
    assert consul.get(f"/shared/{ref}").status_code == 404
    with desk() as d:
        case = d.session.scalars(select(Case)).one()
        (enquirer,) = d.session.scalars(select(Enquirer))
        assert d.session.scalars(select(Share)).one().ended_at is not None
        assert "consular" not in open_file(d, case).consents
        assert sharing.consents(d, case, "un"), "each is separate"
        assert enquirer.reachable and enquirer.withdrawn_at is None


def test_taking_a_permission_back_does_not_tell_what_was_given(
    family: FlaskClient, desk: Desks
) -> None:
    """S7, S8: given or never given, the page and the answer are the same; no tick is a mistake."""
    page = family.get("/status/permissions").text
    assert page.count('type="checkbox"') == 4 and " checked" not in page
    assert send(family, "/status/permissions", {}).status_code == 422
    said = []
    for scope in ("consular", "public", "consular"):
        assert send(family, "/status/permissions", {"scope": scope}).location == "/status"
        said.append("Nothing more is shared with whom you chose" in family.get("/status").text)
    assert said == [True, True, True]
    with desk() as d:
        taken = d.session.scalars(select(Consent).filter_by(given=False)).all()
        assert [row.scope for row in taken] == ["consular"], "once, and only what was given"


def test_times_are_said_without_an_offset(family: FlaskClient) -> None:
    """Whose clocks they are stands once, as a place a family knows."""
    page = family.get("/status").text
    assert "GMT" not in page and "Times are those of" in page


def test_news_in_the_future_is_refused(family: FlaskClient, desk: Desks) -> None:
    """R16."""
    told = {**DIRECT_NEWS, "last_precision": "year", "last_year": "2027", "sure": "1"}
    refused = send(family, "/status/news", told)
    assert refused.status_code == 422 and "in the future" in refused.text
    with desk() as d:
        assert len(d.session.scalars(select(ContactReport)).all()) == 1


def test_ways_to_be_reached_are_replaced(family: FlaskClient, desk: Desks) -> None:
    """S5: from now on never; the number that was given is gone."""
    assert send(family, "/status/reach", {"reach": "never"}).status_code == 303
    with desk() as d:
        (enquirer,) = d.session.scalars(select(Enquirer))
        details = d.safe.open(enquirer, "details")
        assert not enquirer.reachable and details["phone"] is None
        assert details["relation"] == ANSWERS["relation"]["relation"], "the rest stays"


def test_withdrawing_stops_sharing_but_not_the_clock(
    family: FlaskClient, client_as: ClientAs, desk: Desks, clock: MovableClock
) -> None:
    """S6: consent, shares and contact end at once; the clock runs on; erasure waits 14 days."""
    consul = client_as("consular", name="Consul Invented")
    worker = client_as("caseworker", name="Aigul Worker")
    post = make_post(desk, consul.person_id)
    with desk(worker.actor) as d:
        case = d.session.scalars(select(Case)).one()
        sharing.share(d, case, post, ["name"])
        assert "consular" in open_file(d, case).consents
        due, before = case.next_look_at, last_contact(d, case)
    assert "14 days" in family.get("/status/withdraw").text
    first = '<div class="buttons"><a href="/status/{}"'
    assert first.format("news") in family.get("/status").text
    for _ in range(2):
        assert send(family, "/status/withdraw", {}).status_code == 303
    assert first.format("message") in family.get("/status").text, "what a withdrawn family needs"
    with desk() as d:
        case = d.session.scalars(select(Case)).one()
        (enquirer,) = d.session.scalars(select(Enquirer))
        assert enquirer.withdrawn_at is not None and not enquirer.reachable
        assert d.session.scalars(select(Share)).one().ended_at is not None
        assert not sharing.consents(d, case, "consular")
        assert "consular" not in open_file(d, case).consents
        withdrawn = d.session.scalars(select(Consent).filter_by(given=False)).all()
        assert len(withdrawn) == 1, "withdrawing twice changes nothing"
        assert (case.state, case.next_look_at) == ("open", due)
        assert last_contact(d, case) == before
        assert str(case.review_on) == "2027-03-02"  # S18; erased 14 days on, by the worker
        assert d.safe.open(enquirer, "details")["name"] == "Aunt", "erasure waits"
    page = family.get("/status").text
    assert "You withdrew on 2 March 2026" in page and "16 March 2026" in page
    assert consul.get(f"/shared/{case.ref}").status_code == 404
    assert send(family, "/status/message", {"text": "it was not me"}).status_code == 303


def test_a_lost_code_is_replaced_after_an_identity_check(
    app: Flask, code: str, client_as: ClientAs, desk: Desks
) -> None:
    """domain.md 13: the old code opens nothing any more, whatever browser still held it."""
    holder = app.test_client()
    send(holder, "/status", {"code": code})
    boss = client_as("supervisor", name="Madina Supervisor")
    with desk() as d:
        ref = d.session.scalars(select(Case)).one().ref
        enquirer_id = d.session.scalars(select(Enquirer)).one().id
    url = f"/cases/{ref}/code"
    assert "Aunt" not in boss.get(url).text, "who reported is not shown here"
    unchecked = send(boss, url, {"enquirer": enquirer_id, "checked": " "})
    assert unchecked.status_code == 422 and "how you made sure" in unchecked.text
    fresh = code_in(send(boss, url, {"enquirer": enquirer_id, "checked": "called back"}))
    assert holder.get("/status/news").location == "/status"
    assert send(app.test_client(), "/status", {"code": code}).status_code == 422
    assert send(app.test_client(), "/status", {"code": fresh}).status_code == 303
    with desk() as d:
        note = d.session.scalars(select(Note).filter_by(kind="code_replaced")).one()
        assert d.safe.open(note, "text") == "called back"


def test_another_caseworker_gets_no_code(code: str, client_as: ClientAs, desk: Desks) -> None:
    """S8, S9: other people's cases are as if absent."""
    with desk() as d:
        ref = d.session.scalars(select(Case)).one().ref
    assert code
    assert client_as("caseworker", name="Stranger").get(f"/cases/{ref}/code").status_code == 404
