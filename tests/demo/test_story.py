"""The demonstration is lived through by the engine, and holds every state there is."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

import tracker
from tests.demo_instance import ToldDemo
from tracker.bootstrap import Services
from tracker.demo import open_demo
from tracker.demo.families import families
from tracker.demo.opening import TODAY
from tracker.demo.people import STAFF, person_id
from tracker.demo.time import move
from tracker.demo.tour import tour_case
from tracker.domain.actor import OPERATOR
from tracker.engine.keeping.integrity import faults
from tracker.store.cases import find_case
from tracker.store.schema import (
    Alert,
    Case,
    Consent,
    ConsularAction,
    ContactReport,
    Digest,
    Enquirer,
    OutboxMessage,
    Person,
    PersonName,
    Share,
    Statement,
)
from tracker.testimony.names import LIKELY, compare

WRITERS = {"Alert", "OutboxMessage", "Digest"}


@pytest.fixture
def demo(told_demo: ToldDemo, tmp_path: Path) -> Iterator[Services]:
    """A copy of the demonstration that a test may change."""
    ready = told_demo.copied(tmp_path / "demo")
    yield ready
    ready.database.engine.dispose()


def test_there_is_a_door_for_everybody(told_demo: ToldDemo) -> None:
    """`tracker run --demo` once more: nothing is told again, the doors are new."""
    said: list[str] = []
    _settings, greeting = open_demo({"TRACKER_INSTANCE": str(told_demo.folder)}, said.append)
    assert greeting.count("/demo/enter/") == 8
    assert said == []


def test_making_it_says_what_it_does(told_demo: ToldDemo) -> None:
    """Nobody waits before a silent screen: first what goes on, then a line a week."""
    first, *weeks = told_demo.said
    assert "half a minute" in first
    assert weeks == [f"  week {n} of {len(weeks)}" for n in range(1, len(weeks) + 1)]
    assert len(weeks) > 5


def test_those_who_work_there_are_active_and_no_password_fits(demo: Services) -> None:
    """They come in by the demonstration's doors alone."""
    with demo.reading(OPERATOR) as desk:
        people = list(desk.session.scalars(select(Person)))
    assert len(people) == len(STAFF)
    assert all(person.active and person.totp_confirmed_at for person in people)
    assert not any(person.password_hash or person.totp_sealed for person in people)


def test_every_state_has_its_families(demo: Services) -> None:
    with demo.reading(OPERATOR) as desk:
        cases = list(desk.session.scalars(select(Case)))
        assert len(cases) >= 60
        assert demo.clock() == TODAY
        bands = {case.band for case in cases if case.state == "open"}
        assert bands == {"in_contact", "watch", "overdue", "critical"}
        assert {case.state for case in cases} == {"open", "closed"}
        assert any(case.snoozed_until for case in cases)
        assert any(case.caseworker_id is None for case in cases)
        states = set(desk.session.scalars(select(ContactReport.state)))
        assert states >= {"confirmed", "pending", "retracted"}
        alerts = Counter(desk.session.scalars(select(Alert.state)))
        assert alerts.keys() >= {"triggered", "acknowledged", "resolved", "superseded", "closed"}
        kinds = set(desk.session.scalars(select(Alert.kind)))
        assert kinds >= {"step", "repeat", "hand_over", "resolved", "closed", "to_confirm"}
        facts = Counter(desk.session.scalars(select(Statement.kind)))
        assert facts["rights_withdrawn"] and facts["relative"]
        assert len(set(desk.session.scalars(select(Enquirer.language)))) == 6
        assert desk.session.scalars(select(Share)).first()
        assert any(row.answered_at for row in desk.session.scalars(select(ConsularAction)))
        given = set(desk.session.scalars(select(Consent.given).filter_by(scope="consular")))
        assert given == {True, False}
        assert desk.session.scalars(select(Digest)).first()
        assert set(desk.session.scalars(select(OutboxMessage.kind))) >= {"alert", "digest"}


def test_names_stand_in_several_scripts(demo: Services) -> None:
    with demo.reading(OPERATOR) as desk:
        names = [desk.safe.open(row, "name") for row in desk.session.scalars(select(PersonName))]
    letters = "".join(names)
    for first, last in (("A", "z"), ("Ѐ", "ӿ"), ("؀", "ۿ"), ("一", "鿿")):
        assert any(first <= letter <= last for letter in letters)


def test_it_is_whole(demo: Services) -> None:
    """The database, the audit chain, and every clock against its record."""
    with demo.reading(OPERATOR) as desk:
        assert faults(desk) == []


def test_one_day_later_the_consul_is_told(demo: Services) -> None:
    """The tour: day 30 escalates to caseworker, supervisor and consul."""
    with demo.reading(OPERATOR) as desk:
        found = tour_case(desk)
        assert found is not None
    before = _messages(demo, found[0])
    move(demo, timedelta(days=1))
    new = _messages(demo, found[0]) - before
    with demo.reading(OPERATOR) as desk:
        for key, role in (("dana", "caseworker"), ("vera", "supervisor"), ("consul", "consular")):
            assert (person_id(desk, key), role, "accepted") in {row[1:] for row in new}


def _messages(demo: Services, ref: str) -> set[tuple[str, str | None, str | None, str]]:
    with demo.reading(OPERATOR) as desk:
        case = find_case(desk.session, OPERATOR, ref)
        assert case is not None
        rows = desk.session.scalars(select(OutboxMessage).filter_by(case_id=case.id))
        return {(row.id, row.person_id, row.role, row.state) for row in rows}


def test_opened_again_it_is_the_same(demo: Services) -> None:
    """Made on the first start only."""
    with demo.reading(OPERATOR) as desk:
        before = set(desk.session.scalars(select(Case.ref)))
    open_demo({"TRACKER_INSTANCE": str(demo.settings.instance)})
    with demo.reading(OPERATOR) as desk:
        assert set(desk.session.scalars(select(Case.ref))) == before


def test_only_the_engine_writes_alerts_messages_and_digests() -> None:
    """Nobody plants a result: the demonstration's alerts are the engine's own."""
    root = Path(tracker.__file__).parent
    strangers = [
        f"{path.relative_to(root)}:{node.lineno}"
        for path in root.rglob("*.py")
        if path.relative_to(root).parts[0] != "engine"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Name) and node.func.id in WRITERS | {"insert"})
            or (isinstance(node.func, ast.Attribute) and node.func.attr in WRITERS)
        )
        and not ast.unparse(node.func).startswith("shapes.")  # what programs are shown of them
    ]
    assert [one for one in strangers if not one.startswith("store/")] == []


def test_the_names_of_one_person_are_one_name() -> None:
    """A search for one spelling finds no stranger; and one person is told of by two families."""
    told = list(families())
    for family in told:
        if family.person == family.number:
            assert all(
                compare(family.names[0], name).score >= LIKELY
                for name in (*family.names[1:], family.elsewhere)
            ), family
    again = [family for family in told if family.person != family.number]
    assert [compare(one.names[0], told[one.person].names[0]).score >= LIKELY for one in again] == [
        True
    ]
    names = [family.names[0] for family in told]
    assert len(set(names)) == len(names)
