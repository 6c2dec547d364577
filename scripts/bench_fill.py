"""Fill an empty instance with invented cases, fast: bulk inserts, real keys, real sealed values.

What the clock remembers of a case is what the rules themselves make of so many days of silence.
Shortened against a lived-through history: a case has one name, one contact report and, where a
step has fired, one acknowledged alert with one event and one delivered mail.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Engine, Table, func, select

from tracker.bootstrap import Services, set_up
from tracker.domain import memory
from tracker.domain.actor import OPERATOR
from tracker.domain.casefile import CaseFile
from tracker.domain.clock import Clock
from tracker.domain.contact import Contact, ContactClass
from tracker.domain.due import next_look
from tracker.domain.evaluate import Kind, Notice, evaluate
from tracker.domain.policy import Policy
from tracker.domain.policy_document import default_policy
from tracker.engine.accounts import add_person
from tracker.engine.cases import active_version
from tracker.security.vault import DataKey, Vault
from tracker.settings import load
from tracker.store.bulk import binder
from tracker.store.schema import Base, Case, ContactPoint, Person, PersonRole, new_id

EVENING = datetime(2026, 3, 2, 20, tzinfo=UTC)
"""Nothing is due."""

MORNING = datetime(2026, 3, 3, 18, tzinfo=UTC)
"""It has been nine o'clock in every zone since: a day's worth of cases is due."""

REVIEW = date(2028, 3, 2)
"""Kept until then: nothing is to be dated by the first tick."""

ZONES = ("Asia/Almaty", "Europe/Istanbul", "Europe/Berlin", "America/New_York")
SILENT_AT_MOST = 500
CASES_A_WORKER = 1000
CHUNK = 5000
DUE_AT_MOST = 40_000

_CONTACT = "f" * 32
_NAMES = ("Aigul", "Serik", "Gulnar", "Nurlan", "Mahire", "Tursun", "Zeynep", "Adil")
_WORDS = b'{"words":"She telephoned.","means":"phone","source":"the mother"}'
_TABLES = ("data_keys", "cases", "person_names", "contact_reports", "alerts", "alert_events")


@dataclass(frozen=True, slots=True)
class Life:
    """A case silent for so many days, as the rules leave it on the evening."""

    last: date
    zone_name: str
    memory: bytes
    next_look_at: datetime | None
    band: str
    silent_rank: datetime
    step: tuple[datetime, Notice] | None


def open_instance(folder: Path, url: str, clock: Clock) -> Services:
    """A real instance in `folder` on the database `url`, with its policy; messages go to files."""
    usual = {"TRACKER_DATABASE_URL": url, "TRACKER_DELIVERY": "file"}
    return set_up(load(usual, folder), clock=clock)


def count_cases(services: Services) -> int:
    """How many cases there are already."""
    with services.reading(OPERATOR) as desk:
        return desk.session.scalar(select(func.count()).select_from(Case)) or 0


def add_people(services: Services, cases: int) -> None:
    """A caseworker for every thousand cases (at least five), and two supervisors."""
    with services.desk(OPERATOR) as desk:
        for number in range(max(5, cases // CASES_A_WORKER) + 2):
            role = "supervisor" if number < 2 else "caseworker"
            name = f"{_NAMES[number % len(_NAMES)]} {number}"
            person = add_person(desk, email=f"person{number}@example.net", name=name, roles=[role])
            phone = f"+770055{number:05}"
            point = ContactPoint(
                id=new_id(),
                person_id=person.id,
                channel="sms",
                address_hmac=desk.hmac(phone),
                position=1,
                created_at=desk.now,
            )
            desk.safe.seal(point, "address", phone)
            desk.session.add(point)


def fill(services: Services, cases: int) -> None:
    """`cases` cases, of which a tenth (at most 40,000) falls due on the morning."""
    policy = default_policy()
    lives = [_life(policy, days, zone) for zone in ZONES for days in range(SILENT_AT_MOST)]
    due = [one for one in lives if _within(one, EVENING, MORNING)]
    quiet = [one for one in lives if one.next_look_at and one.next_look_at > MORNING]
    rng = Random(7)
    due_count = min(cases // 10, DUE_AT_MOST)
    chosen = rng.choices(due, k=due_count) + rng.choices(quiet, k=cases - due_count)
    rng.shuffle(chosen)
    maker = _Maker(services, rng)
    with closing(_Sink(services.database.engine)) as sink:
        for start in range(0, cases, CHUNK):
            sink.write(maker.rows(chosen[start : start + CHUNK]))


def _plain(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _within(life: Life, start: datetime, end: datetime) -> bool:
    return life.next_look_at is not None and start < life.next_look_at <= end


def _life(policy: Policy, days: int, zone_name: str) -> Life:
    """Live through it: each alert is acknowledged an hour after it was raised."""
    last = EVENING.date() - timedelta(days=days)
    opened = datetime.combine(last, time(6), UTC)
    file = CaseFile(opened, zone_name)
    file.enter_contact(_CONTACT, Contact(last, last, ContactClass.DIRECT, confirmed=True))
    evaluate(file, policy, opened)
    step = None
    while (now := next_look(file, policy)) is not None and now <= EVENING:
        for notice in evaluate(file, policy, now):
            step = (now, notice) if notice.kind is Kind.STEP else step
        file.acknowledge(now + timedelta(hours=1), timedelta(days=30))
    anchor = policy.anchor(file.last_contact(policy))
    return Life(
        last,
        zone_name,
        _plain(memory.dump(file)),
        now,
        str(policy.band_of(file.firings)),
        policy.due_at(policy.steps[0], anchor, file.zone),
        step,
    )


class _Maker:
    """Rows of cases, as dictionaries by table."""

    def __init__(self, services: Services, rng: Random) -> None:
        self._vault = Vault(services.ring)
        self._rng = rng
        self._made = 0
        with services.reading(OPERATOR) as desk:
            session = desk.session
            self._version = active_version(desk).id
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
        found: dict[str, list[dict[str, Any]]] = {name: [] for name in (*_TABLES, "outbox")}
        for life in lives:
            self._case(life, found)
        return found

    def _id(self) -> str:
        return uuid.UUID(int=self._rng.getrandbits(128), version=4).hex

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
        told = life.memory.replace(_CONTACT.encode(), report_id.encode())
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
                "silent_rank": life.silent_rank,
                "review_on": REVIEW,
            }
        )
        name = f"{_NAMES[number % 8]} {_NAMES[number // 8 % 8]}jan {number}"
        into["person_names"].append(
            {
                "id": name_id,
                "case_id": case_id,
                "name_sealed": content.seal(
                    _plain(name), table="person_names", column="name", row_id=name_id
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
                "occurred_sealed": clock.seal(_plain(occurred), column="occurred", **where),
                "details_sealed": content.seal(_WORDS, column="details", **where),
                "reported_at": EVENING,
                "entered_at": EVENING,
            }
        )
        if life.step is not None:
            self._alert(life.step, case_id, life.band, clock, (worker, point), into)

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
        silent = list(notice.silent_days)
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
                    _plain(silent), table="alerts", column="silent", row_id=alert_id
                ),
                "state": "acknowledged",
                "raised_at": at,
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


class _Sink:
    """Writes rows past the ORM: executemany on SQLite, COPY on PostgreSQL; indexes come after."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._sqlite = engine.dialect.name == "sqlite"
        self._indexes = [
            index
            for name in (*_TABLES, "outbox")
            for index in sorted(Base.metadata.tables[name].indexes, key=lambda one: str(one.name))
        ]
        for index in self._indexes:
            index.drop(engine)
        self._connection = engine.raw_connection()
        if self._sqlite:
            cursor = self._connection.cursor()
            for pragma in ("synchronous=OFF", "foreign_keys=OFF", "cache_size=-1000000"):
                cursor.execute(f"PRAGMA {pragma}")

    def write(self, found: dict[str, list[dict[str, Any]]]) -> None:
        """All tables' rows in one transaction."""
        cursor = self._connection.cursor()
        if self._sqlite:
            cursor.execute("BEGIN IMMEDIATE")
        for name, rows in found.items():
            if rows:
                self._table(cursor, Base.metadata.tables[name], rows)
        self._connection.commit()

    def _table(self, cursor: Any, table: Table, rows: list[dict[str, Any]]) -> None:
        columns = [column for column in table.columns if column.name in rows[0]]
        dialect = self._engine.dialect
        binds = [binder(column, dialect) for column in columns]
        plain = [(column.name, bind) for column, bind in zip(columns, binds, strict=True)]
        values = (
            tuple(row[name] if bind is None else bind(row[name]) for name, bind in plain)
            for row in rows
        )
        names = ", ".join(column.name for column in columns)
        if self._sqlite:
            marks = ", ".join("?" * len(columns))
            cursor.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", values)
            return
        cursor.execute("SET session_replication_role = " + _triggers(table.name))
        with cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
            for row in values:
                copy.write_row(row)

    def close(self) -> None:
        """Put the indexes back, tell the planner how much there is."""
        if self._sqlite:
            cursor = self._connection.cursor()
            for pragma in ("synchronous=FULL", "foreign_keys=ON", "cache_size=-2000"):
                cursor.execute(f"PRAGMA {pragma}")
        self._connection.close()
        for index in self._indexes:
            index.create(self._engine)
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE" if self._sqlite else "VACUUM ANALYZE")


def _triggers(table: str) -> str:
    """Foreign keys are right by making; only the triggers of `cases` are wanted."""
    return "DEFAULT" if table == "cases" else "replica"
