"""What the web server itself takes: requests by the byte, as no client library would send them."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tracker.bootstrap import set_up
from tracker.settings import load
from tracker.web.patience import Patient
from tracker.web.server_log import SaysLittle

HOST = b"Host: 127.0.0.1\r\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """What the server says."""
    return tmp_path / "web.log"


@pytest.fixture
def port(tmp_path: Path, log: Path) -> Iterator[int]:
    """`tracker web` as operators start it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = int(taken.getsockname()[1])
    environ = {"TRACKER_BIND": f"127.0.0.1:{number}", "TRACKER_DELIVERY": "file"}
    environ["TRACKER_INSTANCE"] = str(tmp_path / "instance")
    set_up(load(environ)).database.engine.dispose()
    command = [sys.executable, "-m", "tracker", "web"]
    with log.open("wb") as output:
        server = subprocess.Popen(
            command, env={**os.environ, **environ}, stdout=output, stderr=output
        )
    try:
        _until_it_answers(number)
        yield number
    finally:
        server.terminate()
        server.wait(20)


def _until_it_answers(port: int) -> None:
    for _ in range(600):
        try:
            if _sent(port, b"GET /healthz HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server does not answer")


def _sent(port: int, request: bytes) -> bytes:
    """Everything that comes back, until the server closes or is silent for a while."""
    answer = b""
    with socket.create_connection(("127.0.0.1", port), 10) as link:
        link.settimeout(3)
        link.sendall(request)
        try:
            while more := link.recv(65536):
                answer += more
        except TimeoutError:
            pass
    return answer


REFUSED = {
    "length and chunks": b"POST /signin HTTP/1.1\r\n" + HOST + b"Content-Length: 6\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\n" + HOST + b"\r\n",
    "two lengths": b"POST /signin HTTP/1.1\r\n" + HOST + b"Content-Length: 0\r\n"
    b"Content-Length: 30\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n",
    "a signed length": b"POST /signin HTTP/1.1\r\n" + HOST + b"Content-Length: +5\r\n\r\nhello",
    "odd chunks": b"POST /signin HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: xchunked\r\n\r\n",
    "bare line ends": b"GET /signin HTTP/1.1\nHost: 127.0.0.1\n\n",
    "a blank in a name": b"GET /signin HTTP/1.1\r\n" + HOST + b"Content-Length : 5\r\n\r\nhello",
    "two hosts": b"GET /signin HTTP/1.1\r\n" + HOST + b"Host: evil.example\r\n\r\n",
    "a host with a user": b"GET /signin HTTP/1.1\r\nHost: 127.0.0.1:80@evil.example\r\n\r\n",
    "another host beside an address": b"GET http://127.0.0.1/signin HTTP/1.1\r\n"
    b"Host: evil.example\r\n\r\n",
    "a huge cookie": b"GET /signin HTTP/1.1\r\n" + HOST + b"Cookie: session=" + b"A" * 20_000
    + b"\r\n\r\n",
    "many headers": b"GET /signin HTTP/1.1\r\n" + HOST + b"X: 1\r\n" * 500 + b"\r\n",
    "a long address": b"GET /" + b"A" * 9_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "trace": b"TRACE /signin HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n",
    "connect": b"CONNECT evil.example:80 HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n",
}  # fmt: skip
PROXY_WORDS = {
    "another root": b"SCRIPT_NAME: /evil\r\n",
    "another path": b"SCRIPT_NAME: \r\nPATH_INFO: /healthz\r\n",
    "another host": b"X-Forwarded-Host: evil.example\r\nX-Forwarded-Prefix: /evil\r\n",
    "another scheme": b"X-Forwarded-Proto: https\r\nX-Forwarded-Ssl: on\r\n",
}
"""What only a proxy in front of us might say, and nothing here listens to."""


WORD = b"qzxkvjw"
"""Stands in every part of a request that a log might repeat."""
TO_BE_LOGGED = {
    "an address": b"GET /" + WORD + b"?q=" + WORD + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "a line of its own": b"GET /x%0d%0a2026-01-01%20" + WORD + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "colours": b"GET /\x1b[2J\x1b[31m" + WORD + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "a method": b"\x1b[2J" + WORD + b" / HTTP/1.1\r\n" + HOST + b"\r\n",
    "a version": b"GET / HTTP/" + WORD + b"\r\n" + HOST + b"\r\n",
    "a header's name": b"GET / HTTP/1.1\r\n" + HOST + b"\x1b]0;" + WORD + b": x\r\n\r\n",
    "a header": b"GET / HTTP/1.1\r\n" + HOST + b"User-Agent: " + WORD + b"\x1b[2J\r\n\r\n",
    "a host": b"GET / HTTP/1.1\r\nHost: " + WORD + b".example\r\n\r\n",
    "a length": b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: " + WORD + b"\r\n\r\n",
    "a chunk": b"POST /signin HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"
    + WORD + b"\r\n",
    "no HTTP": b"\x16\x03\x01\x02\x00" + WORD + b"\r\n\r\n",
}  # fmt: skip


def test_nobody_is_led_astray_by_the_bytes_of_a_request(port: int, log: Path) -> None:
    """Smuggled and odd requests are refused. The words of a proxy are not believed: whoever reached
    us through one could else choose the path and host it is checked by. And the log repeats nothing
    of what a stranger sends: no name that was asked for, no line or colour of theirs."""
    for what, request in REFUSED.items():
        answer = _sent(port, request)
        assert answer.count(b"HTTP/1.1 ") == 1, f"{what}: {answer[:200]!r}"
        status = answer[9:12]
        assert status in (b"400", b"404", b"405", b"414", b"431", b"501"), f"{what}: {answer!r}"
        assert b'{"ok":true}' not in answer and b"\r\nServer:" not in answer, what
    plain = b"GET /queue HTTP/1.1\r\n" + HOST + b"Connection: close\r\n"
    for what, words in PROXY_WORDS.items():
        answer = _sent(port, plain + words + b"\r\n")
        assert answer.startswith(b"HTTP/1.1 303") and b"evil" not in answer, f"{what}: {answer!r}"
        assert b"Location: /signin?next=%2Fqueue" in answer, what
    for request in TO_BE_LOGGED.values():
        _sent(port, request.replace(HOST, HOST + b"Connection: close\r\n"))
    said = log.read_bytes()
    assert b"a request could not be read" in said, "something is said, so that it can be counted"
    assert not [one for one in (WORD, b"\x1b", b"127.0.0.1", b"Traceback") if one in said], said


def test_a_failure_is_told_by_its_kind_and_not_by_its_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """gunicorn logs the exception with what failed, and its text repeats the request."""
    log = logging.getLogger("gunicorn.error.trial")
    log.addFilter(SaysLittle())
    name = WORD.decode()
    try:
        raise ValueError(name)
    except ValueError:
        log.exception("Error handling request %s", f"/queue?q={name}")
    (record,) = caplog.records
    said = logging.Formatter().format(record)
    assert said == "a request failed: ValueError"


def test_whoever_sends_too_slowly_is_left() -> None:
    """Else eight telephones that lost the network would hold the whole site, and any adversary."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        slow = Patient(ours, seconds=0.3, least_rate=100)
        slow.begin()
        begun = time.monotonic()
        with pytest.raises(ConnectionResetError):
            _trickle(theirs, slow)
        assert 0.2 < time.monotonic() - begun < 3
        theirs.sendall(b"x" * 1000)
        slow.begin()
        slow.recv(2000)
        time.sleep(0.4)
        theirs.sendall(b"more")
        assert slow.recv(10) == b"more", "what came quickly has won time for what follows"


def _trickle(sender: socket.socket, receiver: Patient) -> None:
    while True:
        sender.sendall(b"x")
        time.sleep(0.05)
        receiver.recv(1)
