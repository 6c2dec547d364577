"""Whether the database is whole: its own checks, the audit chain, and clocks against the record."""

from __future__ import annotations

from sqlalchemy import select, text

from tracker.engine.clock.clockwork import open_file
from tracker.engine.desk import Desk
from tracker.security.errors import CannotOpen
from tracker.store.audit import verify
from tracker.store.cases import MERGED
from tracker.store.schema import Case, ContactReport
from tracker.store.sealing import Erased

_COUNTS = {"pending": (False, False), "confirmed": (True, False)}


def faults(desk: Desk) -> list[str]:
    """What is wrong, a sentence each; empty when all is well."""
    found = []
    if desk.session.get_bind().dialect.name == "sqlite":
        answer = desk.session.scalar(text("PRAGMA integrity_check"))
        if answer != "ok":
            found.append("SQLite reports damage; restore the last backup.")
        if desk.session.execute(text("PRAGMA foreign_key_check")).first() is not None:
            found.append("A row points to one that is gone; restore the last backup.")
    if (broken := verify(desk.session, desk.ring.audit)) is not None:
        found.append(f"The audit trail was changed at row {broken}; find out by whom.")
    return found + clock_faults(desk)


def clock_faults(desk: Desk) -> list[str]:
    """Cases whose clock remembers other contacts than their record holds."""
    found = []
    for case in desk.session.scalars(select(Case).where(Case.state != MERGED)):
        try:
            file = open_file(desk, case)
        except Erased:
            continue
        except CannotOpen:
            found.append(
                f"Case {case.ref} cannot be read: its key is lost, or it is damaged. Look whether "
                "TRACKER_KEYS is the newest copy of the key ring, else restore a backup."
            )
            continue
        rows = desk.session.scalars(select(ContactReport).filter_by(case_id=case.id))
        record = {row.id: row.state for row in rows}
        clock = {
            key: (contact.confirmed and not contact.retracted, contact.retracted)
            for key, contact in file.contacts.items()
        }
        expected = {key: _COUNTS.get(state, (False, True)) for key, state in record.items()}
        if clock != expected or file.closed != (case.state == "closed"):
            found.append(f"The clock of case {case.ref} disagrees with its record.")
    return found
