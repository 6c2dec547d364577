"""Calls by a stateful stand-in of Twilio: what they say, and what becomes of them (D4–D6, S4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest

from tests.standins.twilio import ACCOUNT, SENDER, TOKEN, Fault, Twilio, refusal, twilio_server
from tracker.channels import build_channels
from tracker.channels.twilio_codes import CALL_STATUS
from tracker.channels.twilio_receipts import read_status
from tracker.channels.twilio_sms import TwilioSms
from tracker.channels.twilio_voice import TwilioVoice
from tracker.domain.delivery import Envelope, Outcome, State, Word
from tracker.settings import load
from tracker.settings.model import Twilio as Account

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SITE = "https://tracker.example.org"
CALL = Envelope(
    row_id="b" * 32,
    channel="voice",
    to="+77015550101",
    text="",
    reference="CDFHJK",
    token="row.token",
    at=NOW,
)


@pytest.fixture
def twilio() -> Iterator[Twilio]:
    with twilio_server() as running:
        yield running


@pytest.fixture
def voice(twilio: Twilio) -> Iterator[TwilioVoice]:
    account = Account(ACCOUNT, TOKEN, sender=SENDER, api_url=twilio.url, caller=SENDER)
    channel = TwilioVoice(account, SITE, ("+86",), (1.0, 1.0), caller=SENDER)
    yield channel
    channel.close()


def words_of(twiml: str) -> ElementTree.Element:
    return ElementTree.fromstring(twiml)  # noqa: S314 — we wrote it


def test_a_call_says_a_neutral_sentence_and_waits_for_a_key(
    voice: TwilioVoice, twilio: Twilio
) -> None:
    """S4: what a text message may say, and less: no reference, no address. D8: a key answers."""
    result = voice.send(CALL)
    (call,) = twilio.calls
    assert (result.outcome, result.provider_id) == (Outcome.ACCEPTED, call.sid)
    assert (call.fields["To"], call.fields["From"]) == (CALL.to, SENDER)
    assert call.fields["StatusCallback"] == f"{SITE}/hooks/twilio/status/row.token"
    words = words_of(call.fields["Twiml"])
    gather = words.find("Gather")
    assert gather is not None
    assert gather.get("action") == f"{SITE}/hooks/twilio/voice/row.token"
    said = gather.findtext("Say") or ""
    assert "press 1" in said
    assert CALL.reference not in said
    assert "http" not in said


@pytest.mark.parametrize(
    ("language", "spoken"),
    [("ru", "ru-RU"), ("tr", "tr-TR"), ("zh-Hans", "cmn-CN"), ("kk", "ru-RU"), ("ug", "en-US")],
)
def test_the_voice_speaks_the_reader_s_language_where_there_is_one(
    voice: TwilioVoice, twilio: Twilio, language: str, spoken: str
) -> None:
    voice.send(replace(CALL, language=language))
    say = words_of(twilio.calls[0].fields["Twiml"]).find("Gather/Say")
    assert say is not None
    assert say.get("language") == spoken
    assert ("press 1" in (say.text or "")) == (spoken == "en-US")


def test_nobody_in_a_denied_country_is_called(voice: TwilioVoice, twilio: Twilio) -> None:
    """S5"""
    assert voice.send(replace(CALL, to="+8613800138000")).local
    assert not twilio.calls


def test_a_call_whose_answer_was_lost_is_found(voice: TwilioVoice, twilio: Twilio) -> None:
    """D4: it bears no reference, so any of ours to this number since then is taken for it."""
    twilio.faults.append(Fault(take=True, hang_up=True))
    assert voice.send(CALL).outcome is Outcome.UNKNOWN
    found = voice.find(CALL, NOW)
    assert found is not None
    assert found.provider_id == twilio.calls[0].sid
    assert voice.find(CALL, NOW + timedelta(minutes=2)) is None, "that was an earlier one"
    assert voice.find(replace(CALL, to="+77015550102"), NOW) is None


def test_a_refused_call_is_judged_by_its_code(voice: TwilioVoice, twilio: Twilio) -> None:
    twilio.faults.append(refusal(21217))
    result = voice.send(CALL)
    assert (result.outcome, result.code) == (Outcome.REFUSED, "21217")


@pytest.mark.parametrize("status", sorted(CALL_STATUS))
def test_what_became_of_a_call_is_heard_and_asked_alike(
    voice: TwilioVoice, twilio: Twilio, status: str
) -> None:
    """D5: by its callback, or polled."""
    voice.send(CALL)
    url, form, _ = twilio.called_back(twilio.calls[0], status)
    heard = read_status(form)
    assert url == f"{SITE}/hooks/twilio/status/row.token"
    assert heard is not None
    assert heard.account_sid == ACCOUNT
    assert voice.status(twilio.calls[0].sid) == heard.word
    assert heard.word.state is CALL_STATUS[status]
    missed = heard.word.state is State.REFUSED
    assert (heard.word.outcome is Outcome.NOT_SENT) == missed, "it is called once more"


def test_a_message_s_state_can_be_asked(twilio: Twilio) -> None:
    """D5: what has no final state is polled."""
    account = Account(ACCOUNT, TOKEN, sender=SENDER, api_url=twilio.url)
    sms = TwilioSms(account, SITE, (), timeout=(1.0, 1.0))
    sent = sms.send(replace(CALL, channel="sms", text="Please look."))
    twilio.messages[0].status = "delivered"
    assert sms.status(sent.provider_id or "") == Word(
        sent.provider_id or "", "delivered", State.DELIVERED
    )
    twilio.messages[0].status, twilio.messages[0].error_code = "undelivered", 30005
    word = sms.status(sent.provider_id or "")
    assert word is not None
    assert (word.state, word.code, word.outcome) == (State.REFUSED, "30005", Outcome.REFUSED)
    assert sms.status("SMabsent") is None
    sms.close()


def test_there_are_calls_only_where_a_number_calls(instance: object) -> None:
    environ = {
        "TRACKER_TWILIO_ACCOUNT_SID": ACCOUNT,
        "TRACKER_TWILIO_AUTH_TOKEN": TOKEN,
        "TRACKER_TWILIO_FROM": "Desk",
    }
    assert "voice" not in build_channels(load(environ, instance))  # type: ignore[arg-type]
    calling = build_channels(load(environ | {"TRACKER_TWILIO_VOICE_FROM": SENDER}, instance))  # type: ignore[arg-type]
    assert isinstance(calling["voice"], TwilioVoice)
