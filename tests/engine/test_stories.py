"""Stories that lead to places which acts in any order seldom reach, each told for its rule.

They are played by the same machine as `test_state_machine`, against the same model: what a story
says is only what happens. At every `yield` the whole engine must stand as the model says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.engine.test_state_machine import Engine
from tests.engine.world import EVERY, TAKE
from tracker.domain.contact import ContactClass
from tracker.engine.sending.breaker import OPENS_AT

Acts = Iterator[None]
FIRST = 0
"""The caseworker of cases that were silent for an even number of days."""


def d4_a_message_lost_twice_is_handed_up(office: Engine) -> Acts:
    """Every answer is lost, and nothing was taken: those above are told, and not before."""
    office.weather(EVERY, "lost", OPENS_AT)
    office.weather(EVERY, "lost", OPENS_AT)
    office.open(40, 0)
    yield
    office.time_passes(30)


def d4_a_message_lost_once_is_sent_again(office: Engine) -> Acts:
    """One lost answer is no failure: nobody above hears of it, and nobody is called for it."""
    office.weather(EVERY, "lost", 1)
    office.open(8, 0)
    yield
    office.time_passes(1)


def d2_what_a_dead_worker_had_claimed_is_in_doubt(office: Engine) -> Acts:
    """It died with one message; the others that it had claimed are looked for before they are
    sent, and are sent once."""
    office.weather(["email"], "lost", 1)
    for channel in EVERY:
        office.an_answer_is_lost(channel, dies=True, took=channel == "sms")
    office.weather(EVERY, "lost", OPENS_AT)
    office.open(40, 0)
    yield
    office.time_passes(30)


def r5_news_go_to_who_was_told_since_the_last_all_clear(office: Engine) -> Acts:
    """The supervisor was told in the first silence, not in the second."""
    case = office.open(40, 0)
    yield
    _hear(office, case)
    yield
    office.time_passes(200)
    yield
    _hear(office, case)
    yield
    office.time_passes(1)


def r5_who_was_sent_nothing_gets_no_news(office: Engine) -> Acts:
    """Of two whom an alert is for, mail to one waits still; the other has a text message."""
    office.stop_or_start(FIRST, stop=True)
    office.weather(["email"], "not sent", OPENS_AT)
    case = office.open(40, 0)
    yield
    _hear(office, case)
    yield
    office.time_passes(1)


def r10_a_hand_over_that_waits_is_held_by_acknowledging(office: Engine) -> Acts:
    """Raised before somebody took it on, on its way still: nobody needs it any more."""
    case = office.open(20, 0)
    office.time_passes(47)
    office.weather(EVERY, "not sent", OPENS_AT)
    yield
    _until_raised(office)
    office.acknowledge(case)
    yield
    office.time_passes(10)


def r13_a_request_ends_with_the_consent_it_came_of(office: Engine) -> Acts:
    case = office.open(90, 0)
    yield
    office.weather(["email"], "not sent", OPENS_AT)
    office.consent(case, given=True)
    office.turn()
    yield
    office.consent(case, given=False)
    yield
    office.time_passes(10)


def r13_no_post_is_told_after_consent_ended(office: Engine) -> Acts:
    """Nobody knows whether mail to the post left when consent is withdrawn: no second one goes."""
    case = office.open(20, 0)
    office.consent(case, given=True)
    office.time_passes(230)
    yield
    office.weather(["email"], "lost", OPENS_AT)
    _until_raised(office)
    office.consent(case, given=False)
    yield
    office.time_passes(1)


def s6_without_sign_in_it_is_held_for_a_day(office: Engine) -> Acts:
    office.open(20, 0)
    yield
    office.time_passes(1)
    office.answer(0, "sms", TAKE)
    yield
    office.time_passes(50)


def d3_who_took_it_on_is_told_no_more(office: Engine) -> Acts:
    """Their mail waits while they take it on by text message."""
    office.weather(["email"], "not sent", OPENS_AT)
    office.open(20, 0)
    office.turn()
    yield
    office.answer(0, "sms", TAKE)
    yield
    office.time_passes(1)


def s5_who_stopped_text_messages_is_not_called(office: Engine) -> Acts:
    """The call waits for its next try when they stop."""
    office.weather(["sms"], "bad address", 1)
    office.weather(["voice"], "not sent", OPENS_AT)
    office.open(20, 0)
    office.turn()
    yield
    office.stop_or_start(FIRST, stop=True)
    yield
    office.time_passes(1)


def d6_nobody_is_told_whom_it_is_not_for(office: Engine) -> Acts:
    """The first step is the caseworker's alone."""
    office.open(9, 0)
    yield
    office.time_passes(30)


def d7_one_message_about_many_cases_fails_for_all_of_them(office: Engine) -> Acts:
    office.weather(["email", "sms"], "not sent", OPENS_AT)
    office.many_fall_due_at_once(20, word=True)
    yield
    office.time_passes(1)


def d7_who_takes_one_message_about_many_cases_takes_none(office: Engine) -> Acts:
    office.many_fall_due_at_once(20, word=True)
    yield
    office.time_passes(1)
    for channel in EVERY:
        for which in range(3):
            office.answer(which, channel, TAKE)


def d7_a_provider_out_of_reach_is_left_alone(office: Engine) -> Acts:
    office.weather(EVERY, "out of reach", OPENS_AT)
    office.weather(EVERY, "out of reach", OPENS_AT)
    office.many_fall_due_at_once(20, word=True)
    yield
    office.time_passes(1)


def _hear(office: Engine, case: str) -> None:
    office.hear(case, 0, 0, ContactClass.DIRECT, confirmed=True)


def _until_raised(office: Engine) -> None:
    """Time passes until the next alert, and not longer: its messages had their first try."""
    before = len(office.office.alerts())
    while len(office.office.alerts()) == before:
        due = office.next_due()
        assert due is not None
        office.live_until(due)


STORIES: list[Callable[[Engine], Acts]] = [
    told for name, told in list(globals().items()) if name[0] in "drs" and name[1].isdigit()
]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_as_told(story: Callable[[Engine], Acts], request: pytest.FixtureRequest) -> None:
    Engine.databases = request.getfixturevalue("_databases")
    engine = Engine()
    try:
        for _ in story(engine):
            engine.all_is_as_it_must_be()
        engine.all_is_as_it_must_be()
    finally:
        engine.teardown()
