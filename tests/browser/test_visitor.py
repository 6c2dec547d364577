"""The visitors themselves: what they are there to notice is planted, and they fail (S12)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from playwright.sync_api import Browser

from tests.browser.visitor import Visitor, content

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' http://127.0.0.1:9"
)
OTHER_HOST = "http://127.0.0.1:9/spy.png"
PAGES = {
    "/clean": "<p>nothing</p>",
    "/inline": "<script>document.title = 'mine'</script>",
    "/style": "<p style='color: red'>red</p>",
    "/handler": "<p onclick='alert(1)'>x</p>",
    "/frame": "<iframe src='/clean'></iframe>",
    "/elsewhere": f"<img src='{OTHER_HOST}'>",
    "/fault": "",
}


class _Planted(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(500 if self.path == "/fault" else 200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        body = PAGES.get(self.path, "")
        self.wfile.write(f"<!doctype html><title>x</title><h1>x</h1>{body}".encode())

    def log_message(self, *_said: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Planted) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


NOTICED = {
    "/inline": "Content Security Policy",
    "/style": "Content Security Policy",
    "/handler": "Content Security Policy",
    "/frame": "Content Security Policy",
    "/elsewhere": f"asked another host: {OTHER_HOST}",
    "/fault": "500 from",
}


def test_a_violation_and_a_request_to_another_host_fail(browser: Browser, address: str) -> None:
    for path, wanted in {"/clean": "", **NOTICED}.items():
        context = browser.new_context()
        one = Visitor(context, address, scripts=True)
        one.go(path)
        one.page.wait_for_load_state("networkidle")
        context.close()
        if not wanted:
            content([one])
            continue
        with pytest.raises(AssertionError, match=wanted):
            content([one])
