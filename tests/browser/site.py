"""A web site on a free port of this machine, over real services, for a real browser."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from tracker.bootstrap import Services
from tracker.engine.worker.tick import tick
from tracker.web import create_app


class _Quiet(WSGIRequestHandler):
    """Prints nothing, and speaks the HTTP that browsers keep connections open with."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: object) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Site:
    """Where a site answers, and the services behind it."""

    address: str
    services: Services

    def worker(self) -> int:
        """One tick of the worker, with the keys it has (S2); how much there was to do."""
        return tick(self.services.restricted_to("clock", "contact"))

    @property
    def letters(self) -> list[str]:
        """The mails written to files so far, oldest first, each as it would be sent."""
        found = (self.services.settings.instance / "outbox").glob("*.eml")
        return [
            path.read_text(encoding="utf-8")
            for path in sorted(found, key=lambda path: path.stat().st_mtime_ns)
        ]


@contextmanager
def serving(services_at: Callable[[str], Services]) -> Iterator[Site]:
    """A running site; `services_at("127.0.0.1:port")` builds what it serves."""
    server = make_server("127.0.0.1", 0, Flask("nothing yet"), True, request_handler=_Quiet)
    services = services_at(f"127.0.0.1:{server.port}")
    server.app = create_app(services)
    thread = threading.Thread(target=server.serve_forever, name="site")
    thread.start()
    try:
        yield Site(services.settings.base_url, services)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        services.database.engine.dispose()
