"""What an answer does to the alert it is about: take, pass on, report (delivery.md D8).

Given without sign-in, so nothing here ends an alarm: it is held for 24 hours, handed to the next
person, or a report is opened that a caseworker has yet to confirm (S6).
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import exists, select

from tracker.domain.contact import ContactClass
from tracker.domain.edtf import Days
from tracker.domain.evaluate import CASEWORKER, SUPERVISOR, Kind
from tracker.domain.moments import local_date, zone
from tracker.engine.cases.cases import UNSIGNED_LASTS
from tracker.engine.cases.record import report_contact
from tracker.engine.desk import Desk
from tracker.engine.sending.acknowledge import by_message
from tracker.engine.sending.needed import is_open
from tracker.engine.staff.audience import ADMINISTRATOR, Recipient, people_with_role, recipients
from tracker.engine.staff.undelivered import queue_to
from tracker.messages.answers import Said
from tracker.store import outbox
from tracker.store.schema import Alert, AlertEvent, Case, OutboxMessage

ANSWERING = (CASEWORKER, SUPERVISOR)
"""Roles whose answers may pass on and report; others record their own acknowledgement."""

PASSED_ON = "passed_on"
TOLD = "told_by_reply"


def take(desk: Desk, row: OutboxMessage, alert: Alert) -> Said:
    """The reader takes it: held for 24 hours. A second time says the same and does nothing."""
    if alert.kind == Kind.TO_CONFIRM:
        return Said.ON_PAGE
    if by_message(desk, row.id) or _happened(desk, alert, row.person_id, "acknowledged", "seen"):
        return Said.TAKEN
    return Said.SETTLED


def pass_on(desk: Desk, row: OutboxMessage, alert: Alert) -> Said:
    """The next person is told at once, as R11's hand-over would later; nothing is held."""
    if row.role not in ANSWERING or alert.kind == Kind.TO_CONFIRM:
        return Said.ON_PAGE
    case = _locked(desk, row)
    if not is_open(desk, alert):
        return Said.SETTLED
    levels = (
        (SUPERVISOR, recipients(desk, case, [SUPERVISOR])),
        (
            ADMINISTRATOR,
            [Recipient(p, ADMINISTRATOR) for p in people_with_role(desk, ADMINISTRATOR)],
        ),
    )
    for role, people in levels[row.role == SUPERVISOR :]:
        above = [one for one in people if one.person.id != row.person_id]
        ids = [one.person.id for one in above]
        first_time = not _happened(desk, alert, row.person_id, PASSED_ON)
        if queue_to(desk, case, alert, above, role) or outbox.has_working_row(
            desk.session, alert.id, ids
        ):
            if first_time:
                desk.happened(alert, PASSED_ON, row.person_id, "unsigned")
                desk.audit(
                    "alert.passed_on", "alert", alert.id, case.id, person=row.person_id, to=role
                )
            return Said.PASSED
    return Said.NOBODY_NEXT


def was_passed_on(desk: Desk, alert_id: str) -> bool:
    """Whether somebody passed an alert on to the next person."""
    passed = exists().where(AlertEvent.alert_id == alert_id, AlertEvent.kind == PASSED_ON)
    return bool(desk.session.scalar(select(passed)))


def report(desk: Desk, row: OutboxMessage, alert: Alert) -> Said:
    """The reader says that there was contact: a report without a day, to be confirmed (R14).

    It closes nothing and holds nothing; when it was, and how, the case's page asks.
    """
    if row.role not in ANSWERING:
        return Said.ON_PAGE
    case = _locked(desk, row)
    if case.state == "closed":
        return Said.SETTLED
    if _happened(desk, alert, row.person_id, TOLD):
        return Said.NOTED
    today = local_date(desk.now, zone(case.zone_name))
    told = report_contact(
        desk, case, occurred=Days(None, today), cls=ContactClass.THIRD_PARTY, details=None
    )
    told.entered_by = row.person_id
    desk.happened(alert, TOLD, row.person_id, "unsigned")
    desk.audit("contact.told_by_reply", "contact", told.id, case.id, person=row.person_id)
    return Said.NOTED


def _locked(desk: Desk, row: OutboxMessage) -> Case:
    return desk.session.scalars(
        select(Case)
        .where(Case.id == row.case_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _happened(desk: Desk, alert: Alert, person_id: str, *kinds: str) -> bool:
    """Whether this person did such a thing to the alert within the last 24 hours."""
    since: timedelta = UNSIGNED_LASTS
    return bool(
        desk.session.scalar(
            select(
                exists().where(
                    AlertEvent.alert_id == alert.id,
                    AlertEvent.person_id == person_id,
                    AlertEvent.kind.in_(kinds),
                    AlertEvent.at > desk.now - since,
                )
            )
        )
    )
