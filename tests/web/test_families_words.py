"""What a family types itself leaves the desk by no door; its dates do (safety.md S1, matrix)."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from tests.web.conftest import ClientAs, Desks, PostForm, StaffClient
from tests.web.family_reports import report
from tests.web.pdfs import text_of
from tests.web.staff_cases import make_post
from tracker.engine.cases import record, sharing
from tracker.engine.cases.sharing import FIELD_GROUPS
from tracker.store.schema import Case, Enquirer, ExportRequest

TOLD = "CANARY told me, his brother"
"""Who reported, as a family writes it into any field that takes words."""

ANSWERS = {
    "names": {"name_1": "Sabina Orazova", "description": f"tall, {TOLD}"},
    "held": {"held_precision": "words", "held_words": f"in 2017, {TOLD}"},
    "seen": {"seen_precision": "words", "seen_words": f"in March 2016, {TOLD}"},
    "place": {"place": f"a camp, {TOLD}", "held_by": f"the guards, {TOLD}"},
    "heard": {"last_precision": "words", "last_words": f"22 January 2018, {TOLD}"},
    "rhythm": {"rhythm": "weekly", "rhythm_words": TOLD},
    "stopped": {"stopped": ["visits"], "stopped_words": TOLD},
    "needs": {"children": f"two boys, {TOLD}", "needs": TOLD},
    "more": {"more": TOLD},
}
PLACE = "Prison Invented, typed by the office"


def reported(browser: StaffClient, desk: Desks, worker: StaffClient) -> str:
    """A whole report sent by the family's form; its case, which is the caseworker's now."""
    report(browser, **ANSWERS)
    with desk() as d:
        case = d.session.scalars(select(Case)).one()
        case.caseworker_id = worker.person_id
    with desk(worker.actor) as d:
        case = d.session.scalars(select(Case)).one()
        record.add_statement(d, case, "place", {"text": PLACE}, source="a lawyer")
        return case.ref


def test_s1_the_words_of_a_family_are_on_no_page_paper_or_file_of_others(
    app: Flask, client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """Also when a colleague is signed in at the screen the family writes at."""
    worker, consul = client_as("caseworker", name="Dana"), client_as("consular", name="Jan")
    ref = reported(worker, desk, worker)
    post = make_post(desk, consul.person_id)
    with desk(worker.actor) as d:
        case = d.session.scalars(select(Case)).one()
        family = d.session.scalars(select(Enquirer)).one()
        sharing.record_consent(
            d, case, family, "consular", given=True, language="en", text_checked=True
        )
        sharing.share(d, case, post, FIELD_GROUPS)
    left = {
        "shared": consul.get(f"/shared/{ref}").text,
        "sheet": consul.get(f"/shared/{ref}/sheet").text,
        "pdf": text_of(post_form(consul, f"/shared/{ref}/sheet", page=f"/shared/{ref}/sheet").data),
    }
    fields = {"fields": ["name", "dates", "place", "history", "family"], "language": "en"}
    left["paper"] = text_of(post_form(worker, f"/cases/{ref}/paper", fields).data)
    for form in ("csv", "json", "pfif"):
        post_form(worker, "/exports", {"form": form, "ref": ref})
        with desk() as d:
            asked = d.session.scalars(select(ExportRequest).filter_by(form=form)).one().id
        answer = post_form(worker, f"/exports/{asked}/file", page="/exports")
        assert answer.status_code == 200
        left[form] = answer.data.decode("utf-8-sig")
    for door, text in left.items():
        assert "CANARY" not in text and "brother" not in text, door
        if door != "pfif":
            assert "2017" in text and PLACE in text, door
    assert "2016" in left["shared"] and "2016" in left["paper"] and "2016" in left["json"]
    assert "CANARY" in worker.get(f"/cases/{ref}").text, "whoever works on it reads all of it"
    for form in ("share", "paper"):
        assert (
            "What a family wrote in the form is not shown"
            in worker.get(f"/cases/{ref}/{form}").text
        )
