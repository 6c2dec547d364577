"""Prism in proxy mode before the stateful Twilio: it holds requests and answers alike against
Twilio's own OpenAPI document, and refuses what the document does not allow (delivery.md D11)."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from tests.need import need

DOCUMENT = "@twilio/cli-core/src/services/twilio-api/twilio_api_v2010.json"


@contextmanager
def prism_before(url: str, log: Path) -> Iterator[str]:
    """The address of a Prism that passes on to `url` what the document allows."""
    prism = Path(need("prism"))
    document = prism.parents[1] / DOCUMENT
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [prism, "proxy", "--errors", "-h", "127.0.0.1", "-p", str(port), document, url]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "SCARF_ANALYTICS": "false"},
        )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(process, address, log)
        yield address
    finally:
        process.terminate()
        process.wait(10)


def _wait(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    for _ in range(600):
        if process.poll() is not None:
            break
        try:
            requests.get(address, timeout=5).close()
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"Prism did not start: {log.read_text()[-2000:]}")
