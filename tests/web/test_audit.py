"""The record of acts, in words and narrowed (safety.md S13, matrix: audit trail)."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import select

from tests.web.conftest import ClientAs, Desks, MovableClock
from tests.web.staff_cases import make_case
from tracker.bootstrap import Services
from tracker.domain.actor import OPERATOR
from tracker.engine.worker.tick import tick
from tracker.store.schema import AuditRow

ACT = 'data-label="Act">'
LOOKED = f"{ACT}Looked at a case<"


def test_the_record_shows_own_acts_or_the_teams(client_as: ClientAs, desk: Desks) -> None:
    """Matrix: caseworker own acts, supervisor team, administrator and auditor without content."""
    worker, other = client_as("caseworker", name="Aigul"), client_as("caseworker", name="Bota")
    ref = make_case(desk, worker.person_id, actor=worker.actor)
    worker.get(f"/cases/{ref}")
    assert LOOKED in worker.get("/audit").text
    assert ref in worker.get("/audit").text
    assert LOOKED not in other.get("/audit").text
    assert ref in client_as("supervisor").get("/audit").text
    for role in ("administrator", "auditor"):
        text = client_as(role).get("/audit").text
        assert LOOKED in text, role
        assert ref not in text, role
        assert "Tursun" not in text, role


def test_s13_alerts_decided_together_show_their_cases(
    client_as: ClientAs, desk: Desks, services: Services, clock: MovableClock
) -> None:
    """One row of the worker is about many cases: a supervisor reads which, an auditor does not."""
    worker = client_as("caseworker", name="Aigul")
    last = (clock.now.date() - timedelta(days=2)).isoformat()
    refs = {make_case(desk, worker.person_id, last=last) for _ in range(5)}
    clock.move(timedelta(days=6))
    tick(services)
    with services.reading(OPERATOR) as reading:
        (row,) = reading.session.scalars(select(AuditRow).filter_by(act="alert.raised"))
    assert row.case_id is None
    shown = client_as("supervisor", name="Vera").get("/audit").text
    assert [ref for ref in refs if ref not in shown] == []
    seen = client_as("auditor", name="Mira").get("/audit").text
    assert 'data-label="Act">Alert raised<' in seen
    assert not [ref for ref in refs if ref in seen]


def test_the_record_is_narrowed_to_an_act_a_kind_of_acts_and_a_case(
    client_as: ClientAs, desk: Desks
) -> None:
    """In words; what is chosen stays in the address; nonsense shows everything."""
    worker = client_as("caseworker", name="Aigul")
    refs = [make_case(desk, worker.person_id, actor=worker.actor) for _ in range(2)]
    for ref in refs:
        worker.get(f"/cases/{ref}")
    lead = client_as("supervisor", name="Vera")
    one = lead.get("/audit?act=case.read").text
    assert one.count(ACT) == one.count(LOOKED) == 2
    looking = lead.get("/audit?act=looking").text
    assert LOOKED in looking
    assert f"{ACT}Case opened<" not in looking
    about = lead.get(f"/audit?case={refs[0].lower()}").text
    assert f"{ACT}Case opened<" in about
    assert f'href="/cases/{refs[0]}"' in about
    assert refs[1] not in about
    assert "No case of yours has this reference" in lead.get("/audit?case=AAAAAA").text
    assert lead.get("/audit?act=no.such&before=x").text.count(ACT) > 4


def test_s9_the_record_of_a_case_is_as_if_absent_to_who_may_not_see_it(
    client_as: ClientAs, desk: Desks
) -> None:
    """A caseworker without the case finds nothing by it; who sees no cases is not asked for one."""
    worker, other = client_as("caseworker", name="Aigul"), client_as("caseworker", name="Bota")
    ref = make_case(desk, worker.person_id, actor=worker.actor)
    foreign, absent = (
        re.sub(r'csrf_token" value="[^"]+"', "", other.get(f"/audit?case={asked}").text)
        for asked in (ref, "AAAAAA")
    )
    assert "No case of yours has this reference" in foreign
    assert foreign.replace(ref, "AAAAAA") == absent
    for role in ("administrator", "auditor", "consular"):
        text = client_as(role).get(f"/audit?case={ref}").text
        assert 'name="case"' not in text, role
        assert f'href="/cases/{ref}"' not in text, role


def test_alerts_decided_together_are_found_by_their_case(
    client_as: ClientAs, desk: Desks, services: Services, clock: MovableClock
) -> None:
    """S13: their one row bears no case of its own."""
    worker = client_as("caseworker", name="Aigul")
    last = (clock.now.date() - timedelta(days=2)).isoformat()
    refs = [make_case(desk, worker.person_id, last=last) for _ in range(5)]
    clock.move(timedelta(days=6))
    tick(services)
    lead = client_as("supervisor", name="Vera")
    assert f"{ACT}Alert raised<" in lead.get(f"/audit?case={refs[3]}").text
