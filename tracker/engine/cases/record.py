"""Keeping what is told: enquirers, names, statements, and contact reports with their decisions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from tracker.domain.casefile import CaseFile
from tracker.domain.contact import Contact, ContactClass, Interval, bounded_by_report
from tracker.domain.edtf import Days, to_edtf
from tracker.domain.errors import Refused
from tracker.domain.moments import local_date, zone
from tracker.domain.policy import Policy
from tracker.domain.statements import StatementKind
from tracker.engine.clock.clockwork import enter, hold
from tracker.engine.clock.raising import cancel_unsent
from tracker.engine.desk import Desk
from tracker.i18n.words import _
from tracker.security.text import is_blank
from tracker.store.schema import (
    Alert,
    Case,
    ContactReport,
    Enquirer,
    PersonName,
    Statement,
    new_id,
)


def add_enquirer(
    desk: Desk,
    case: Case,
    details: Mapping[str, Any],
    *,
    language: str = "en",
    protected: bool = False,
    reachable: bool = False,
) -> Enquirer:
    """Somebody who reports about a case. Not contacted unless they said how (S5)."""
    enquirer = Enquirer(
        id=new_id(),
        case_id=case.id,
        language=language,
        protected=protected,
        reachable=reachable,
        created_at=desk.now,
        last_heard_at=desk.now,
    )
    desk.safe.seal(enquirer, "details", dict(details))
    desk.session.add(enquirer)
    desk.session.flush()
    desk.audit("enquirer.added", "enquirer", enquirer.id, case.id)
    return enquirer


def add_name(
    desk: Desk,
    case: Case,
    name: str,
    *,
    source: str | None = None,
    enquirer: Enquirer | None = None,
) -> PersonName:
    """One more name of the sought person, as this source spells it."""
    if is_blank(name):
        raise Refused(_("The name is empty. Write it as you know it, in any script."))
    others = desk.session.scalars(select(PersonName.position).filter_by(case_id=case.id)).all()
    row = PersonName(
        id=new_id(),
        case_id=case.id,
        position=max(others, default=-1) + 1,
        entered_by=desk.person_id,
        enquirer_id=enquirer.id if enquirer else None,
        entered_at=desk.now,
    )
    desk.safe.seal(row, "name", name.strip())
    desk.safe.seal(row, "source", source or None)
    desk.session.add(row)
    desk.audit("name.added", "name", row.id, case.id)
    return row


def add_statement(
    desk: Desk,
    case: Case,
    kind: str,
    value: Mapping[str, Any],
    *,
    source: str | None = None,
    enquirer: Enquirer | None = None,
) -> Statement:
    """A fact as this source tells it; others may tell it differently, and both are kept."""
    row = Statement(
        id=new_id(),
        case_id=case.id,
        kind=str(StatementKind(kind)),
        entered_by=desk.person_id,
        enquirer_id=enquirer.id if enquirer else None,
        entered_at=desk.now,
    )
    desk.safe.seal(row, "value", dict(value))
    desk.safe.seal(row, "source", source or None)
    desk.session.add(row)
    desk.audit("statement.added", "statement", row.id, case.id, kind=row.kind)
    return row


def report_contact(
    desk: Desk,
    case: Case,
    *,
    occurred: Days,
    cls: ContactClass,
    details: Mapping[str, Any] | None,
    edtf: str | None = None,
    flags: Collection[str] = (),
    reported_at: datetime | None = None,
    enquirer: Enquirer | None = None,
    first_report: bool = False,
    confirmed: bool = False,
) -> ContactReport:
    """Enter an account that the person was heard from (R14, R16; a first report also R2).

    Unconfirmed it moves no clock and asks the caseworker. `details` None: nothing was said about
    it, as by an answer to a message, which the worker may hear, who holds no key to words (S2).
    Raises Refused for the future, and for an open start that is to count as confirmed.
    """
    told_at = reported_at or desk.now
    earliest, latest = bounded_by_report(occurred, local_date(told_at, zone(case.zone_name)))
    if confirmed and earliest is None:
        raise Refused(_("To confirm it, say the earliest day it can have been."))
    contact = Contact(earliest, latest, cls, confirmed)
    report = ContactReport(
        id=new_id(),
        case_id=case.id,
        enquirer_id=enquirer.id if enquirer else None,
        state="confirmed" if confirmed else "pending",
        first_report=first_report,
        reported_at=told_at,
        entered_at=desk.now,
        entered_by=desk.person_id,
        decided_at=desk.now if confirmed else None,
        decided_by=desk.person_id if confirmed else None,
    )
    _seal_occurred(desk, report, contact, edtf, flags)
    if details is None:
        report.details_sealed = b""
    else:
        desk.safe.seal(report, "details", dict(details))
    desk.session.add(report)
    desk.session.flush()
    desk.audit("contact.reported", "contact", report.id, case.id, confirmed=confirmed)
    enter(
        desk,
        case,
        lambda file, policy: _enter_report(file, policy, report, contact),
    )
    return report


def _enter_report(file: CaseFile, policy: Policy, report: ContactReport, contact: Contact) -> None:
    file.enter_contact(report.id, contact, first_report=report.first_report)
    if report.first_report and contact.confirmed:
        _keep_missing_since(file, policy, contact)


def _keep_missing_since(file: CaseFile, policy: Policy, contact: Contact) -> None:
    """A first report confirmed as something that resets no clock still says since when (R2)."""
    if contact.cls not in policy.resets and contact.earliest is not None:
        file.missing_since = Interval(contact.earliest, contact.latest)


def _seal_occurred(
    desk: Desk,
    report: ContactReport,
    contact: Contact,
    edtf: str | None,
    flags: Collection[str],
) -> None:
    value = {
        "earliest": contact.earliest.isoformat() if contact.earliest else None,
        "latest": contact.latest.isoformat(),
        "edtf": edtf or to_edtf(contact.earliest, contact.latest),
        "class": str(contact.cls),
        "flags": sorted(flags),
    }
    desk.safe.seal(report, "occurred", value)


def confirm(
    desk: Desk,
    case: Case,
    report: ContactReport,
    *,
    cls: ContactClass | None = None,
    bounds: Interval | None = None,
    reason: str | None = None,
) -> None:
    """A caseworker confirms a report (R14); from now on it counts (R1).

    Raises Refused for an open start without `bounds`, for bounds after the day on which it was
    told (R16), and where what seemed staged is to be called direct without a reason (S6).
    """
    _hold_report(desk, case, report)
    if report.state != "pending":
        raise Refused(_("This report was decided already."))
    told = desk.safe.open(report, "occurred")
    if told["earliest"] is None and bounds is None:
        raise Refused(_("To confirm it, say the earliest day it can have been."))
    told_on = local_date(report.reported_at, zone(case.zone_name))
    if bounds is not None and bounds.latest > told_on:
        raise Refused(_("A contact cannot lie in the future. Check the days."))
    staged = told["class"] == ContactClass.CONSTRAINED
    if staged and cls is ContactClass.DIRECT and not (reason or "").strip():
        raise Refused(_("It may have been staged. Give a reason why it counts as direct."))
    if reason:
        desk.note(case.id, "confirm", reason)
    report.state, report.decided_at, report.decided_by = "confirmed", desk.now, desk.person_id

    def change(file: CaseFile, policy: Policy) -> None:
        file.confirm(report.id, cls, bounds)
        contact = file.contacts[report.id]
        if report.first_report:
            _keep_missing_since(file, policy, contact)
        edtf = told["edtf"] if bounds is None else None
        _seal_occurred(desk, report, contact, edtf, told["flags"])

    enter(desk, case, change)
    _settle_request(desk, report)
    desk.audit("contact.confirmed", "contact", report.id, case.id)


def reject(desk: Desk, case: Case, report: ContactReport, reason: str) -> None:
    """A caseworker does not confirm a report. It stays on the record, and moves nothing."""
    _hold_report(desk, case, report)
    if report.state != "pending":
        raise Refused(_("This report was decided already."))
    _take_back(desk, case, report, "rejected", reason)


def retract(desk: Desk, case: Case, report: ContactReport, reason: str) -> None:
    """A confirmed contact proved wrong: computed anew, and what is due catches up (R6)."""
    _hold_report(desk, case, report)
    if report.state != "confirmed":
        raise Refused(_("Only a confirmed contact can be taken back."))
    _take_back(desk, case, report, "retracted", reason)


def _hold_report(desk: Desk, case: Case, report: ContactReport) -> None:
    """Two who decide at once come one after the other; whoever holds the case holds its reports."""
    hold(desk, case)
    desk.session.refresh(report)


def _take_back(desk: Desk, case: Case, report: ContactReport, state: str, reason: str) -> None:
    if not reason.strip():
        raise Refused(_("Give a reason; others will have to understand it later."))
    desk.note(case.id, state, reason.strip())
    report.state, report.decided_at, report.decided_by = state, desk.now, desk.person_id
    enter(desk, case, lambda file, _policy: file.retract(report.id))
    _settle_request(desk, report)
    desk.audit(f"contact.{state}", "contact", report.id, case.id)


def _settle_request(desk: Desk, report: ContactReport) -> None:
    asked = desk.session.scalars(
        select(Alert).where(Alert.contact_report_id == report.id, Alert.ended_at.is_(None))
    ).all()
    for alert in asked:
        alert.state, alert.ended_at = "resolved", desk.now
        desk.happened(alert, "resolved", desk.person_id)
    cancel_unsent(desk, [alert.id for alert in asked])
