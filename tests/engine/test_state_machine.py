"""The whole engine against a model, by acts in any order (clock.md R1–R18; delivery.md's promise).

What falls due is worked out by the naive clock of `tests.domain`, which shares no line with the
product. What became of each message is read in the providers' books.
`python -m tests.engine.test_state_machine 200` tries as many stories by hand.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from tests.databases import Source, SqliteSource
from tests.domain.naive_clock import naive_replay, written
from tests.standins.fleet import with_carried
from tests.standins.office import Office
from tests.standins.provider import LOST, Provider
from tracker.domain.actor import Actor
from tracker.domain.contact import ContactClass, Days, Interval
from tracker.domain.delivery import Envelope, Fault, Outcome, SendResult, State
from tracker.domain.policy_document import default_policy, write_policy
from tracker.engine import cases, record, sharing
from tracker.engine.desk import Desk
from tracker.engine.receipts import Word, take_receipt
from tracker.store.schema import (
    Alert,
    AlertEvent,
    Case,
    ConsularPost,
    ContactReport,
    Enquirer,
    OutboxMessage,
    PostMember,
    new_id,
)

OVER = ("resolved", "superseded", "closed", "withdrawn")
ENDS = (*OVER, "acknowledged", "undelivered", "informed", "triggered")
UNFINISHED = ("pending", "retry_wait", "submitting", "unknown")
ROLES = ("caseworker", "supervisor", "consular")
SECOND = timedelta(seconds=1)
WEATHER = {
    "not sent": SendResult(Outcome.NOT_SENT, code="503"),
    "lost": LOST,
    "taken and lost": None,
    "our fault": SendResult(Outcome.REFUSED, code="20003", fault=Fault.ACCOUNT),
    "bad address": SendResult(Outcome.REFUSED, code="21614", fault=Fault.ADDRESS),
}
WORDS = {
    "sent": (State.SENT, None, None, None),
    "delivered": (State.DELIVERED, None, None, None),
    "phone off": (State.REFUSED, "30003", Outcome.NOT_SENT, None),
    "failed": (State.REFUSED, "30005", Outcome.REFUSED, Fault.ADDRESS),
}
days_ago = st.integers(0, 100)


class Engine(RuleBasedStateMachine):
    """Two caseworkers, a supervisor and a consul; up to four cases; two providers."""

    databases: Source
    opened = Bundle("opened")
    reports = Bundle("reports")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.url = self.databases.fresh(Path(self.folder.name))
        instance = Path(self.folder.name) / "instance"
        instance.mkdir(mode=0o700)
        self.mail, self.sms = Provider("email"), Provider("sms")
        self.calls: list[tuple[str, datetime]] = []
        channels = {one.kind: one for one in (self.mail, self.sms)}
        self.office = Office.opened(instance, self.url, channels)
        for one in channels.values():
            self._listen(one)
        self.staff = [
            self.office.person(f"A{n}", "caseworker", phone=f"+7701555000{n}") for n in (1, 2)
        ]
        self.supervisor = self.office.person("Berik", "supervisor", phone="+77015550003")
        self.office.person("Zarina", "administrator")
        self.consul = self.office.person("Consul", "consular")
        self.post = self._post()
        # The model: what was entered, and when nobody was at work.
        self.entered: dict[str, dict[str, Any]] = {}
        self.downtime: list[dict[str, str]] = []

    def _listen(self, provider: Provider) -> None:
        """Note when each call is made; the provider answers as before."""
        answer = provider.send

        def send(envelope: Envelope) -> SendResult:
            self.calls.append((envelope.row_id, self.office.clock.now))
            return answer(envelope)

        provider.send = send  # type: ignore[method-assign]

    def _post(self) -> str:
        with self.office.desk() as desk:
            post = ConsularPost(id=new_id(), created_at=desk.now)
            desk.safe.seal(post, "name", "A post")
            desk.session.add(post)
            desk.session.flush()
            desk.session.add(
                PostMember(id=new_id(), post_id=post.id, person_id=self.consul, since_at=desk.now)
            )
            return post.id

    # --- acts ------------------------------------------------------------------------------------

    def act(self, case_id: str, event: dict[str, Any], do: Callable[[Desk, Case], object]) -> None:
        """Enter something about a case at an instant of its own, in the product and the model."""
        self.live_until(self.office.clock.now + SECOND)
        with self.office.desk() as desk:
            desk.actor = Actor("person", self.staff[0], frozenset({"caseworker"}))
            do(desk, self.office.case(case_id, desk))
        self.entered[case_id]["events"].append({"at": written(self.office.clock.now), **event})

    def is_open(self, case_id: str) -> bool:
        with self.office.desk() as desk:
            return self.office.case(case_id, desk).state == "open"

    @precondition(lambda self: len(self.entered) < 4)
    @rule(target=opened, ago=days_ago, vague=st.integers(0, 20))
    def open(self, ago: int, vague: int) -> Any:
        self.live_until(self.office.clock.now + SECOND)
        latest = self.office.clock.now.date() - timedelta(days=ago)
        earliest = latest - timedelta(days=vague)
        with self.office.desk() as desk:
            case = cases.open_case(
                desk,
                zone_name="UTC",
                caseworker_id=self.staff[ago % 2],
                supervisor_id=self.supervisor,
                missing_since=Interval(earliest, latest),
            )
            cases.look_now(desk, case)
        self.entered[case.id] = {
            "case": case.id,
            "opened": written(self.office.clock.now),
            "missing_since": f"{earliest}/{latest}",
            "consents": [],
            "events": [],
        }
        return case.id

    @rule(
        target=reports,
        case_id=opened,
        ago=days_ago,
        vague=st.integers(0, 20),
        cls=st.sampled_from([ContactClass.DIRECT, ContactClass.THIRD_PARTY]),
        confirmed=st.booleans(),
    )
    def hear(self, case_id: str, ago: int, vague: int, cls: ContactClass, confirmed: bool) -> Any:
        kept: list[str] = []
        latest = self.office.clock.now.date() - timedelta(days=ago)
        span = Days(latest - timedelta(days=vague), latest)

        def do(desk: Desk, case: Case) -> None:
            kept.append(
                record.report_contact(
                    desk, case, occurred=span, cls=cls, details={}, confirmed=confirmed
                ).id
            )

        occurred = f"{span.earliest}/{span.latest}"
        event = {"type": "contact", "occurred": occurred, "class": str(cls), "confirmed": confirmed}
        self.act(case_id, event, do)
        self.entered[case_id]["events"][-1]["id"] = kept[0]
        return multiple((case_id, kept[0]))

    @rule(report=reports, right=st.booleans())
    def decide(self, report: tuple[str, str], right: bool) -> None:
        """Confirm or reject what waits; take back what was confirmed."""
        case_id, report_id = report
        with self.office.desk() as desk:
            state = desk.session.get_one(ContactReport, report_id).state
        if state not in ("pending", "confirmed"):
            return

        def do(desk: Desk, case: Case) -> None:
            row = desk.session.get_one(ContactReport, report_id)
            if state == "confirmed":
                record.retract(desk, case, row, "A mistake.")
            elif right:
                record.confirm(desk, case, row)
            else:
                record.reject(desk, case, row, "A mistake.")

        confirming = state == "pending" and right
        self.act(case_id, {"type": "confirm" if confirming else "retract", "id": report_id}, do)

    @rule(case_id=opened)
    def acknowledge(self, case_id: str) -> None:
        if self.is_open(case_id):
            self.act(
                case_id, {"type": "acknowledge"}, lambda desk, case: cases.acknowledge(desk, case)
            )

    @rule(case_id=opened, hours=st.integers(1, 500))
    def snooze(self, case_id: str, hours: int) -> None:
        if self.is_open(case_id):
            until = self.office.clock.now + timedelta(hours=hours)
            event = {"type": "snooze", "until": written(until)}
            self.act(case_id, event, lambda desk, case: cases.snooze(desk, case, until, "A trip."))

    @rule(case_id=opened)
    def close_or_reopen(self, case_id: str) -> None:
        if self.is_open(case_id):
            today = self.office.clock.now.date()
            self.act(
                case_id,
                {"type": "close", "reason": "released"},
                lambda desk, case: cases.close(desk, case, "released", today, "A letter.", ""),
            )
        else:
            self.act(
                case_id, {"type": "reopen"}, lambda desk, case: cases.reopen(desk, case, "Again.")
            )

    @rule(case_id=opened, given=st.booleans())
    def consent(self, case_id: str, given: bool) -> None:
        def do(desk: Desk, case: Case) -> None:
            one = desk.session.scalars(select(Enquirer).filter_by(case_id=case.id)).first()
            one = one or record.add_enquirer(desk, case, {"name": "A sister"})
            sharing.record_consent(
                desk, case, one, "consular", given=given, language="en", text_checked=True
            )
            if given and not sharing.live_shares(desk, case):
                sharing.share(desk, case, self.post, ("name", "dates"))

        self.act(case_id, {"type": "consent", "role": "consular", "given": given}, do)

    # --- the world -------------------------------------------------------------------------------

    @rule(hours=st.one_of(st.integers(1, 30), st.integers(100, 900)))
    def time_passes(self, hours: int) -> None:
        self.live_until(self.office.clock.now + timedelta(hours=hours))

    @rule(hours=st.one_of(st.integers(1, 30), st.integers(100, 900)))
    def nobody_is_at_work(self, hours: int) -> None:
        start = self.office.clock.now + SECOND
        self.office.clock.move(hours=hours)
        self.downtime.append({"from": written(start), "to": written(self.office.clock.now)})
        self.office.tick()

    @rule(channel=st.sampled_from(["mail", "sms"]), kind=st.sampled_from(sorted(WEATHER)))
    def weather(self, channel: str, kind: str) -> None:
        """How the next call to a provider goes."""
        provider = self.mail if channel == "mail" else self.sms
        if kind == "bad address" and channel == "mail":
            return  # somebody must be left to tell
        provider.answers.append(WEATHER[kind] or provider.take_and_lose)

    @precondition(lambda self: self.sms.taken)
    @rule(which=st.integers(0, 1000), said=st.sampled_from(sorted(WORDS)))
    def receipt(self, which: int, said: str) -> None:
        """A callback about any message there was, in any order, any number of times."""
        number = which % len(self.sms.taken)
        state, code, outcome, fault = WORDS[said]
        word = Word(f"sms-{number + 1}", said, state, code, outcome, fault)
        with self.office.desk() as desk:
            take_receipt(desk, self.sms.taken[number].row_id, word)

    def live_until(self, target: datetime) -> None:
        """Let time pass with a worker that ticks whenever something is due."""
        while (due := self._next_due()) is not None and due <= target:
            self.office.clock.now = max(due, self.office.clock.now)
            self.office.tick()
            if self._next_due() == due:  # held back by a brake of ours
                self.office.clock.now += timedelta(minutes=1)
        self.office.clock.now = max(target, self.office.clock.now)
        self.office.tick()

    def _next_due(self) -> datetime | None:
        with self.office.desk() as desk:
            looks = desk.session.scalar(select(func.min(Case.next_look_at)))
            rows = desk.session.scalar(
                select(func.min(OutboxMessage.available_at)).where(
                    OutboxMessage.state.in_(UNFINISHED)
                )
            )
            return min((at for at in (looks, rows) if at is not None), default=None)

    # --- what must be true -----------------------------------------------------------------------

    def teardown(self) -> None:
        try:
            for _ in range(200):
                if not [row for row in self.office.rows() if row.state in UNFINISHED]:
                    break
                self.live_until(self.office.clock.now + timedelta(minutes=5))
            self.every_alert_that_fell_due_was_raised_once()
            self.every_alert_was_told_or_handed_over()
            self.nothing_was_sent_after_its_end()
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
            "cases": list(self.entered.values()),
        }
        expected = Counter(
            (line["case"], line["kind"], line["at"], line["step"], line["repetition"])
            for line in naive_replay(document)
            if line["kind"] != "consent_granted"
        )
        found = Counter(
            (one.case_id, one.kind, written(one.raised_at), one.step, one.repetition)
            for one in self.office.alerts()
            if one.kind not in ("consent_granted", "to_confirm")
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
                assert over or theirs[0].error_code == "no_consent" or theirs[0].role == "consular"
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
