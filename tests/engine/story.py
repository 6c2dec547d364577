"""Stories of the whole engine, told act by act: what people do in the office.

What the world does stands in `world`, what must be true of every story in `test_state_machine`.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, multiple, precondition, rule
from sqlalchemy import select

from tests.domain.naive_clock import written
from tests.engine import model
from tests.engine.scene import ACT, PHONES, SECOND, Scene
from tracker.domain.actor import OPERATOR, Actor
from tracker.domain.contact import ContactClass, Days, Interval
from tracker.domain.errors import Refused
from tracker.engine.cases import cases, leaving, merging, record, sharing
from tracker.engine.desk import Desk
from tracker.engine.sending import holds, replies
from tracker.engine.staff import accounts
from tracker.store.schema import Case, ContactReport, Enquirer, Person

FLOOD = 11
days_ago = st.integers(0, 100)
one_of_two = st.integers(0, 1)


class Story(Scene):
    """Up to four cases, perhaps many more at once, and all that may happen to them and to those
    who work on them."""

    opened = Bundle("opened")
    reports = Bundle("reports")

    def __init__(self) -> None:
        super().__init__()
        self.merged: dict[str, str] = {}
        """Cases that are a part of another now."""
        self.requests: dict[str, str] = {}
        """What each request to confirm is about, by the alert's id."""
        self.stopped: set[str] = set()
        """Numbers whose owner wants nothing there."""
        self.bad: set[tuple[str, str]] = set()
        """Ways that were found not to work."""
        self.returned: set[str] = set()
        """References of text messages of which a provider said later that they did not arrive."""
        self.storm: tuple[datetime, datetime] | None = None
        """When many alerts fell due at one tick, and until when they are held (D7)."""

    # --- the desk --------------------------------------------------------------------------------

    def _opens(self, desk: Desk, latest: Any, vague: int, prefers: int) -> Case:
        caseworker = next(
            one for one in self.staff[prefers:] + self.staff if self.model.people[one].active
        )
        span = Interval(latest - timedelta(days=vague), latest)
        case = cases.open_case(
            desk,
            zone_name="UTC",
            caseworker_id=caseworker,
            supervisor_id=self.supervisor,
            missing_since=span,
        )
        self.model.cases[case.id] = model.Case(caseworker)
        self.entered[case.id] = {
            "case": case.id,
            "opened": written(self.office.clock.now),
            "missing_since": f"{span.earliest}/{span.latest}",
            "consents": [],
            "events": [],
        }
        return case

    @precondition(lambda self: len(self.entered) % FLOOD < 4)
    @rule(target=opened, ago=days_ago, vague=st.integers(0, 20))
    def open(self, ago: int, vague: int) -> Any:
        with self.at_work("caseworker") as desk:
            case = self._opens(desk, desk.now.date() - timedelta(days=ago), vague, ago % 2)
            cases.look_now(desk, case)
            return case.id

    @precondition(lambda self: self.storm is None)
    @rule(ago=st.integers(8, 100), word=st.booleans())
    def many_fall_due_at_once(self, ago: int, word: bool) -> None:
        """D7: they are held for a supervisor's word, or a quarter of an hour."""
        with self.at_work("caseworker") as desk:
            for number in range(FLOOD):
                self._opens(desk, desk.now.date() - timedelta(days=ago), 0, number % 2)
        at = self.office.clock.now
        self.storm = at, at + timedelta(minutes=15)
        self._tick(self.workers[0])
        if word:
            self.office.clock.now += SECOND
            with self.office.desk() as desk:
                desk.actor = Actor("person", self.supervisor, frozenset({"supervisor"}))
                holds.release(desk)
            self.storm = at, self.office.clock.now

    @rule(
        target=reports,
        case_id=opened,
        ago=days_ago,
        vague=st.integers(0, 20),
        cls=st.sampled_from([ContactClass.DIRECT, ContactClass.THIRD_PARTY]),
        confirmed=st.booleans(),
    )
    def hear(self, case_id: str, ago: int, vague: int, cls: ContactClass, confirmed: bool) -> Any:
        case_id, kept = self.root(case_id), list[str]()
        latest = self.office.clock.now.date() - timedelta(days=ago)
        span = Days(latest - timedelta(days=vague), latest)

        def do(desk: Desk, case: Case) -> None:
            told = record.report_contact(
                desk, case, occurred=span, cls=cls, details={}, confirmed=confirmed
            )
            kept.append(told.id)

        occurred = f"{span.earliest}/{span.latest}"
        event = {"type": "contact", "occurred": occurred, "class": str(cls), "confirmed": confirmed}
        self.act(case_id, event, do)
        self.entered[case_id]["events"][-1]["id"] = kept[0]
        return multiple((case_id, kept[0]))

    @rule(report=reports, right=st.booleans())
    def decide(self, report: tuple[str, str], right: bool) -> None:
        """Confirm or reject what waits; take back what was confirmed."""
        case_id, report_id = self.root(report[0]), report[1]
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
        self.note(ACT, partial(self._is_decided, report_id))

    def _is_decided(self, report_id: str) -> None:
        for name, one in self.model.alerts.items():
            if self.requests.get(name) == report_id and one.state == "open":
                one.state = "resolved"

    @rule(case_id=opened)
    def acknowledge(self, case_id: str) -> None:
        if self.is_open(case_id := self.root(case_id)):
            self.act(
                case_id, {"type": "acknowledge"}, lambda desk, case: cases.acknowledge(desk, case)
            )
            self.note(ACT, partial(self.model.ends, case_id, "acknowledged", self.staff[0]))

    @rule(case_id=opened, hours=st.integers(1, 500))
    def snooze(self, case_id: str, hours: int) -> None:
        if self.is_open(case_id := self.root(case_id)):
            until = self.office.clock.now + timedelta(hours=hours)
            event = {"type": "snooze", "until": written(until)}
            self.act(case_id, event, lambda desk, case: cases.snooze(desk, case, until, "A trip."))

    @rule(case_id=opened)
    def close_or_reopen(self, case_id: str) -> None:
        if self.is_open(case_id := self.root(case_id)):
            today = self.office.clock.now.date()
            self.act(
                case_id,
                {"type": "close", "reason": "released"},
                lambda desk, case: cases.close(desk, case, "released", today, "A letter.", ""),
            )
            self.note(ACT, partial(self.model.ends, case_id, "closed"))
        else:
            self.act(
                case_id, {"type": "reopen"}, lambda desk, case: cases.reopen(desk, case, "Again.")
            )

    @rule(case_id=opened, given=st.booleans())
    def consent(self, case_id: str, given: bool) -> None:
        case_id = self.root(case_id)

        def do(desk: Desk, case: Case) -> None:
            one = desk.session.scalars(select(Enquirer).filter_by(case_id=case.id)).first()
            one = one or record.add_enquirer(desk, case, {"name": "A sister"})
            sharing.record_consent(
                desk, case, one, "consular", given=given, language="en", text_checked=True
            )
            if given and not sharing.live_shares(desk, case):
                sharing.share(desk, case, self.post, ("name", "dates"))

        self.act(case_id, {"type": "consent", "role": "consular", "given": given}, do)
        if case_id in self.model.cases:
            self.note(ACT, partial(self._consents, case_id, given))

    def _consents(self, case_id: str, given: bool) -> None:
        self.model.cases[case_id].consent = given
        if not given:
            self.model.ends(case_id, "withdrawn")

    @rule(one=opened, two=opened)
    def merge_or_undo(self, one: str, two: str) -> None:
        """Two cases are one, or are two again. Refusals are the product's to make."""
        kept, other = self.root(one), self.root(two)
        with suppress(Refused), self.at_work("supervisor") as desk:
            case = self.office.case(kept, desk)
            if kept != other:
                merging.merge(desk, case, self.office.case(other, desk), "The same person.")
                self.merged[other] = kept
            elif (last := merging.last_merge(desk, case)) is not None:
                other = last.other_id
                merging.undo(desk, case, last, "They are two.")
                del self.merged[other]
            else:
                return
            for case_id in (kept, other):  # how its clock goes on nobody else works out (R17)
                self.model.cases.pop(case_id, None)

    def root(self, case_id: str) -> str:
        """The case, or the one it is a part of now."""
        while case_id in self.merged:
            case_id = self.merged[case_id]
        return case_id

    def is_open(self, case_id: str) -> bool:
        with self.office.desk() as desk:
            return self.office.case(case_id, desk).state == "open"

    # --- the office ------------------------------------------------------------------------------

    @rule(which=one_of_two, days=st.integers(0, 30))
    def leave(self, which: int, days: int) -> None:
        """A caseworker is away from now on, the other is the deputy; no days: is back."""
        mine, other = self.staff[which], self.staff[1 - which]
        away = self.model.people[other].away_until
        if away is not None and away > self.office.clock.now:
            return  # with both away it goes to whoever it was first
        with self.at_work("supervisor") as desk:
            person = desk.session.get_one(Person, mine)
            today = desk.now.date()
            person.deputy_id = other if days else None
            person.leave_from_on, person.leave_until_on = today, today + timedelta(days=days - 1)
            until = datetime.combine(today, time(), UTC) + timedelta(days=days)
        self.note(ACT, partial(self._leaves, mine, other, until))

    def _leaves(self, mine: str, deputy: str, until: datetime) -> None:
        self.model.people[mine].deputy, self.model.people[mine].away_until = deputy, until

    @rule(which=one_of_two, stop=st.booleans())
    def stop_or_start(self, which: int, stop: bool) -> None:
        """Somebody wants no text messages any more, or wants them again (D8, S5)."""
        number = PHONES[which]
        with self.at_work("supervisor") as desk:
            said = f"in-{len(self.calls)}-{self.office.clock.now}"
            word = "STOP" if stop else "START"
            replies.hear(desk, replies.Heard("kannel", said, "sms", word, number))
        self.note(ACT, partial(self._stops, number, stop))

    def _stops(self, number: str, stop: bool) -> None:
        ways = {("sms", number), ("voice", number)}
        (self.stopped.add if stop else self.stopped.discard)(number)
        self.model.shut = self.model.shut | ways if stop else self.model.shut - (ways - self.bad)

    @rule(which=one_of_two)
    def close_or_open_an_account(self, which: int) -> None:
        """A caseworker goes, the other has the cases; or comes back."""
        mine, other = self.staff[which], self.staff[1 - which]
        if not self.model.people[mine].active:
            with self.at_work("supervisor") as desk:
                desk.actor = OPERATOR
                accounts.enable(desk, mine)
            self.note(ACT, partial(setattr, self.model.people[mine], "active", True))
        elif self.model.people[other].active:
            with self.at_work("supervisor") as desk:
                leaving.hand_over_batch(desk, mine, other, "Goes.")
                desk.actor = OPERATOR
                accounts.disable(desk, mine)
            self.note(ACT, partial(self._goes, mine, other))

    def _goes(self, mine: str, other: str) -> None:
        self.model.people[mine].active = False
        for case in self.model.cases.values():
            if case.caseworker == mine:
                case.caseworker = other
