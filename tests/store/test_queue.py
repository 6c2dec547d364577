"""The queue's pages and counts: kept when cases change, right whatever changes them (S9)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from tracker.domain.actor import Actor
from tracker.domain.alerts import STANDING
from tracker.domain.answering import BOUNDS, place_of
from tracker.store import migrate, queue, waits
from tracker.store.bulk import insert_rows, update_rows
from tracker.store.database import Database, connect
from tracker.store.queue import NOBODY, Wanted
from tracker.store.schema import (
    EVERYBODY,
    Alert,
    AlertEvent,
    Case,
    CaseCount,
    ContactReport,
    Person,
    PolicyRow,
    PolicyVersion,
    new_id,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
BOSS = Actor("person", "boss", frozenset({"supervisor"}))
BANDS = ("in_contact", "watch", "overdue", "critical")


def worker(name: str) -> Actor:
    return Actor("person", name, frozenset({"caseworker"}))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = connect(database_url)
    with opened.writing.begin() as session:
        for name in ("anna", "bela", "boss"):
            session.add(
                Person(
                    id=name,
                    name_sealed=b"",
                    email_sealed=b"",
                    email_hmac=name.encode(),
                    created_at=NOW,
                )
            )
        session.add(PolicyRow(id="policy", name="Default", is_default=True, created_at=NOW))
        session.flush()
        session.add(
            PolicyVersion(
                id="version", policy_id="policy", number=1, body={}, state="active", made_at=NOW
            )
        )
    yield opened
    opened.engine.dispose()


def rows(count: int) -> list[dict[str, Any]]:
    rng = Random(3)
    return [
        {
            "id": new_id(),
            "ref": f"R{number}",
            "state": rng.choice(("open", "open", "open", "closed", "merged", "erased")),
            "band": rng.choice(BANDS),
            "zone_name": "UTC",
            "opened_at": NOW,
            "policy_version_id": "version",
            "caseworker_id": rng.choice(("anna", "bela", None)),
            "clock_sealed": b"",
            "silent_rank": NOW - timedelta(days=rng.randrange(9)),  # many are alike
            "snoozed_until": NOW + timedelta(days=1) if rng.random() < 0.3 else None,
        }
        for number in range(count)
    ]


def filled(session: Session, count: int = 300) -> list[dict[str, Any]]:
    made = rows(count)
    insert_rows(session, Case.metadata.tables["cases"], made)
    return made


def alert(case_id: str, **told: Any) -> dict[str, Any]:
    return {
        "id": new_id(),
        "case_id": case_id,
        "dedup": new_id(),
        "episode": 1,
        "band": "watch",
        "roles": [],
        "consent_needed": [],
        "passed_over": [],
        "silent_sealed": b"",
        "urgent": False,
        "acknowledged_at": None,
        **told,
    }


def something_waits(session: Session, cases: list[dict[str, Any]]) -> dict[str, set[str]]:
    """Alerts and reports of all sorts in some of the cases; in which of them waits what."""
    rng = Random(4)
    found: dict[str, set[str]] = {what: set() for what in waits.WAITS}
    alerts, events, reports = [], [], []
    for case in rng.choices(cases, k=2 * len(cases)):
        state = rng.choice(("triggered", "acknowledged", "undelivered", "resolved"))
        kind, days = rng.choice(("step", "repeat", "resolved")), rng.choice((0, 3, 40, 100))
        alerts.append(alert(case["id"], kind=kind, state=state, raised_at=NOW - timedelta(days)))
        missed = rng.random() < 0.2
        if missed:
            told = {"alert_id": alerts[-1]["id"], "at": NOW, "kind": "unreachable"}
            events.append({"id": new_id(), **told})
        if state in ("triggered", "undelivered") and kind != "resolved" and days:
            found["answer"].add(case["id"])
        if state == "undelivered" or (state == "triggered" and missed):
            found["delivery"].add(case["id"])
        for what, lasts in waits.ALERTS.items():
            if kind == "step" and state != "resolved" and timedelta(days) <= lasts:
                found[what].add(case["id"])
        if rng.random() < 0.2:
            reports.append(
                {
                    "id": new_id(),
                    "case_id": case["id"],
                    "state": rng.choice(("pending", "confirmed")),
                    "occurred_sealed": b"",
                    "details_sealed": b"",
                    "reported_at": NOW,
                    "entered_at": NOW,
                }
            )
            if reports[-1]["state"] == "pending":
                found["confirm"].add(case["id"])
    session.execute(insert(Alert), alerts)
    session.execute(insert(AlertEvent), events)
    session.execute(insert(ContactReport), reports)
    return found


def counted(session: Session) -> dict[tuple[str, str, str], int]:
    """What counting finds: of each owner's cases, and of all."""
    query = select(Case.caseworker_id, Case.state, Case.band, func.count()).group_by(
        Case.caseworker_id, Case.state, Case.band
    )
    found = Counter[tuple[str, str, str]]()
    for who, state, band, number in session.execute(query):
        found[who or "", state, band] += number
        found[EVERYBODY, state, band] += number
    return dict(found)


def kept(session: Session) -> dict[tuple[str, str, str], int]:
    query = select(CaseCount.caseworker_id, CaseCount.state, CaseCount.band, CaseCount.number)
    return {(who, state, band): n for who, state, band, n in session.execute(query) if n}


def test_counts_follow_every_way_of_changing_cases(database: Database) -> None:
    with database.writing.begin() as session:
        made = filled(session)
        assert kept(session) == counted(session) != {}
    with database.writing.begin() as session:
        table = Case.metadata.tables["cases"]
        moved = [{"id": row["id"], "band": "critical", "state": "open"} for row in made[:90]]
        update_rows(session, table, moved)
        assert kept(session) == counted(session)
    with database.writing.begin() as session:
        session.execute(update(Case).where(Case.band == "watch").values(caseworker_id="anna"))
        session.execute(update(Case).where(Case.caseworker_id == "bela").values(caseworker_id=None))
        assert kept(session) == counted(session)
    with database.writing.begin() as session:
        session.execute(insert(Case), [rows(1)[0] | {"ref": "one more"}])
        one = session.get_one(Case, made[5]["id"])
        one.state, one.band = "closed", "overdue"
        session.flush()
        session.execute(delete(Case).where(Case.state == "merged"))
        assert kept(session) == counted(session)


def test_how_soon_people_answer_is_counted_as_the_rules_count_it(database: Database) -> None:
    """By the database, on each side of every bound, as `domain.answering` would place it."""
    rng, hour = Random(5), timedelta(hours=1)
    with database.writing.begin() as session:
        cases = filled(session)
        alerts = []
        for _ in range(400):
            raised = NOW - timedelta(hours=rng.randrange(1, 15 * 7 * 24))
            lasted = rng.choice(BOUNDS) + rng.choice((-1, 0, 1)) * timedelta(milliseconds=1)
            state = rng.choice(("triggered", "acknowledged", "superseded", "resolved"))
            alerts.append(
                alert(
                    rng.choice(cases)["id"],
                    kind=rng.choice(("step", "step", "repeat")),
                    state=state,
                    raised_at=raised,
                    acknowledged_at=raised + lasted if rng.random() < 0.5 else None,
                    ended_at=None if state == "triggered" else raised + lasted + hour,
                )
            )
        session.execute(insert(Alert), alerts)
    owners = {case["id"]: case["caseworker_id"] or "" for case in cases if case["state"] == "open"}
    wanted: dict[str, dict[str, Counter[tuple[int, bool]]]] = {"alerts4": {}, "alerts13": {}}
    for one in alerts:
        asked = one["acknowledged_at"] or one["state"] != "resolved"
        if one["kind"] != "step" or not asked or one["case_id"] not in owners:
            continue
        until = one["acknowledged_at"] or one["ended_at"] or NOW
        took = (place_of(until - one["raised_at"]), one["acknowledged_at"] is not None)
        for what, lasts in waits.ALERTS.items():
            if one["raised_at"] >= NOW - lasts:
                wanted[what].setdefault(owners[one["case_id"]], Counter())[took] += 1
    assert len(wanted["alerts4"]) == 3 and all(map(len, wanted["alerts13"].values()))
    with database.reading() as session:
        assert waits.answers(session, BOSS, NOW) == wanted


def asked(session: Session) -> dict[str, datetime]:
    """When each case's newest alert that asked for an answer was raised, by looking at them all."""
    asks = Alert.acknowledged_at.is_not(None) | Alert.state.in_((*STANDING, "superseded"))
    newest = func.max(Alert.raised_at).label("newest")
    query = select(Alert.case_id, newest).where(Alert.kind == "step", asks)
    found = session.execute(query.group_by(Alert.case_id))
    return {row.case_id: row.newest for row in found}


def beside(session: Session) -> dict[str, datetime]:
    query = select(Case.id, Case.asked_at).where(Case.asked_at.is_not(None))
    return {case_id: at for case_id, at in session.execute(query) if at}


def test_what_asked_last_stands_beside_its_case_whatever_changes_alerts(
    database: Database,
) -> None:
    """Raised at once or one by one, acknowledged, ended by news, given to another case, deleted."""
    rng = Random(6)
    with database.writing.begin() as session:
        cases = filled(session, 60)
        made = [
            alert(
                rng.choice(cases)["id"],
                kind=rng.choice(("step", "step", "repeat")),
                state=rng.choice(("triggered", "acknowledged", "undelivered", "resolved")),
                raised_at=NOW - timedelta(days=rng.randrange(100)),
            )
            for _ in range(200)
        ]
        insert_rows(session, Alert.metadata.tables["alerts"], made[:190])
        assert beside(session) == asked(session) != {}
    for one in made[190:]:
        with database.writing.begin() as session:
            session.add(Alert(**one))
            session.flush()
            assert beside(session) == asked(session)
    changes = [
        {"state": "acknowledged", "acknowledged_at": NOW},
        {"state": "resolved", "ended_at": NOW},
        {"state": "withdrawn"},
        {"state": "superseded"},
        {"case_id": cases[0]["id"]},
        {"raised_at": NOW},
    ]
    before = None
    for each in changes:
        with database.writing.begin() as session:
            some = [one["id"] for one in rng.sample(made, 60)]
            session.execute(update(Alert).where(Alert.id.in_(some)).values(**each))
            assert beside(session) == asked(session) != before, each
            before = asked(session)
    with database.writing.begin() as session:
        session.execute(delete(Alert).where(Alert.kind == "step", Alert.raised_at == NOW))
        assert beside(session) == asked(session) != before


def test_counts_are_undone_with_what_they_counted(database: Database) -> None:
    with database.writing.begin() as session:
        filled(session)
        before = kept(session)
    with database.writing() as session:
        session.execute(update(Case).values(state="closed"))
        assert kept(session) != before
        session.rollback()
    with database.reading() as session:
        assert kept(session) == before == counted(session)


@pytest.mark.parametrize("actor", [BOSS, worker("anna"), worker("bela")], ids=lambda a: a.id)
def test_the_views_counts_are_those_of_their_pages(database: Database, actor: Actor) -> None:
    with database.writing.begin() as session:
        filled(session)
    with database.reading() as session:
        for view in queue.VIEWS:
            for owner in (None, NOBODY, "anna", "bela"):
                wanted = Wanted(view, None, owner)
                found = queue.page_of_cases(session, actor, wanted, NOW, limit=999)
                bands, views = queue.count(session, actor, wanted, NOW)
                assert bands == queue.count_by_band(session, actor, wanted, NOW)
                assert bands == {
                    str(band): sum(case.band == band for case in found) for band in queue.BANDS
                }
                if owner is None:
                    assert views[view] == len(found)
        assert {None, *session.scalars(queue.owners(actor))} >= {
            case.caseworker_id
            for case in queue.page_of_cases(session, actor, Wanted(), NOW, limit=999)
        }


@pytest.mark.parametrize("view", ["open", "mine", "unassigned", "snoozed", "closed"])
@pytest.mark.parametrize("band", [None, "overdue"])
def test_pages_together_are_the_whole_queue_in_order(
    database: Database, view: str, band: str | None
) -> None:
    with database.writing.begin() as session:
        filled(session)
    with database.reading() as session:
        actor = worker("anna") if view == "mine" else BOSS
        wanted = Wanted(view, band)
        whole = queue.page_of_cases(session, actor, wanted, NOW, limit=999)
        assert len(whole) > 3
        ranks = [
            (queue.BANDS.index(case.band), case.silent_rank, case.id)  # type: ignore[arg-type]
            for case in whole
        ]
        assert ranks == sorted(ranks)
        pages: list[Case] = []
        while page := queue.page_of_cases(
            session, actor, wanted, NOW, after=pages[-1] if pages else None, limit=3
        ):
            pages += page
        assert [case.id for case in pages] == [case.id for case in whole]


@pytest.mark.parametrize("actor", [BOSS, worker("anna")], ids=lambda a: a.id)
def test_the_queue_narrowed_to_what_waits_is_those_cases_in_order(
    database: Database, actor: Actor
) -> None:
    """For one person's cases and for all, with and without a search, page by page and counted."""
    with database.writing.begin() as session:
        waiting = something_waits(session, made := filled(session))
    found_by_name = {case["id"] for case in made[::3]}
    with database.reading() as session:
        for what, ids in waiting.items():
            for view, owner in (("open", None), ("open", "anna"), ("mine", None), ("closed", None)):
                wanted = Wanted(view, None, owner, what)
                all_such = queue.page_of_cases(
                    session, actor, replace(wanted, waits=None), NOW, limit=999
                )
                expected = [case.id for case in all_such if case.id in ids]
                assert expected or view == "mine"
                pages: list[Case] = []
                while page := queue.page_of_cases(
                    session, actor, wanted, NOW, after=pages[-1] if pages else None, limit=7
                ):
                    pages += page
                assert [case.id for case in pages] == expected
                assert queue.count_by_band(session, actor, wanted, NOW) == {
                    str(band): sum(case.band == band for case in pages) for band in queue.BANDS
                }
                searched = queue.page_of_cases(
                    session, actor, wanted, NOW, only=found_by_name, limit=999
                )
                assert [case.id for case in searched] == [
                    case_id for case_id in expected if case_id in found_by_name
                ]


def test_a_search_is_the_queue_of_what_was_found_page_by_page(database: Database) -> None:
    with database.writing.begin() as session:
        only = [case["id"] for case in filled(session)[::2]]
    with database.reading() as session:
        for view in queue.VIEWS:
            whole = queue.page_of_cases(session, BOSS, Wanted(view), NOW, limit=999)
            pages: list[Case] = []
            while page := queue.page_of_cases(
                session,
                BOSS,
                Wanted(view),
                NOW,
                only=only,
                after=pages[-1] if pages else None,
                limit=4,
            ):
                pages += page
            assert [case.id for case in pages] == [case.id for case in whole if case.id in only]


def test_who_stands_in_counts_none_of_nobodys_cases(database: Database) -> None:
    deputy = Actor("person", None, frozenset({"caseworker"}), stands_in_for=frozenset({"bela"}))
    with database.writing.begin() as session:
        filled(session)
    with database.reading() as session:
        found = queue.page_of_cases(session, deputy, Wanted(), NOW, limit=999)
        assert {case.caseworker_id for case in found} == {"bela"}
        counts = queue.count_by_band(session, deputy, Wanted(), NOW)
        assert sum(counts.values()) == len(found)


def test_the_counts_of_a_database_that_was_there_before_are_those_of_its_cases(
    database: Database, database_url: str
) -> None:
    with database.writing.begin() as session:
        filled(session)
    for revision in ("0023", "head"):
        database.engine.dispose()
        if revision == "head":
            migrate.upgrade(database_url)
        else:
            migrate.downgrade(database_url, revision)
        with database.writing.begin() as session:
            moved = select(Case.id).where(Case.band == "watch").order_by(Case.id).limit(9)
            ids = list(session.scalars(moved))
            session.execute(update(Case).where(Case.id.in_(ids)).values(band="critical"))
            expected = counted(session)
            if revision != "head":
                expected = {key: n for key, n in expected.items() if key[0] != EVERYBODY}
            assert kept(session) == expected
