"""The door of a consular post: shared cases, shared fields, and nothing else (safety.md matrix)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from sqlalchemy import select

from tests.web.conftest import ClientAs, Desks, MovableClock, PostForm, StaffClient
from tests.web.pdfs import text_of
from tracker.bootstrap import Services
from tracker.domain.contact import ContactClass
from tracker.domain.edtf import parse_edtf
from tracker.engine.cases import cases, record, sharing
from tracker.engine.clock.clockwork import open_file
from tracker.engine.worker.tick import tick
from tracker.store.schema import (
    AlertEvent,
    AuditRow,
    Case,
    ConsularAction,
    ConsularPost,
    Enquirer,
    PostMember,
    Share,
    new_id,
)

NAME, ENQUIRER, WORDS = "Nurlan Invented", "Sister Invented", "He said he was cold"


class Scene(NamedTuple):
    consul: StaffClient
    other: StaffClient
    worker: StaffClient
    ref: str


def make_post(d: Any, *members: str) -> str:
    post = ConsularPost(id=new_id(), created_at=d.now)
    d.safe.seal(post, "name", "Post Invented")
    d.session.add(post)
    d.session.flush()
    for person in members:
        row = PostMember(id=new_id(), post_id=post.id, person_id=person, since_at=d.now)
        d.session.add(row)
    d.session.flush()
    return post.id


def case_in(d: Any, ref: str) -> Case:
    found: Case = d.session.scalars(select(Case).filter_by(ref=ref)).one()
    return found


@pytest.fixture
def scene(client_as: ClientAs, desk: Desks) -> Scene:
    """A case silent for 31 days, shared with one post of two: name, dates, place; one question."""
    consul = client_as("consular", name="Consul One")
    other = client_as("consular", name="Consul Two")
    worker = client_as("caseworker", name="Dana")
    with desk() as d:
        post = make_post(d, consul.person_id)
        make_post(d, other.person_id)
    with desk(worker.actor) as d:
        case = cases.open_case(d, zone_name="UTC", caseworker_id=worker.person_id)
        enquirer = record.add_enquirer(d, case, {"name": ENQUIRER}, language="en")
        record.add_name(d, case, NAME, source="her sister", enquirer=enquirer)
        record.add_statement(d, case, "place", {"text": "Prison Invented"}, source="her sister")
        record.add_statement(d, case, "relative", {"text": "Two sons"}, enquirer=enquirer)
        record.report_contact(
            d,
            case,
            occurred=parse_edtf("2026-01-30"),
            edtf="2026-01-30",
            cls=ContactClass.DIRECT,
            details={"words": WORDS, "means": "letter", "source": "her sister"},
            enquirer=enquirer,
            confirmed=True,
        )
        sharing.record_consent(
            d, case, enquirer, "consular", given=True, language="en", text_checked=True
        )
        sharing.share(d, case, post, ("name", "dates", "place"), ask="Is a visit possible?")
        ref = case.ref
    return Scene(consul, other, worker, ref)


def test_the_list_and_the_page_show_what_is_shared(scene: Scene) -> None:
    listed = scene.consul.get("/shared").get_data(as_text=True)
    assert NAME in listed and scene.ref in listed
    page = scene.consul.get(f"/shared/{scene.ref}").get_data(as_text=True)
    for told in (NAME, scene.ref, "Prison Invented", "30 January 2026", "Is a visit possible?"):
        assert told in page
    assert "31 days" in page


@pytest.mark.parametrize("ending", ["", "/sheet"])
def test_never_the_enquirer_nor_words_nor_an_unshared_group(scene: Scene, ending: str) -> None:
    """S1: the link between reporter and detained person; share without history and family."""
    page = scene.consul.get(f"/shared/{scene.ref}{ending}").get_data(as_text=True)
    assert NAME in page
    for hidden in (ENQUIRER, WORDS, "her sister", "Two sons", "History of contacts"):
        assert hidden not in page


def test_without_name_and_dates_only_the_reference_stands(scene: Scene, desk: Desks) -> None:
    with desk(scene.worker.actor) as d:
        case = case_in(d, scene.ref)
        post = d.session.scalars(select(Share.post_id).filter_by(case_id=case.id)).one()
        sharing.share(d, case, post, ("history",))
    page = scene.consul.get(f"/shared/{scene.ref}").get_data(as_text=True)
    assert NAME not in page and "Overdue" not in page and "31 days" not in page
    assert "History of contacts" in page and "letter" in page
    assert NAME not in scene.consul.get("/shared").get_data(as_text=True)


def gone(scene: Scene) -> bool:
    page = scene.consul.get(f"/shared/{scene.ref}")
    absent = scene.consul.get("/shared/AAAAAA")
    listed = scene.consul.get("/shared").get_data(as_text=True)
    assert (page.status_code == 404) == (scene.ref not in listed)
    return page.status_code == absent.status_code == 404


def test_another_posts_case_is_as_if_absent(scene: Scene) -> None:
    """S8."""
    assert scene.other.get(f"/shared/{scene.ref}").status_code == 404
    assert scene.ref not in scene.other.get("/shared").get_data(as_text=True)
    assert not gone(scene)


def test_unshared_is_as_if_absent(scene: Scene, desk: Desks) -> None:
    with desk(scene.worker.actor) as d:
        sharing.unshare(d, case_in(d, scene.ref), d.session.scalars(select(Share)).one())
    assert gone(scene)


def test_an_expired_share_is_as_if_absent(
    scene: Scene, desk: Desks, clock: MovableClock, client_as: ClientAs
) -> None:
    with desk() as d:
        d.session.scalars(select(Share)).one().until_on = clock.now.date()
    assert not gone(scene)
    clock.move(timedelta(days=1))
    assert gone(scene._replace(consul=client_as("consular", name="Consul One")))


def test_withdrawn_consent_ends_it_at_once(scene: Scene, desk: Desks, clock: MovableClock) -> None:
    """S6: withdrawing stops sharing."""
    clock.move(timedelta(minutes=1))
    withdraw(scene, desk)
    assert gone(scene)


def withdraw(scene: Scene, desk: Desks) -> None:
    """The family takes back that a consulate may be told."""
    with desk(scene.worker.actor) as d:
        case, enquirer = case_in(d, scene.ref), d.session.scalars(select(Enquirer)).one()
        sharing.record_consent(
            d, case, enquirer, "consular", given=False, language="en", text_checked=True
        )


def test_an_answer_that_came_too_late_is_said_to_be_unsent(
    scene: Scene, desk: Desks, clock: MovableClock, post_form: PostForm
) -> None:
    """S6, S8: consent ended while the answer was written; any absent case is answered alike."""
    with desk() as d:
        question = d.session.scalars(select(ConsularAction.id)).one()
    told = {"question": question, "outcome": "answered", "words": "They confirm it."}
    clock.move(timedelta(minutes=1))
    withdraw(scene, desk)
    late = post_form(scene.consul, f"/shared/{scene.ref}/answer", told, "/account")
    absent = post_form(scene.consul, "/shared/AAAAAA/answer", told, "/account")
    assert late.status_code == absent.status_code == 404
    for answer in (late, absent):
        assert "Nothing that you typed was sent" in answer.get_data(as_text=True)
    with desk() as d:
        assert d.session.get_one(ConsularAction, question).answered_at is None


def test_the_desk_sees_that_a_post_sees_nothing_without_consent(
    scene: Scene, desk: Desks, clock: MovableClock, client_as: ClientAs
) -> None:
    """S6: a share that consent no longer covers is not shown as one who may see the case."""
    with desk(scene.worker.actor) as d:
        case, enquirer = case_in(d, scene.ref), d.session.scalars(select(Enquirer)).one()
        sharing.record_consent(
            d,
            *(case, enquirer, "consular"),
            given=True,
            language="en",
            text_checked=True,
            until_on=clock.now.date(),
        )
    case_page, unseen = f"/cases/{scene.ref}", "They see nothing of it"
    before = scene.worker.get(case_page).get_data(as_text=True)
    clock.move(timedelta(days=1))
    after = client_as("caseworker", name="Dana").get(case_page).get_data(as_text=True)
    assert unseen not in before
    assert unseen in after
    assert before.count("Post Invented") == after.count("Post Invented") + 1


def test_a_caseworker_has_no_business_here(scene: Scene) -> None:
    assert scene.worker.get("/shared").status_code == 403
    assert scene.consul.get(f"/cases/{scene.ref}").status_code == 403


def test_the_answer_is_kept_once(scene: Scene, desk: Desks, post_form: PostForm) -> None:
    with desk() as d:
        question = d.session.scalars(select(ConsularAction.id)).one()
    where, page = f"/shared/{scene.ref}/answer", f"/shared/{scene.ref}"
    wrong = post_form(scene.consul, where, {"question": question, "words": "Kept words"}, page)
    assert wrong.status_code == 422 and "Kept words" in wrong.get_data(as_text=True)
    told = {"question": question, "outcome": "asked_authorities", "words": "We wrote."}
    assert post_form(scene.consul, where, told, page).status_code == 303
    again = post_form(scene.consul, where, told | {"outcome": "cannot"}, "/account")
    assert again.status_code == 422
    with desk() as d:
        row = d.session.get_one(ConsularAction, question)
        assert (row.outcome, row.answered_by) == ("asked_authorities", scene.consul.person_id)
        assert d.safe.open(row, "answer") == "We wrote."


def test_nobody_answers_for_another_post(scene: Scene, desk: Desks, post_form: PostForm) -> None:
    with desk() as d:
        question = d.session.scalars(select(ConsularAction.id)).one()
    told = {"question": question, "outcome": "cannot"}
    answer = post_form(scene.other, f"/shared/{scene.ref}/answer", told, "/account")
    assert answer.status_code == 404


def test_seeing_an_alert_is_recorded_and_holds_nobody_else(
    scene: Scene, desk: Desks, services: Services, post_form: PostForm
) -> None:
    """Matrix: records own acknowledgement, holds nobody else's."""
    tick(services)
    page = scene.consul.get(f"/shared/{scene.ref}").get_data(as_text=True)
    assert "I have seen it" in page
    with desk() as d:
        before = open_file(d, case_in(d, scene.ref))
    for _twice in range(2):
        sent = post_form(scene.consul, f"/shared/{scene.ref}/seen", {}, f"/shared/{scene.ref}")
        assert sent.status_code == 303
    with desk() as d:
        events = d.session.scalars(select(AlertEvent).filter_by(kind="seen")).all()
        assert [event.person_id for event in events] == [scene.consul.person_id]
        assert open_file(d, case_in(d, scene.ref)) == before
        assert d.session.scalars(select(AuditRow).filter_by(act="alert.seen")).one()
    assert "I have seen it" not in scene.consul.get(f"/shared/{scene.ref}").get_data(as_text=True)


def test_reading_and_printing_are_audited(scene: Scene, desk: Desks) -> None:
    """S13."""
    scene.consul.get(f"/shared/{scene.ref}")
    scene.consul.get(f"/shared/{scene.ref}/sheet")
    with desk() as d:
        acts = d.session.scalars(select(AuditRow.act).filter_by(actor_id=scene.consul.person_id))
        assert {"shared.read", "shared.printed"} <= set(acts)


def test_the_sheet_as_a_file_holds_what_the_page_holds(scene: Scene, post_form: PostForm) -> None:
    """S1, S8: shared groups and the question, nobody who reported; a stranger's post sees none."""
    page = f"/shared/{scene.ref}/sheet"
    answer = post_form(scene.consul, page, {}, page)
    assert answer.mimetype == "application/pdf"
    text = text_of(answer.data)
    assert NAME in text and "Prison Invented" in text
    for kept in (ENQUIRER, WORDS, "Two sons", "her sister", "Dana"):
        assert kept not in text
    assert post_form(scene.other, page, {}, "/shared").status_code == 404
