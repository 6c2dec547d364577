"""Bringing in a sheet of cases and contacts: all of it or nothing, and the same row only once.

It is understood first, which takes a while and writes nothing; then its rows are written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import func, select

from tracker.domain.delivery import UNSENT
from tracker.domain.errors import Refused
from tracker.domain.moments import local_date
from tracker.engine.cases import cases
from tracker.engine.cases.intake import take_in, tell, told_by
from tracker.engine.cases.queue import names_by_case
from tracker.engine.clock.raising import cancel_unsent
from tracker.engine.desk import Desk
from tracker.engine.sheets.import_columns import Fault, labels, mapping
from tracker.engine.sheets.import_rows import ImportRow, RowReader
from tracker.engine.sheets.sheets import Sheet
from tracker.engine.staff.addresses import hashes
from tracker.i18n.words import gettext as _
from tracker.security.tokens import lookup_hmac
from tracker.store.cases import find_case
from tracker.store.people import find_by_email, roles_of
from tracker.store.queue import visible_ids
from tracker.store.schema import Alert, Case, ImportedRow, OutboxMessage, new_id
from tracker.testimony.names import NameIndex

ALIKE: Final = 0.8
"""From this score on a name is shown as possibly the same person's."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Hint:
    """A row's person may be the person of a case, or of an earlier row, `like`: for a person to
    look at, never decided here."""

    row: int
    like: str
    name: str


@dataclass(slots=True)
class Outcome:
    """What came, or would come, of a sheet."""

    rows: int = 0
    opened: list[str] = field(default_factory=list)  # references
    told: int = 0  # further accounts of known cases
    known: int = 0  # rows taken in before
    messages: int = 0  # that will go out because of it
    faults: list[Fault] = field(default_factory=list)
    looks: list[Fault] = field(default_factory=list)  # nothing wrong; for a person to look at
    hints: list[Hint] = field(default_factory=list)


@dataclass(slots=True)
class Understood:
    """A sheet as it was read, before anything is written. `rows`: those nothing is wrong with."""

    reader: RowReader
    outcome: Outcome
    rows: list[ImportRow] = field(default_factory=list)


def understand(
    desk: Desk,
    sheet: Sheet,
    *,
    columns: Mapping[str, str] | None = None,
    told_already: bool = False,
    progress: Progress = lambda done, of: None,
) -> Understood:
    """Read every row and look for likenesses; writes nothing, and needs no writer's lock.

    A row with the `id` or `ref` of a known case is one more account of it. A row that was taken in
    before will be passed over. `told_already`: those concerned know, so no message goes out about
    what is overdue at once; the alert stands as acknowledged (R10), and what comes later is told.
    """
    found, faults = mapping(sheet.columns, columns or {})
    settings = desk.settings
    reader = RowReader(
        found,
        today=local_date(desk.now, settings.timezone),
        language=settings.language,
        zone_name=str(settings.timezone),
        told=told_already,
    )
    reader.faults += faults
    outcome = Outcome(rows=len(sheet.rows), faults=reader.faults, looks=reader.looks)
    understood = Understood(reader, outcome)
    if faults:
        return understood
    index, seen = _names(desk), set[bytes]()
    for done, row in enumerate(sheet.rows, start=1):
        read = reader.read(row)
        if read is not None:
            _look(desk, read, understood, index, seen)
        progress(done, len(sheet.rows))
    _none_is_ours(understood)
    return understood


def _none_is_ours(understood: Understood) -> None:
    """A column of which no cell is a reference of ours was mistaken for one: said once, not for
    each row, which would hide what else is wrong."""
    reader = understood.reader
    column, unknown = reader.called("ref"), _unknown_reference()
    wrong = [fault for fault in reader.faults if (fault.column, fault.says) == (column, unknown)]
    if len(wrong) < 2 or any("ref" in row.cells for row in understood.rows):
        return
    says = _(
        "No case has any of these references. If they are your own numbers, say that the column "
        "means: %(name)s.",
        name=labels()["id"],
    )
    others = [fault for fault in reader.faults if fault not in wrong]
    reader.faults[:] = [Fault(1, column, says), *others]


def _look(
    desk: Desk,
    row: ImportRow,
    understood: Understood,
    index: NameIndex[str],
    seen: set[bytes],
) -> None:
    """Whom a row speaks of, and whom it may; a new case's names are looked for by later rows.

    `seen` holds what earlier rows of this sheet say, and the office's numbers in them.
    """
    key = _key(desk, row)
    try:
        case = _known_case(desk, row, key)
        if case is None and "caseworker" in row.cells:
            _caseworker(desk, row)
    except Refused as refused:
        column = _column_of(row)
        understood.reader.fail(row.number, column, str(refused), row.cells.get(column, ""))
        return
    content = _content(desk, row)
    taken, further = content in seen or _was_taken(desk, content), case is not None or key in seen
    if further and not taken and not row.account.source:
        says = _(
            "The case is known, so this is a further account of it. Say in a column who tells it: "
            "conflicting facts are kept apart by their source."
        )
        understood.reader.fail(row.number, "source", says)
        return
    understood.rows.append(row)
    seen.add(content)
    if further or taken:
        return
    understood.outcome.hints += _hints(row, index)
    for name in row.account.names:
        index.add(_("row %(n)s", n=row.number), name)
    if key is not None:
        seen.add(key)


def bring_in(
    desk: Desk, understood: Understood, progress: Progress = lambda done, of: None
) -> Outcome:
    """Take in every row, in the caller's one transaction; it must be undone if there are faults."""
    outcome = understood.outcome
    before = _unsent(desk)
    for done, row in enumerate(understood.rows, start=1):
        _one(desk, row, understood.reader, outcome)
        progress(done, len(understood.rows))
    desk.session.flush()
    outcome.messages = _unsent(desk) - before
    desk.audit(
        "import.done",
        "import",
        rows=outcome.rows,
        opened=len(outcome.opened),
        told=outcome.told,
        known=outcome.known,
        faults=len(outcome.faults),
    )
    return outcome


def _one(desk: Desk, row: ImportRow, reader: RowReader, outcome: Outcome) -> None:
    content, key = _content(desk, row), _key(desk, row)
    if _was_taken(desk, content):
        outcome.known += 1
        return
    try:
        case = _known_case(desk, row, key)
        if case is None:
            case = _open(desk, row)
            outcome.opened.append(case.ref)
        else:
            tell(desk, case, row.account, confirmed=row.confirmed, told_on=row.told_on)
            outcome.told += 1
    except Refused as refused:
        reader.fail(row.number, _column_of(row), str(refused))
        return
    if row.told_already:
        _is_known_to_all(desk, case)
    desk.session.add(
        ImportedRow(
            id=new_id(),
            content_hmac=content,
            key_hmac=key,
            case_id=case.id,
            imported_at=desk.now,
            imported_by=desk.person_id,
        )
    )
    desk.session.flush()


def _content(desk: Desk, row: ImportRow) -> bytes:
    return _hmac(desk, "row", json.dumps(row.cells, sort_keys=True, ensure_ascii=False))


def _key(desk: Desk, row: ImportRow) -> bytes | None:
    return _hmac(desk, "id", row.cells["id"]) if "id" in row.cells else None


def _was_taken(desk: Desk, content: bytes) -> bool:
    found = select(ImportedRow.id).filter_by(content_hmac=content)
    return desk.session.scalars(found).first() is not None


def _known_case(desk: Desk, row: ImportRow, key: bytes | None) -> Case | None:
    """The case a row speaks of, by our reference or the office's own number."""
    who = desk.actor.at_desk()
    if "ref" in row.cells:
        case = find_case(desk.session, who, row.cells["ref"].upper())
    elif key is None or (ref := _ref_of_number(desk, key)) is None:
        return None
    else:
        case = find_case(desk.session, who, ref)
    if case is None:  # also where it is another's: a number opens no more than a reference (S9)
        raise Refused(_unknown_reference())
    return case


def _unknown_reference() -> str:
    return _("There is no case with this reference. Correct it, or leave it out.")


def _ref_of_number(desk: Desk, key: bytes) -> str | None:
    """The reference of the case that was brought in under the office's own number."""
    query = select(Case.ref).join(ImportedRow, ImportedRow.case_id == Case.id)
    return desk.session.scalars(query.where(ImportedRow.key_hmac == key)).first()


def _open(desk: Desk, row: ImportRow) -> Case:
    case, _enquirer = take_in(
        desk,
        row.account,
        row.teller,
        zone_name=row.zone_name,
        caseworker_id=_caseworker(desk, row),
        confirmed=row.confirmed and row.account.contact is not None,
        told_on=row.told_on,
    )
    return case


def _caseworker(desk: Desk, row: ImportRow) -> str | None:
    if "caseworker" not in row.cells:
        return told_by(desk.actor)
    person = find_by_email(desk.session, *hashes(desk, row.cells["caseworker"]))
    if person is None or not person.active or "caseworker" not in roles_of(desk.session, person.id):
        raise Refused(_("No active caseworker has this address. Correct it, or invite them first."))
    return person.id


def _is_known_to_all(desk: Desk, case: Case) -> None:
    """What is overdue already was told elsewhere: acknowledged, and nobody is written to."""
    alerts = desk.session.scalars(
        select(Alert.id).where(Alert.case_id == case.id, Alert.state == "triggered")
    ).all()
    if alerts:
        cases.acknowledge(desk, case)
        cancel_unsent(desk, alerts)


def _names(desk: Desk) -> NameIndex[str]:
    """The names of all cases this actor may see, by reference."""
    ids = visible_ids(desk.session, desk.actor.at_desk())
    refs = {row.id: row.ref for row in desk.session.execute(select(Case.id, Case.ref))}
    named = names_by_case(desk, ids)
    return NameIndex((refs[case_id], name) for case_id, many in named.items() for name in many)


def _hints(row: ImportRow, index: NameIndex[str]) -> list[Hint]:
    found: dict[str, Hint] = {}
    for name in row.account.names:
        for like, score, other in index.search(name, limit=3):
            if score >= ALIKE:
                found.setdefault(like, Hint(row.number, like, other))
    return list(found.values())


def _unsent(desk: Desk) -> int:
    waiting = select(func.count()).where(OutboxMessage.state.in_(sorted(UNSENT)))
    return desk.session.scalar(waiting) or 0


def _hmac(desk: Desk, kind: str, text: str) -> bytes:
    return lookup_hmac(text, kind=f"import {kind}", pepper=desk.ring.pepper)


def _column_of(row: ImportRow) -> str:
    """Where to look for what the engine refused as a whole."""
    for column in ("ref", "caseworker", "last_contact"):
        if column in row.cells:
            return column
    return "name"
