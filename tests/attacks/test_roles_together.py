"""Attacks by those who hold two keys: a caseworker who is also of a post, or brings in a sheet.

A post is shown fields of a case, by its own door. At the desk it opens nothing (safety.md, "Who
may"): not to read, not to write, not by way of a list, a search or a file.
"""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.web.conftest import ClientAs, Desks, StaffClient
from tests.web.interviews import type_in
from tests.web.staff_cases import looked_for, make_case, make_post, reports
from tracker.bootstrap import Services
from tracker.domain.actor import OPERATOR, Actor
from tracker.engine.cases import sharing
from tracker.engine.sheets.importing import bring_in, understand
from tracker.engine.sheets.sheets import read_sheet
from tracker.store.schema import Case, Enquirer, ImportedRow, PersonName


@pytest.fixture
def both(client_as: ClientAs) -> StaffClient:
    """A caseworker without cases, who is also of a post."""
    return client_as("caseworker", "consular", name="Both")


@pytest.fixture
def shared(both: StaffClient, client_as: ClientAs, desk: Desks) -> str:
    """Another caseworker's case, of which that post is shown the dates alone; its reference."""
    bota = client_as("caseworker", name="Bota")
    ref = make_case(desk, bota.person_id, name="Tursun Hapiz")
    post = make_post(desk, both.person_id)
    with desk() as d:
        case = d.session.scalars(select(Case).filter_by(ref=ref)).one()
        aunt = d.session.scalars(select(Enquirer).filter_by(case_id=case.id)).one()
        sharing.record_consent(
            d, case, aunt, "consular", given=True, language="en", text_checked=True, spoken=True
        )
        d.actor = Actor("person", bota.person_id)
        sharing.share(d, case, post, ["dates"])
        d.actor = OPERATOR
    assert both.get(f"/shared/{ref}").status_code == 200
    return ref


def test_a_post_s_case_cannot_be_told_about_at_the_desk(both: StaffClient, shared: str) -> None:
    """`/tell` shows all names, facts and sources, and takes in confirmed contacts."""
    page = both.get(f"/cases/{shared}/tell")
    assert page.status_code == 404
    assert "Tursun" not in page.text


def test_no_page_of_the_desk_opens_it(both: StaffClient, shared: str) -> None:
    for page in ("", "/contact", "/messages", "/same", "/keeping", "/share", "/close"):
        assert both.get(f"/cases/{shared}{page}").status_code == 404, page
    for query in ("Tursun Hapiz", shared, shared[:4]):
        assert shared not in looked_for(both, query).text.replace(query, "")


def test_an_interview_does_not_tell_whose_name_is_known_to_a_post(
    both: StaffClient, shared: str
) -> None:
    """The post is shown no name; "possibly the same person" must not show it either."""
    page = type_in(both, "/cases/new", {"names": "Tursun Hapiz", "description": ""})
    assert shared not in page.text


def _sheet(text: str, services: Services, actor: Actor) -> list[str]:
    with services.desk(actor) as d:
        outcome = bring_in(d, understand(d, read_sheet(text.encode())))
        d.session.rollback() if outcome.faults else None
        return [fault.says for fault in outcome.faults] + [h.like for h in outcome.hints]


def test_a_sheet_adds_nothing_to_a_case_that_is_not_theirs(
    both: StaffClient, shared: str, services: Services, desk: Desks
) -> None:
    """By our reference, or by the office's own number for it, which somebody else brought in."""
    before = len(reports(desk, shared))
    by_ref = f"ref,last_contact,said_on,confirmed\n{shared},2026-03-01,2026-03-01,yes\n"
    assert _sheet(by_ref, services, both.actor)
    with services.desk(OPERATOR) as d:
        known = read_sheet(b"id,name,last_contact,said_on\n17,Aman,2026-01-01,2026-02-01\n")
        bring_in(d, understand(d, known))
        case_id = d.session.scalars(select(ImportedRow.case_id)).one()
        ref = d.session.get_one(Case, case_id).ref
        held = len(d.session.scalars(select(PersonName).filter_by(case_id=case_id)).all())
    by_number = "id,name,last_contact,said_on,confirmed\n17,Evil,2026-03-01,2026-03-01,yes\n"
    assert _sheet(by_number, services, both.actor)
    assert len(reports(desk, shared)) == before
    assert len(reports(desk, ref)) == 1
    with desk() as d:
        assert len(d.session.scalars(select(PersonName).filter_by(case_id=case_id)).all()) == held


def test_a_sheet_s_hints_name_no_case_of_others(
    both: StaffClient, shared: str, services: Services
) -> None:
    sheet = "name,last_contact,said_on\nTursun Hapiz,2026-01-01,2026-02-01\n"
    assert shared not in _sheet(sheet, services, both.actor)
