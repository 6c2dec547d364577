"""A mail from an envelope: headers that hold, a plain part and an HTML part.

Made with the older classes of Python's `email`: the newer ones take five times as long, and in
3.11 lose spaces when they fold a long subject in Cyrillic or Arabic script.
"""

from __future__ import annotations

from email.header import Header
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime

from tracker.domain.delivery import Envelope
from tracker.security.text import header_safe

LONGEST_LINE = 900
"""A longer line needs an encoding: RFC 5321 allows 998 octets."""

_FORM = compat32.clone(linesep="\r\n")


def message(envelope: Envelope, sender: str) -> Message:
    """The mail for an envelope, the same each time: a repeat bears the same Message-ID.

    Raises TextRefused for a line break in a header, ValueError for what is no mail address.
    """
    mail: Message = _part(envelope.text, "plain")
    if envelope.sealed:
        mail = _encrypted(envelope)
    elif envelope.html is not None:
        # the boundary is ours, so that none has to be looked for that the parts do not hold
        mail = MIMEMultipart("alternative", f"=_{envelope.row_id}_=", policy=_FORM)
        mail.attach(_part(envelope.text, "plain"))
        mail.attach(_part(envelope.html, "html"))
    mail["From"] = mail_address(sender)
    mail["To"] = mail_address(envelope.to)
    subject = Header(header_safe(envelope.subject), "utf-8", header_name="Subject")
    mail["Subject"] = subject.encode(linesep="\r\n")
    mail["Date"] = format_datetime(envelope.at)
    mail["Message-ID"] = message_id(envelope, sender)
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = header_safe(envelope.language)
    for name, value in envelope.headers:
        mail[name] = header_safe(value)
    return mail


def message_id(envelope: Envelope, sender: str) -> str:
    """`<row id.reference@our domain>`: one per outbox row, whatever the number of tries."""
    return f"<{envelope.row_id}.{envelope.reference}@{sender.rpartition('@')[2]}>"


def mail_address(address: str) -> str:
    """One address in ASCII, its domain as IDNA: no second recipient can hide in it.

    Raises TextRefused or ValueError for anything else.
    """
    local, at, domain = header_safe(address).rpartition("@")
    if not (local and at and domain) or any(sign in address for sign in ',;:<>"()[]\\ '):
        raise ValueError("this is no mail address")
    local.encode("ascii")
    return f"{local}@{domain.encode('idna').decode('ascii')}"


def _encrypted(envelope: Envelope) -> Message:
    """PGP/MIME (RFC 3156, 4): a version, and the message."""
    mail = MIMEMultipart(
        "encrypted",
        f"=_{envelope.row_id}_=",
        policy=_FORM,
        protocol="application/pgp-encrypted",
    )
    version = MIMENonMultipart("application", "pgp-encrypted", policy=_FORM)
    version.set_payload("Version: 1\n")
    content = MIMENonMultipart("application", "octet-stream", policy=_FORM, name="encrypted.asc")
    content.add_header("Content-Disposition", "inline", filename="encrypted.asc")
    content.set_payload(envelope.text)
    mail.attach(version)
    mail.attach(content)
    return mail


def _part(words: str, kind: str) -> MIMEText:
    plain = words.isascii() and all(len(line) < LONGEST_LINE for line in words.split("\n"))
    return MIMEText(words, kind, "us-ascii" if plain else "utf-8", policy=_FORM)
