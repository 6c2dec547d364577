"""The mailbox where bounces and answers arrive, read over IMAP (RFC 3501)."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from tracker.channels.mail_reading import read_mail
from tracker.domain.mailbox import MailboxClosed, MailIn
from tracker.settings import Imap

TIMEOUT: Final = 20.0
"""Seconds for each answer of the server."""
LARGEST: Final = 256 * 1024
"""Bytes read of one mail: the answer and a report's fields stand in front."""
AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class ImapMailbox:
    """One folder. What is not read yet is new; nothing else is kept about it."""

    server: Imap
    context: ssl.SSLContext | None = None
    """Which certificates to believe; None: those the machine believes."""
    timeout: float = TIMEOUT

    def read(self, take: Callable[[MailIn], bool]) -> int:
        """As `Mailbox.read`; at most `AT_ONCE` mails at a time."""
        try:
            link = self._connect()
        except (OSError, imaplib.IMAP4.error) as error:
            raise MailboxClosed(type(error).__name__) from error
        try:
            return self._each(link, take)
        except (OSError, imaplib.IMAP4.error) as error:
            raise MailboxClosed(type(error).__name__) from error
        finally:
            with suppress(OSError, imaplib.IMAP4.error):
                link.logout()

    def _each(self, link: imaplib.IMAP4, take: Callable[[MailIn], bool]) -> int:
        _, found = link.uid("SEARCH", "UNSEEN", "UNDELETED")
        numbers = (found[0] or b"").split()[:AT_ONCE]
        deleted, failed = False, list[Exception]()
        for number in numbers:
            uid = number.decode("ascii")
            _, parts = link.uid("FETCH", uid, f"(BODY.PEEK[]<0.{LARGEST}>)")
            raw = next((part[1] for part in parts if isinstance(part, tuple)), None)
            if raw is None:  # somebody else was quicker
                continue
            try:
                done = [take(one) for one in read_mail(raw)]
            except Exception as error:  # it is given again, and holds up no other
                failed.append(error)
                continue
            flags = r"(\Seen \Deleted)" if all(done) else r"(\Seen)"
            link.uid("STORE", uid, "+FLAGS.SILENT", flags)
            deleted |= all(done)
        if deleted:
            link.expunge()
        if failed:
            raise ExceptionGroup("mails could not be taken", failed)
        return len(numbers)

    def _connect(self) -> imaplib.IMAP4:
        server, context = self.server, self.context or ssl.create_default_context()
        link: imaplib.IMAP4
        if server.tls == "implicit":
            link = imaplib.IMAP4_SSL(
                server.host, server.port, ssl_context=context, timeout=self.timeout
            )
        else:
            link = imaplib.IMAP4(server.host, server.port, timeout=self.timeout)
        try:
            if server.tls == "starttls":
                link.starttls(context)
            link.login(server.user or "", server.password or "")
            kind, _ = link.select(_quoted(server.folder))
            if kind != "OK":
                raise imaplib.IMAP4.error("no such folder")
        except BaseException:
            with suppress(OSError):  # the line may be gone already
                link.shutdown()
            raise
        return link


def _quoted(folder: str) -> str:
    """A folder's name as an IMAP string; names beyond ASCII are written as the server has them."""
    return '"' + folder.replace("\\", r"\\").replace('"', r"\"") + '"'
