"""What people do with a case: open, assign, hand over, acknowledge, snooze, close, reopen."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select

from tracker.domain.alerts import WAITING
from tracker.domain.casefile import CaseFile
from tracker.domain.contact import Interval
from tracker.domain.errors import Refused
from tracker.domain.foresee import acknowledgement_lasts
from tracker.domain.moments import local_date, zone
from tracker.domain.replaying import REASONS
from tracker.engine.cases.record import add_statement
from tracker.engine.clock.clockwork import enter, hold, keep_file, policy_of
from tracker.engine.desk import Desk
from tracker.engine.staff.undelivered import follow_the_case
from tracker.i18n.words import _
from tracker.security.tokens import new_reference
from tracker.store.people import roles_of
from tracker.store.schema import (
    Alert,
    Case,
    Person,
    PolicyRow,
    PolicyVersion,
    new_id,
)
from tracker.store.sealing import CASE_PURPOSES

UNSIGNED_LASTS = timedelta(hours=24)
"""S6: an acknowledgement without sign-in holds for this long."""

SNOOZE_AT_MOST = timedelta(days=30)
"""R12: screens offer at most this much."""


def active_version(desk: Desk, policy_id: str | None = None) -> PolicyVersion:
    """The active version of a policy; of the default one when none is named."""
    which = PolicyRow.id == policy_id if policy_id else PolicyRow.is_default
    version = desk.session.scalars(
        select(PolicyVersion)
        .join(PolicyRow, PolicyRow.id == PolicyVersion.policy_id)
        .where(which, PolicyVersion.state == "active")
    ).first()
    if version is None:
        raise Refused(_("There is no active policy. An administrator has to set one up first."))
    return version


def open_case(
    desk: Desk,
    *,
    zone_name: str,
    caseworker_id: str | None = None,
    supervisor_id: str | None = None,
    policy_id: str | None = None,
    missing_since: Interval | None = None,
) -> Case:
    """Open a case; its clock starts now (R2).

    It is not looked at yet: the first report, entered in the same transaction, does that, and
    should there be none, the worker's next tick.
    """
    zone(zone_name)
    version = active_version(desk, policy_id)
    case = Case(
        id=new_id(),
        ref=_new_ref(desk),
        zone_name=zone_name,
        opened_at=desk.now,
        policy_version_id=version.id,
        caseworker_id=caseworker_id,
        supervisor_id=supervisor_id,
    )
    case.review_on = review_day(desk, case)
    desk.safe.create_keys(case.id, CASE_PURPOSES, desk.now)
    file = CaseFile(desk.now, zone_name, missing_since)
    keep_file(desk, case, file, policy_of(desk.session, version.id))
    desk.session.add(case)
    desk.session.flush()
    desk.audit("case.opened", "case", case.id, case.id)
    return case


def review_day(desk: Desk, case: Case) -> date:
    """When somebody must look at a case in this state again (S18)."""
    closed = case.closed_at if case.state == "closed" else None
    lasts = desk.settings.keep_closed_days if closed else desk.settings.review_open_days
    return local_date((closed or desk.now) + timedelta(days=lasts), zone(case.zone_name))


def _new_ref(desk: Desk) -> str:
    while True:
        ref = new_reference()
        if desk.session.scalars(select(Case.id).filter_by(ref=ref)).first() is None:
            return ref


def look_now(desk: Desk, case: Case) -> None:
    """Look at a case without entering anything, as right after its opening."""
    enter(desk, case, lambda _file, _policy: None)


def assign(desk: Desk, case: Case, *, caseworker_id: str | None, supervisor_id: str | None) -> None:
    """Say whose case this is.

    Raises Refused for who is not active, and for a new supervisor without that role: the alerts
    that are a supervisor's would go to them alone (D6).
    """
    for person_id in (caseworker_id, supervisor_id):
        if person_id is not None:
            _active_person(desk, person_id)
    # who lost the role since may stay until another is chosen: many cases are assigned at once
    if supervisor_id not in (None, case.supervisor_id) and "supervisor" not in roles_of(
        desk.session, supervisor_id
    ):
        raise Refused(_("This person is not a supervisor. Choose somebody else."))
    case.caseworker_id = caseworker_id
    case.supervisor_id = supervisor_id
    follow_the_case(desk, case)
    desk.audit("case.assigned", "case", case.id, case.id, to=caseworker_id)


def hand_over(desk: Desk, case: Case, person_id: str, reason: str) -> None:
    """Give the case to another caseworker, with a reason."""
    person = _active_person(desk, person_id)
    if case.caseworker_id == person.id:
        raise Refused(_("This person has the case already. Choose somebody else."))
    desk.note(case.id, "hand_over", _reason(reason))
    before, case.caseworker_id = case.caseworker_id, person.id
    follow_the_case(desk, case)
    desk.audit("case.handed_over", "case", case.id, case.id, before=before, to=person.id)


def acknowledge(desk: Desk, case: Case, reason: str | None = None) -> None:
    """R10, signed in: repetitions and hand-overs of what fired so far are held.

    Raises Refused for a closed case: nothing of it is left to be held, and the record would say so.
    """
    hold(desk, case)
    if case.state == "closed":
        raise Refused(_("This case is closed already."))
    if reason:
        desk.note(case.id, "acknowledge", reason)
    enter(
        desk,
        case,
        lambda file, policy: file.acknowledge(desk.now, acknowledgement_lasts(policy)),
    )
    _mark_acknowledged(desk, case)
    desk.audit("alert.acknowledged", "case", case.id, case.id)


def acknowledge_unsigned(desk: Desk, case: Case, person_id: str) -> None:
    """S6: somebody who holds a message acknowledged for 24 hours; the supervisor is shown it."""
    enter(desk, case, lambda file, _policy: file.acknowledge(desk.now, UNSIGNED_LASTS))
    _mark_acknowledged(desk, case, person_id, "unsigned")
    desk.audit("alert.acknowledged_unsigned", "case", case.id, case.id, person=person_id)


def _mark_acknowledged(
    desk: Desk, case: Case, person_id: str | None = None, detail: str | None = None
) -> None:
    alerts = desk.session.scalars(
        select(Alert).where(Alert.case_id == case.id, Alert.state.in_(WAITING))
    )
    for alert in alerts:
        if alert.kind == "to_confirm":
            continue
        alert.state = "acknowledged"
        alert.ended_at = desk.now
        alert.acknowledged_at = alert.acknowledged_at or desk.now
        desk.happened(alert, "acknowledged", person_id or desk.person_id, detail)


def snooze(desk: Desk, case: Case, until: datetime, reason: str) -> None:
    """R12: nothing fires before `until`. At most 30 days, with a reason."""
    hold(desk, case)
    if case.state == "closed":  # it would outlive the closing and hold what reopening arms (R12)
        raise Refused(_("This case is closed already."))
    if until <= desk.now:
        raise Refused(_("Choose a day in the future."))
    if until - desk.now > SNOOZE_AT_MOST + timedelta(days=1):
        raise Refused(_("A snooze lasts 30 days at most. Choose an earlier day."))
    desk.note(case.id, "snooze", _reason(reason))
    enter(desk, case, lambda file, _policy: file.snooze(until))
    desk.audit("case.snoozed", "case", case.id, case.id, until=until.isoformat())


def close(desk: Desk, case: Case, reason: str, on: date | None, source: str, words: str) -> None:
    """R15: found, released, died or withdrawn, with a date and a source. Ends the clock."""
    if reason not in REASONS:
        raise Refused(_("Say how it ended: found, released, died or withdrawn."))
    if on is None or on > desk.now.astimezone(zone(case.zone_name)).date():
        raise Refused(_("Give the day it happened; it cannot lie in the future."))
    if not source.strip():
        raise Refused(_("Say who told it: a source is needed to close a case."))
    hold(desk, case)
    if case.state == "closed":
        raise Refused(_("This case is closed already."))
    value = {"reason": reason, "edtf": on.isoformat(), "words": words}
    add_statement(desk, case, "closing", value, source=source)
    case.state, case.closed_at = "closed", desk.now
    case.review_on = review_day(desk, case)
    desk.audit("case.closed", "case", case.id, case.id)
    enter(desk, case, lambda file, _policy: file.close())


def reopen(desk: Desk, case: Case, reason: str) -> None:
    """R15: every step is armed again, and what is due catches up."""
    hold(desk, case)
    if case.state != "closed":
        raise Refused(_("This case is open already."))
    desk.note(case.id, "reopen", _reason(reason))
    case.state, case.closed_at = "open", None
    case.review_on = review_day(desk, case)
    desk.audit("case.reopened", "case", case.id, case.id)
    enter(desk, case, lambda file, _policy: file.reopen())


def _reason(text: str) -> str:
    if not text.strip():
        raise Refused(_("Give a reason; others will have to understand it later."))
    return text.strip()


def _active_person(desk: Desk, person_id: str) -> Person:
    person = desk.session.get(Person, person_id)
    if person is None or not person.active:
        raise Refused(_("This person is not active here. Choose somebody else."))
    return person
