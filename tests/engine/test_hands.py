"""Calls to providers side by side: few while answers come at once, many while none comes."""

from __future__ import annotations

from datetime import UTC, datetime
from threading import Barrier, Event

from tracker.domain.delivery import Envelope, Outcome, SendResult
from tracker.engine.sending.claims import Claimed
from tracker.engine.sending.hands import AT_ONCE, hands

NOW = datetime(2026, 3, 2, tzinfo=UTC)
TAKEN = SendResult(Outcome.ACCEPTED)


def claimed(number: int, channel: str = "sms") -> Claimed:
    envelope = Envelope(f"{number:032x}", channel, "", "", "", "", NOW)
    return Claimed(envelope, 1)


def test_providers_that_are_slow_to_answer_are_asked_by_all_hands() -> None:
    """Each call ends only once as many are made at the same time as ever may be."""
    together = Barrier(AT_ONCE)

    def call() -> SendResult:
        together.wait(10)
        return TAKEN

    with hands() as pool:
        for number in range(AT_ONCE):
            pool.start(claimed(number), call)
        assert sum(map(len, pool.results())) == AT_ONCE


def test_a_provider_that_hangs_holds_up_no_other_and_loses_nothing() -> None:
    """Its own calls go on as soon as it answers, each exactly once."""
    answers, made = Event(), list[int]()

    def hanging(number: int) -> SendResult:
        answers.wait(10)
        made.append(number)
        return TAKEN

    with hands() as pool:
        for number in range(3 * AT_ONCE):
            pool.start(claimed(number), lambda number=number: hanging(number))
        for number in range(3 * AT_ONCE):
            pool.start(claimed(number, "email"), lambda: TAKEN)
        mails = list[Claimed]()
        for done in pool.results(0.1):
            mails += [one for one, _result in done]
        assert [one.envelope.channel for one in mails] == ["email"] * 3 * AT_ONCE
        assert pool.full() == {"sms"}
        answers.set()
        late = [one.envelope.row_id for done in pool.results() for one, _result in done]
    assert sorted(made) == list(range(3 * AT_ONCE))
    assert sorted(late) == [claimed(number).envelope.row_id for number in range(3 * AT_ONCE)]
