"""Fill an empty instance with invented cases, fast: bulk inserts, real keys, real sealed values.

What the clock remembers of a case is what the rules themselves make of so many days of silence.
Shortened against a lived-through history: a case has one name, one contact report and, where a
step has fired, one acknowledged alert with one event and one delivered mail.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

import bench_lives
from bench_lives import CONTACT, EVENING, MORNING, Life, plain
from bench_people import NAMES
from bench_sink import TABLES, Sink
from sqlalchemy import func, select

from tracker.bootstrap import Services, set_up
from tracker.domain.actor import OPERATOR
from tracker.domain.clock import Clock
from tracker.domain.evaluate import Notice
from tracker.engine.cases.cases import active_version
from tracker.security.vault import DataKey, Vault
from tracker.settings import load
from tracker.store.schema import Case, ConsularPost, ContactPoint, Person, PersonRole

REVIEW = date(2028, 3, 2)
"""Kept until then: nothing is to be dated by the first tick."""

CASES_OF_THE_POST = 1000
"""At most a tenth of all: with the family's consent, and shared with the one post."""

CHUNK = 5000
DUE_AT_MOST = 40_000

_WORDS = b'{"words":"She telephoned.","means":"phone","source":"the mother"}'


def open_instance(folder: Path, url: str, clock: Clock) -> Services:
    """A real instance in `folder` on the database `url`, with its policy; messages go to files."""
    usual = {"TRACKER_DATABASE_URL": url, "TRACKER_DELIVERY": "file"}
    return set_up(load(usual, folder), clock=clock)


def count_cases(services: Services) -> int:
    """How many cases there are already."""
    with services.reading(OPERATOR) as desk:
        return desk.session.scalar(select(func.count()).select_from(Case)) or 0


def fill(services: Services, cases: int) -> None:
    """`cases` cases, of which a tenth (at most 40,000) falls due on the morning."""
    lives = bench_lives.all_lives()
    due = [one for one in lives if one.looked_at_within(EVENING, MORNING)]
    quiet = [one for one in lives if one.next_look_at and one.next_look_at > MORNING]
    rng = Random(7)
    due_count = min(cases // 10, DUE_AT_MOST)
    chosen = rng.choices(due, k=due_count) + rng.choices(quiet, k=cases - due_count)
    rng.shuffle(chosen)
    maker = _Maker(services, rng, min(cases // 10, CASES_OF_THE_POST))
    with closing(Sink(services.database.engine)) as sink:
        for start in range(0, cases, CHUNK):
            sink.write(maker.rows(chosen[start : start + CHUNK]))


class _Maker:
    """Rows of cases, as dictionaries by table."""

    def __init__(self, services: Services, rng: Random, shared: int) -> None:
        self._shared = shared  # so many of the first cases are shared with the post
        self._vault = Vault(services.ring)
        self._rng = rng
        self._made = 0
        with services.reading(OPERATOR) as desk:
            session = desk.session
            self._version = active_version(desk).id
            self._post = session.scalars(select(ConsularPost.id)).one()
            people = session.execute(
                select(PersonRole.role, Person.id, ContactPoint.id)
                .join(Person, Person.id == PersonRole.person_id)
                .join(ContactPoint, ContactPoint.person_id == Person.id)
                .where(ContactPoint.channel == "email")
                .order_by(Person.id)
            ).all()
        self._workers = [(person, point) for role, person, point in people if role == "caseworker"]
        self._supervisors = [person for role, person, _ in people if role == "supervisor"]

    def rows(self, lives: Sequence[Life]) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
        for life in lives:
            self._case(life, found)
        return found

    def _id(self) -> str:
        return f"{self._rng.getrandbits(128):032x}"

    def _key(self, case_id: str, purpose: str, into: list[dict[str, Any]]) -> DataKey:
        key, wrapped = self._vault.new_data_key(purpose, self._id())
        into.append(
            {
                "id": key.id,
                "owner_id": case_id,
                "purpose": purpose,
                "kek_id": wrapped.kek_id,
                "wrapped": wrapped.blob,
                "made_at": EVENING,
            }
        )
        return key

    def _case(self, life: Life, into: dict[str, list[dict[str, Any]]]) -> None:
        number, self._made = self._made, self._made + 1
        case_id, report_id, name_id = self._id(), self._id(), self._id()
        worker, point = self._workers[number % len(self._workers)]
        supervisor = self._supervisors[number % len(self._supervisors)]
        clock = self._key(case_id, "clock", into["data_keys"])
        content = self._key(case_id, "content", into["data_keys"])
        told = life.memory.replace(CONTACT.encode(), report_id.encode())
        if is_shared := number < self._shared:
            told = told.replace(b'"consents":[]', b'"consents":["consular"]')
            told = told.replace(b'"seen":[]', b'"seen":["consular"]')
        into["cases"].append(
            {
                "id": case_id,
                "ref": f"B{number:07}",
                "state": "open",
                "band": life.band,
                "zone_name": life.zone_name,
                "opened_at": datetime.combine(life.last, time(6), UTC),
                "policy_version_id": self._version,
                "caseworker_id": worker,
                "supervisor_id": supervisor,
                "clock_sealed": clock.seal(told, table="cases", column="clock", row_id=case_id),
                "next_look_at": life.next_look_at,
                "next_step_at": life.next_step_at,
                "wants_consent": life.wants_consent and number >= self._shared,
                "silent_rank": life.silent_rank,
                "review_on": REVIEW,
            }
        )
        name = f"{NAMES[number % 8]} {NAMES[number // 8 % 8]}jan {number}"
        into["person_names"].append(
            {
                "id": name_id,
                "case_id": case_id,
                "name_sealed": content.seal(
                    plain(name), table="person_names", column="name", row_id=name_id
                ),
                "position": 0,
                "entered_at": EVENING,
            }
        )
        day = life.last.isoformat()
        occurred = {"earliest": day, "latest": day, "edtf": day, "class": "direct", "flags": []}
        where = {"table": "contact_reports", "row_id": report_id}
        into["contact_reports"].append(
            {
                "id": report_id,
                "case_id": case_id,
                "state": "confirmed",
                "first_report": False,
                "occurred_sealed": clock.seal(plain(occurred), column="occurred", **where),
                "details_sealed": content.seal(_WORDS, column="details", **where),
                "reported_at": EVENING,
                "entered_at": EVENING,
            }
        )
        if is_shared:
            self._share(case_id, content, worker, into)
        if life.step is not None:
            self._alert(life.step, case_id, life.band, clock, (worker, point), into)

    def _share(
        self, case_id: str, content: DataKey, worker: str, into: dict[str, list[dict[str, Any]]]
    ) -> None:
        enquirer_id = self._id()
        details = content.seal(
            b'{"name":"A mother"}', table="enquirers", column="details", row_id=enquirer_id
        )
        into["enquirers"].append(
            {
                "id": enquirer_id,
                "case_id": case_id,
                "details_sealed": details,
                "language": "en",
                "protected": False,
                "reachable": False,
                "created_at": EVENING,
                "last_heard_at": EVENING,
            }
        )
        into["consents"].append(
            {
                "id": self._id(),
                "case_id": case_id,
                "enquirer_id": enquirer_id,
                "scope": "consular",
                "given": True,
                "language": "en",
                "text_checked": True,
                "recorded_at": EVENING,
            }
        )
        into["shares"].append(
            {
                "id": self._id(),
                "case_id": case_id,
                "post_id": self._post,
                "fields": ["dates", "name"],
                "shared_by": worker,
                "shared_at": EVENING,
            }
        )

    def _alert(
        self,
        step: tuple[datetime, Notice],
        case_id: str,
        band: str,
        clock: DataKey,
        to: tuple[str, str],
        into: dict[str, list[dict[str, Any]]],
    ) -> None:
        at, notice = step
        alert_id = self._id()
        silent = notice.silent_days.kept()
        into["alerts"].append(
            {
                "id": alert_id,
                "case_id": case_id,
                "dedup": f"{case_id}:{notice.episode}:step:{notice.step}:0",
                "kind": "step",
                "episode": notice.episode,
                "step": notice.step,
                "repetition": 0,
                "band": band,
                "urgent": False,
                "roles": list(notice.notify),
                "consent_needed": list(notice.consent_needed),
                "passed_over": [],
                "silent_sealed": clock.seal(
                    plain(silent), table="alerts", column="silent", row_id=alert_id
                ),
                "state": "acknowledged",
                "raised_at": at,
                "acknowledged_at": at + timedelta(hours=1),
            }
        )
        into["alert_events"].append(
            {"id": self._id(), "alert_id": alert_id, "at": at, "kind": "triggered"}
        )
        into["outbox"].append(
            {
                "id": self._id(),
                "kind": "alert",
                "alert_id": alert_id,
                "case_id": case_id,
                "person_id": to[0],
                "contact_point_id": to[1],
                "channel": "email",
                "role": "caseworker",
                "urgent": False,
                "state": "delivered",
                "reference": alert_id[:8],
                "available_at": at,
                "attempts": 1,
                "possible_repeat": False,
                "created_at": at,
                "handed_over_at": at,
                "ended_at": at,
            }
        )
