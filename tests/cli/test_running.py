"""`tracker run` says that the site runs when it answers, and never before."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tracker.cli.running import side_by_side
from tracker.settings import Settings, load

SLEEPS = (sys.executable, "-c", "import time; time.sleep({})")
ANSWERS_LATER = (
    "import http.server, pathlib, time; time.sleep(1); pathlib.Path({begun!r}).touch();"
    " http.server.HTTPServer(('127.0.0.1', {port}), http.server.BaseHTTPRequestHandler)"
    ".serve_forever()"
)


@pytest.fixture
def settings(instance: Path) -> Settings:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    return load({"TRACKER_BIND": f"127.0.0.1:{port}"}, instance)


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """What it does with signals is over with it."""
    kinds = (signal.SIGTERM, signal.SIGINT)
    before = [signal.getsignal(kind) for kind in kinds]
    yield
    for kind, handler in zip(kinds, before, strict=True):
        signal.signal(kind, handler)


def sleeping(seconds: float) -> list[str]:
    return [*SLEEPS[:2], SLEEPS[2].format(seconds)]


def test_a_site_that_never_answers_is_not_said_to_run(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        side_by_side(settings, [sleeping(60), sleeping(0.7)])
    said = capsys.readouterr()
    assert ended.value.code == 1 and "Running at" not in said.out
    assert "ended by itself" in said.err


def test_a_site_runs_when_it_answers_and_stops_with_us(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    begun, said = tmp_path / "begun", []
    code = ANSWERS_LATER.format(begun=str(begun), port=settings.bind_port)

    def watch() -> None:
        for _each in range(200):
            out = capsys.readouterr().out
            if out:
                said.append((out, begun.exists()))
                break
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGTERM)

    watcher = threading.Thread(target=watch)
    watcher.start()
    assert side_by_side(settings, [[sys.executable, "-c", code], sleeping(60)]) == 0
    watcher.join()
    ((out, answered),) = said
    assert answered and out.startswith(f"Running at {settings.base_url}")
    with socket.socket() as link:
        assert link.connect_ex(("127.0.0.1", settings.bind_port)) != 0, "it was stopped"


def test_another_program_there_is_not_taken_for_ours(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", settings.bind_port)) as other:

        def answer() -> None:
            link, _address = other.accept()
            with link:
                link.recv(1000)
                link.sendall(b"HTTP/1.0 200 OK\r\n\r\n")

        answering = threading.Thread(target=answer)
        answering.start()
        started = tmp_path / "started"
        touch = [sys.executable, "-c", f"open({str(started)!r}, 'w')"]
        with pytest.raises(SystemExit):
            side_by_side(settings, [touch])
        answering.join()
    said = capsys.readouterr()
    assert "TRACKER_BIND" in said.err and "Running at" not in said.out
    assert not started.exists()
