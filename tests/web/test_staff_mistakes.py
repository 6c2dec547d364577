"""A name or a fact that was written down wrongly is taken back and put back. Invented people."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from tests.web.conftest import ClientAs, Desks, PostForm
from tests.web.staff_cases import case_row, looked_for, make_case, notes, rows
from tracker.bootstrap import Services
from tracker.domain.actor import OPERATOR, Actor
from tracker.engine.cases import record, sharing
from tracker.engine.cases.comparing import compare_some
from tracker.engine.sheets import exporting
from tracker.store.schema import AuditRow, Case, PersonName, PossibleSame, Statement

RIGHT, WRONG = "Tursun Hapiz", "Zhyldyz Bekova"


def another(desk: Desks, ref: str, name: str = WRONG) -> str:
    """A second name of the case's person; its id."""
    with desk() as d:
        case = d.session.scalars(select(Case).filter_by(ref=ref)).one()
        return record.add_name(d, case, name, source="a slip of ours").id


def a_fact(desk: Desks, ref: str, kind: str, **value: Any) -> str:
    with desk() as d:
        case = d.session.scalars(select(Case).filter_by(ref=ref)).one()
        return record.add_statement(d, case, kind, value).id


def test_a_wrong_name_is_taken_back_and_put_back(
    client_as: ClientAs, post_form: PostForm, desk: Desks, services: Services
) -> None:
    """Not shown nor found any more, kept with the reason; the undo makes it count again (S13)."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id, name=WRONG)
    another(desk, ref, RIGHT)
    first = next(row for row in rows(desk, ref, PersonName) if row.position == 0)
    at = f"/cases/{ref}/wrong/{first.id}"
    assert ref in looked_for(worker, WRONG).text
    assert WRONG in worker.get(f"/cases/{ref}/wrong").text
    assert "no longer shown" in worker.get(at).text
    assert post_form(worker, at, {"reason": "another man's"}, at).status_code == 303
    shown = worker.get(f"/cases/{ref}").text
    assert WRONG not in shown and RIGHT in shown
    assert "Name taken back" in shown and "another man&#39;s" in shown
    assert f'action="{at}/back"' in shown  # the undo, at once
    for page in ("/queue", f"/cases/{ref}/tell", f"/cases/{ref}/paper"):
        assert WRONG not in worker.get(page).text
    assert ref not in looked_for(worker, WRONG).text
    assert ref in looked_for(worker, RIGHT).text
    kept = worker.get(f"/cases/{ref}/wrong").text
    assert WRONG in kept and "another man&#39;s" in kept and "Put it back" in kept
    assert post_form(worker, f"{at}/back", {}, f"/cases/{ref}/wrong").status_code == 303
    assert worker.get(f"/cases/{ref}").text.index(WRONG) < worker.get("/cases/" + ref).text.index(
        RIGHT
    )
    assert ref in looked_for(worker, WRONG).text
    with services.reading(OPERATOR) as d:
        acts = d.session.scalars(select(AuditRow.act).where(AuditRow.object_id == first.id))
        assert list(acts) == ["name.added", "name.withdrawn", "name.restored"]


def test_a_wrong_fact_leaves_by_no_door_and_moves_no_clock(
    client_as: ClientAs, post_form: PostForm, desk: Desks, services: Services
) -> None:
    """What a post is shown and what a file holds comes from the same standing facts (S1)."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id)
    with desk(Actor("person", worker.person_id)) as d:
        case = d.session.scalars(select(Case).filter_by(ref=ref)).one()
        fact_id = record.add_statement(d, case, "place", {"text": "Invented Town"}).id
    before = case_row(desk, ref)
    at = f"/cases/{ref}/wrong/{fact_id}"
    assert (
        'This was wrong<span class="govuk-visually-hidden">: Place, '
        in worker.get(f"/cases/{ref}").text
    )
    refused = post_form(worker, at, {"reason": " "}, at)
    assert refused.status_code == 422 and "Say why" in refused.text
    assert post_form(worker, at, {"reason": "it was his brother"}, at).status_code == 303
    shown = worker.get(f"/cases/{ref}").text
    assert "Fact taken back" in shown and "— taken back" in shown
    assert (
        "Invented Town" not in shown and "Invented Town" in worker.get(f"/cases/{ref}/wrong").text
    )
    assert f'href="{at}"' not in shown
    with services.reading(OPERATOR) as d:
        case = d.session.scalars(select(Case).filter_by(ref=ref)).one()
        assert not list(sharing.told_to_others(d, case))
        (out,) = exporting.gather(d, [case], "json").cases
        assert not [told for told in out.statements if told["kind"] == "place"]
    after = case_row(desk, ref)
    assert (after.band, after.next_look_at, after.silent_rank) == (
        before.band,
        before.next_look_at,
        before.silent_rank,
    )
    assert notes(desk, ref) == ["wrong"]
    again = post_form(worker, at, {"reason": "twice"}, f"/cases/{ref}/wrong")
    assert again.status_code == 422 and "taken back already" in again.text


def test_pairs_that_rested_on_it_are_weighed_anew(
    client_as: ClientAs, post_form: PostForm, desk: Desks, services: Services
) -> None:
    """A pair nobody looked at goes, and comes again; a decided one stays."""
    lead = client_as("supervisor", name="Lola")
    ref = make_case(desk, None, name=RIGHT)
    others = [make_case(desk, None, name=WRONG) for _ in range(2)]
    name_id = another(desk, ref)
    assert compare_some(services)
    decided = f"/cases/{ref}/same/{others[0]}"
    assert post_form(lead, decided, {"decision": "later"}).status_code == 303

    def pairs() -> list[str]:
        with desk() as d:
            mine = d.session.scalars(select(Case.id).filter_by(ref=ref)).one()
            found = d.session.scalars(select(PossibleSame))
            return sorted(each.state for each in found if mine in (each.case_id, each.other_id))

    assert pairs() == ["later", "open"]
    at = f"/cases/{ref}/wrong/{name_id}"
    assert post_form(lead, at, {"reason": "a slip"}, at).status_code == 303
    assert pairs() == ["later"]
    assert compare_some(services)
    assert pairs() == ["later"]
    assert post_form(lead, f"{at}/back", {}, f"/cases/{ref}/wrong").status_code == 303
    assert compare_some(services)
    assert pairs() == ["later", "open"]


def test_how_a_case_ended_is_not_a_slip(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """R15: the end of a case is undone by opening it again."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id)
    fact_id = a_fact(desk, ref, "closing", reason="found", edtf="2026-02-01")
    assert worker.get(f"/cases/{ref}/wrong/{fact_id}").status_code == 404
    at = f"/cases/{ref}/wrong/{fact_id}"
    assert post_form(worker, at, {"reason": "x"}, f"/cases/{ref}/wrong").status_code == 404
    assert [row.withdrawn_at for row in rows(desk, ref, Statement)] == [None]


def test_of_two_taken_back_at_one_instant_each_keeps_its_reason(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """A demonstration's clock stands still; nothing that was written is lost from the story."""
    worker = client_as("caseworker", name="Aigul")
    ref = make_case(desk, worker.person_id)
    with desk(Actor("person", worker.person_id)) as d:
        case = d.session.scalars(select(Case).filter_by(ref=ref)).one()
        both = [record.add_statement(d, case, "place", {"text": name}).id for name in ("Ab", "Cd")]
    reasons = ["it was his brother", "it was read wrongly"]
    for fact_id, reason in zip(both, reasons, strict=True):
        at = f"/cases/{ref}/wrong/{fact_id}"
        assert post_form(worker, at, {"reason": reason}, at).status_code == 303
    shown, kept = worker.get(f"/cases/{ref}").text, worker.get(f"/cases/{ref}/wrong").text
    assert all(reason in shown and reason in kept for reason in reasons)
