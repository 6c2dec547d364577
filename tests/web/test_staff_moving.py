"""Activating a policy moves its cases in batches, and finishes what was interrupted (R17)."""

from __future__ import annotations

import pytest

from tests.web.conftest import ClientAs, Desks, PostForm
from tests.web.staff_cases import alerts, case_row, make_case
from tracker.domain.errors import Refused
from tracker.domain.policy_document import default_policy, write_policy
from tracker.engine.clock import policies
from tracker.store import policies as store


def test_an_interrupted_move_is_finished_by_the_next(
    client_as: ClientAs, post_form: PostForm, desk: Desks
) -> None:
    """No case is left behind, and none is told twice."""
    lead = client_as("supervisor", name="Marta")
    refs = [make_case(desk, lead.person_id) for _each in range(3)]
    with desk(lead.actor) as d:
        policy = store.all_policies(d.session)[0]
        draft = policies.draft(d, policy)
        policies.activate(d, draft)
        assert policies.move_batch(d, policy.id, limit=2) == 2
    moved = [case_row(desk, ref).policy_version_id == draft.id for ref in refs]
    assert sorted(moved) == [False, True, True]
    assert "1 case still stands under an old version" in lead.get("/policies").text
    page = f"/policies/{policy.id}/move"
    assert post_form(lead, page, page="/policies").status_code == 303
    assert {case_row(desk, ref).policy_version_id for ref in refs} == {draft.id}
    assert [len(alerts(desk, ref, "step")) for ref in refs] == [1, 1, 1]


def test_an_active_version_never_changes(client_as: ClientAs, desk: Desks) -> None:
    """A version never changes once it was active; a case is put under active ones only."""
    lead = client_as("supervisor", name="Marta")
    make_case(desk, lead.person_id)
    with desk(lead.actor) as d:
        policy = store.all_policies(d.session)[0]
        active = store.version_in(d.session, policy.id, "active")
        assert active is not None
        for act in (
            lambda: policies.save_draft(d, active, write_policy(default_policy())),
            lambda: policies.discard(d, active),
            lambda: policies.activate(d, active),
        ):
            with pytest.raises(Refused):
                act()
