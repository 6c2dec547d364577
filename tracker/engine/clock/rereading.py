"""A clock's contacts read anew from the record, where the record changed behind its back."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from tracker.domain.casefile import CaseFile
from tracker.domain.contact import Contact, ContactClass, Interval
from tracker.domain.policy import Policy
from tracker.engine.desk import Desk
from tracker.store.schema import Case, ContactReport

_SETTLED = ("confirmed", "retracted")
_TAKEN_BACK = ("rejected", "retracted")


def read_contacts(desk: Desk, case: Case, file: CaseFile, policy: Policy, later: CaseFile) -> None:
    """Make the clock's contacts those of the case's record as it stands.

    `later` is a clock that has since asked for some of them to be confirmed (R14): nobody is asked
    the same thing twice.
    """
    query = select(ContactReport).filter_by(case_id=case.id)
    rows = desk.session.scalars(query.order_by(ContactReport.entered_at, ContactReport.id)).all()
    found = {row.id: _contact(desk, row) for row in rows}
    order = [key for key in file.contacts if key in found]
    file.contacts = {key: found[key] for key in [*order, *(k for k in found if k not in order)]}
    pending = [key for key, one in file.contacts.items() if not (one.confirmed or one.retracted)]
    asked = {**file.asked, **later.asked}
    file.asked = {key: asked[key] for key in pending if key in asked}
    first = file.contacts.get(file.provisional or "")
    if file.provisional not in pending:
        file.provisional = None
    if first is not None and first.confirmed and not first.retracted and first.earliest is not None:
        keeps = first.cls not in policy.resets  # it still says since when (R2)
        file.missing_since = Interval(first.earliest, first.latest) if keeps else file.missing_since


def _contact(desk: Desk, row: ContactReport) -> Contact:
    told = desk.safe.open(row, "occurred")
    return Contact(
        date.fromisoformat(told["earliest"]) if told["earliest"] else None,
        date.fromisoformat(told["latest"]),
        ContactClass(told["class"]),
        row.state in _SETTLED,
        row.state in _TAKEN_BACK,
    )
