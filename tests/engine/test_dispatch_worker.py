"""The worker in this process: one on SQLite, stopping, failing in parts (D2, D7, D10)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.standins.fleet import until
from tests.standins.office import START, Office
from tests.standins.provider import Provider
from tracker.channels.heartbeat import Heartbeat
from tracker.domain.delivery import Envelope, Outcome, SendResult
from tracker.engine.pulse import (
    LEASE_LASTS,
    RENEW_BEFORE,
    has_lease,
    leave_lease,
    take_lease,
)
from tracker.engine.worker import scheduler
from tracker.engine.worker.scheduler import run_worker
from tracker.engine.worker.tick import PARTS, tick
from tracker.store import health


@contextmanager
def _opened(instance: Path, database_url: str, **environ: str) -> Iterator[Office]:
    office = Office.opened(instance, database_url, **environ)
    try:
        yield office
    finally:
        for channel in office.services.channels.values():
            getattr(channel, "close", lambda: None)()
        office.services.database.engine.dispose()


def test_run_worker_sends_and_stops_when_told(instance: Path, database_url: str) -> None:
    """SIGTERM drains: what was begun is finished, the lease is given back."""
    with _opened(instance, database_url) as office:
        office.silent_case(office.person("Aigul", "caseworker"), None)
        stop = threading.Event()
        thread = threading.Thread(target=run_worker, args=(office.worker(), stop))
        thread.start()
        until(lambda: office.row().state == "accepted")
        stop.set()
        thread.join(timeout=20)
        assert not thread.is_alive()
        with office.desk() as desk:
            assert health.look(desk.session, desk.now).worker_alive
            assert take_lease(desk, "another")


def test_on_sqlite_a_second_worker_waits_for_the_lease(instance: Path, database_url: str) -> None:
    with _opened(instance, database_url) as office, office.desk() as desk:
        assert take_lease(desk, "first")
        assert take_lease(desk, "first"), "it renews its own"
        assert not take_lease(desk, "second")
        assert (has_lease(desk, "first"), has_lease(desk, "second")) == (True, False)
        desk.now = START + LEASE_LASTS - RENEW_BEFORE
        assert not has_lease(desk, "first"), "it is renewed while much of it is left"
        desk.now = START + LEASE_LASTS
        assert take_lease(desk, "second"), "it takes over when the lease ends"
        leave_lease(desk, "first")
        assert not take_lease(desk, "first")
        desk.now = START
        desk.now -= LEASE_LASTS * 100
        assert take_lease(desk, "first"), "a clock set back does not lock everybody out"


def test_two_workers_never_send_the_same_row(instance: Path, database_url: str) -> None:
    """D2: any number of workers; each row is claimed by one."""
    mail = Provider("email")
    with _opened(instance, database_url) as office:
        office.services = replace(office.services, channels={"email": mail})
        aigul = office.person("Aigul", "caseworker")
        for _ in range(30):
            office.silent_case(aigul, None)
        threads = [threading.Thread(target=office.tick, args=(f"worker-{n}",)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(mail.taken) == 30
        assert set(mail.times().values()) == {1}
        assert {row.state for row in office.rows()} == {"accepted"}


def test_one_part_that_fails_stops_no_other(instance: Path, database_url: str) -> None:
    """D10: each part of a tick runs though another failed; the pulse says which error it was."""

    def broken(*_: object) -> int:
        raise LookupError("a fault of ours")

    with _opened(instance, database_url) as office:
        office.silent_case(office.person("Aigul", "caseworker"), None)
        with pytest.raises(ExceptionGroup) as caught:
            tick(office.worker(), parts=(broken, *PARTS))
        assert [type(error) for error in caught.value.exceptions] == [LookupError]
        assert office.row().state == "accepted"


def test_the_ping_goes_out_only_while_ticks_end_well(instance: Path, database_url: str) -> None:
    """D10: somebody watches the watchman."""
    pinged: list[Envelope] = []

    class Watch:
        kind = "heartbeat"

        def send(self, envelope: Envelope) -> SendResult:
            pinged.append(envelope)
            return SendResult(Outcome.ACCEPTED)

        def find(self, envelope: Envelope, since: object) -> None:
            return None

    with _opened(instance, database_url) as office:
        channels = {**office.services.channels, "heartbeat": Watch()}
        run = scheduler._Run(
            replace(office.worker(), channels=channels), scheduler.Sender(), threading.Event()
        )
        run.ping()
        assert not pinged, "nothing was done yet"
        run.tick()
        run.ping()
        assert [one.text for one in pinged] == [""], "it says that we live, and nothing else"
        with office.desk() as desk:
            desk.session.execute(text("ALTER TABLE pulses RENAME TO lost"))
        office.clock.move(minutes=1)
        run.tick()
        run.ping()
        assert len(pinged) == 1


def test_the_ping_is_one_call_without_content() -> None:
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.requestline)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        url = f"http://127.0.0.1:{server.server_address[1]}/ping/abc"
        result = Heartbeat(url).send(Envelope("", "heartbeat", "", "", "", "", START))
        thread.join()
    assert result.outcome is Outcome.ACCEPTED
    assert heard == ["GET /ping/abc HTTP/1.1"]
    gone = Heartbeat(url).send(Envelope("", "heartbeat", "", "", "", "", START))
    assert gone.outcome is Outcome.NOT_SENT
