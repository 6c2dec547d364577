"""Interviews that outlive a sign-in: what was typed is there again, for its person alone."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import unquote

import pytest
from flask import Flask, template_rendered
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from tests.standins import planting
from tests.web.conftest import ClientAs, Desks, MovableClock, PostForm, StaffClient, csrf_of
from tests.web.every_page import every_page
from tests.web.interviews import hidden
from tests.web.staff_cases import enquirer_of, make_case, reports, rows
from tracker.store.policies import all_policies
from tracker.store.schema import Case, Draft, FamilyMessage

TYPED = {
    "said_on": "2026-03-01",
    "zone_name": "Asia/Almaty",
    "language": "ug",
    "names": "Erzhan Qalibek\nئەرجان",
    "heard_words": "five weeks ago",
    "means": "telephone",
    "consents": ["consular", "un"],
    "reachable": "1",
    "rows": "8",
    "text_7": "the seventh thing they told",
}


def send(browser: StaffClient, url: str, page: object, **more: str) -> object:
    """The form as the page was opened, sent now."""
    fields = {name: hidden(page, name) for name in ("once", "ticket")}  # type: ignore[arg-type]
    token = csrf_of(page)  # type: ignore[arg-type]
    return browser.post(url, data={**TYPED, **fields, **more, "csrf_token": token})


@pytest.mark.parametrize("url", ["/cases/new", "/cases/{ref}/tell"])
def test_everything_typed_is_there_after_signing_in_again(
    url: str, client_as: ClientAs, desk: Desks, clock: MovableClock
) -> None:
    """Domain 12: several families a day; an interview is longer than fifteen minutes."""
    worker = client_as("caseworker", name="Aigul")
    url = url.format(ref=make_case(desk, worker.person_id))
    opened = worker.get(url)
    clock.move(timedelta(minutes=16))
    answer = send(worker, url, opened)
    assert answer.location == f"/signin?next={url.replace('/', '%2F')}"  # type: ignore[attr-defined]
    assert "What you typed is kept" in worker.get("/signin").text
    other = client_as("caseworker", "supervisor", name="Bota").get(url)
    assert "five weeks ago" not in other.text
    back = client_as("caseworker", name="Aigul")
    page = back.get(url)
    assert "Here is what you typed before" in page.text
    for words in ("Erzhan Qalibek", "ئەرجان", "five weeks ago", "the seventh thing they told"):
        assert words in page.text
    if url == "/cases/new":
        assert page.text.count(" checked") >= 3, "ticks too"
    with desk() as d:
        kept = d.session.scalars(select(Draft).filter_by(kind="unsent")).one()
        assert b"Erzhan" not in kept.answers_sealed
    thrown = {"page": url, "csrf_token": csrf_of(page)}
    assert back.post("/account/unsent/forget", data=thrown).location == url
    assert "five weeks ago" not in back.get(url).text


@pytest.mark.parametrize(
    ("at", "field", "rest"),
    [
        ("contact", "words", {"class": "direct", "means": "telephone", "source": "his mother"}),
        ("messages", "body", {}),
    ],
)
def test_what_is_typed_at_a_case_outlives_the_sign_in(
    at: str,
    field: str,
    rest: dict[str, str],
    client_as: ClientAs,
    desk: Desks,
    clock: MovableClock,
    post_form: PostForm,
) -> None:
    """A call with a family lasts longer than fifteen minutes too; entered, it is kept no more."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id)
    url = f"/cases/{ref}/{at}"
    opened = worker.get(url)
    typed = {field: "all that the mother said", **rest}
    clock.move(timedelta(minutes=16))
    sent = {**typed, "ticket": hidden(opened, "ticket"), "once": hidden(opened, "once")}
    late = worker.post(url, data={**sent, "csrf_token": csrf_of(opened)})
    assert "What you typed is kept" in worker.get(late.location).text
    assert "all that the mother said" not in client_as("supervisor", name="Bota").get(url).text
    back = client_as("caseworker", name="Aigul")
    page = back.get(url)
    assert "Here is what you typed before" in page.text
    assert "all that the mother said" in page.text
    assert len(reports(desk, ref)) == 1 and not rows(desk, ref, FamilyMessage)
    if at == "messages":
        done = {"body": "all that the mother said", "enquirer": enquirer_of(desk, ref).id}
    else:
        day = {"when_precision": "day", "when_day": "1", "when_day_month": "3"}
        done = {**typed, **day, "when_day_year": "2026", "understood": "2026-03-01"}
    assert post_form(back, url, done).status_code == 303
    assert "Here is what you typed before" not in back.get(url).text
    with desk() as d:
        assert d.session.scalars(select(Draft).filter_by(kind="unsent")).all() == []


def test_once_it_is_saved_it_is_kept_no_more(client_as: ClientAs, desk: Desks) -> None:
    worker = client_as("caseworker", name="Aigul")
    later = send(worker, "/cases/new", worker.get("/cases/new"), later="1")
    assert later.location == "/queue"  # type: ignore[attr-defined]
    assert "Kept for a day" in worker.get("/queue").text
    page = worker.get("/cases/new")
    plain = {"heard_words": "2026-01-20", "rows": "4", "text_7": "", "reachable": ""}
    saved = send(worker, "/cases/new", page, **plain)
    assert saved.status_code == 303  # type: ignore[attr-defined]
    with desk() as d:
        assert d.session.scalars(select(Draft).filter_by(kind="unsent")).all() == []
        assert len(d.session.scalars(select(Case)).all()) == 1
    assert "Erzhan" not in worker.get("/cases/new").text


def test_a_form_older_than_a_new_sign_in_comes_back_too(
    client_as: ClientAs, clock: MovableClock
) -> None:
    """Signed in again in another tab: the old form's token is worth nothing, its words are."""
    worker = client_as("caseworker", name="Aigul")
    opened = worker.get("/cases/new")
    clock.move(timedelta(minutes=20))
    again = client_as("caseworker", name="Aigul")
    assert send(again, "/cases/new", opened).location == "/cases/new"  # type: ignore[attr-defined]
    assert "five weeks ago" in again.get("/cases/new").text


def test_nobody_without_a_ticket_leaves_anything(
    client_as: ClientAs, desk: Desks, clock: MovableClock, post_form: PostForm
) -> None:
    """Not a stranger, not with a forged or an old ticket, not into somebody else's desk."""
    worker = client_as("caseworker", name="Aigul")
    opened = worker.get("/cases/new")
    stranger = client_as("caseworker", name="Nobody")
    stranger.delete_cookie("session")
    for ticket in ("", "forged", hidden(opened, "ticket")[:-2] + "xx"):
        refused = stranger.post("/cases/new", data={**TYPED, "ticket": ticket})
        assert refused.location.startswith("/signin")
    other = client_as("caseworker", name="Bota")
    wrong = other.post("/cases/new", data={**TYPED, "ticket": hidden(opened, "ticket")})
    assert wrong.status_code == 400
    clock.move(timedelta(hours=25))
    send(worker, "/cases/new", opened)
    with desk() as d:
        assert d.session.scalars(select(Draft)).all() == []


TEMPLATES = Path(__file__).parents[2] / "tracker" / "web" / "templates"
NOT_KEPT = {"accounts/openpgp.html"}
"""A pasted key: somebody's secret one must stay nowhere."""


def test_whatever_is_written_at_the_desk_outlives_the_sign_in(
    app: Flask, client_as: ClientAs, desk: Desks, clock: MovableClock
) -> None:
    """Every form with room for words, by whomever it is opened; no such form is passed by."""
    scene = every_page(app, client_as, desk)
    seen: set[str] = set()
    watching = partial(lambda _app, template, **_: shown.append(template.name))
    for page in scene.pages:
        shown: list[str] = []
        with template_rendered.connected_to(watching, app):
            opened = client_as(page.role, name=page.role.capitalize()).get(page.url)
        seen.update(shown)
        forms = [one for one in planting.forms(opened.text) if one.method == "post"]
        for form in forms:
            areas = [each.name for each in form.fields if each.kind == "textarea"]
            if not areas or shown[0] in NOT_KEPT:
                continue
            who = client_as(page.role, name=page.role.capitalize())
            fields = {each.name: each.value for each in form.fields if each.chosen}
            words = {name: f"what was told of {name}" for name in areas}
            sent = MultiDict(fields | words)
            for ref in re.findall('name="ref" value="([^"]+)"', opened.text):
                sent.add("ref", ref)
            clock.move(timedelta(minutes=16))
            before = {"Referer": f"http://localhost{page.url}"}
            late = who.post(form.action or page.url, data=sent, headers=before)
            assert late.location.startswith("/signin?next="), page.url
            back = client_as(page.role, name=page.role.capitalize())
            address = unquote(late.location.partition("next=")[2])
            again = back.get(address)
            for text in words.values():
                assert text in again.text, f"{page.url} loses {list(words)}"
            assert "Here is what you typed before" in again.text, page.url
            token = csrf_of(again)
            back.post("/account/unsent/forget", data={"page": address, "csrf_token": token})
    written = {
        str(path.relative_to(TEMPLATES))
        for path in TEMPLATES.rglob("*.html")
        if "f.textarea(" in path.read_text() and path.parent.name not in ("family", "ask")
    }
    parts = {
        "interview/_fields.html": "interview/new.html",
        "macros/approx_date.html": "staff/contact.html",
    }
    assert {parts.get(name, name) for name in written} <= seen


def test_what_is_typed_outlives_the_five_minutes_of_a_password(
    client_as: ClientAs, desk: Desks, clock: MovableClock
) -> None:
    """S10: a grave act asks for the password again; its form is not lost over that."""
    worker = client_as("caseworker", name="Aigul")
    url = f"/cases/{make_case(desk, worker.person_id)}/code"
    opened = worker.get(url)
    clock.move(timedelta(minutes=6))
    sent = {"checked": "called back, asked for the names", "ticket": hidden(opened, "ticket")}
    late = worker.post(url, data={**sent, "csrf_token": csrf_of(opened)})
    assert late.location == f"/account/confirm?next={url.replace('/', '%2F')}"
    assert "called back" in client_as("caseworker", name="Aigul").get(url).text


def test_a_policys_draft_outlives_the_sign_in(
    client_as: ClientAs, desk: Desks, clock: MovableClock
) -> None:
    """Twelve rows of numbers are typed longer than a session lives."""
    boss = client_as("supervisor", name="Vera")
    with desk() as d:
        url = f"/policies/{all_policies(d.session)[0].id}/draft"
    opened = boss.get(url)
    form = next(one for one in planting.forms(opened.text) if len(one.fields) > 20)
    sent = MultiDict(
        (each.name, each.value or next(iter(each.options), ""))
        for each in form.fields
        if each.chosen
    )
    sent["after-1"] = "15"
    clock.move(timedelta(minutes=16))
    late = boss.post(url, data=sent)
    assert late.location == f"/signin?next={url.replace('/', '%2F')}"
    back = client_as("supervisor", name="Vera")
    page = back.get(url)
    assert (
        'name="after-1" type="text" inputmode="numeric" dir="ltr" autocomplete="off"' in page.text
    )
    assert re.search('name="after-1"[^>]*value="15"', page.text)
    sent["csrf_token"] = csrf_of(page)
    done = back.post(url, data=sent)
    assert done.status_code == 303, re.findall('<li><a href="#.*', done.text)
    assert "Here is what you typed before" not in back.get(url).text


def test_many_cases_ticked_are_there_after_signing_in_again(
    client_as: ClientAs, desk: Desks, clock: MovableClock
) -> None:
    """The cases too, not the reason alone; other cases ticked since are not mixed with them."""
    worker = client_as("caseworker", name="Aigul")
    refs = [make_case(desk, worker.person_id) for _ in range(3)]
    opened = worker.get(f"/queue/snooze?ref={refs[0]}&ref={refs[1]}")
    told = {"until": "2026-03-09", "reason": "the office moves", "ref": refs[:2]}
    clock.move(timedelta(minutes=16))
    worker.post("/queue/snooze", data={**told, "ticket": hidden(opened, "ticket")})
    back = client_as("caseworker", name="Aigul")
    page = back.get("/queue/snooze").text
    assert "the office moves" in page
    assert [ref for ref in refs if f'name="ref" value="{ref}"' in page] == refs[:2]
    other = back.get(f"/queue/snooze?ref={refs[2]}").text
    assert [ref for ref in refs if f'name="ref" value="{ref}"' in other] == refs[2:]
