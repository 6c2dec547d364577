"""Mails that come back: reports move our rows, answers are heard, everything else is left (D5, D8).

`From` can be forged, so a mail counts only where it names a message of ours that nobody but its
reader has seen, and comes from the address that message went to.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError

from tracker.domain.actor import Actor
from tracker.domain.delivery import EMAIL, Word
from tracker.domain.mailbox import Automatic, MailAnswer, MailIn, MailReport, Names
from tracker.engine.desk import Desk
from tracker.engine.power import Power
from tracker.engine.pulse import beat, take_lease
from tracker.engine.sending.receipts import take_receipt
from tracker.engine.sending.replies import ANSWER, Heard, hear
from tracker.engine.sending.row_tokens import row_of_callback_token
from tracker.security.tokens import constant_time_equal
from tracker.store.schema import Inbound, OutboxMessage

MAILBOX: Final = "mailbox"
"""The pulse that says when the mailbox was last read."""

MAILBOX_LEASE: Final = "mailbox_lease"
REPORTED_WITHIN: Final = timedelta(days=14)
"""Servers give up after five days (RFC 5321, 4.5.4.1). Later reports are not believed: whoever has
an old mail of ours could end an address with them."""

_PROVIDER: Final = Actor("provider")

log = logging.getLogger(__name__)


def read_mailbox(services: Power, owner: str) -> int:
    """Read what is new, each mail in its own transaction; how many there were.

    One worker at a time. Mail that the database could not take is given again; what is wrong with
    any other is left to people. Raises MailboxClosed.
    """
    if services.mailbox is None:
        return 0
    with services.desk(_PROVIDER) as desk:
        if not take_lease(desk, owner, MAILBOX_LEASE):
            return 0

    def take(mail: MailIn) -> bool:
        try:
            with services.desk(_PROVIDER) as desk:
                return take_mail(desk, mail)
        except (OperationalError, InterfaceError):  # the database's fault, not the mail's
            raise
        except Exception as error:  # given again for ever, a hundred such would close the mailbox
            log.error("a mail is left to people: %s", type(error).__name__)
            return False

    read = services.mailbox.read(take)
    with services.desk(_PROVIDER) as desk:
        beat(desk, MAILBOX)
    return read


def take_mail(desk: Desk, mail: MailIn) -> bool:
    """Do what a mail asks for; whether it was understood, and need not be kept (S18)."""
    if isinstance(mail, Automatic):
        return False
    row = _row(desk, mail.names)
    if row is None:
        return False
    match mail:
        case MailReport():
            if desk.now - row.created_at > REPORTED_WITHIN:
                return False
            _report(desk, row, mail)
            return True
        case MailAnswer():
            return _answer(desk, row, mail)


def _row(desk: Desk, names: Names) -> OutboxMessage | None:
    """The message that is meant: by its signed token, else by its Message-ID and reference."""
    for token in names.tokens:
        row_id = row_of_callback_token(desk.ring, token)
        row = desk.session.get(OutboxMessage, row_id) if row_id else None
        if row is not None and row.channel == EMAIL:
            return row
    for row_id, reference in names.message_ids:
        row = desk.session.get(OutboxMessage, row_id)
        if row is None or row.channel != EMAIL:
            continue
        if constant_time_equal(row.reference, reference):
            return row
    return None


def _report(desk: Desk, row: OutboxMessage, mail: MailReport) -> None:
    word = Word(
        provider_id=row.provider_id or f"mail-{row.id}",
        status=mail.action,
        state=mail.state,
        code=mail.code if mail.outcome else None,
        outcome=mail.outcome,
        fault=mail.fault,
    )
    take_receipt(desk, row.id, word)


def _answer(desk: Desk, row: OutboxMessage, mail: MailAnswer) -> bool:
    """Hear an answer, and answer it by mail, once. What was not understood is left to people."""
    heard = Heard("mail", mail.message_id, EMAIL, mail.text, mail.sender, row.id)
    answer = hear(desk, heard)
    same = select(Inbound).filter_by(provider="mail", provider_id=mail.message_id)
    came = desk.session.scalars(same).one_or_none()
    if came is None:
        return False
    if answer is not None and desk.session.get(OutboxMessage, came.id) is None:
        desk.session.add(
            OutboxMessage(
                id=came.id,
                kind=ANSWER,
                person_id=row.person_id,
                contact_point_id=row.contact_point_id,
                channel=EMAIL,
                urgent=True,
                reference=row.reference,
                available_at=desk.now,
                created_at=desk.now,
            )
        )
        desk.session.flush()
    return came.act is not None
