"""The providers' books: how often each message was taken, counted on their side alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from email.message import EmailMessage

from tests.standins.mail import Mailbox
from tests.standins.office import Office
from tests.standins.twilio import Taken, Twilio
from tracker.engine.sending.row_tokens import row_of_callback_token
from tracker.store.schema import OutboxMessage


@dataclass
class Books:
    """Read on as they grow. A mail names its row in its Message-ID, a text message in the address
    of its callback; nothing here asks the product what it believes it sent."""

    office: Office
    twilio: Twilio
    mailbox: Mailbox
    own: Counter[str] = field(default_factory=Counter)
    """How often a message of this row's own was taken."""
    _messages: defaultdict[str, list[EmailMessage | Taken]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _read: tuple[int, int] = (0, 0)

    def read(self) -> Books:
        """Read what is new."""
        mails, texts = self.mailbox.mails[self._read[0] :], self.twilio.messages[self._read[1] :]
        self._read = (self._read[0] + len(mails), self._read[1] + len(texts))
        for mail in mails:
            self._enter(str(mail["Message-ID"])[1:].partition(".")[0], mail)
        for one in texts:
            token = one.fields["StatusCallback"].rpartition("/")[2]
            row = row_of_callback_token(self.office.services.ring, token)
            assert row is not None
            self._enter(row, one)
        return self

    def times(self, row: OutboxMessage) -> int:
        """How often a row was taken: what went in another row's message as often as that (D7)."""
        return self.own[row.id] + self.own[row.carrier_id or ""]

    def bears_its_reference(self, row: OutboxMessage) -> bool:
        """Whether every message of the row's own bears its reference (D4)."""
        return all(row.reference in _words(one) for one in self._messages[row.id])

    def _enter(self, row_id: str, message: EmailMessage | Taken) -> None:
        self.own[row_id] += 1
        self._messages[row_id].append(message)


def _words(message: EmailMessage | Taken) -> str:
    if isinstance(message, Taken):
        return message.fields["Body"]
    part = message.get_body(("plain",))
    return f"{message['Subject']} {part.get_content() if part else ''}"


def taken(office: Office, twilio: Twilio, mailbox: Mailbox) -> Counter[str]:
    """How often each outbox row was taken, all books read from their beginning."""
    return with_carried(office, Books(office, twilio, mailbox).read().own)


def with_carried(office: Office, own: Counter[str]) -> Counter[str]:
    """What went in another row's message was taken as often as that one (D7)."""
    times = {row.id: own[row.id] + own[row.carrier_id or ""] for row in office.rows()}
    return Counter({row_id: count for row_id, count in times.items() if count})
