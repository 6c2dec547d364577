"""A policy's new version: the worker moves its cases, and none is left behind (R17)."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from tests.standins.office import START, Office
from tracker.domain.errors import Refused
from tracker.domain.policy_document import default_policy, write_policy
from tracker.engine.cases import merging
from tracker.engine.clock import policies
from tracker.engine.worker.pace import Memory
from tracker.store import policies as store
from tracker.store.health import MOVING, flag
from tracker.store.schema import Alert, Case, Merge

pytestmark = pytest.mark.database


def activated(office: Office) -> str:
    """A draft like the active version, activated; its id."""
    with office.desk() as desk:
        draft = policies.draft(desk, store.all_policies(desk.session)[0])
        policies.activate(desk, draft)
        return draft.id


def versions(office: Office) -> dict[str, str]:
    with office.desk() as desk:
        found = desk.session.execute(select(Case.id, Case.policy_version_id))
        return {row.id: row.policy_version_id for row in found}


def test_r17_whoever_activates_may_go_the_worker_moves_every_case(office: Office) -> None:
    """Also after a batch was cut off; nobody is told twice."""
    aigul = office.person("Aigul", "caseworker")
    refs = [office.silent_case(aigul, None) for _each in range(3)]
    office.tick()
    told = len(office.alerts())
    version = activated(office)
    with office.desk() as desk:
        assert policies.move_batch(desk, limit=2) == 2
    assert sorted(moved == version for moved in versions(office).values()) == [False, True, True]
    office.tick()
    assert versions(office) == dict.fromkeys(refs, version)
    assert len(office.alerts()) == told
    with office.desk() as desk:
        assert flag(desk.session, MOVING) is None
        assert not Memory().needed(desk).moving, "nothing is left to do"


def test_r17_a_case_that_cannot_be_read_holds_up_no_other(office: Office) -> None:
    """It is set aside and looked at every hour; mended, the round of another day moves it."""
    aigul = office.person("Aigul", "caseworker")
    bad, good = (office.silent_case(aigul, None) for _each in range(2))
    office.tick()
    with office.desk() as desk:
        whole = desk.session.get_one(Case, bad).clock_sealed
        desk.session.execute(update(Case).where(Case.id == bad).values(clock_sealed=b"broken"))
    version = activated(office)
    office.tick()
    moved = versions(office)
    assert (moved[good] == version, moved[bad] == version) == (True, False)
    with office.desk() as desk:
        assert desk.session.get_one(Case, bad).set_aside_at is not None
        desk.session.execute(update(Case).where(Case.id == bad).values(clock_sealed=whole))
    for _hour in range(26):
        office.clock.move(hours=1)
        office.tick()
    assert versions(office)[bad] == version
    with office.desk() as desk:
        steps = desk.session.scalars(select(Alert).where(Alert.kind == "step")).all()
    assert sorted(alert.case_id for alert in steps) == sorted([bad, good])


def test_r17_a_merged_case_stays_asleep(office: Office) -> None:
    """Its clock runs no more, whatever becomes of its policy; brought back, it follows."""
    aigul = office.person("Aigul", "caseworker")
    kept, other = (office.silent_case(aigul, None) for _each in range(2))
    office.tick()
    with office.desk() as desk:
        one, two = desk.session.get_one(Case, kept), desk.session.get_one(Case, other)
        row = merging.merge(desk, one, two, "the same person")
        row_id = row.id
    version = activated(office)
    for _day in range(30):
        office.clock.move(days=1)
        office.tick()
    with office.desk() as desk:
        assert desk.session.get_one(Case, other).next_look_at is None
        raised = desk.session.scalars(select(Alert.case_id).where(Alert.raised_at > START))
        assert set(raised) == {kept}
        merging.undo(
            desk, desk.session.get_one(Case, kept), desk.session.get_one(Merge, row_id), "no"
        )
    office.tick()
    assert versions(office) == {kept: version, other: version}


def test_an_active_version_never_changes(office: Office) -> None:
    """A version never changes once it was active; a case is put under active ones only."""
    with office.desk() as desk:
        policy = store.all_policies(desk.session)[0]
        active = store.version_in(desk.session, policy.id, "active")
        assert active is not None
        for act in (
            lambda: policies.save_draft(desk, active, write_policy(default_policy())),
            lambda: policies.discard(desk, active),
            lambda: policies.activate(desk, active),
        ):
            with pytest.raises(Refused):
                act()
