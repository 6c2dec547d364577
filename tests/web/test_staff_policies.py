"""Policies: draft, preview by the engine, activation; another policy for one case (R17)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.web.conftest import ClientAs, Desks, MovableClock, PostForm, StaffClient
from tests.web.staff_cases import alerts, case_row, make_case
from tracker.domain.policy_document import default_policy, write_policy
from tracker.engine.clock import policies, preview
from tracker.store import policies as store
from tracker.store.schema import OutboxMessage, PolicyRow, PolicyVersion
from tracker.web.staff.policy_form import values_of


def stricter() -> dict[str, object]:
    """The default policy's fields with a first step after 3 days, and 40 days critical."""
    document = write_policy(default_policy())
    document["steps"][0]["after_days"] = 3
    document["steps"][3] |= {"after_days": 40, "band": "critical"}
    return dict(values_of(document).lists())


def policy_id(desk: Desks) -> str:
    with desk() as d:
        return d.session.scalars(select(PolicyRow.id).filter_by(is_default=True)).one()


def activate(post_form: PostForm, lead: StaffClient, draft: str) -> TestResponse:
    """Press the button below the preview."""
    (seen,) = re.findall(r'name="looked_at" value="(\w+)"', lead.get(draft).text)
    return post_form(lead, draft.replace("draft", "activate"), {"looked_at": seen}, page=draft)


def test_a_draft_that_was_changed_since_it_was_looked_at_is_not_activated(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """What it would do was seen of another one: who saw it is led to what it would do now."""
    lead, other = client_as("supervisor", name="Marta"), client_as("supervisor", name="Vera")
    policy = policy_id(desk)
    draft = f"/policies/{policy}/draft"
    post_form(lead, draft, stricter())
    (seen,) = re.findall(r'name="looked_at" value="(\w+)"', lead.get(draft).text)
    post_form(other, draft, stricter() | {"after-0": ["5"]})
    went = post_form(lead, draft.replace("draft", "activate"), {"looked_at": seen}, page=draft)
    assert went.location == draft
    assert "Somebody changed the draft" in lead.get(draft).text
    with desk() as d:
        assert store.version_in(d.session, policy, "draft") is not None
    assert activate(post_form, lead, draft).location == "/policies"


def test_from_draft_by_preview_to_activation(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """The preview runs the engine over copies; activating moves cases, and tells what is due."""
    lead = client_as("supervisor", name="Marta")
    ref = make_case(desk, lead.person_id, last="2026-01-20")  # 41 days: told at 30, overdue
    draft = f"/policies/{policy_id(desk)}/draft"
    assert "0 of 1 cases change band" in lead.get(draft).text
    assert post_form(lead, draft, stricter()).status_code == 303
    before = len(alerts(desk, ref))
    preview = lead.get(draft).text
    assert "1 of 1 cases changes band" in preview
    assert "1 alert goes out at once" in preview
    assert len(alerts(desk, ref)) == before
    with desk() as d:
        queued = len(d.session.scalars(select(OutboxMessage.id)).all())
    done = activate(post_form, lead, draft)
    assert done.status_code == 303
    assert "1 case still stands under an old version" in lead.get("/policies").text
    with desk() as worker:
        assert policies.move_batch(worker) == 1
    assert case_row(desk, ref).band == "critical"
    assert len(alerts(desk, ref, "step")) == 2
    with desk() as d:
        assert len(d.session.scalars(select(OutboxMessage.id)).all()) > queued
        states = d.session.scalars(select(PolicyVersion.state).order_by(PolicyVersion.number))
        assert list(states) == ["retired", "active"]


def test_the_way_back_to_a_former_version_is_a_draft_like_it(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """R17: a version never changes, so what counted before comes back as a version of its own."""
    lead = client_as("supervisor", name="Marta")
    policy = policy_id(desk)
    draft = f"/policies/{policy}/draft"
    post_form(lead, draft, stricter())
    activate(post_form, lead, draft)
    with desk() as d:
        second, first = store.versions(d.session, policy)
        first_id, former = first.id, first.body
        assert second.body != former
    former_page = f"/policies/versions/{first_id}"
    begun = post_form(lead, f"{former_page}/draft", page=former_page)
    assert begun.location == draft
    with desk() as d:
        third = store.version_in(d.session, policy, "draft")
        assert third is not None
        assert (third.number, third.body) == (3, former)
    again = post_form(lead, f"{former_page}/draft", page=former_page)
    assert "There is a draft already" in again.text
    activate(post_form, lead, draft)
    with desk() as d:
        active = store.version_in(d.session, policy, "active")
        assert active is not None
        assert active.body == former


def test_a_version_retired_when_the_next_was_activated(
    client_as: ClientAs, post_form: PostForm, desk: Desks, clock: MovableClock
) -> None:
    """The list says since when a version no longer counts, not since when it counted."""
    lead = client_as("supervisor", name="Marta")
    draft = f"/policies/{policy_id(desk)}/draft"
    post_form(lead, draft, stricter())
    clock.move(timedelta(days=40, minutes=5))
    lead = client_as("supervisor", name="Marta")
    activate(post_form, lead, draft)
    with desk() as d:
        second, first = store.versions(d.session, policy_id(desk))
        assert first.activated_at is not None
        assert second.activated_at == first.activated_at + timedelta(days=40, minutes=5)
    rows = lead.get("/policies").text.split("<tr>")
    since = [row.split("since ")[1].split("<")[0] for row in rows if "/policies/versions/" in row]
    assert len(since) == 2
    assert since[0] == since[1]


def test_faults_are_said_at_their_row_and_nothing_is_saved(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """R4: each step strictly after the one before it; R11: who takes over, and when."""
    lead = client_as("supervisor", name="Marta")
    draft = f"/policies/{policy_id(desk)}/draft"
    lead.get(draft)
    wrong = stricter() | {"after-1": ["2"]}
    answer = post_form(lead, draft, wrong)
    assert answer.status_code == 422
    assert 'id="after-1-error"' in answer.text
    assert "Step 2 must fall due after the one before it" in answer.text
    bare = post_form(lead, draft, stricter() | {"then-1": [], "at": ["25:00"], "tell-2": []})
    assert "Say who takes over" in bare.text
    assert "at least one role" in bare.text
    with desk() as d:
        assert store.version_in(d.session, policy_id(desk), "draft") is None


def test_a_case_gets_another_policy_and_another_zone(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """R17: the clock goes on; nothing that was told is told again."""
    worker, lead = client_as("caseworker", name="Aigul"), client_as("supervisor", name="Marta")
    ref = make_case(desk, worker.person_id)
    with desk(lead.actor) as d:
        other = policies.add_policy(d, "Elderly")
        version = policies.draft(d, other)
        policies.activate(d, version)
        version_id = version.id
    sent = {"version": version_id, "zone": "Europe/Istanbul", "reason": "he is old"}
    before = len(alerts(desk, ref, "step"))
    assert post_form(worker, f"/cases/{ref}/policy", sent).status_code == 303
    case = case_row(desk, ref)
    assert (case.policy_version_id, case.zone_name) == (version_id, "Europe/Istanbul")
    assert case.band == "overdue"
    assert len(alerts(desk, ref, "step")) == before
    nowhere = post_form(worker, f"/cases/{ref}/policy", {**sent, "zone": "Asia/Nowhere"})
    assert nowhere.status_code == 422


def test_who_may_change_policies(client_as: ClientAs, desk: Desks) -> None:
    """Matrix: caseworker R, supervisor W, administrator x, auditor R."""
    draft = f"/policies/{policy_id(desk)}/draft"
    for role, reads, writes in (
        ("caseworker", 200, 403),
        ("supervisor", 200, 200),
        ("administrator", 403, 403),
        ("auditor", 200, 403),
        ("consular", 403, 403),
    ):
        browser = client_as(role)
        assert browser.get("/policies").status_code == reads, role
        assert browser.get(draft).status_code == writes, role


def test_a_preview_of_very_many_cases_tries_some_and_says_so(
    client_as: ClientAs, desk: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No page waits for a hundred thousand; a figure of some is not taken for one of all."""
    lead = client_as("supervisor", name="Marta")
    for _each in range(3):
        make_case(desk, lead.person_id, last="2026-01-20")
    draft = f"/policies/{policy_id(desk)}/draft"
    assert "0 of 3 cases change band" in (page := lead.get(draft).text)
    assert "chosen by chance" not in page
    monkeypatch.setattr(preview, "AT_MOST", 2)
    page = lead.get(draft).text
    assert "0 of 2 cases change band" in page
    assert "There are 3 open cases. 2 of them, chosen by chance" in page
