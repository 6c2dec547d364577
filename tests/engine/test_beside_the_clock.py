"""What stands beside a case of its sealed clock: kept with each change, and after an upgrade."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from tests.standins.office import START, Office
from tracker.domain.actor import OPERATOR, Actor
from tracker.domain.due import next_step_at
from tracker.engine.cases import cases, record, sharing
from tracker.engine.clock.clockwork import open_file, policy_of
from tracker.store import migrate
from tracker.store.schema import Case, ConsularPost, Share, new_id


def beside(office: Office) -> dict[str, tuple[datetime | None, bool]]:
    """What stands beside each case: what its clock says, whatever happened to it."""
    found = {}
    with office.services.reading(OPERATOR) as desk:
        for case in desk.session.scalars(select(Case)):
            file, policy = open_file(desk, case), policy_of(desk.session, case.policy_version_id)
            said = next_step_at(file, policy), bool(file.consents_wanted(policy))
            assert (case.next_step_at, case.wants_consent) == said
            found[case.id] = said
    return found


def test_r13_a_case_wants_consent_from_the_step_that_needs_it_until_a_post_may_be_told(
    office: Office,
) -> None:
    """Decided by the worker with others, consented, shared, taken back, closed."""
    aigul = office.person("Aigul", "caseworker")
    case_id, *others = (office.silent_case(aigul, None, days=20) for _ in range(30))
    assert beside(office)[case_id] == (START + timedelta(days=10), False)
    office.clock.move(days=10)
    office.tick()
    assert {beside(office)[one][1] for one in (case_id, *others)} == {True}
    with office.desk() as desk:
        case = office.case(case_id, desk)
        enquirer = record.add_enquirer(desk, case, {"name": "An aunt"}, language="en")
        sharing.record_consent(
            desk, case, enquirer, "consular", given=True, language="en", text_checked=True
        )
        post = ConsularPost(id=new_id(), created_at=desk.now)
        desk.safe.seal(post, "name", "A post")
        desk.session.add(post)
        desk.session.flush()
        post_id = post.id
    assert beside(office)[case_id][1], "it is shared with no post"
    with office.desk() as desk:
        desk.actor = Actor("person", aigul)
        share_id = sharing.share(desk, office.case(case_id, desk), post_id, ["dates"]).id
    assert not beside(office)[case_id][1]
    with office.desk() as desk:
        row = desk.session.get_one(Share, share_id)
        sharing.unshare(desk, office.case(case_id, desk), row)
    assert not beside(office)[case_id][1], "the post was told of this step"
    with office.desk() as desk:
        case = office.case(case_id, desk)
        cases.close(desk, case, "released", desk.now.date(), "the mother", "At home.")
    assert beside(office)[case_id] == (None, False)
    assert beside(office)[others[0]][1]


def looks_at(office: Office) -> dict[str, Any]:
    """When the worker looks next, by case."""
    with office.services.reading(OPERATOR) as desk:
        return {case.id: case.next_look_at for case in desk.session.scalars(select(Case))}


def test_d9_after_an_upgrade_the_worker_looks_at_each_case_once_and_tells_nobody(
    office: Office,
) -> None:
    """Revision 0025 cannot read a clock, so it asks for a look; digests wait for looks anyway."""
    aigul = office.person("Aigul", "caseworker")
    for days in (3, 20, 40, 400):
        office.silent_case(aigul, None, days=days)
    office.tick()
    before, told, looks = beside(office), len(office.alerts()), looks_at(office)
    url = office.services.settings.database_url
    office.services.database.engine.dispose()
    migrate.downgrade(url, "0024")
    migrate.upgrade(url)
    with office.services.reading(OPERATOR) as desk:
        assert {case.next_step_at for case in desk.session.scalars(select(Case))} == {None}
    for case_id, asked_at in looks_at(office).items():
        before_it = looks[case_id]
        assert before_it is None or asked_at <= before_it, "no look is put off"
        assert asked_at > office.clock.now - timedelta(minutes=1), "nor goes before what is due"
    office.tick()
    assert beside(office) == before
    assert len(office.alerts()) == told
