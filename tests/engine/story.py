"""Stories of the whole engine, told act by act: what may happen in the office and in the world.

What must be true of every story stands in `test_state_machine`.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, multiple, precondition, rule
from sqlalchemy import select

from tests.domain.naive_clock import written
from tests.engine.scene import PHONES, SECOND, Leave, Scene
from tests.standins.provider import LOST
from tracker.domain.contact import ContactClass, Days, Interval
from tracker.domain.delivery import Fault, Outcome, SendResult, State
from tracker.domain.errors import Refused
from tracker.engine.cases import cases, leaving, merging, record, sharing
from tracker.engine.desk import Desk
from tracker.engine.sending import replies
from tracker.engine.sending.receipts import Word, take_receipt
from tracker.engine.staff import accounts
from tracker.store.schema import (
    Case,
    ContactReport,
    Enquirer,
    Person,
)

WEATHER = {
    "not sent": SendResult(Outcome.NOT_SENT, code="503"),
    "lost": LOST,
    "taken and lost": None,
    "our fault": SendResult(Outcome.REFUSED, code="21408", fault=Fault.ACCOUNT),
    "account closed": SendResult(Outcome.NOT_SENT, code="20003", fault=Fault.ACCOUNT),
    "opted out": SendResult(Outcome.REFUSED, code="21610", fault=Fault.OPTED_OUT),
    "bad address": SendResult(Outcome.REFUSED, code="21614", fault=Fault.ADDRESS),
}
WORDS = {
    "sent": (State.SENT, None, None, None),
    "delivered": (State.DELIVERED, None, None, None),
    "phone off": (State.REFUSED, "30003", Outcome.NOT_SENT, None),
    "failed": (State.REFUSED, "30005", Outcome.REFUSED, Fault.ADDRESS),
}
days_ago = st.integers(0, 100)
one_of_two = st.integers(0, 1)


class Story(Scene):
    """Up to four cases, and all that may happen to them, to those who work on them, and to mail
    and telephone."""

    opened = Bundle("opened")
    reports = Bundle("reports")

    # --- the desk --------------------------------------------------------------------------------

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
                caseworker_id=next(
                    one for one in self.staff[ago % 2 :] + self.staff if one not in self.closed
                ),
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
        case_id, kept = self.root(case_id), list[str]()
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

    @rule(case_id=opened)
    def acknowledge(self, case_id: str) -> None:
        if self.is_open(case_id := self.root(case_id)):
            self.act(
                case_id, {"type": "acknowledge"}, lambda desk, case: cases.acknowledge(desk, case)
            )

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

        self.act(self.root(case_id), {"type": "consent", "role": "consular", "given": given}, do)

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
            self.loose |= {kept, other}

    # --- the office ------------------------------------------------------------------------------

    @rule(which=one_of_two, days=st.integers(0, 30))
    def leave(self, which: int, days: int) -> None:
        """A caseworker is away from now on, the other is the deputy; no days: is back."""
        mine, other = self.staff[which], self.staff[1 - which]
        if any(
            one.person_id == other and one.until_at > self.office.clock.now for one in self.leaves
        ):
            return  # with both away it goes to whoever it was first
        with self.at_work("supervisor") as desk:
            person = desk.session.get_one(Person, mine)
            today = desk.now.date()
            person.deputy_id = other if days else None
            person.leave_from_on, person.leave_until_on = today, today + timedelta(days=days - 1)
            begins = datetime.combine(today, time(), UTC)
            self.leaves = [
                replace(one, until_at=min(one.until_at, desk.now)) if one.person_id == mine else one
                for one in self.leaves
            ]
            self.leaves.append(Leave(mine, desk.now, begins + timedelta(days=days)))

    @rule(which=one_of_two, stop=st.booleans())
    def stop_or_start(self, which: int, stop: bool) -> None:
        """Somebody wants no text messages any more, or wants them again (D8, S5)."""
        with self.at_work("supervisor") as desk:
            number = f"in-{len(self.calls)}-{self.office.clock.now}"
            word = "STOP" if stop else "START"
            replies.hear(desk, replies.Heard("kannel", number, "sms", word, PHONES[which]))
        (self.stopped.add if stop else self.stopped.discard)(PHONES[which])

    @rule(which=one_of_two)
    def close_or_open_an_account(self, which: int) -> None:
        """A caseworker goes, the other has the cases; or comes back."""
        mine, other = self.staff[which], self.staff[1 - which]
        addresses = {f"a{which}@example.net", PHONES[which]}
        if mine in self.closed:
            with self.office.desk() as desk:
                accounts.enable(desk, mine)
            self.closed.discard(mine)
            self.shut -= addresses
        elif not self.closed:
            with self.at_work("supervisor") as desk:
                leaving.hand_over_batch(desk, mine, other, "Goes.")
            with self.office.desk() as desk:
                accounts.disable(desk, mine)
            self.closed.add(mine)
            self.shut |= addresses

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
