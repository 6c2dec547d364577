"""The whole engine against a model, by acts in any order (clock.md R1–R18; delivery.md's promise).

What is owed stands in `model`, what falls due is worked out by the naive clock of `tests.domain`;
neither shares a line with the product. After every act the product must have done as they say.
What may happen stands in `story` and `world`; `python -m tests.engine.test_state_machine 200` tries
as many stories by hand.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import invariant, run_state_machine_as_test
from sqlalchemy import select

from tests.databases import PostgresqlSource, Source, SqliteSource, postgresql_server
from tests.domain.naive_clock import naive_replay, written
from tests.engine.model import Alert as Owed
from tests.engine.scene import RAISE, SECOND, UNFINISHED, Call, Told
from tests.engine.world import WORDS, World
from tests.standins.books import with_carried
from tracker.domain.delivery import Envelope, Fault, Outcome, State
from tracker.domain.policy_document import default_policy, write_policy
from tracker.engine.sending.breaker import OPENS_AT, PROBE_EVERY
from tracker.engine.staff.account_news import ACCESS
from tracker.store.schema import Alert, Receipt

SHOWN = {"triggered": "open", "undelivered": "open"}
UNFORESEEN = ("consent_granted", "to_confirm")
"""Kinds that the naive clock does not foresee, or not at every time (R13, R14)."""
A_DAY = timedelta(days=1)


class Engine(World):
    """What must be true after every act, and at the end of every story."""

    policy = write_policy(default_policy())

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.doubted: Counter[str] = Counter()
        """How often nobody knew whether a row had left, by its id."""

    @invariant()
    def all_is_as_it_must_be(self) -> None:
        alerts = self.catch_up()
        self.alerts_stand_as_they_must(alerts)
        self.nobody_is_forgotten(A_DAY)

    def teardown(self) -> None:
        try:
            for _ in range(200):
                if not [row for row in self.office.rows() if row.state in UNFINISHED]:
                    break
                self.live_until(self.office.clock.now + timedelta(minutes=5))
            self.alerts_stand_as_they_must(self.catch_up())
            self.nobody_is_forgotten(timedelta(0))
            self.every_message_came_to_something()
            self.nothing_rests_on_a_copy_that_failed()
            self.providers_were_left_alone()
        finally:
            self.office.services.database.engine.dispose()
            self.databases.drop(self.url)
            self.folder.cleanup()

    def catch_up(self) -> list[Alert]:
        """Tell the model what happened, in order; what fell due was raised, once (R1–R18)."""
        lines = {_key(line): set(line["notify"]) for line in self._lines()}
        alerts = [one for one in self.office.alerts() if one.case_id in self.model.cases]
        found = {_key_of(one): one for one in alerts if one.kind not in UNFORESEEN}
        assert found.keys() == lines.keys(), found.keys() ^ lines.keys()
        for one in alerts:
            if one.id not in self.seen:
                self.seen.add(one.id)
                roles = lines.get(_key_of(one), set(one.roles))
                if one.contact_report_id is not None:
                    self.requests[one.id] = one.contact_report_id
                tell = partial(self._is_raised, one.id, one.case_id, one.kind, roles, one.raised_at)
                self.note(RAISE, tell, one.raised_at)
        self.log.sort(key=lambda entry: entry[:2])
        for _at, _order, hear in self.log:
            hear()
        self.log.clear()
        return alerts

    def _is_raised(self, name: str, case_id: str, *more: Any) -> None:
        if case_id in self.model.cases:
            self.model.raised(name, case_id, *more)

    def _lines(self) -> list[dict[str, Any]]:
        document = {
            "timezone": "UTC",
            "to": written(self.office.clock.now + SECOND),
            "policy": self.policy,
            "downtime": self.downtime,
            "cases": [one for one in self.entered.values() if one["case"] in self.model.cases],
        }
        return [line for line in naive_replay(document) if line["kind"] not in UNFORESEEN]

    def was_called(self, call: Call) -> None:
        """D3, D6, D8, S5: whoever is told is still to be told; after STOP, or left, nobody is."""
        news = any(row.kind == ACCESS for row in call.rows)  # that their account was closed
        assert call.rows
        assert call.envelope.to not in self.stopped, call.envelope.channel
        assert news or all(self.model.people[row.person_id].active for row in call.rows)
        is_alert = any(row.alert_id for row in call.rows)
        if self.storm is not None and is_alert:
            assert not self.storm[0] <= call.at < self.storm[1], "a storm is held (D7)"
        for row in call.rows:
            assert self.doubted[row.row_id] < 2, "it is sent again once, not for ever (D4)"
            if (alert := self.owed(row.alert_id)) is not None:
                allowed = self.model.may_be_told(alert, row.person_id, call.at)
                assert allowed, (alert, self.model.people[row.person_id])
        result = call.result
        if result is not None and result.fault in (Fault.ADDRESS, Fault.OPTED_OUT):
            self.is_bad(call.envelope, result.fault)
        unknown = result is None or result.outcome is Outcome.UNKNOWN
        self.came_to(call.rows, "told" if call.took else "perhaps" if unknown else "missed")
        self.came_to(call.in_doubt, "perhaps")
        self.doubted.update(row.row_id for row in call.in_doubt)
        twice = [row for row in call.in_doubt if self.doubted[row.row_id] > 1]
        self.came_to(twice, "missed")  # one is sent again once; then those above are told (D4, D6)

    def owed(self, alert_id: str | None) -> Owed | None:
        """The alert as the model knows it; None for what it lost sight of."""
        alert = self.model.alerts.get(alert_id or "")
        return alert if alert is not None and alert.case in self.model.cases else None

    def came_to(self, rows: Sequence[Told], what: str) -> None:
        for row in rows:
            if (alert := self.owed(row.alert_id)) is not None:
                self.model.tried(alert, row.person_id, what)

    def is_bad(self, envelope: Envelope, fault: Fault) -> None:
        """A provider says that nothing may go there, or nothing can."""
        ways = {(envelope.channel, envelope.to)}
        if fault is Fault.OPTED_OUT:
            ways = {way for one in self.model.people.values() for way in one.ways} & {
                (channel, envelope.to) for channel in self.providers
            }
        self.model.shut |= ways
        if fault is Fault.ADDRESS or envelope.channel != "sms":  # START ends what began with STOP
            self.bad |= ways

    def alerts_stand_as_they_must(self, alerts: list[Alert]) -> None:
        for one in alerts:
            alert = self.model.alerts[one.id]
            assert SHOWN.get(one.state, one.state) == alert.state, (one.kind, one.state, alert)
            assert (one.ended_at is None) == (alert.state == "open")
            if one.state == "undelivered":
                assert any(self.model.fails(alert, person) for person in alert.owed), alert

    def nobody_is_forgotten(self, within: timedelta) -> None:
        """The promise: told at least once, or those above are, however the world was."""
        now = self.office.clock.now
        if now - self.acted_at < within:
            return
        for alert in map(self.owed, self.model.alerts):
            if (
                alert is not None
                and alert.state in ("open", "informed")
                and now - alert.at >= within
            ):
                assert all(self.model.is_done(alert, who, now) for who in alert.owed), alert

    def every_message_came_to_something(self) -> None:
        """D2, D4: none is left half way, and none was taken more than twice."""
        taken = Counter(one.row_id for each in self.providers.values() for one in each.taken)
        assert max(with_carried(self.office, taken).values(), default=0) <= 2
        repeated = {one for one, times in self.providers["sms"].times().items() if times > 1}
        assert repeated <= self.returned, "a text message is looked for before it is repeated"
        for row in self.office.rows():
            assert row.state not in UNFINISHED, (row.kind, row.state, row.error_code)

    def nothing_rests_on_a_copy_that_failed(self) -> None:
        """D5: in whatever order words came, what is known to have failed is not shown as taken."""
        with self.office.desk() as desk:
            said = desk.session.scalars(select(Receipt)).all()
        failed = {
            (one.outbox_id, one.provider_id)
            for one in said
            if one.status in WORDS and WORDS[one.status][0] is State.REFUSED
        }
        for row in self.office.rows(channel="sms"):
            if row.state in (State.ACCEPTED, State.SENT):
                assert (row.id, row.provider_id) not in failed, row.state

    def providers_were_left_alone(self) -> None:
        """D7: by who asked for it, and while five tries in a row found nobody."""
        for channel in self.providers:
            failed, mine = 0, [one for one in self.calls if one.envelope.channel == channel]
            for at in sorted({one.at for one in mine}):
                results = [one.result for one in mine if one.at == at]
                later = min((one.at for one in mine if one.at > at), default=None)
                if any(one is None or one.outcome is Outcome.ACCEPTED for one in results):
                    failed = 0
                    continue
                codes = [one.code or "" for one in results if one is not None]
                failed += sum(code.startswith("net_") for code in codes)
                waits = [one.retry_after for one in results if one is not None and one.retry_after]
                must = PROBE_EVERY if failed >= OPENS_AT else max(waits, default=timedelta(0))
                answered = [code for code in codes if not code.startswith(("net_", "429"))]
                if later is not None and (failed >= OPENS_AT or not answered):
                    assert later - at >= must, (channel, at, later, codes)


def _key(line: dict[str, Any]) -> tuple[Any, ...]:
    return line["case"], line["kind"], line["at"], line["step"], line["repetition"]


def _key_of(one: Alert) -> tuple[Any, ...]:
    return one.case_id, one.kind, written(one.raised_at), one.step, one.repetition


def told(databases: Source, examples: int) -> None:
    """Try so many stories."""
    Engine.databases = databases
    run_state_machine_as_test(
        Engine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.database
def test_no_story_loses_doubles_or_misplaces_an_alert(request: pytest.FixtureRequest) -> None:
    databases: Source = request.getfixturevalue("_databases")
    told(databases, 4 if isinstance(databases, SqliteSource) else 2)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        if sys.argv[2:] == ["postgresql"]:
            told(PostgresqlSource(stack.enter_context(postgresql_server())), int(sys.argv[1]))
        else:
            told(SqliteSource(Path(folder)), int(sys.argv[1]))
