"""What was written down wrongly: a name or a fact is taken back with a reason, or put back.

It stays on the record, sealed, and counts no more: it is not shown, searched, compared, shared or
taken out. No clock knows names and facts; what a clock knows has rules of its own: a contact is
retracted (R6, `engine.cases.record`), the end of a case undone by opening it again (R15).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from tracker.domain.errors import Refused
from tracker.domain.statements import StatementKind
from tracker.engine.cases import duplicates
from tracker.engine.desk import Desk
from tracker.i18n.words import _
from tracker.store import timeline
from tracker.store.schema import Case, Note, PersonName, Statement

Told = PersonName | Statement

NOTE: Final = "wrong"
"""The kind of the note that holds why something was taken back."""


@dataclass(frozen=True, slots=True)
class Said:
    """A name (`kind` is "name") or a fact, opened; when, by whom and why it was taken back."""

    row: Told
    kind: str
    value: Any
    source: str | None
    withdrawn_at: datetime | None
    by: str | None = None
    reason: str = ""


def told(desk: Desk, case: Case) -> list[Said]:
    """Every name and fact of the case, names first, also those taken back. Contacts and the end of
    a case are not among them."""
    names: Sequence[Told] = timeline.names(desk.session, case.id, withdrawn=True)
    facts: Sequence[Told] = timeline.statements(desk.session, case.id, withdrawn=True)
    notes: dict[datetime, list[Note]] = {}
    for note in timeline.notes(desk.session, case.id):
        if note.kind == NOTE:
            notes.setdefault(note.written_at, []).append(note)
    found = []
    for row in (*names, *facts):
        if not _may_be_wrong(row):
            continue
        given = notes.get(row.withdrawn_at, []) if row.withdrawn_at else []
        found.append(
            Said(
                row,
                _kind(row),
                desk.safe.open(row, "name" if isinstance(row, PersonName) else "value"),
                desk.safe.open(row, "source"),
                row.withdrawn_at,
                given[0].written_by if given else None,
                "\n".join(str(desk.safe.open(note, "text")) for note in given),
            )
        )
    return found


def find(desk: Desk, case: Case, row_id: str) -> Told | None:
    """The name or fact of this case with that id; None where there is none."""
    row: Told | None = desk.session.get(PersonName, row_id)
    row = row or desk.session.get(Statement, row_id)
    return row if row is not None and row.case_id == case.id and _may_be_wrong(row) else None


def withdraw(desk: Desk, case: Case, row: Told, reason: str) -> None:
    """It was wrong: from now on it counts no more. Raises Refused without a reason, and twice."""
    if row.withdrawn_at is not None:
        raise Refused(_("This was taken back already."))
    if not reason.strip():
        raise Refused(_("Give a reason; others will have to understand it later."))
    desk.note(case.id, NOTE, reason.strip())
    row.withdrawn_at = desk.now
    _tell(desk, case, row, "withdrawn")


def put_back(desk: Desk, case: Case, row: Told) -> None:
    """It was right: it stands again where it stood. What stands is left as it is."""
    if row.withdrawn_at is None:
        return
    row.withdrawn_at = None
    _tell(desk, case, row, "restored")


def _tell(desk: Desk, case: Case, row: Told, act: str) -> None:
    """Into the trail, from which searching and comparing learn it; and pairs lose what they had."""
    desk.session.flush()
    if isinstance(row, PersonName):
        desk.audit(f"name.{act}", "name", row.id, case.id)
    else:
        desk.audit(f"statement.{act}", "statement", row.id, case.id, kind=row.kind)
    duplicates.reconsider(desk, case)


def _kind(row: Told) -> str:
    return "name" if isinstance(row, PersonName) else row.kind


def _may_be_wrong(row: Told) -> bool:
    return _kind(row) != StatementKind.CLOSING
