"""A mail server on loopback: aiosmtpd with TLS and AUTH, faults on demand."""

from __future__ import annotations

import asyncio
import gc
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tracker.domain.clock import system_clock

DROP = "drop"
USER, PASSWORD = "tracker", "a-long-invented-password"


def certificate(folder: Path, host: str = "127.0.0.1") -> tuple[Path, Path]:
    """A self-signed certificate for a host and its key, as PEM files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail of the tests")])
    now = system_clock()
    alternative: x509.GeneralName
    try:
        alternative = x509.IPAddress(ip_address(host))
    except ValueError:
        alternative = x509.DNSName(host)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / f"{host}.pem", folder / f"{host}.key"
    certificate_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate_file, key_file


@dataclass
class Mailbox:
    """What the server took, and how it is to behave. Replies are SMTP lines; None: be good."""

    mails: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    at_mail: str | None = None
    at_rcpt: str | None = None
    at_data: str | None = None
    drop_at_data: bool = False
    """Break the line after the final dot, the mail taken, the answer never given."""
    silent_at_data: bool = False
    before_taking: Callable[[], object] | None = None
    after_taking: Callable[[], object] | None = None
    """What happens in the world, once, before the next mail is taken, or before that is said."""
    to: dict[str, list[str]] = field(default_factory=dict)
    """What happens to the next mails to an address, one after the other: a reply to RCPT, or
    `drop` (taken, and the line broken after the final dot)."""
    peers: set[object] = field(default_factory=set)

    async def handle_MAIL(  # aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if self.at_mail:
            return self.at_mail
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        script = self.to.get(address)
        if self.at_rcpt or (script and script[0] != DROP):
            return self.at_rcpt or self.to[address].pop(0)
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        self.peers.add(session.peer)
        if self.at_data:
            return self.at_data
        if happens := self.before_taking:
            self.before_taking = None
            happens()
            return "451 4.3.0 not taken"
        self.raw.append(content)
        mail = message_from_bytes(content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        if happens := self.after_taking:
            self.after_taking = None
            happens()
        script = self.to.get(envelope.rcpt_tos[0]) or []
        if self.drop_at_data or script[:1] == [DROP]:
            del script[:1]
            server.transport.abort()
        if self.silent_at_data:
            await asyncio.sleep(5)
        return "250 2.0.0 taken"


def _may_enter(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: Any
) -> AuthResult:
    assert isinstance(given, LoginPassword)
    right = (given.login, given.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False)


@contextmanager
def mail_server(
    tls: str = "none", files: tuple[Path, Path] | None = None, *, auth: bool = False
) -> Iterator[tuple[Mailbox, int]]:
    """A running server and its port. `tls`: none, starttls or implicit."""
    mailbox = Mailbox()
    context = None
    if files is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*files)
    more: dict[str, Any] = {}
    if auth:
        more = {
            "authenticator": _may_enter,
            "auth_required": True,
            "auth_require_tls": tls == "starttls",
        }
    if tls == "starttls":
        more |= {"tls_context": context, "require_starttls": True}
    controller = _Controller(
        mailbox,
        hostname="127.0.0.1",
        port=0,
        ssl_context=context if tls == "implicit" else None,
        **more,
    )
    controller.start()
    try:
        assert controller.server is not None
        yield mailbox, controller.server.sockets[0].getsockname()[1]
    finally:
        controller.stop()
        gc.collect()  # what the server's loop left behind goes now, not in some other test


class _Controller(Controller):
    """On a port of the system's choice; the usual self-test would knock at port 0."""

    def _trigger_server(self) -> None:
        port = self.server.sockets[0].getsockname()[1]
        self.port = port
        super()._trigger_server()
