"""Possible same persons: intake, list, comparison, merge, undo; staff only. Invented people."""

from __future__ import annotations

import threading

import pytest

from tests.web.conftest import ClientAs, Desks, PostForm
from tests.web.interviews import interview, save, type_in
from tests.web.staff_cases import case_row, looked_for, make_case, make_post, rows
from tracker.bootstrap import Services
from tracker.domain.actor import OPERATOR
from tracker.engine.cases import record, sharing
from tracker.engine.cases.comparing import LEASE, compare_some, keep_comparing
from tracker.engine.pulse import leave_lease
from tracker.store.schema import Case, PersonName, PossibleSame

NAME = "Memet Sultan"
TOLD = {"said_on": "2026-03-01", "heard_words": "2026-01-20", "means": "telephone"}


def test_at_intake_staff_see_who_it_may_be_before_a_case_is_opened(
    client_as: ClientAs, desk: Desks
) -> None:
    """Issue 4: at intake; typed on, the case is opened and the pair waits for a decision."""
    worker = client_as("caseworker", name="Aigul")
    ref = interview(worker, TOLD | {"names": "Alimjan Tursun"})
    told = TOLD | {"names": "阿里木江·吐尔逊"}
    shown = type_in(worker, "/cases/new", told)
    assert shown.status_code == 200
    assert "These cases may be of the same person" in shown.text
    assert "Alimjan Tursun" in shown.text and ref in shown.text
    opened = save(worker, "/cases/new", told, shown)
    assert opened.status_code == 303
    page = worker.get(opened.location)
    assert "Case <bdi" in page.text and ref in page.text
    work = worker.get("/work").text
    assert "Possibly the same person" in work
    with desk() as d:
        (pair,) = d.session.query(PossibleSame).all()
        assert pair.state == "open"


def test_anothers_case_is_not_hinted_at(client_as: ClientAs) -> None:
    """S9: a caseworker learns nothing of a case that is somebody else's; the supervisor does."""
    aigul, bota = client_as("caseworker", name="Aigul"), client_as("caseworker", name="Bota")
    theirs = interview(bota, TOLD | {"names": "Alimjan Tursun"})
    mine = interview(aigul, TOLD | {"names": "Alim Tursun"})
    assert "may be of the same person" not in aigul.get(f"/cases/{mine}").text
    at = f"/cases/{mine}/same"
    assert theirs not in looked_for(aigul, "Alimjan", at, at).text
    assert theirs in looked_for(client_as("supervisor", name="Lola"), "Alimjan", at, at).text
    assert aigul.get(f"/cases/{mine}/same/{theirs}").status_code == 404


def test_the_web_process_compares_what_families_sent(
    client_as: ClientAs, desk: Desks, services: Services
) -> None:
    """The list fills without anybody's form waiting for it (S8); asked twice it does it once."""
    lead = client_as("supervisor", name="Lola")
    one = make_case(desk, None, name="Alimjan Tursun")
    two = make_case(desk, None, name="Алимжан Турсун")
    make_case(desk, None, name="Bolat Akhmet")
    assert compare_some(services) == 3
    assert compare_some(services) == 0
    text = lead.get("/work").text
    assert one in text and two in text
    with desk() as d:
        assert len(d.session.query(PossibleSame).all()) == 1


def test_one_process_at_a_time_compares_until_it_is_told_to_stop(
    desk: Desks, services: Services
) -> None:
    """The thread of a web process; another one waits for its lease, and failures cost nothing."""
    make_case(desk, None, name=NAME)
    assert compare_some(services, "first") == 1
    make_case(desk, None, name="Мәмет Сұлтан")
    assert compare_some(services, "second") == 0
    with desk() as d:
        leave_lease(d, "first", LEASE)
    stop = threading.Event()
    thread = threading.Thread(target=keep_comparing, args=(services, stop))
    thread.start()
    for _ in range(200):
        with services.reading(OPERATOR) as d:
            if d.session.query(PossibleSame).count():
                break
        stop.wait(0.05)
    stop.set()
    thread.join(5)
    assert not thread.is_alive()
    with desk() as d:
        assert d.session.query(PossibleSame).count() == 1


@pytest.mark.parametrize("decision", ["different", "later"])
def test_what_was_decided_is_remembered(
    client_as: ClientAs, post_form: PostForm, desk: Desks, services: Services, decision: str
) -> None:
    """Issue 4: not the same goes from the list for good; not yet stays, put off."""
    lead = client_as("supervisor", name="Lola")
    one, two = (
        make_case(desk, None, name="Memet Sultan"),
        make_case(desk, None, name="Memet Sultan"),
    )
    compare_some(services)
    page = f"/cases/{one}/same/{two}"
    text = lead.get(page).text
    assert "Speaks for it" in text and "Memet Sultan" in text
    assert post_form(lead, page, {"decision": decision}).status_code == 303
    with desk() as d:
        case = d.session.query(Case).filter_by(ref=one).one()
        record.add_name(d, case, "Memet Sultan Haji")  # so that it is compared again
    compare_some(services)
    listed = "Possibly the same person" in lead.get("/work").text
    assert listed == (decision == "later")
    assert ("put off" in lead.get("/work").text) == (decision == "later")


def test_merging_and_undoing_on_the_pages(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """Both references find the kept case; the undo gives the other back; both are in its story."""
    lead = client_as("supervisor", name="Lola")
    one, two = (
        make_case(desk, None, name="Memet Sultan"),
        make_case(desk, None, name="مەمەت سۇلتان"),
    )
    page = f"/cases/{one}/same/{two}"
    assert post_form(lead, f"{page}/merge", {"kept": one}, page=page).status_code == 422
    merged = post_form(lead, f"{page}/merge", {"kept": two, "reason": "aunt"}, page=page)
    assert merged.location == f"/cases/{two}"
    assert lead.get(f"/cases/{one}").location == f"/cases/{two}"
    text = lead.get(f"/cases/{two}").text
    assert "مەمەت سۇلتان" in text and "Memet Sultan" in text
    assert f"Undo the merge with case {one}" in text
    assert one not in lead.get("/queue").text
    undone = post_form(lead, f"/cases/{two}/unmerge", {"reason": "cousins"})
    assert undone.location == f"/cases/{two}"
    assert [row.case_id for row in rows(desk, one, PersonName)] == [case_row(desk, one).id]
    text = lead.get(f"/cases/{two}").text
    assert "Merge taken back" in text and "cousins" in text
    assert post_form(lead, f"/cases/{two}/unmerge", {"reason": "x"}, page="/account").location


def test_who_will_no_longer_see_it_is_said_before(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """A post that saw one record only sees neither: the page says so first."""
    lead, consul = client_as("supervisor", name="Lola"), client_as("consular", name="Jan")
    one, two = (
        make_case(desk, None, name="Memet Sultan"),
        make_case(desk, None, name="Memet Sultan"),
    )
    post_id = make_post(desk, consul.person_id)
    enquirer = rows(desk, one, sharing.Enquirer)[0].id
    answer = {"enquirer": enquirer, "scope": "consular", "given": "yes", "language": "kk"}
    post_form(lead, f"/cases/{one}/consent", answer | {"spoken": "1"})
    post_form(lead, f"/cases/{one}/share", {"post": post_id, "fields": ["dates"]})
    text = lead.get(f"/cases/{two}/same/{one}").text
    assert "No longer shown to: Embassy of Lorania" in text


def test_did_you_mean(client_as: ClientAs, desk: Desks) -> None:
    """The nearest names are offered, and lead to their search."""
    lead = client_as("supervisor", name="Lola")
    make_case(desk, None, name="Alimjan Tursun")
    text = looked_for(lead, "Alimjan Sultan").text
    assert "Did you mean:" in text
    assert 'name="q" value="Alimjan Tursun"' in text
    assert "No case bears this name" in text
    assert "Did you mean:" not in looked_for(lead, "Alimcan Tursun").text
