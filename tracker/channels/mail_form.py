"""A mail from an envelope: headers that hold, a plain part and an HTML part.

Written down by hand, for a mail of ours is always this one form: Python's `email` takes ten times
as long for it, most of the time that sending a mail takes. It reads ours back in the tests.
"""

from __future__ import annotations

from base64 import encodebytes
from email.header import Header
from email.utils import format_datetime
from functools import lru_cache

from tracker.domain.delivery import Envelope
from tracker.security.text import header_safe, mail_address

LONGEST_LINE = 900
"""A longer line needs an encoding: RFC 5321 allows 998 octets."""

LONGEST_SUBJECT = 66
"""With its name it still fits into the 78 signs that RFC 5322 advises."""


def message(envelope: Envelope, sender: str) -> bytes:
    """The mail for an envelope, the same each time: a repeat bears the same Message-ID.

    Raises TextRefused for a line break in a header, ValueError for what is no mail address.
    """
    headers = [
        ("From", mail_address(sender)),
        ("To", mail_address(envelope.to)),
        ("Subject", _subject(header_safe(envelope.subject))),
        ("Date", _date(envelope.at)),
        ("Message-ID", message_id(envelope, sender)),
        ("Auto-Submitted", "auto-generated"),
        ("Content-Language", header_safe(envelope.language)),
        *((name, header_safe(value)) for name, value in envelope.headers),
        ("MIME-Version", "1.0"),
    ]
    if envelope.sealed:
        kind, body = _several(
            envelope, 'encrypted; protocol="application/pgp-encrypted"', _encrypted(envelope.text)
        )
    elif envelope.html is None:
        kind, body = "", _part(envelope.text, "plain")  # its headers end ours
    else:
        parts = (_part(envelope.text, "plain"), _part(envelope.html, "html"))
        kind, body = _several(envelope, "alternative", parts)
    headers += [("Content-Type", kind)] if kind else []
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"{head}{body}".encode("ascii")


def message_id(envelope: Envelope, sender: str) -> str:
    """`<row id.reference@our domain>`: one per outbox row, whatever the number of tries."""
    return f"<{envelope.row_id}.{envelope.reference}@{sender.rpartition('@')[2]}>"


_date = lru_cache(maxsize=4)(format_datetime)  # the mails of one batch are of one instant


def _several(envelope: Envelope, kind: str, parts: tuple[str, ...]) -> tuple[str, str]:
    """The Content-Type and the body of several parts (RFC 2046)."""
    boundary = f"=_{envelope.row_id}_="  # no part of ours holds it
    body = "".join(f"\r\n--{boundary}\r\n{part}" for part in parts)
    return f'multipart/{kind}; boundary="{boundary}"', f"{body}\r\n--{boundary}--\r\n"


def _encrypted(text: str) -> tuple[str, str]:
    """PGP/MIME (RFC 3156, 4): a version, and the message."""
    named = '; name="encrypted.asc"\r\nContent-Disposition: inline; filename="encrypted.asc"'
    return (
        "Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n",
        f"Content-Type: application/octet-stream{named}\r\n\r\n" + "\r\n".join(text.splitlines()),
    )


def _subject(words: str) -> str:
    """A subject as it stands in a header: folded, and encoded (RFC 2047) where it is not ASCII."""
    if words.isascii() and "=?" not in words and len(words) < LONGEST_SUBJECT:
        return words
    return Header(words, "utf-8", header_name="Subject").encode(linesep="\r\n")


def _part(words: str, kind: str) -> str:
    """Headers and body of one part. What is not plain ASCII goes as base64 (RFC 2045)."""
    lines = words.replace("\r\n", "\n").split("\n")
    is_plain = words.isascii() and all(map(str.isprintable, lines))
    if is_plain and max(map(len, lines)) < LONGEST_LINE:
        charset, encoding = "us-ascii", "7bit"
    else:
        charset, encoding = "utf-8", "base64"
        lines = encodebytes(words.encode()).decode("ascii").split("\n")
    return (
        f'Content-Type: text/{kind}; charset="{charset}"\r\n'
        f"Content-Transfer-Encoding: {encoding}\r\n\r\n" + "\r\n".join(lines)
    )
