"""Text messages to a stateful stand-in of Twilio: each fault is taken for what it is (D4)."""

from __future__ import annotations

import base64
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

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
from tracker.channels.twilio_codes import CODES, STATUS, decide, decide_receipt
from tracker.channels.twilio_http import FAILURES
from tracker.channels.twilio_receipts import read_status
from tracker.channels.twilio_sms import TwilioSms
from tracker.domain import delivery
from tracker.domain.delivery import Outcome, SendResult, State
from tracker.settings.model import Twilio as Account


@pytest.fixture
def twilio() -> Iterator[Twilio]:
    with twilio_server() as running:
        yield running


Made = Callable[..., TwilioSms]


@pytest.fixture
def channel() -> Iterator[Made]:
    """`channel(url, **account)`; closed when the test ends."""
    made = []

    def make(url: str, **more: str) -> TwilioSms:
        sender = {} if "messaging_service_sid" in more else {"sender": SENDER}
        account = Account(ACCOUNT, TOKEN, api_url=url, **sender, **more)  # type: ignore[arg-type]
        made.append(TwilioSms(account, SITE, ("+86", "+850"), timeout=(1.0, 1.0)))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_what_is_asked_of_twilio(channel: Made, twilio: Twilio) -> None:
    result = channel(twilio.url).send(MESSAGE)
    (taken,) = twilio.messages
    assert (result.outcome, result.provider_id) == (Outcome.ACCEPTED, taken.sid)
    assert taken.fields == {
        "To": MESSAGE.to,
        "From": SENDER,
        "Body": MESSAGE.text,
        "StatusCallback": f"{SITE}/hooks/twilio/status/row.token",
        "ValidityPeriod": "7200",
    }
    credentials = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
    assert twilio.credentials == [f"Basic {credentials}"]


def test_the_api_key_sends_where_there_is_one(channel: Made, twilio: Twilio) -> None:
    key = "SK" + "0" * 32
    service = "MG" + "0" * 32
    speaking = channel(
        twilio.url, api_key_sid=key, api_key_secret="s3cret", messaging_service_sid=service
    )
    assert speaking.send(MESSAGE).outcome is Outcome.ACCEPTED
    assert twilio.credentials == ["Basic " + base64.b64encode(f"{key}:s3cret".encode()).decode()]
    assert twilio.messages[0].fields["MessagingServiceSid"] == service
    assert "From" not in twilio.messages[0].fields


@pytest.mark.parametrize("number", ["+8613800138000", "+8502381234"])
def test_a_denied_country_is_not_even_asked(channel: Made, twilio: Twilio, number: str) -> None:
    """S5"""
    result = channel(twilio.url).send(replace(MESSAGE, to=number))
    assert (result.outcome, result.code) == (Outcome.REFUSED, "denied_country")
    assert result.local, "it says nothing about the provider (D7)"
    assert result.fault is delivery.Fault.DENIED
    assert not twilio.credentials


FAULTS = [
    ("answer lost after taking", Fault(take=True, hang_up=True), Outcome.UNKNOWN),
    ("no answer", Fault(take=True, silent_seconds=3), Outcome.UNKNOWN),
    ("201 with garbage", Fault(201, "<html>", take=True), Outcome.UNKNOWN),
    ("201 with nothing in it", Fault(201, "{}", take=True), Outcome.UNKNOWN),
    ("500", Fault(500, "oops"), Outcome.UNKNOWN),
    ("502", Fault(502, "<html>bad gateway"), Outcome.UNKNOWN),
    ("20500", refusal(20500, 500), Outcome.UNKNOWN),
    ("503", refusal(20503, 503), Outcome.NOT_SENT),
    ("429", refusal(20429, 429), Outcome.NOT_SENT),
    ("auth", refusal(20003, 401), Outcome.NOT_SENT),
    ("no mobile number", refusal(21614), Outcome.REFUSED),
    ("stopped", refusal(21610), Outcome.REFUSED),
    ("a code nobody knows", refusal(29999), Outcome.REFUSED),
    (
        "the newer form of errors",
        Fault(400, '{"type":"x","title":"t","status":400,"code":21211}'),
        Outcome.REFUSED,
    ),
]


@pytest.mark.parametrize(
    ("fault", "outcome"), [(f, o) for _, f, o in FAULTS], ids=[n for n, *_ in FAULTS]
)
def test_the_three_outcomes(channel: Made, twilio: Twilio, fault: Fault, outcome: Outcome) -> None:
    """D4: an answer that may hide an accepted message is `unknown`, never "not sent"."""
    twilio.faults.append(fault)
    assert channel(twilio.url).send(MESSAGE).outcome is outcome


def test_retry_after_is_kept(channel: Made, twilio: Twilio) -> None:
    """D4: Retry-After wins; the SDK's exceptions do not carry it."""
    twilio.faults += [refusal(20429, 429, Retry_After="90"), refusal(20429, 429)]
    speaking = channel(twilio.url)
    assert speaking.send(MESSAGE).retry_after == timedelta(seconds=90)
    assert speaking.send(MESSAGE).retry_after is None


@pytest.mark.parametrize("header", ["Mon, 02 Mar 2026 09:00:00 GMT", "-5", "٣٠", ""])
def test_a_retry_after_that_is_no_number_is_not_believed(
    channel: Made, twilio: Twilio, header: str
) -> None:
    fault = refusal(20429, 429)
    fault.headers["Retry-After"] = header.encode("utf-8").decode("latin-1")
    twilio.faults.append(fault)
    assert channel(twilio.url).send(MESSAGE).retry_after is None


def test_a_retry_after_without_end_is_an_hour(channel: Made, twilio: Twilio) -> None:
    twilio.faults.append(refusal(20429, 429, Retry_After="9" * 5000))
    result = channel(twilio.url).send(MESSAGE)
    assert (result.outcome, result.retry_after) == (Outcome.NOT_SENT, timedelta(hours=1))


def test_nobody_listens_so_nothing_was_sent(channel: Made) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    result = channel(f"http://127.0.0.1:{port}").send(MESSAGE)
    assert (result.outcome, result.code) == (Outcome.NOT_SENT, "net_NewConnectionError")


def test_a_host_without_an_address_was_sent_nothing(channel: Made) -> None:
    result = channel("http://nowhere.invalid").send(MESSAGE)
    assert result.outcome is Outcome.NOT_SENT


def test_a_message_of_unknown_fate_is_found_by_its_reference(channel: Made, twilio: Twilio) -> None:
    """D4: list messages by recipient."""
    speaking = channel(twilio.url)
    assert speaking.find(MESSAGE, NOW) is None
    twilio.faults.append(Fault(take=True, hang_up=True))
    assert speaking.send(MESSAGE).outcome is Outcome.UNKNOWN
    found = speaking.find(MESSAGE, NOW)
    assert found == SendResult(Outcome.ACCEPTED, provider_id=twilio.messages[0].sid, code="queued")
    assert speaking.find(replace(MESSAGE, reference="XYZXYZ"), NOW) is None


def test_it_is_found_though_many_went_to_that_number_since(channel: Made, twilio: Twilio) -> None:
    speaking = channel(twilio.url)
    twilio.faults.append(Fault(take=True, hang_up=True))
    speaking.send(MESSAGE)
    for number in range(100):
        speaking.send(replace(MESSAGE, text="Other words", reference=f"OTHR{number:02}"))
    found = speaking.find(MESSAGE, NOW)
    assert found is not None and found.provider_id == twilio.messages[0].sid


def test_looking_that_fails_has_not_found_nothing(channel: Made) -> None:
    with pytest.raises(FAILURES):  # D4
        channel("http://127.0.0.1:9").find(MESSAGE, NOW)


@pytest.mark.parametrize("status", sorted(STATUS))
def test_every_status_is_read(status: str) -> None:
    reading = read_status({"MessageSid": "SM1", "MessageStatus": status, "AccountSid": ACCOUNT})
    assert reading is not None
    assert reading.word.state is STATUS[status]
    assert (reading.word.outcome is not None) == (reading.word.state is State.REFUSED)


def test_a_status_nobody_knows_is_no_news() -> None:
    """Twilio adds statuses without notice."""
    reading = read_status({"MessageSid": "SM1", "MessageStatus": "teleported"})
    assert reading is not None
    assert (reading.word.state, reading.word.outcome) == (None, None)
    assert read_status({"MessageSid": "SM1"}) is None


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_has_a_decision_that_ends_somewhere(code: int) -> None:
    """A refusal says whose fault it is; what was not sent, only that our account is closed."""
    for decision in (decide(code, 400), decide_receipt(code)):
        closed = (decision.outcome, decision.fault) == (Outcome.NOT_SENT, delivery.Fault.ACCOUNT)
        assert closed or (decision.outcome is Outcome.REFUSED) == (decision.fault is not None)
