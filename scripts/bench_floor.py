"""The raw floor: the rows that deciding wrote, written once more by bare SQL of the driver.

Row by row what the engine wrote (alerts, events, outbox, audit, the case's own update), to other
cases, in transactions as large and as durable; nothing is read, thought, sealed or checked. As fast
as each database takes them: executemany on SQLite, COPY and one UPDATE over arrays on PostgreSQL.
What is sealed is sealed for its new place before the time is taken, so that pages open it after;
only the audit trail does not hold together any more.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from tracker.bootstrap import Services
from tracker.domain.actor import OPERATOR
from tracker.store.schema import Alert, new_id
from tracker.store.sealing import Safe

WRITTEN = ("next_look_at", "next_step_at", "wants_consent", "band", "clock_sealed")
_ENDED = "state = 'superseded', ended_at = raised_at"
_UNSENT = "state = 'cancelled' WHERE state IN ('pending', 'retry_wait')"
_TOLD = "INSERT INTO alert_events (id, alert_id, at, kind)"
_HOW = "raised_at, 'superseded' FROM alerts"


class Floor:
    """Copies decisions. `mark` is the driver's sign for a value."""

    def __init__(self, services: Services) -> None:
        self._services = services
        engine = services.database.engine
        self._sqlite = engine.dialect.name == "sqlite"
        self._mark = "?" if self._sqlite else "%s"
        self._connection = engine.raw_connection()
        self._cursor = self._connection.cursor()

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def last_audit(self) -> int:
        """The number of the newest audit row."""
        found = self._all("SELECT coalesce(max(seq), 0) FROM audit")
        self._connection.rollback()
        return int(found[0][0])

    def copy(
        self,
        decided: Sequence[str],
        spare: Sequence[str],
        since: int,
        batch: int,
        *,
        keep: bool = True,
    ) -> tuple[float, float]:
        """Write what was decided about cases once more, about spare ones; the seconds it took, by
        the clock and of the processor.

        `since` is the newest audit row before; `batch` cases share a transaction, which is undone
        unless it is to `keep`.
        """
        ended = self._ended(decided)
        copies = [self._read(decided[at : at + batch]) for at in range(0, len(decided), batch)]
        audits = self._all(f"SELECT * FROM audit WHERE seq > {self._mark} ORDER BY seq", since)
        audit_columns = [column[0] for column in self._cursor.description]
        share = max(1, -(-len(audits) // max(1, len(copies))))
        self._connection.rollback()
        seq = self.last_audit()
        taken = busy = 0.0
        for number, rows in enumerate(copies):
            others = dict(zip(decided[number * batch :], spare[number * batch :], strict=False))
            with self._services.reading(OPERATOR) as desk:
                ready = self._renamed(rows, others, desk.safe)
            own = self._memories(list(others.values()))
            links = []
            for row in audits[number * share : (number + 1) * share]:
                seq += 1
                links.append(self._changed(audit_columns, row, {"seq": seq}))
            started, cpu = time.perf_counter(), time.process_time()
            self._begin()
            for table, (columns, values) in ready.items():
                self._insert(table, columns, values)
            self._end(ended[number * batch :][:batch])
            self._insert("audit", audit_columns, links)
            self._cursor.execute(f"UPDATE audit_head SET seq = {seq}")
            self._update(rows["cases"][1], others, own)
            if keep:
                self._connection.commit()
            else:
                self._connection.rollback()
            taken += time.perf_counter() - started
            busy += time.process_time() - cpu
        return taken, busy

    def _begin(self) -> None:
        if self._sqlite:
            self._cursor.execute("BEGIN IMMEDIATE")
            return
        self._cursor.execute("SELECT pg_advisory_xact_lock(7261018)")

    def _all(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        self._cursor.execute(query, values)
        return list(self._cursor.fetchall())

    def _read(self, cases: Sequence[str]) -> dict[str, tuple[list[str], list[tuple[Any, ...]]]]:
        """What stands about these cases, by table: columns and rows."""
        marks = ", ".join([self._mark] * len(cases))
        newest = f"raised_at = (SELECT max(raised_at) FROM alerts WHERE case_id IN ({marks}))"
        alerts = f"SELECT id FROM alerts WHERE case_id IN ({marks}) AND {newest}"
        twice = (*cases, *cases)
        found = {}
        for table, condition, values in (
            ("alerts", f"id IN ({alerts})", twice),
            ("alert_events", f"alert_id IN ({alerts})", twice),
            ("outbox", f"alert_id IN ({alerts})", twice),
        ):
            rows = self._all(f"SELECT * FROM {table} WHERE {condition}", *values)
            found[table] = ([column[0] for column in self._cursor.description], rows)
        columns = ", ".join(("id", *WRITTEN))
        rows = self._all(f"SELECT {columns} FROM cases WHERE id IN ({marks})", *cases)
        return found | {"cases": (["id", *WRITTEN], rows)}

    def _memories(self, cases: Sequence[str]) -> dict[str, bytes]:
        marks = ", ".join([self._mark] * len(cases))
        found = self._all(f"SELECT id, clock_sealed FROM cases WHERE id IN ({marks})", *cases)
        self._connection.rollback()
        return {row[0]: row[1] for row in found}

    def _ended(self, cases: Sequence[str]) -> list[str]:
        """Alerts of quiet cases, as many as these cases' decisions ended."""
        marks = ", ".join([self._mark] * len(cases))
        newest = f"SELECT max(raised_at) FROM alerts WHERE case_id IN ({marks})"
        ended = f"SELECT count(*) FROM alerts WHERE case_id IN ({marks}) AND ended_at >= ({newest})"
        count = self._all(ended, *cases, *cases)[0][0]
        quiet = (
            "SELECT a.id FROM alerts a JOIN cases c ON c.id = a.case_id WHERE a.ended_at IS NULL "
            f"AND a.state = 'acknowledged' AND c.next_look_at > ({newest}) LIMIT {count}"
        )
        return [row[0] for row in self._all(quiet, *cases)]

    def _end(self, alerts: Sequence[str]) -> None:
        """What ends an alert: its state, an event, and its messages that were not sent."""
        ids = [(alert,) for alert in alerts]
        if not ids:
            return
        news = [(new_id(), alert) for alert in alerts]
        if self._sqlite:
            self._cursor.executemany(f"UPDATE alerts SET {_ENDED} WHERE id = ?", ids)
            self._cursor.executemany(f"UPDATE outbox SET {_UNSENT} AND alert_id = ?", ids)
            self._cursor.executemany(f"{_TOLD} SELECT ?, id, {_HOW} WHERE id = ?", news)
            return
        self._cursor.execute(f"UPDATE alerts SET {_ENDED} WHERE id = ANY(%s)", [list(alerts)])
        self._cursor.execute(f"UPDATE outbox SET {_UNSENT} AND alert_id = ANY(%s)", [list(alerts)])
        self._cursor.execute(
            f"{_TOLD} SELECT new.id, alerts.id, {_HOW} "
            "JOIN unnest(%s::text[], %s::text[]) AS new (id, alert_id) ON alerts.id = alert_id",
            [list(column) for column in zip(*news, strict=True)],
        )

    def _renamed(
        self,
        rows: dict[str, tuple[list[str], list[tuple[Any, ...]]]],
        others: dict[str, str],
        safe: Safe,
    ) -> dict[str, tuple[list[str], list[tuple[Any, ...]]]]:
        """The same rows with other ids, about other cases."""
        columns, alerts = rows["alerts"]
        new = {row[columns.index("id")]: new_id() for row in alerts}
        ready = {}
        for table in ("alerts", "alert_events", "outbox"):
            columns, values = rows[table]
            changed = []
            for row in values:
                told = dict(zip(columns, row, strict=True))
                put: dict[str, Any] = {"id": new_id()}
                if table == "alerts":
                    to = new[told["id"]]
                    put = {"id": to, "dedup": new_id() + told["dedup"][32:]}
                    blob, case_id = told["silent_sealed"], told["case_id"]
                    if blob:
                        silent = safe.open_for(Alert, "silent", told["id"], case_id, blob)
                        again = safe.seal_for(Alert, "silent", to, others[case_id], silent)
                        put["silent_sealed"] = again
                else:
                    put["alert_id"] = new[told["alert_id"]]
                if "case_id" in told:
                    put["case_id"] = others[told["case_id"]]
                changed.append(self._changed(columns, row, put))
            ready[table] = (columns, changed)
        return ready

    def _changed(
        self, columns: list[str], row: Sequence[Any], put: dict[str, Any]
    ) -> tuple[Any, ...]:
        values = (put.get(name, value) for name, value in zip(columns, row, strict=True))
        return tuple(self._bound(value) for value in values)

    def _bound(self, value: Any) -> Any:
        if not self._sqlite and isinstance(value, list | dict):
            from psycopg.types.json import Json  # noqa: PLC0415 — only where there is one

            return Json(value)
        return value

    def _insert(self, table: str, columns: list[str], values: list[tuple[Any, ...]]) -> None:
        marks = ", ".join([self._mark] * len(columns))
        names = ", ".join(columns)
        if not values:
            return
        if self._sqlite:
            self._cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)
            return
        with self._cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in values:
                copy.write_row(row)

    def _update(
        self, rows: list[tuple[Any, ...]], others: dict[str, str], own: dict[str, bytes]
    ) -> None:
        """As much as was written; the memory stays that of the case itself, so that it opens."""
        values = [(*row[1:-1], own[others[row[0]]], others[row[0]]) for row in rows]
        if self._sqlite:
            puts = ", ".join(f"{name} = ?" for name in WRITTEN)
            self._cursor.executemany(f"UPDATE cases SET {puts} WHERE id = ?", values)
            return
        puts = ", ".join(f"{name} = new.{name}" for name in WRITTEN)
        kinds = ("timestamptz[]", "timestamptz[]", "bool[]", "text[]", "bytea[]", "text[]")
        arrays = ", ".join(f"%s::{kind}" for kind in kinds)
        self._cursor.execute(
            f"UPDATE cases SET {puts} FROM unnest({arrays}) AS new ({', '.join(WRITTEN)}, id) "
            "WHERE cases.id = new.id",
            [list(column) for column in zip(*values, strict=True)],
        )
