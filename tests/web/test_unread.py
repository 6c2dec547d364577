"""D1: one case that cannot be read takes no page away from the others. Invented people."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from tests.web.conftest import ClientAs, Desks, MovableClock, PostForm
from tests.web.staff_cases import case_row, looked_for, make_case, make_post
from tracker.bootstrap import Services
from tracker.domain.actor import WORKER, Actor
from tracker.engine.cases import sharing
from tracker.engine.cases.comparing import compare_some
from tracker.engine.clock.watch import TRY_AGAIN_AFTER, watch_batch
from tracker.engine.keeping import integrity
from tracker.store.schema import Case, DataKeyRow, Enquirer, PersonName

WHAT = "This cannot be read"


def _spoil(desk: Desks, ref: str, how: str) -> bytes:
    """Spoil a case; its clock as it was."""
    with desk() as d:
        case = d.session.scalars(select(Case).filter_by(ref=ref)).one()
        kept = case.clock_sealed
        if how == "clock":
            case.clock_sealed = kept[:-1] + bytes([kept[-1] ^ 1])
        elif how == "name":
            name = d.session.scalars(select(PersonName).filter_by(case_id=case.id)).one()
            name.name_sealed = name.name_sealed[:-1] + bytes([name.name_sealed[-1] ^ 1])
        else:
            d.session.execute(
                update(DataKeyRow).where(DataKeyRow.owner_id == case.id).values(wrapped=None)
            )
        return kept


@pytest.mark.parametrize("how", ["clock", "key", "name"])
def test_d1_a_case_that_cannot_be_read_stands_beside_the_others(
    client_as: ClientAs, post_form: PostForm, desk: Desks, services: Services, how: str
) -> None:
    lead = client_as("supervisor", name="Vera")
    spoilt = make_case(desk, lead.person_id, name="Alimjan Tursun")
    whole = make_case(desk, lead.person_id, name="Alimjan Tursun")
    compare_some(services)
    _spoil(desk, spoilt, how)
    queue = lead.get("/queue")
    assert queue.status_code == 200
    assert f'href="/cases/{spoilt}"' in queue.text and "Alimjan Tursun" in queue.text
    assert (WHAT in queue.text) == (how != "name") and "cannot be read" in queue.text
    page = lead.get(f"/cases/{spoilt}")
    assert page.status_code == 409 and WHAT in page.text and spoilt in page.text
    assert "tracker doctor" in page.text and "Overdue" in page.text
    assert lead.get(f"/cases/{whole}").status_code == 200
    for path in ("/work", "/team", "/digests", "/exports"):
        assert lead.get(path).status_code == 200, path
    assert whole in looked_for(lead, "Alimjan Tursun").text
    sheet = post_form(lead, "/queue.csv", page="/queue")
    assert spoilt in sheet.text and whole in sheet.text and "cannot be read" in sheet.text
    compare_some(services)
    assert (case_row(desk, spoilt).set_aside_at is not None) == (how != "name")
    with desk() as d:
        named = [fault for fault in integrity.faults(d) if spoilt in fault]
    assert bool(named) == (how == "clock"), "the doctor names it, and does not fall over"


def test_d1_it_is_set_aside_at_once_and_back_when_mended(
    client_as: ClientAs, desk: Desks, services: Services, clock: MovableClock
) -> None:
    """All see it on the list of what is set aside; the worker takes it back by itself."""
    lead = client_as("supervisor", name="Vera")
    ref = make_case(desk, lead.person_id)
    kept = _spoil(desk, ref, "clock")
    assert lead.get("/queue").status_code == 200
    assert "Set aside by the worker" in lead.get("/work").text
    with desk() as d:
        d.session.execute(update(Case).where(Case.ref == ref).values(clock_sealed=kept))
    clock.move(TRY_AGAIN_AFTER)
    with services.desk(WORKER) as d:
        assert watch_batch(d)
    row = case_row(desk, ref)
    assert row.set_aside_at is None and row.next_look_at > clock.now


def test_d1_a_post_is_told_the_reference_alone(client_as: ClientAs, desk: Desks) -> None:
    lead, consul = client_as("supervisor", name="Vera"), client_as("consular", name="Consul")
    post_id = make_post(desk, consul.person_id)
    refs = [make_case(desk, lead.person_id, name=f"Invented Person {n}") for n in range(2)]
    with desk() as d:
        for ref in refs:
            case = d.session.scalars(select(Case).filter_by(ref=ref)).one()
            family = d.session.scalars(select(Enquirer).filter_by(case_id=case.id)).one()
            sharing.record_consent(
                d, case, family, "consular", given=True, language="en", text_checked=True,
                spoken=True,
            )  # fmt: skip
            d.actor = Actor("person", lead.person_id)
            sharing.share(d, case, post_id, ["name", "dates"])
    consul = client_as("consular", name="Consul")
    _spoil(desk, refs[0], "clock")
    listed = consul.get("/shared")
    assert listed.status_code == 200 and WHAT in listed.text
    assert refs[0] in listed.text and "Invented Person 1" in listed.text
    page = consul.get(f"/shared/{refs[0]}")
    assert page.status_code == 409 and WHAT in page.text and "Overdue" not in page.text
