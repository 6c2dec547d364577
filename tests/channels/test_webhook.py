"""Signed webhooks to a real https server, and nobody else's (Standard Webhooks 1, S4)."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from standardwebhooks import Webhook as Checker
from standardwebhooks import WebhookVerificationError

from tests.standins.mail import certificate
from tracker.channels.webhook import Webhook
from tracker.domain.clock import system_clock
from tracker.domain.delivery import WEBHOOK, Envelope, Fault, Outcome

SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Receiver:
    """An https server that answers as told and keeps what came."""

    def __init__(self, folder: Path) -> None:
        self.answer, self.headers = 200, dict[str, str]()
        self.came: list[tuple[dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.came.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(receiver.answer)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_words: object) -> None:
                pass

        self.certificate, key = certificate(folder, "localhost")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://localhost:{self.server.server_port}/hook"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    made = Receiver(tmp_path)
    yield made
    made.stop()


def envelope(to: str) -> Envelope:
    text = "Please look at this page. ABC234 https://tracker.example.org/a/x"
    return Envelope("0" * 32, WEBHOOK, to, text, "ABC234", "token", system_clock())


def test_what_arrives_is_signed_and_says_what_a_text_message_says(receiver: Receiver) -> None:
    channel = Webhook(private=True, verify=str(receiver.certificate))
    sent = envelope(f"{receiver.url} {SECRET}")
    result = channel.send(sent)
    assert (result.outcome, result.code) == (Outcome.ACCEPTED, "200")
    ((headers, body),) = receiver.came
    event = Checker(SECRET).verify(body.decode(), headers)
    assert event["data"]["text"] == sent.text and event["data"]["reference"] == "ABC234"
    assert headers["webhook-id"] == sent.row_id
    assert headers["host"] == receiver.url.split("/")[2]
    with pytest.raises(WebhookVerificationError):
        Checker(SECRET).verify(body.decode().replace("ABC234", "ABC235"), headers)
    assert set(json.loads(body)["data"]) == {"reference", "text", "language", "possible_repeat"}


def test_a_repeat_bears_the_same_id(receiver: Receiver) -> None:
    channel = Webhook(private=True, verify=str(receiver.certificate))
    sent = envelope(f"{receiver.url} {SECRET}")
    channel.send(sent)
    channel.send(replace(sent, possible_repeat=True))
    assert len({headers["webhook-id"] for headers, _body in receiver.came}) == 1


@pytest.mark.parametrize(
    ("answer", "outcome", "fault"),
    [
        (204, Outcome.ACCEPTED, None),
        (302, Outcome.REFUSED, Fault.ACCOUNT),
        (400, Outcome.REFUSED, Fault.ACCOUNT),
        (410, Outcome.REFUSED, Fault.ADDRESS),
        (429, Outcome.NOT_SENT, None),
        (503, Outcome.NOT_SENT, None),
    ],
)
def test_each_answer_has_its_outcome(
    receiver: Receiver, answer: int, outcome: Outcome, fault: Fault | None
) -> None:
    receiver.answer = answer
    receiver.headers = {"Retry-After": "90", "Location": f"{receiver.url}2"}
    result = Webhook(private=True, verify=str(receiver.certificate)).send(
        envelope(f"{receiver.url} {SECRET}")
    )
    assert (result.outcome, result.fault) == (outcome, fault)
    assert len(receiver.came) == 1
    if outcome is Outcome.NOT_SENT:
        assert result.retry_after == timedelta(seconds=90)


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/x",
        "https://127.0.0.1/x",
        "https://localhost/x",
        "https://10.1.2.3/x",
        "https://169.254.169.254/latest",
        "https://[::1]/x",
        "https://user:pass@127.0.0.1/x",
        "file:///etc/passwd",
        "https:///x",
    ],
)
def test_nobody_is_made_to_call_into_our_own_network(address: str) -> None:
    result = Webhook().send(envelope(f"{address} {SECRET}"))
    assert (result.outcome, result.fault, result.local) == (Outcome.REFUSED, Fault.ADDRESS, True)


def test_a_certificate_nobody_vouches_for_and_a_closed_door_are_tried_again(
    receiver: Receiver,
) -> None:
    result = Webhook(private=True).send(envelope(f"{receiver.url} {SECRET}"))
    assert (result.outcome, result.code) == (Outcome.NOT_SENT, "net_SSLError")
    assert receiver.came == []
    closed = Webhook(private=True).send(envelope(f"https://127.0.0.1:1/x {SECRET}"))
    assert (closed.outcome, closed.code) == (Outcome.NOT_SENT, "net_ConnectionError")


def test_a_secret_that_is_none_is_refused(receiver: Receiver) -> None:
    result = Webhook(private=True).send(envelope(f"{receiver.url} whsec_!"))
    assert (result.outcome, result.code) == (Outcome.REFUSED, "secret")
