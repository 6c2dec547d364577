"""The queue's pages and counts: kept when cases change, right whatever changes them (S9)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from tracker.domain.actor import Actor
from tracker.domain.answering import BOUNDS, place_of
from tracker.store import queue, waits
from tracker.store.bulk import insert_rows, update_rows
from tracker.store.database import Database, connect
from tracker.store.queue import NOBODY, Wanted
from tracker.store.schema import (
    EVERYBODY,
    Alert,
    Case,
    CaseCount,
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
        for number in range(400):
            raised = NOW - timedelta(hours=rng.randrange(1, 15 * 7 * 24))
            lasted = rng.choice(BOUNDS) + rng.choice((-1, 0, 1)) * timedelta(milliseconds=1)
            state = rng.choice(("triggered", "acknowledged", "superseded", "resolved"))
            alerts.append(
                {
                    "id": new_id(),
                    "case_id": rng.choice(cases)["id"],
                    "dedup": str(number),
                    "kind": rng.choice(("step", "step", "repeat")),
                    "episode": 1,
                    "band": "watch",
                    "roles": [],
                    "consent_needed": [],
                    "passed_over": [],
                    "silent_sealed": b"",
                    "state": state,
                    "raised_at": raised,
                    "acknowledged_at": raised + lasted if rng.random() < 0.5 else None,
                    "ended_at": None if state == "triggered" else raised + lasted + hour,
                }
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
