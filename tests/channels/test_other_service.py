"""Apprise: only the schemes the operator named, and only a text message's words (S4)."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tracker.channels.other_service import OtherService
from tracker.domain.clock import system_clock
from tracker.domain.delivery import SERVICE, Envelope, Fault, Outcome

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # one of Apprise's plugins


def envelope(to: str) -> Envelope:
    return Envelope("0" * 32, SERVICE, to, "Please look. ABC234", "ABC234", "t", system_clock())


@pytest.mark.parametrize(
    "address", ["syslog://", "dbus://", "json://127.0.0.1/", "tgram://", "nothing", "file:///x"]
)
def test_a_scheme_that_nobody_named_is_refused(address: str) -> None:
    result = OtherService(("tgram",)).send(envelope(address))
    assert (result.outcome, result.fault, result.local) == (Outcome.REFUSED, Fault.ADDRESS, True)


def test_the_words_arrive_and_a_failure_is_tried_again() -> None:
    came: list[dict[str, object]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200 if len(came) == 1 else 500)
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        channel = OtherService(("json",))
        sent = envelope(f"json://127.0.0.1:{server.server_port}/")
        assert channel.send(sent).outcome is Outcome.ACCEPTED
        assert channel.send(sent).outcome is Outcome.NOT_SENT
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert came[0]["message"] == "Please look. ABC234"
