"""The whole engine against a model, by acts in any order (clock.md R1–R18; delivery.md's promise).

What falls due is worked out by the naive clock of `tests.domain`, which shares no line with the
product. What became of each message is read in the providers' books. What may happen stands in
`story`; `python -m tests.engine.test_state_machine 200` tries as many stories by hand.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import select

from tests.databases import Source, SqliteSource
from tests.domain.naive_clock import naive_replay, written
from tests.engine.scene import SECOND, UNFINISHED
from tests.engine.story import WORDS, Story
from tests.standins.books import with_carried
from tracker.domain.delivery import State
from tracker.domain.policy_document import default_policy, write_policy
from tracker.engine.clock.raising import CLOCK_KINDS
from tracker.store.schema import Alert, AlertEvent, Receipt

OVER = ("resolved", "superseded", "closed", "withdrawn")
ENDS = (*OVER, "acknowledged", "undelivered", "informed", "triggered")


class Engine(Story):
    """What must be true at the end of every story."""

    def teardown(self) -> None:
        try:
            for _ in range(200):
                if not [row for row in self.office.rows() if row.state in UNFINISHED]:
                    break
                self.live_until(self.office.clock.now + timedelta(minutes=5))
            self.every_alert_that_fell_due_was_raised_once()
            self.every_alert_was_told_or_handed_over()
            self.nothing_was_sent_after_its_end()
            self.nothing_rests_on_a_copy_that_failed()
            self.nobody_was_told_who_must_not_be()
        finally:
            self.office.services.database.engine.dispose()
            self.databases.drop(self.url)
            self.folder.cleanup()

    def every_alert_that_fell_due_was_raised_once(self) -> None:
        """R1–R18, by the naive clock; what a withdrawn consent leaves owed is the engine's own."""
        document = {
            "timezone": "UTC",
            "to": written(self.office.clock.now + SECOND),
            "policy": write_policy(default_policy()),
            "downtime": self.downtime,
            "cases": [one for case_id, one in self.entered.items() if case_id not in self.loose],
        }
        expected = Counter(
            (line["case"], line["kind"], line["at"], line["step"], line["repetition"])
            for line in naive_replay(document)
            if line["kind"] != "consent_granted"
        )
        found = Counter(
            (one.case_id, one.kind, written(one.raised_at), one.step, one.repetition)
            for one in self.office.alerts()
            if one.kind not in ("consent_granted", "to_confirm") and one.case_id not in self.loose
        )
        assert found == expected

    def every_alert_was_told_or_handed_over(self) -> None:
        sent = Counter(one.row_id for one in (*self.mail.taken, *self.sms.taken))
        books = with_carried(self.office, sent)
        assert max(books.values(), default=0) <= 2
        with self.office.desk() as desk:
            events = desk.session.scalars(select(AlertEvent)).all()
            alerts = {one.id: one for one in desk.session.scalars(select(Alert))}
        handed_over = {one.alert_id for one in events if one.kind.startswith("handed_to")}
        rows = defaultdict(list)
        for row in self.office.rows():
            assert row.state not in UNFINISHED, (row.state, row.error_code)
            if row.kind == "alert":
                rows[row.alert_id, row.person_id].append(row)
        for (about, _person), theirs in rows.items():
            told = any(books[row.id] for row in theirs)
            stopped = all(row.state == "cancelled" for row in theirs)
            assert told or stopped or about in handed_over, [
                (r.state, r.error_code) for r in theirs
            ]
            if stopped and not told and (alert := alerts.get(about or "")):
                over = alert.state in (*OVER, "acknowledged", "informed")
                code = theirs[0].error_code  # "moved": to whoever is there now, who has rows too
                assert over or code in ("no_consent", "moved") or theirs[0].role == "consular"
        for alert in alerts.values():
            assert alert.state in ENDS
            assert (alert.ended_at is None) == (alert.state in ("triggered", "undelivered"))
            assert any(about == alert.id for about, _person in rows) or alert.state != "triggered"

    def nothing_was_sent_after_its_end(self) -> None:
        """D3: whatever ended before a call was made is not told of by it."""
        rows = {row.id: row for row in self.office.rows(kind="alert")}
        alerts = {one.id: one for one in self.office.alerts()}
        for row_id, at in self.calls:
            alert = alerts.get((rows[row_id].alert_id or "") if row_id in rows else "")
            if alert is not None and alert.state in OVER and alert.ended_at is not None:
                assert at < alert.ended_at, (alert.kind, alert.state)

    def nothing_rests_on_a_copy_that_failed(self) -> None:
        """D5: in whatever order words came, what is known to have failed is not shown as taken."""
        with self.office.desk() as desk:
            said = desk.session.scalars(select(Receipt)).all()
        failed = {
            (one.outbox_id, one.provider_id)
            for one in said
            if WORDS[one.status][0] is State.REFUSED
        }
        for row in self.office.rows(channel="sms"):
            if row.state in (State.ACCEPTED, State.SENT):
                assert (row.id, row.provider_id) not in failed, row.state

    def nobody_was_told_who_must_not_be(self) -> None:
        """S5, D8: after STOP, or with a closed account, nothing; on leave: the deputy (D6)."""
        assert not self.forbidden
        alerts = {one.id: one for one in self.office.alerts()}
        for row in self.office.rows(kind="alert", role="caseworker"):
            alert = alerts[str(row.alert_id)]
            if alert.kind not in CLOCK_KINDS or row.created_at != alert.raised_at:
                continue
            assert not any(
                one.person_id == row.person_id and one.from_at < row.created_at < one.until_at
                for one in self.leaves
            ), (alert.kind, row.created_at)


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
    told(databases, 6 if isinstance(databases, SqliteSource) else 2)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        told(SqliteSource(Path(folder)), int(sys.argv[1]))
