"""Where consent is missing: the digest and the work list go by one rule (R13, D9)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from tests.standins.office import Office
from tracker.domain.actor import OPERATOR, Actor
from tracker.engine.cases import record, sharing
from tracker.engine.clock.clockwork import open_file, policy_of
from tracker.engine.digests.digest_facts import gather
from tracker.engine.staff import posts
from tracker.store.schema import Case, Enquirer


def _allow(office: Office, case_id: str, post_id: str, *, given: bool = True) -> None:
    """The family answers about consulates; the case is shared with the post."""
    with office.desk() as desk:
        case = office.case(case_id, desk)
        desk.actor = Actor("person", case.caseworker_id, frozenset({"caseworker"}))
        found = desk.session.scalars(select(Enquirer).filter_by(case_id=case_id)).first()
        enquirer = found or record.add_enquirer(desk, case, {"name": "An aunt"}, language="en")
        sharing.record_consent(
            desk, case, enquirer, "consular", given=given, language="en", text_checked=True
        )
        if given:
            sharing.share(desk, case, post_id, ["dates"])


def _listed(office: Office, person_id: str, role: str) -> tuple[set[str], set[str]]:
    """The references that the digest names, and those on the work list."""
    actor = Actor("person", person_id, frozenset({role}))
    with office.services.reading(OPERATOR) as desk:
        weeks = (desk.now - timedelta(days=7), desk.now)
        told = {line.ref for line in gather(desk, actor, weeks).consent_needed}
        work = {case.ref for _alert, case, _roles in sharing.consents_wanted(desk, actor)}
    return told, work


def test_d9_r13_the_digest_and_the_work_list_name_the_same_cases(office: Office) -> None:
    """A case stands in both while consent given now would tell a role of what fired last."""
    aigul, vera = office.person("Aigul", "caseworker"), office.person("Vera", "supervisor")
    consul = office.person("Jan", "consular")
    with office.desk() as desk:
        post_id = posts.add_post(desk, "Embassy of Lorania", "UTC").id
        posts.add_member(desk, post_id, consul, None)
    asked, allowed, took_back, caught_up, early, later = (
        office.silent_case(aigul, vera, days=days) for days in (35, 36, 28, 80, 20, 65)
    )
    _allow(office, allowed, post_id)
    _allow(office, took_back, post_id)
    office.clock.now += timedelta(days=3)
    office.tick()  # whose family agreed is told at 30 days, and not asked again at once
    _allow(office, took_back, post_id, given=False)

    def refs(*ids: str) -> set[str]:
        with office.services.reading(OPERATOR) as desk:
            return {office.case(each, desk).ref for each in ids}

    for person, role in ((aigul, "caseworker"), (vera, "supervisor")):
        assert _listed(office, person, role) == (refs(asked, caught_up, later),) * 2
    office.clock.now += timedelta(days=8)
    office.tick()  # one more falls due, and 75 days after which no consulate is told pass
    for person, role in ((aigul, "caseworker"), (vera, "supervisor")):
        assert _listed(office, person, role) == (refs(asked, caught_up, early),) * 2
    with office.services.reading(OPERATOR) as desk:
        for case in desk.session.scalars(select(Case)):
            policy = policy_of(desk.session, case.policy_version_id)
            wanted = open_file(desk, case).consents_wanted(policy)
            assert case.wants_consent == bool(wanted)
            assert wanted <= {"consular"}
