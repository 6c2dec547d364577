"""Email by SMTP: TLS without downgrade, and outcomes that tell "not sent" from "perhaps sent".

smtplib raises the same exception for a connection lost before DATA and after the final dot, so
the steps are taken one by one: until the dot is on its way nothing was sent; from then on, until
the server has answered, the fate is unknown (research/delivery.md 3.2).
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from tracker.channels.mail_form import message, message_id
from tracker.domain.delivery import EMAIL, Envelope, Fault, Outcome, SendResult
from tracker.domain.errors import TrackerError
from tracker.security.text import mail_address
from tracker.settings import Smtp

CONNECT_SECONDS = 10
ANSWER_SECONDS = 30
DOT_SECONDS = 60
"""The answer to the final dot may take longest: the server has scanning to do."""

_ENHANCED = re.compile(r"(?<![\w.])([245]\.\d{1,3}\.\d{1,3})(?![\w]|\.\d)")
"""RFC 3463; not the beginning of an address like 5.75.128.3, which many answers name."""

NOBODY = ("5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.0", "5.2.1")
"""RFC 3463: no such mailbox or domain, moved, disabled."""
NO_ACCESS = (530, 534, 535, 538)
"""RFC 4954: the server wants a sign-in, or another one."""
SOFT_FULL = ("5.2.2",)
"""A full mailbox empties again: treated as a temporary answer."""

_GO_ON, _CLOSING = 354, 421

Answer = tuple[int, bytes]


@dataclass(frozen=True, slots=True)
class SmtpEmail:
    """One mail server. Thread-safe: connections are kept, and each is used by one at a time."""

    server: Smtp
    sender: str
    context: ssl.SSLContext | None = None
    """Which certificates to believe; None: those the machine believes."""
    timeouts: tuple[float, float, float] = (CONNECT_SECONDS, ANSWER_SECONDS, DOT_SECONDS)
    return_path: str | None = None
    """Where bounces go, with `*` for the row's token (VERP); None: to the sender."""
    receipts: bool = False
    """Whether somebody reads reports of delivery, so that they are asked for (RFC 3461)."""
    _idle: deque[smtplib.SMTP] = field(default_factory=deque, repr=False, compare=False)

    @property
    def kind(self) -> str:
        """`email`."""
        return EMAIL

    def send(self, envelope: Envelope) -> SendResult:
        """Hand one mail to the server."""
        try:
            content = message(envelope, self.sender)
            recipient = mail_address(envelope.to)
        except (ValueError, TrackerError):
            return SendResult(Outcome.REFUSED, code="bad_address", fault=Fault.ADDRESS, local=True)
        try:
            link, (code, words) = self._offered(recipient, envelope.token)
        except smtplib.SMTPResponseException as error:
            return answered(error.smtp_code, error.smtp_error, of_account=True)
        except ssl.SSLError as error:
            return _closed(f"tls_{getattr(error, 'reason', None) or 'failed'}".lower())
        except smtplib.SMTPNotSupportedError:
            return _closed("tls_or_auth_not_offered")
        except (OSError, smtplib.SMTPException) as error:
            return SendResult(Outcome.NOT_SENT, code=f"connect_{type(error).__name__}")
        if code == _GO_ON:
            result = self._hand_over(link, envelope, content)
        else:
            result = answered(code, words)
            _reset(link)
        if link.sock is not None:
            self._idle.append(link)
        return result

    def find(self, envelope: Envelope, since: datetime) -> SendResult | None:
        """A mail server cannot be asked."""
        return None

    def close(self) -> None:
        """Close the connections that are kept. The channel can still be used."""
        while self._idle:
            _drop(self._idle.pop())

    def _offered(self, recipient: str, token: str) -> tuple[smtplib.SMTP, Answer]:
        """A line on which a mail was offered, and the answer: a kept one if the server is still
        there. Nothing was sent if this raises what `_connect` raises."""
        while self._idle:
            try:
                link = self._idle.pop()
            except IndexError:  # another thread was quicker
                break
            try:
                answer = self._offer(link, recipient, token)
            except (OSError, smtplib.SMTPException):
                _drop(link)
                continue
            if answer[0] != _CLOSING:
                return link, answer
            _drop(link)
        link = self._connect()
        try:
            return link, self._offer(link, recipient, token)
        except BaseException:
            _drop(link)
            raise

    def _offer(self, link: smtplib.SMTP, recipient: str, token: str) -> Answer:
        """MAIL, RCPT and DATA; the answer to DATA, or the first that was not good.

        Sent in one go where the server allows it (RFC 2920), which saves two journeys. Where it
        speaks of delivery (RFC 3461), bounces name our row and hold no words.
        """
        path = (self.return_path or self.sender).replace("*", token)
        mail, rcpt = f"MAIL FROM:<{path}>", f"RCPT TO:<{recipient}>"
        if link.has_extn("dsn"):
            mail += f" RET=HDRS ENVID={token}"
            rcpt += " NOTIFY=SUCCESS,FAILURE,DELAY" if self.receipts else ""
        commands = (mail, rcpt, "DATA")
        answers = list[Answer]()
        if link.has_extn("pipelining"):
            link.send("\r\n".join((*commands, "")))
            answers = [link.getreply() for _ in commands]
        else:
            for command in commands:
                answers.append(link.docmd(command))
                if answers[-1][0] // 100 not in (2, 3):
                    break
        bad = next((one for one in answers if one[0] // 100 not in (2, 3)), None)
        if bad is not None and answers[-1][0] == _GO_ON:
            link.docmd(".")  # a mail to nobody, which it must refuse
        return bad or answers[-1]

    def _hand_over(self, link: smtplib.SMTP, envelope: Envelope, content: bytes) -> SendResult:
        """The mail itself. From here on an answer that does not come may hide that it was taken."""
        try:
            _patience(link, self.timeouts[2])
            link.send(_stuffed(content))
            code, words = link.getreply()
            _patience(link, self.timeouts[1])
        except (OSError, smtplib.SMTPException) as error:
            _drop(link)
            return SendResult(Outcome.UNKNOWN, code=f"lost_{type(error).__name__}")
        if code // 100 not in (2, 4, 5):  # no answer to a dot: it may have been taken
            _drop(link)
            return SendResult(Outcome.UNKNOWN, code="lost_answer")
        if code // 100 == 2:
            return SendResult(Outcome.ACCEPTED, provider_id=message_id(envelope, self.sender))
        return answered(code, words)

    def _connect(self) -> smtplib.SMTP:
        server, context = self.server, self.context
        if context is None and server.tls != "none":  # reading all certificates takes a while
            context = ssl.create_default_context()
        link: smtplib.SMTP
        name = self.sender.rpartition("@")[2]  # else it asks the DNS, and tells the machine's name
        if server.tls == "implicit":
            link = smtplib.SMTP_SSL(local_hostname=name, timeout=self.timeouts[0], context=context)
        else:
            link = smtplib.SMTP(local_hostname=name, timeout=self.timeouts[0])
        link._host = server.host  # type: ignore[attr-defined]  # the name the certificate is checked by
        try:
            code, words = link.connect(server.host, server.port)
            if code != 220:
                raise smtplib.SMTPConnectError(code, words)
            _patience(link, self.timeouts[1])
            link.ehlo_or_helo_if_needed()
            if server.tls == "starttls":
                code, words = link.starttls(context=context)
                if code != 220:
                    raise smtplib.SMTPNotSupportedError("STARTTLS was refused")
                link.ehlo_or_helo_if_needed()
            if server.user:
                link.login(server.user, server.password or "")
        except BaseException:
            link.close()
            raise
        return link


def _patience(link: smtplib.SMTP, seconds: float) -> None:
    if link.sock is not None:
        link.sock.settimeout(seconds)


def _reset(link: smtplib.SMTP) -> None:
    """Give up the mail that was begun, so that the line can serve the next one."""
    try:
        link.rset()
    except (OSError, smtplib.SMTPException):
        _drop(link)


def _drop(link: smtplib.SMTP) -> None:
    with suppress(OSError):
        link.close()


def _stuffed(content: bytes) -> bytes:
    """The mail as it goes over the wire: CRLF, leading dots doubled, the final dot (RFC 5321)."""
    lines = b"\n" + content.replace(b"\r\n", b"\n").rstrip(b"\n")
    return lines.replace(b"\n.", b"\n..")[1:].replace(b"\n", b"\r\n") + b"\r\n.\r\n"


def answered(code: int, words: bytes | str, *, of_account: bool = False) -> SendResult:
    """What an answer of the server means; the enhanced code is believed before the plain one, but
    never "not now" made "never" by it (RFC 2034: both are of one class)."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    found = _ENHANCED.search(text)
    shown = found[1] if found else str(code)
    if code in NO_ACCESS or (of_account and code // 100 == 5):
        return _closed(shown)
    if code // 100 == 4:
        return SendResult(Outcome.NOT_SENT, code=shown if shown[0] == "4" else str(code))
    if code // 100 != 5:  # no answer to what was said
        return SendResult(Outcome.NOT_SENT, code="lost")
    if shown.startswith("5.7"):  # this mail to this reader: another may pass
        return SendResult(Outcome.REFUSED, code=shown, fault=Fault.ACCOUNT)
    if shown in SOFT_FULL:
        return SendResult(Outcome.NOT_SENT, code="4.2.2")
    if shown in NOBODY or (found is None and code in (550, 551, 553)):
        return SendResult(Outcome.REFUSED, code=shown, fault=Fault.ADDRESS)
    return SendResult(Outcome.REFUSED, code=shown, fault=Fault.CONTENT)


def _closed(code: str) -> SendResult:
    """No sign-in, or no safe line: nothing was offered, and nothing goes until it is mended."""
    return SendResult(Outcome.NOT_SENT, code=code, fault=Fault.ACCOUNT)
