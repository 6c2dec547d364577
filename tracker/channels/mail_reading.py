"""What a mail to us is: a delivery report, a person's answer, or a machine's (RFC 3464, 3834).

Everything in it was written by somebody else: nothing is believed here, and nothing raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from email.utils import parseaddr
from hashlib import sha256
from html.parser import HTMLParser
from typing import Final

from tracker.channels.smtp_email import answered
from tracker.domain.delivery import Fault, Outcome, State
from tracker.domain.mailbox import Automatic, MailAnswer, MailIn, MailReport, Names

_OURS: Final = re.compile(r"<([0-9a-f]{32})\.([A-Z0-9]{4,12})@")
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{27}")
_CODE: Final = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})", re.ASCII)
_ARRIVED_AT: Final = ("To", "Delivered-To", "X-Original-To", "Envelope-To")
_UNFINISHED: Final = re.compile(r"<(?![^<>]*>)")
"""A tag that never ends. Of many such Python's parser begins anew at each, for minutes in all."""
_MOST: Final = 20
"""Names of mails that are looked at in one mail."""
_LONGEST_TEXT: Final = 20_000

_STATES: Final = {
    "delivered": State.DELIVERED,
    "relayed": State.SENT,  # handed to a server that promises no report
    "expanded": State.SENT,
    "delayed": State.ACCEPTED,
    "failed": State.REFUSED,
}
_OTHER: Final = "other"
"""For an action that RFC 3464 does not know."""


def read_mail(raw: bytes) -> list[MailIn]:
    """What a mail says; a report may speak of several recipients. Never empty, never raises."""
    try:
        mail = message_from_bytes(raw, policy=compat32)
        if _is_report(mail):
            return list(_reports(mail)) or [Automatic()]
        return [_answer(mail, raw)]
    except Exception:  # anybody can write to us, and the standard library stumbles in many ways
        return [Automatic()]


def _is_report(mail: Message) -> bool:
    kind = str(mail.get_param("report-type", "") or "").lower()
    return mail.get_content_type() == "multipart/report" and kind == "delivery-status"


def _reports(mail: Message) -> Iterator[MailReport]:
    parts = list(mail.walk())
    status = [part for part in parts if part.get_content_type() == "message/delivery-status"]
    inner = status[0].get_payload() if status else []
    blocks = [block for block in inner if isinstance(block, Message)]
    about_mail = next((block for block in blocks if block.get("Original-Envelope-Id")), None)
    envelope_id = str(about_mail["Original-Envelope-Id"]) if about_mail is not None else ""
    returned = [part for part in parts if part.get_content_type().startswith("message/rfc822")]
    returned += [part for part in parts if part.get_content_type() == "text/rfc822-headers"]
    ids = " ".join(_all_text(part) for part in returned)
    names = _names(mail, envelope_id, ids)
    for block in blocks:
        action = str(block.get("Action", "")).strip().lower()
        found = _CODE.search(str(block.get("Status", "")))
        if not action or found is None:
            continue
        yield _report(names, action, found[0])


def _report(names: Names, action: str, code: str) -> MailReport:
    state = _STATES.get(action)
    if state is None:  # of any length, and with any sign that no database keeps
        action = _OTHER
    if state is not State.REFUSED:
        return MailReport(names, action, code, state)
    meaning = answered(int(code[0]) * 100 + 50, code)
    outcome, fault = meaning.outcome, meaning.fault
    if fault is Fault.ACCOUNT:  # somebody else's server dislikes us: the operator's business
        outcome = Outcome.REFUSED
    return MailReport(names, action, meaning.code or code, state, outcome, fault)


def _answer(mail: Message, raw: bytes) -> MailIn:
    if _is_automatic(mail):
        return Automatic()
    refers = " ".join(str(mail.get(name, "")) for name in ("In-Reply-To", "References"))
    written = str(mail.get("Message-ID", "")).encode("utf-8", "replace") or raw
    return MailAnswer(
        names=_names(mail, "", refers),
        message_id=sha256(written).hexdigest(),
        sender=parseaddr(str(mail.get("From", "")))[1],
        text=_words(mail),
    )


def _is_automatic(mail: Message) -> bool:
    """RFC 3834 and what programs did before it."""
    automatic = str(mail.get("Auto-Submitted", "no")).strip().lower()
    precedence = str(mail.get("Precedence", "")).strip().lower()
    return (
        automatic.partition(";")[0].strip() != "no"
        or precedence in ("bulk", "junk", "list", "auto_reply")
        or any(mail.get(name) is not None for name in ("X-Autoreply", "X-Autorespond", "List-Id"))
        or str(mail.get("Return-Path", "x")).strip() == "<>"
        or mail.get_content_type() == "multipart/report"
        or len(mail.get_all("From", [])) != 1  # which of them a mail server checked nobody knows
    )


def _names(mail: Message, envelope_id: str, ids: str) -> Names:
    arrived = " ".join(str(value) for name in _ARRIVED_AT for value in mail.get_all(name, []))
    tokens = dict.fromkeys(_TOKEN.findall(f"{envelope_id} {arrived}"))
    ours = dict.fromkeys(reversed(_OURS.findall(ids)))  # the newest of the references first
    return Names(tuple(tokens)[:_MOST], tuple(ours)[:_MOST])


def _all_text(part: Message) -> str:
    """The headers that came back, whichever way they were packed."""
    packed = part.get_payload()
    if isinstance(packed, list):
        inside = [one for one in packed if isinstance(one, Message)]
        return " ".join(str(one.get("Message-ID", "")) for one in inside)
    return _decoded(part)


def _words(mail: Message) -> str:
    parts = [part for part in mail.walk() if not part.is_multipart()]
    parts = [part for part in parts if part.get_content_disposition() != "attachment"]
    for kind in ("text/plain", "text/html"):
        for part in parts:
            if part.get_content_type() == kind:
                text = _decoded(part)
                return text if kind == "text/plain" else _without_tags(text)
    return ""


def _decoded(part: Message) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    charset = part.get_content_charset("utf-8")
    try:
        return content[:_LONGEST_TEXT].decode(charset, "replace")
    except LookupError:
        return content[:_LONGEST_TEXT].decode("utf-8", "replace")


class _Text(HTMLParser):
    """The words of HTML, a line for each block; what is quoted is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._quoted = 0
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._quoted += tag == "blockquote"
        self._unseen += tag in ("style", "script")
        if tag in ("br", "div", "p", "tr"):
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._quoted -= tag == "blockquote" and self._quoted > 0
        self._unseen -= tag in ("style", "script") and self._unseen > 0

    def handle_data(self, data: str) -> None:
        if not self._quoted and not self._unseen:
            self.found.append(data)


def _without_tags(html: str) -> str:
    reader = _Text()
    reader.feed(_UNFINISHED.sub(" ", html))
    reader.close()
    return "".join(reader.found)
