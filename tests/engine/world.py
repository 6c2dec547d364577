"""What the world does in a story: time, providers, those who answer, workers that die."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.domain.naive_clock import written
from tests.engine.model import ALARMS, Alert
from tests.engine.scene import ACT, SECOND, Call, Killed
from tests.engine.story import Story
from tests.standins.provider import LOST, Answer, Provider
from tracker.channels.twilio_receipts import call_word
from tracker.domain.actor import Actor
from tracker.domain.delivery import Envelope, Fault, Outcome, SendResult, State
from tracker.engine.sending.breaker import OPENS_AT
from tracker.engine.sending.receipts import Word, take_receipt
from tracker.engine.sending.replies import Heard, hear
from tracker.engine.sending.row_tokens import reply_code

PAUSE = timedelta(minutes=2)
WEATHER = {
    "not sent": SendResult(Outcome.NOT_SENT, code="503"),
    "not now": SendResult(Outcome.NOT_SENT, code="429", retry_after=PAUSE),
    "out of reach": SendResult(Outcome.NOT_SENT, code="net_ConnectTimeout"),
    "lost": LOST,
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
CALLED = ("in-progress", "completed", "no-answer", "busy", "failed")
"""A machine that takes the call ends it like a person who presses no key."""
EVERY = ("email", "sms", "voice")
TAKE, NEXT, THERE_IS_NEWS = "1", "2", "3"
hours = st.one_of(st.integers(1, 30), st.integers(100, 900))


class World(Story):
    """Mail, text messages and calls go as they like; so do workers, and answers come."""

    @rule(hours=hours)
    def time_passes(self, hours: int) -> None:
        self.live_until(self.office.clock.now + timedelta(hours=hours))

    @rule(hours=hours)
    def nobody_is_at_work(self, hours: int) -> None:
        self.nobody_works_for(timedelta(hours=hours))
        self.turn()

    @rule(
        channels=st.sampled_from([("email",), ("sms",), ("voice",), ("sms", "voice"), EVERY]),
        kind=st.sampled_from(sorted(WEATHER)),
        times=st.sampled_from([1, OPENS_AT]),
    )
    def weather(self, channels: Sequence[str], kind: str, times: int) -> None:
        """How the next calls to providers go."""
        for channel in channels:
            if channel != "email" or kind not in ("bad address", "opted out"):
                self.providers[channel].answers += [WEATHER[kind]] * times
        self.acted_at = self.office.clock.now

    @rule(channel=st.sampled_from(EVERY), dies=st.booleans(), took=st.booleans())
    def an_answer_is_lost(self, channel: str, dies: bool, took: bool) -> None:
        """The next message may be taken, and nobody hears of it: on the way back it was lost, or
        the worker that sent it is killed in the middle (D2)."""
        provider = self.providers[channel]
        answer: Answer = partial(_kills, provider, took) if dies else provider.take_and_lose
        provider.answers.append(answer)
        self.acted_at = self.office.clock.now

    def _taken(self, which: int, *channels: str) -> Call | None:
        """One of the messages that were taken, if there is any."""
        taken = [one for one in self.calls if one.took and one.envelope.channel in channels]
        return taken[which % len(taken)] if taken else None

    @precondition(lambda self: self.providers["sms"].taken)
    @rule(which=st.integers(0, 1000), said=st.sampled_from(sorted(WORDS)), rings=st.booleans())
    def receipt(self, which: int, said: str, rings: bool) -> None:
        """A callback about any message there was, in any order, any number of times."""
        channel = "voice" if rings and self.providers["voice"].taken else "sms"
        taken = self.providers[channel].taken
        number = which % len(taken)
        if channel == "voice":
            word = call_word(f"voice-{number + 1}", CALLED[which % len(CALLED)])
        else:
            state, code, outcome, fault = WORDS[said]
            word = Word(f"sms-{number + 1}", said, state, code, outcome, fault)
        with self.office.desk() as desk:
            take_receipt(desk, taken[number].row_id, word)
        if word.state is State.REFUSED:
            self.note(ACT, partial(self._failed, taken[number], word.fault))

    def _failed(self, envelope: Envelope, fault: Fault | None) -> None:
        self.returned.add(envelope.reference)
        if fault is Fault.ADDRESS:
            self.is_bad(envelope, fault)
        for call in self.calls:
            if call.took and call.envelope.row_id == envelope.row_id:
                self.came_to(call.rows, "missed")

    @rule(
        which=st.integers(0, 1000),
        channel=st.sampled_from(EVERY),
        word=st.sampled_from([TAKE, TAKE, NEXT, THERE_IS_NEWS]),
    )
    def answer(self, which: int, channel: str, word: str) -> None:
        """Somebody answers a message, by its own way: a text message, a mail, a key in a call."""
        call = self._taken(which, channel)
        if call is None:
            return
        (row,) = (one for one in call.rows if one.row_id == call.envelope.row_id)
        if row.kind != "alert":
            return
        way = (channel, call.envelope.to)
        self.live_until(self.office.clock.now)
        self.catch_up()
        alert = self.model.alerts.get(row.alert_id or "")
        theirs = [
            each.row_id
            for one in self.calls
            if one.envelope.to == call.envelope.to
            for each in one.rows
        ]
        codes = [reply_code(self.office.services.ring, one) for one in dict.fromkeys(theirs)]
        (stored,) = self.office.rows(id=row.row_id)
        is_one_of_many = stored.carrier_id is not None or self.office.rows(carrier_id=row.row_id)
        code = reply_code(self.office.services.ring, row.row_id)
        if alert is None or way in self.model.shut or codes.count(code) > 1:
            return
        if is_one_of_many and word != TAKE:
            return
        self.office.clock.now += SECOND
        number = f"in-{len(self.calls)}-{self.office.clock.now}"
        heard = {
            "sms": Heard("twilio", number, "sms", f"{word} {code}", call.envelope.to),
            "email": Heard("email", number, "email", word, call.envelope.to, row.row_id),
            "voice": Heard("voice", f"{number}:{word}", "voice", word, row_id=row.row_id),
        }
        with self.office.services.desk(Actor("provider")) as desk:
            hear(desk, heard[channel])
        self.acted_at = self.office.clock.now
        looks_after = self.model.people[row.person_id].role in ("caseworker", "supervisor")
        if is_one_of_many:
            return  # who says "I take it" to "4 cases need you" takes none of them (D7)
        if looks_after and alert.state == "open" and alert.kind in ALARMS:  # D8
            if word == TAKE:
                event = {"at": written(self.office.clock.now), "type": "acknowledge"}
                self.entered[alert.case]["events"].append({**event, "unsigned": True})
                self.note(ACT, partial(self.model.ends, alert.case, "acknowledged", row.person_id))
            elif word == NEXT:
                self.note(ACT, partial(self._passes_on, alert, row.person_id))

    def _passes_on(self, alert: Alert, person: str) -> None:
        """The next person is told at once."""
        above = self.model.having("supervisor") - {person}
        alert.owed |= above or self.model.having("administrator")
        alert.missed.add(person)


def _kills(provider: Provider, took: bool, envelope: Envelope) -> SendResult:
    if took:
        provider.take(envelope)
    raise Killed
