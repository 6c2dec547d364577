"""A real Kannel with its own fake SMSC on loopback: Debian's packages kannel and kannel-extras."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep

from tests.need import need
from tracker.domain.clock import monotonic

USER, PASSWORD, SHORT = "app", "a-password-of-kannel", "500"
PATIENCE = 60.0
"""Seconds that anything may take here."""

_CONF = """\
group = core
admin-port = {admin}
admin-interface = 127.0.0.1
admin-password = adm
smsbox-port = {box}
smsbox-interface = 127.0.0.1
box-allow-ip = "127.0.0.1"
log-file = "{folder}/bearerbox.log"
log-level = 1
store-type = file
store-location = "{folder}/store"
dlr-storage = internal

group = smsc
smsc = fake
smsc-id = FAKE
port = {smsc}
connect-allow-ip = "127.0.0.1"
allowed-prefix = "+7"

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {box}
sendsms-port = {send}
sendsms-interface = 127.0.0.1
log-file = "{folder}/smsbox.log"
log-level = 1

group = sendsms-user
username = {user}
password = {password}
max-messages = 5
concatenation = true

group = sms-service
keyword = default
catch-all = true
max-messages = 1
omit-empty = true
get-url = "{site}/hooks/kannel/{secret}/sms?from=%p&text=%b&id=%I&charset=%C"
"""


def free_port() -> int:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def until(what: str, true: Callable[[], object]) -> None:
    """Wait until something is so; fails by its name after a while."""
    end = monotonic() + PATIENCE
    while not true():
        if monotonic() > end:
            raise AssertionError(f"not within {PATIENCE:.0f} s: {what}")
        sleep(0.05)


@dataclass
class Kannel:
    """The gateway; `phone_on` and `phone_off` are the network behind it."""

    folder: Path
    send_port: int
    smsc_port: int
    telephone: subprocess.Popen[bytes] | None = None
    _started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://{USER}:{PASSWORD}@127.0.0.1:{self.send_port}/cgi-bin/sendsms"

    def start(self, *command: str | Path) -> subprocess.Popen[bytes]:
        with (self.folder / "output.txt").open("ab") as output:
            process = subprocess.Popen(
                [str(part) for part in command],
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                start_new_session=True,
            )
        self._started.append(process)
        return process

    def phone_on(self, *messages: str) -> None:
        """The network is there, and brings these messages: "FROM TO text WORDS"."""
        self.phone_off()
        count = str(len(messages))
        given = messages or ("1 2 text x",)
        program = "/usr/lib/kannel/test/fakesmsc"
        self.telephone = self.start(
            program, "-H", "127.0.0.1", "-r", str(self.smsc_port), "-i", "0.1", "-m", count, *given
        )

    def phone_off(self) -> None:
        """No network."""
        if self.telephone is not None:
            _end(self.telephone)
            self.telephone = None

    def seen(self) -> str:
        """What the telephone showed, and what the programs said."""
        return (self.folder / "output.txt").read_text("utf-8", "replace")

    def stop(self) -> None:
        for process in reversed(self._started):
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=PATIENCE)


def listens(port: int) -> bool:
    """Whether somebody listens on a port."""
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def kannel_gateway(folder: Path, site: str, secret: str) -> Iterator[Kannel]:
    """A running gateway that calls `site`, its telephone switched off."""
    bearerbox, smsbox = need("kannel"), need("smsbox")
    need("fakesmsc")
    box, send, smsc = free_port(), free_port(), free_port()
    text = _CONF.format(
        admin=free_port(),
        box=box,
        send=send,
        smsc=smsc,
        folder=folder,
        user=USER,
        password=PASSWORD,
        site=site,
        secret=secret,
    )
    (folder / "kannel.conf").write_text(text)
    gateway = Kannel(folder, send, smsc)
    try:
        gateway.start(bearerbox, "kannel.conf")
        until("bearerbox listens", lambda: listens(box) and listens(smsc))
        gateway.start(smsbox, "kannel.conf")
        until("smsbox listens", lambda: listens(send))
        yield gateway
    finally:
        gateway.stop()
