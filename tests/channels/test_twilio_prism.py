"""What we ask of Twilio, and how we read its answers, by Twilio's own OpenAPI document (D11)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import requests

from tests.standins.prism import prism_before
from tests.standins.twilio import (
    ACCOUNT,
    MESSAGE,
    NOW,
    SENDER,
    SITE,
    TOKEN,
    Fault,
    Twilio,
    refusal,
    twilio_server,
)
from tracker.channels.twilio_sms import TwilioSms
from tracker.channels.twilio_voice import TwilioVoice
from tracker.domain.delivery import Outcome
from tracker.settings.model import Twilio as Account


@pytest.fixture(scope="module")
def peers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Twilio, str]]:
    log = tmp_path_factory.mktemp("prism") / "log"
    with twilio_server() as twilio, prism_before(twilio.url, log) as url:
        yield twilio, url


@pytest.fixture
def twilio(peers: tuple[Twilio, str]) -> Twilio:
    peers[0].forget()
    peers[0].faults.clear()
    return peers[0]


@pytest.fixture
def url(peers: tuple[Twilio, str]) -> str:
    return peers[1]


@pytest.fixture(params=["a number", "a messaging service", "a name"])
def channel(request: pytest.FixtureRequest, url: str) -> Iterator[TwilioSms]:
    sender = {
        "a number": {"sender": SENDER},
        "a messaging service": {"messaging_service_sid": "MG" + "0" * 32},
        "a name": {"sender": "Desk"},
    }[request.param]
    made = TwilioSms(Account(ACCOUNT, TOKEN, api_url=url, **sender), SITE, ("+86",), (5.0, 20.0))
    yield made
    made.close()


def test_the_document_allows_what_we_ask_and_our_stand_in_answers(
    channel: TwilioSms, twilio: Twilio
) -> None:
    sent = channel.send(MESSAGE)
    assert sent.outcome is Outcome.ACCEPTED
    found = channel.find(MESSAGE, NOW)
    assert found is not None
    assert found.provider_id == sent.provider_id == twilio.messages[0].sid


@pytest.mark.parametrize("words", ["Қарап шығыңыз.", "بەتنى كۆرۈڭ.", "请看此页。", "a" * 900])
def test_words_in_any_script_pass(channel: TwilioSms, twilio: Twilio, words: str) -> None:
    assert channel.send(replace(MESSAGE, text=words)).outcome is Outcome.ACCEPTED
    assert twilio.messages[0].fields["Body"] == words


def test_a_lost_answer_is_found_again(channel: TwilioSms, twilio: Twilio) -> None:
    """D4, over a real gateway between us: it answers in Twilio's place, and that says nothing."""
    twilio.faults.append(Fault(take=True, hang_up=True))
    assert channel.send(MESSAGE).outcome is Outcome.UNKNOWN
    found = channel.find(MESSAGE, NOW)
    assert found is not None and found.provider_id == twilio.messages[0].sid


def test_calls_pass_too(url: str, twilio: Twilio) -> None:
    """What we ask of a call, how it is found again, and what became of it."""
    account = Account(ACCOUNT, TOKEN, sender=SENDER, api_url=url, caller=SENDER)
    voice = TwilioVoice(account, SITE, ("+86",), (5.0, 20.0), caller=SENDER)
    call = replace(MESSAGE, channel="voice", text="")
    sent = voice.send(call)
    assert (sent.outcome, sent.provider_id) == (Outcome.ACCEPTED, twilio.calls[0].sid)
    found = voice.find(call, NOW)
    assert found is not None and found.provider_id == sent.provider_id
    assert sent.provider_id is not None
    assert voice.status(sent.provider_id) is not None
    voice.close()


def test_errors_of_twilio_pass_unchanged(channel: TwilioSms, twilio: Twilio) -> None:
    twilio.faults += [refusal(21614), refusal(20429, 429, Retry_After="90")]
    assert channel.send(MESSAGE).code == "21614"
    assert channel.send(MESSAGE).retry_after == timedelta(seconds=90)


def test_what_the_document_forbids_does_not_pass(url: str, twilio: Twilio) -> None:
    """Else the tests above could not fail."""
    address = f"{url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    with requests.Session() as session:
        session.auth = (ACCOUNT, TOKEN)
        wrong = {"Body": "no recipient"}
        assert session.post(address, data=wrong, timeout=20).status_code == 422
        wrong = {"To": "+7", "Body": "x", "ValidityPeriod": "two hours"}
        assert session.post(address, data=wrong, timeout=20).status_code == 422
    assert not twilio.messages
