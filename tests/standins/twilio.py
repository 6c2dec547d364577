"""A small stateful Twilio on loopback: takes messages, lists them, and calls back, signed.

What it takes and answers follows Twilio's OpenAPI document (v2010, Messages) and its page
"Outbound message status in status callbacks". Faults are told to it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from tracker.domain.delivery import Envelope

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "an-invented-auth-token-of-tests"
SENDER = "+15005550006"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SITE = "https://tracker.example.org"
MESSAGE = Envelope(
    row_id="b" * 32,
    channel="sms",
    to="+77015550101",
    text=f"Please look at this page. CDFHJK {SITE}/a/x",
    reference="CDFHJK",
    token="row.token",
    at=NOW,
    valid_for=timedelta(hours=2),
)
"""A message as our outbox hands it over."""
HOME = "https://api.twilio.com"
"""What the document has before the addresses of pages."""


@dataclass
class Taken:
    """A message Twilio took."""

    sid: str
    fields: dict[str, str]
    status: str = "queued"
    error_code: int | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "sid": self.sid,
            "account_sid": ACCOUNT,
            "to": self.fields["To"],
            "from": self.fields.get("From"),
            "messaging_service_sid": self.fields.get("MessagingServiceSid"),
            "body": self.fields["Body"],
            "status": self.status,
            "error_code": self.error_code,
            "error_message": None,
            "num_segments": "1",
            "num_media": "0",
            "direction": "outbound-api",
            "api_version": "2010-04-01",
            "price": None,
            "price_unit": "USD",
            "date_created": "Mon, 02 Mar 2026 09:00:00 +0000",
            "date_updated": "Mon, 02 Mar 2026 09:00:00 +0000",
            "date_sent": None,
            "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{self.sid}.json",
            "subresource_uris": {},
        }


@dataclass
class Called:
    """A call Twilio makes."""

    sid: str
    fields: dict[str, str]
    status: str = "queued"

    def as_json(self) -> dict[str, Any]:
        return {
            "sid": self.sid,
            "account_sid": ACCOUNT,
            "to": self.fields["To"],
            "from": self.fields["From"],
            "status": self.status,
            "direction": "outbound-api",
            "answered_by": None,
            "date_created": "Mon, 02 Mar 2026 09:00:00 +0000",
            "start_time": None,
            "api_version": "2010-04-01",
            "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Calls/{self.sid}.json",
            "subresource_uris": {},
        }


@dataclass
class Fault:
    """How the next request goes wrong. With `take` the message is taken all the same."""

    status: int = 500
    body: str = "{}"
    headers: dict[str, str] = field(default_factory=dict)
    take: bool = False
    hang_up: bool = False
    silent_seconds: float = 0.0
    well: bool = False
    """Take it and answer well in the end."""
    meanwhile: Callable[[], object] | None = None
    """What happens in the world after the message was taken and before the answer."""


def refusal(code: int, status: int = 400, **headers: str) -> Fault:
    """An error answer in Twilio's own form."""
    body = {"code": code, "message": "Refused", "more_info": "", "status": status}
    return Fault(status, json.dumps(body), {k.replace("_", "-"): v for k, v in headers.items()})


@dataclass
class Twilio:
    """The account's state."""

    messages: list[Taken] = field(default_factory=list)
    calls: list[Called] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    faults_to: dict[str, list[Fault]] = field(default_factory=dict)
    """Faults for one number; they come before the others."""
    credentials: list[str] = field(default_factory=list)
    url: str = ""
    released: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    by_sid: dict[str, Taken | Called] = field(default_factory=dict)
    by_number: dict[tuple[str, str], list[Taken | Called]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """Messages and calls to a number; the list of one with tens of thousands is long to read."""

    def take(self, fields: dict[str, str]) -> Taken:
        taken = Taken("SM" + secrets.token_hex(16), fields)
        self._file("Messages", taken)
        self.messages.append(taken)
        return taken

    def call(self, fields: dict[str, str]) -> Called:
        called = Called("CA" + secrets.token_hex(16), fields)
        self._file("Calls", called)
        self.calls.append(called)
        return called

    def forget(self) -> None:
        """As on its first day."""
        self.messages.clear()
        self.calls.clear()
        self.by_sid.clear()
        self.by_number.clear()

    def _file(self, what: str, one: Taken | Called) -> None:
        with self.lock:
            self.by_sid[one.sid] = one
            self.by_number[what, one.fields["To"]].append(one)

    def make(self, what: str, fields: dict[str, str]) -> Taken | Called:
        return self.take(fields) if what == "Messages" else self.call(fields)

    def called_back(self, called: Called, status: str) -> tuple[str, dict[str, str], str]:
        """What Twilio would call about a call: address, form, and signature."""
        called.status = status
        form = {
            "AccountSid": ACCOUNT,
            "ApiVersion": "2010-04-01",
            "CallSid": called.sid,
            "CallStatus": status,
            "From": called.fields["From"],
            "To": called.fields["To"],
        }
        url = called.fields["StatusCallback"]
        return url, form, sign(url, form)

    def callback(self, taken: Taken, status: str, **more: str) -> tuple[str, dict[str, str], str]:
        """What Twilio would call about a status: address, form, and signature."""
        taken.status = status
        form = {
            "AccountSid": ACCOUNT,
            "ApiVersion": "2010-04-01",
            "From": SENDER,
            "To": taken.fields["To"],
            "MessageSid": taken.sid,
            "MessageStatus": status,
            "SmsSid": taken.sid,
            "SmsStatus": status,
            **more,
        }
        url = taken.fields["StatusCallback"]
        return url, form, sign(url, form)


def sign(url: str, form: dict[str, str], token: str = TOKEN) -> str:
    """Twilio's signature, as its security page describes it."""
    text = url + "".join(key + form[key] for key in sorted(form))
    digest = hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def _handler(twilio: Twilio) -> type[BaseHTTPRequestHandler]:
    root = f"/2010-04-01/Accounts/{ACCOUNT}/"
    needed = {"Messages": {"To", "Body"}, "Calls": {"To", "From", "Twiml"}}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # head and body are two packets: no answer waits 40 ms

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            fields = dict(parse_qsl(self.rfile.read(length).decode(), keep_blank_values=True))
            twilio.credentials.append(self.headers["Authorization"])
            what = urlsplit(self.path).path.removeprefix(root).removesuffix(".json")
            if what not in needed or not needed[what] <= fields.keys():
                self._answer(404, "{}")
                return
            with twilio.lock:
                queue = twilio.faults_to.get(fields["To"]) or twilio.faults
                fault = queue.pop(0) if queue else Fault(well=True)
            taken = twilio.make(what, fields) if fault.take or fault.well else None
            if fault.meanwhile is not None:
                fault.meanwhile()
            if fault.silent_seconds:
                twilio.released.wait(fault.silent_seconds)
            if fault.well and taken is not None:
                self._answer(201, json.dumps(taken.as_json()))
                return
            if fault.hang_up or fault.silent_seconds:
                self.close_connection = True
                return
            self._answer(fault.status, fault.body, fault.headers)

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            what, _, sid = path.removeprefix(root).removesuffix(".json").partition("/")
            asked = parse_qs(urlsplit(self.path).query)
            if sid:
                one = twilio.by_sid.get(sid)
                self._answer(200 if one else 404, json.dumps(one.as_json() if one else {}))
                return
            size = int(asked.get("PageSize", ["50"])[0])
            with twilio.lock:
                found = twilio.by_number.get((what, asked.get("To", [""])[0]), [])
                found = found[: -size - 1 : -1]  # as Twilio lists: the newest first
            page = {
                what.lower(): [one.as_json() for one in found],
                "page": 0,
                "page_size": size,
                "first_page_uri": HOME + path,
                "next_page_uri": None,
                "previous_page_uri": None,
                "uri": HOME + path,
                "start": 0,
                "end": len(found),
            }
            self._answer(200, json.dumps(page))

        def _answer(self, status: int, body: str, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Callers that are killed in the middle are no fault of ours."""


@contextmanager
def twilio_server() -> Iterator[Twilio]:
    """A running stand-in; its address is `.url`."""
    twilio = Twilio()
    server = _Server(("127.0.0.1", 0), _handler(twilio))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    twilio.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield twilio
    finally:
        twilio.released.set()
        server.shutdown()
        thread.join()
        server.server_close()
