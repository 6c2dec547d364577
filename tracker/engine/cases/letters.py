"""Messages between a caseworker and a family, read behind the receipt; nothing is sent out (S5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tracker.domain.errors import Refused
from tracker.engine.desk import Desk
from tracker.i18n.words import _
from tracker.store import timeline
from tracker.store.schema import Case, Enquirer, FamilyMessage, new_id


@dataclass(frozen=True, slots=True)
class Letter:
    """One message with its words."""

    row: FamilyMessage
    words: str


def letters(desk: Desk, case: Case) -> list[Letter]:
    """The messages of a case, the oldest first."""
    return [
        Letter(row, str(desk.safe.open(row, "body")))
        for row in timeline.letters(desk.session, case.id)
    ]


def mark_read(desk: Desk, case: Case, up_to: datetime) -> int:
    """What the family wrote until then counts as read by the desk; how many that were.

    `up_to`: when the page was made on which it was read. What came since nobody has seen.
    """
    unread = [
        row
        for row in timeline.letters(desk.session, case.id)
        if row.from_family and row.read_at is None and row.written_at <= up_to
    ]
    for row in unread:
        row.read_at = desk.now
    if unread:
        desk.audit("message.read", "case", case.id, case.id, messages=len(unread))
    return len(unread)


def write(desk: Desk, case: Case, enquirer: Enquirer, words: str) -> FamilyMessage:
    """Write to an enquirer, who finds it when the receipt is used next.

    Raises Refused for nothing written, and for somebody who withdrew.
    """
    if not words.strip():
        raise Refused(_("Write something first."))
    if enquirer.withdrawn_at is not None:
        raise Refused(_("This person withdrew: nothing more is written to them."))
    row = FamilyMessage(
        id=new_id(),
        case_id=case.id,
        enquirer_id=enquirer.id,
        from_family=False,
        written_by=desk.person_id,
        written_at=desk.now,
    )
    desk.safe.seal(row, "body", words.strip())
    desk.session.add(row)
    desk.session.flush()
    desk.audit("message.written", "message", row.id, case.id)
    return row
