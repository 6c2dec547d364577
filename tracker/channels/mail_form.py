"""A mail from an envelope: headers that hold, a plain part and an HTML part."""

from __future__ import annotations

from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from tracker.domain.delivery import Envelope
from tracker.security.text import header_safe

LONGEST_LINE = 900
"""A longer line needs an encoding: RFC 5321 allows 998 octets."""


def message(envelope: Envelope, sender: str) -> EmailMessage:
    """The mail for an envelope, the same each time: a repeat bears the same Message-ID.

    Raises TextRefused for a line break in a header, ValueError for what is no mail address.
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"] = _address(sender)
    mail["To"] = _address(envelope.to)
    _set_subject(mail, envelope.subject)
    mail["Date"] = format_datetime(envelope.at)
    mail["Message-ID"] = message_id(envelope, sender)
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = header_safe(envelope.language)
    for name, value in envelope.headers:
        mail[name] = header_safe(value)
    mail.set_content(envelope.text, cte=_encoding(envelope.text))
    if envelope.html is not None:
        mail.add_alternative(envelope.html, subtype="html", cte=_encoding(envelope.html))
    return mail


def message_id(envelope: Envelope, sender: str) -> str:
    """`<row id.reference@our domain>`: one per outbox row, whatever the number of tries."""
    return f"<{envelope.row_id}.{envelope.reference}@{sender.rpartition('@')[2]}>"


def _set_subject(mail: EmailMessage, subject: str) -> None:
    """Python 3.11 loses spaces when it folds a long subject in Cyrillic or Arabic script.

    An encoded `Header` is folded rightly; but it checks nothing, so line breaks are refused first.
    """
    header = Header(header_safe(subject), "utf-8", header_name="Subject")
    mail.set_raw("Subject", header.encode(linesep="\r\n"))


def _address(address: str) -> Address:
    """An address as one value, never parsed from text: no second recipient can hide in it."""
    local, at, domain = header_safe(address).rpartition("@")
    if not (local and at and domain) or any(sign in address for sign in ',;<>" '):
        raise ValueError("this is no mail address")
    return Address(username=local, domain=domain.encode("idna").decode("ascii"))


def _encoding(text: str) -> str:
    return (
        "7bit" if text.isascii() and all(len(line) < 900 for line in text.split("\n")) else "base64"
    )
