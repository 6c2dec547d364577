"""The queue, and who finds which case (safety.md S8, S9 and the role matrix)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from tests.web.conftest import ClientAs, Desks, MovableClock, PostForm, csrf_of
from tests.web.staff_cases import enquirer_of, looked_for, make_case, make_post, reports
from tracker.bootstrap import Services
from tracker.engine.cases import record
from tracker.store.schema import Case
from tracker.web.staff import queue

PAGES = ("", "/contact", "/acknowledge", "/snooze", "/hand-over", "/close", "/consent", "/share")


def test_the_longest_silence_comes_first_within_its_band(client_as: ClientAs, desk: Desks) -> None:
    """Screens: bands, then silence; ranges by words; the row leads to the case."""
    worker = client_as("caseworker", name="Aigul")
    make_case(desk, worker.person_id, name="Ana Yesterday", last="2026-03-01")
    make_case(desk, worker.person_id, name="Bek Lastyear", last="2025")
    make_case(desk, worker.person_id, name="Can January", last="2026-01-20")
    make_case(desk, worker.person_id, name="Dil December", last="2025-11-02")
    text = worker.get("/queue").text
    names = ("Bek Lastyear", "Dil December", "Can January", "Ana Yesterday")
    order = [text.index(name) for name in names]  # whole: a token holds any three letters
    assert order == sorted(order)
    assert "61–425" in text  # R3: at least and at most
    assert "2025</bdi>" in text
    # R4: what comes next is called by its time, for several steps may stand in one band
    assert re.search(r">\d+-(day|month) threshold</span><span class=.sub.>caseworker", text)


def test_filters_stand_in_the_address_and_search_is_over_own_cases(
    client_as: ClientAs, desk: Desks
) -> None:
    """Search finds a name in another script and spelling, over own cases only."""
    worker, other = client_as("caseworker", name="Aigul"), client_as("caseworker", name="Bota")
    make_case(desk, worker.person_id, name="Гүлнар Есенова")
    make_case(desk, worker.person_id, name="Bolat Akhmet", last="2026-03-01")
    make_case(desk, other.person_id, name="Gulnar Esenova")
    found = looked_for(worker, "Gulnar Esenova").text
    assert "Гүлнар Есенова" in found
    assert "Bolat Akhmet" not in found
    assert found.count('class="govuk-link person"') == 1
    overdue = worker.get("/queue?band=overdue").text
    assert "Гүлнар" in overdue
    assert "Bolat" not in overdue
    assert "<summary>Filters: <bdi>Overdue</bdi></summary>" in overdue, "said where it is folded"
    assert "No case fits" in looked_for(worker, "Zzyzx").text
    assert worker.get("/queue?band=invented&owner=x&view=y&after=z").status_code == 200


def test_a_reference_finds_its_case(client_as: ClientAs, desk: Desks) -> None:
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id)
    make_case(desk, worker.person_id, name="Bolat Akhmet")
    found = looked_for(worker, ref.lower()).text
    assert "Tursun Hapiz" in found
    assert "Bolat" not in found


def test_what_was_told_is_not_made_more_exact(client_as: ClientAs, desk: Desks) -> None:
    """R2, R3: nobody said since when; then there are at least so many days."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id, last="../2025-02-28", confirmed=False)
    for page in ("/queue", f"/cases/{ref}"):
        text = worker.get(page).text
        assert "367+" in text, page
    assert "none confirmed; last heard as told: not after 28 February 2025" in text
    short = worker.get("/queue").text.replace("\xa0", " ")
    assert '>None confirmed</bdi><span class="sub">as told: not after 28 Feb 2025<' in short


def test_what_is_done_in_each_row_says_to_which_case(client_as: ClientAs, desk: Desks) -> None:
    """WCAG 2.4.4, 2.5.3: who hears a list of fifty links hears which is whose."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id, confirmed=False)
    page = worker.get("/queue").text
    for link in ("Log contact", "Acknowledge", "Snooze"):
        assert f'aria-label="{link}: {ref}">{link}</a>' in page, link
    assert f'<summary>More<span class="govuk-visually-hidden"> {ref}</span></summary>' in page
    assert page.index(">Acknowledge</a>") < page.index("<summary>More"), (
        "what is asked is not folded"
    )
    assert (
        f'aria-label="Confirm or reject: {ref}">Confirm or reject</a>' in worker.get("/work").text
    )


def test_an_owner_that_is_no_id_is_nobody(client_as: ClientAs, desk: Desks) -> None:
    """S16: PostgreSQL takes no NUL, wherever it comes from."""
    worker = client_as("supervisor")
    ref = make_case(desk, None)
    form = {"q": ref, "owner": "a\0b", "csrf_token": csrf_of(worker.get("/queue"))}
    answer = worker.post("/queue/search", data=form)
    assert answer.status_code == 303 and "owner" not in answer.location


def test_a_name_looked_for_stands_in_no_address(
    client_as: ClientAs, desk: Desks, clock: MovableClock
) -> None:
    """A proxy's log, a browser's history and whoever finds either learn a random word (S1). It is
    good for an hour, for who typed it; filters, pages and the CSV go on from it."""
    worker, other = client_as("supervisor", name="Lola"), client_as("supervisor", name="Maya")
    ref = make_case(desk, None, name="Alimjan Tursun")
    make_case(desk, None, name="Bolat Akhmet")
    token = csrf_of(worker.get("/queue"))
    form = {"q": " Alimjan\r\n Sultan ", "band": "overdue", "csrf_token": token}
    address = worker.post("/queue/search", data=form).location
    assert address.startswith("/queue?band=overdue&find=")
    page = worker.get(address).text
    assert "Did you mean:" in page and "Alimjan Tursun" in page
    links = re.findall(r'(?:href|action|src)="([^"]*)"', page)
    assert not [link for link in links if re.search("alimjan|sultan|tursun", link, re.IGNORECASE)]
    find = address.partition("find=")[2]
    assert sum(find in link for link in links) > 3, "views, bands, the CSV and languages go on"
    token = csrf_of(worker.get(address))
    sheet = worker.post(f"/queue.csv?find={find}", data={"csrf_token": token}).text
    assert ref in sheet and "Bolat" not in sheet
    assert worker.get("/queue?q=Alimjan").text.count('class="govuk-link person"') == 2
    for browser, moved in ((other, timedelta(0)), (worker, timedelta(hours=1))):
        clock.move(moved)
        later = client_as("supervisor", name="Lola") if moved else browser
        for wider in (f"{address}&ticked=1", f"/queue.csv?band=overdue&find={find}"):
            if "csv" in wider:
                token = csrf_of(later.get("/account"))
                gone, kept = later.post(wider, data={"csrf_token": token}), "/queue"
            else:
                gone, kept = later.get(wider), "/queue?band=overdue"
            assert (gone.status_code, gone.location) == (303, kept), "nothing ticked, and no file"
            ended = later.get(gone.location).text
            assert "That search has ended" in ended and "Did you mean" not in ended
            assert " checked" not in ended


def test_the_line_says_by_which_name_it_was_found(client_as: ClientAs, desk: Desks) -> None:
    """Where it is not the name on the line: in another script, or another name of the person."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id, name="Nurlan Testov")
    with desk() as d:
        case = d.session.scalars(select(Case).filter_by(ref=ref)).one()
        record.add_name(d, case, "Абай Айтқазы", source="a neighbour")
    found = looked_for(worker, "Abay Aytqazy").text
    assert "matched: <bdi>Абай Айтқазы</bdi>" in found
    assert "Nurlan Testov" in found
    assert "matched:" not in looked_for(worker, "Nurlan").text
    assert "matched:" not in looked_for(worker, ref).text
    assert "matched: <bdi>Абай Айтқазы</bdi>" in looked_for(worker, "йтқа").text  # a middle piece


def test_pages_follow_each_other_without_gap(
    client_as: ClientAs, desk: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next page begins behind a case: none is shown twice, none is lost."""
    monkeypatch.setattr(queue, "PAGE", 2)
    worker = client_as("caseworker", name="Aigul")
    days = ["2026-03-01", "2026-02-20", "2026-01-20", "2025-11-02", "2025-11-02"]
    refs = {make_case(desk, worker.person_id, last=day) for day in days}
    seen: list[str] = []
    address = "/queue"
    while address:
        text = worker.get(address).text
        seen += [ref for ref in refs if f'id="{ref}"' in text]
        rest = (
            text.partition('rel="next"')[0].rpartition('<a href="')[2]
            if "Next page" in text
            else ""
        )
        address = rest.partition('"')[0].replace("&amp;", "&")
    assert sorted(seen) == sorted(refs)


def test_anothers_case_is_as_if_absent(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """Matrix: –, the same answer as for a case that does not exist."""
    worker, other = client_as("caseworker", name="Aigul"), client_as("caseworker", name="Bota")
    ref = make_case(desk, worker.person_id)
    report, enquirer = reports(desk, ref)[0].id, enquirer_of(desk, ref).id
    own = [*PAGES, f"/contacts/{report}", f"/enquirers/{enquirer}", "/messages", "/policy"]
    for page in own:
        assert worker.get(f"/cases/{ref}{page}").status_code == 200, page
        foreign, absent = other.get(f"/cases/{ref}{page}"), other.get(f"/cases/AAAAAA{page}")
        assert (foreign.status_code, absent.status_code) == (404, 404), page
        assert foreign.text.replace(ref, "AAAAAA") == absent.text
    for page in ("/acknowledge", "/snooze/end", f"/contacts/{report}/reject", "/messages/read"):
        sent = {"reason": "x", "why": "x"}
        answer = post_form(other, f"/cases/{ref}{page}", sent, page="/account")
        assert answer.status_code == 404, page


def test_a_report_of_another_case_is_not_found_through_ones_own(
    client_as: ClientAs, desk: Desks
) -> None:
    """S9: what belongs to a case is looked up in that case only."""
    worker, other = client_as("caseworker", name="Aigul"), client_as("caseworker", name="Bota")
    mine, theirs = make_case(desk, worker.person_id), make_case(desk, other.person_id)
    report, enquirer = reports(desk, theirs)[0].id, enquirer_of(desk, theirs).id
    assert worker.get(f"/cases/{mine}/contacts/{report}").status_code == 404
    assert worker.get(f"/cases/{mine}/enquirers/{enquirer}").status_code == 404


@pytest.mark.parametrize("role", ["administrator", "auditor", "consular"])
def test_other_roles_have_no_desk(role: str, client_as: ClientAs, desk: Desks) -> None:
    """Matrix: administrators and auditors read no case; a post has a door of its own."""
    ref = make_case(desk, None)
    browser = client_as(role)
    for page in ("/queue", "/work", *(f"/cases/{ref}{page}" for page in PAGES)):
        assert browser.get(page).status_code == 403, page


def test_being_of_a_post_opens_no_case_at_the_desk(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """Rights add up, but a share shows its fields at its own door only (S9)."""
    both = client_as("caseworker", "consular", name="Jan")
    owner = client_as("caseworker", name="Aigul")
    ref = make_case(desk, owner.person_id)
    post_id = make_post(desk, both.person_id)
    answer = {
        "enquirer": enquirer_of(desk, ref).id,
        "scope": "consular",
        "given": "yes",
        "language": "kk",
        "spoken": "1",
    }
    post_form(owner, f"/cases/{ref}/consent", answer)
    post_form(owner, f"/cases/{ref}/share", {"post": post_id, "fields": ["dates"]})
    assert both.get(f"/cases/{ref}").status_code == 404
    assert "Tursun Hapiz" not in both.get("/queue").text


def test_an_act_without_its_token_is_refused(client_as: ClientAs, desk: Desks) -> None:
    """S3."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id)
    for page in ("acknowledge", "snooze", "close", "contact"):
        assert worker.post(f"/cases/{ref}/{page}", data={"reason": "x"}).status_code in (400, 403)


def test_the_un_window_is_said_behind_sign_in(client_as: ClientAs, desk: Desks) -> None:
    """WGEID-URG: from the earliest day, with the days left, or that it closed."""
    worker = client_as("caseworker", name="Aigul")
    fresh = make_case(desk, worker.person_id, last="2026-01-20")
    old = make_case(desk, worker.person_id, last="2025")
    for ref, said in (
        (fresh, "closes on 20 April 2026, 49 days left"),
        (old, "window closed on 1 April 2025"),
    ):
        assert said in worker.get(f"/cases/{ref}").text.replace("\u00a0", " ")


@pytest.mark.parametrize("address", ["/queue", "/work"])
def test_the_queue_is_read_without_the_writers_lock(
    address: str, client_as: ClientAs, desk: Desks, services: Services
) -> None:
    """Only the audit row is written, in a transaction of its own: no alert waits for a reader."""
    worker = client_as("caseworker", name="Aigul")
    make_case(desk, worker.person_id, last="2026-03-01", confirmed=False)
    worker.get(address)
    heard: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        heard.append(statement)

    engine = services.database.engine
    event.listen(engine, "before_cursor_execute", note)
    worker.get(address)
    event.remove(engine, "before_cursor_execute", note)
    begins = [
        n for n, words in enumerate(heard) if words.startswith(("BEGIN IMM", "SELECT pg_adv"))
    ]
    names = max(n for n, words in enumerate(heard) if "FROM person_names" in words)
    audits = [n for n, words in enumerate(heard) if words.startswith("INSERT INTO audit")]
    assert len(audits) == 1
    assert names < max(n for n in begins if n < audits[0]), "read first, then written"
