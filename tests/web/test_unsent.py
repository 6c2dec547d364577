"""Interviews that outlive a sign-in: what was typed is there again, for its person alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.web.conftest import ClientAs, Desks, MovableClock, PostForm, StaffClient, csrf_of
from tests.web.interviews import hidden
from tests.web.staff_cases import enquirer_of, make_case, reports, rows
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
    forgotten = back.post(url, data={"forget": "1", "csrf_token": csrf_of(page)})
    assert forgotten.location == url
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
