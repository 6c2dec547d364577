"""Asked again when a row is claimed: is this message still needed, and may it go now? (D3)"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from tracker.domain.alerts import ENDED, STANDING, WAITING
from tracker.domain.delivery import BY_PHONE, VOICE, Fault, State, is_denied
from tracker.domain.evaluate import CASEWORKER, SUPERVISOR, Kind
from tracker.domain.moments import zone_of_hours
from tracker.domain.quiet_hours import quiet_until
from tracker.engine.cases.leaving import GIVEN
from tracker.engine.cases.sharing import consular_covered
from tracker.engine.clock.raising import CLOCK_KINDS
from tracker.engine.desk import Desk
from tracker.engine.sending.holds import held
from tracker.engine.staff.account_news import OWN, is_way
from tracker.engine.staff.audience import CONSULAR, may_enter, recipients
from tracker.engine.staff.undelivered import MOVED
from tracker.store import outbox
from tracker.store.schema import (
    Alert,
    AlertEvent,
    Case,
    ContactPoint,
    ContactReport,
    OutboxMessage,
    Person,
)
from tracker.store.unsent import AlertSaid, PointAsked, Unsent

NO_CONSENT = "no_consent"
MOVES_AFTER = timedelta(minutes=10)
"""Before an alert is so old nobody asks whether its reader went away since it was raised."""
HELD_BY_ACKNOWLEDGING = (str(Kind.REPEAT), str(Kind.HAND_OVER))


@dataclass(frozen=True, slots=True)
class Go:
    """Send it."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """Nobody needs it any more."""

    code: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Later."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Stop:
    """It may not go there; another way has to be found."""

    code: str
    fault: Fault


Verdict = Go | Cancel | Wait | Stop


class Whose:
    """Whose the alarms are that waited: asked once for all cases of the same people, not by row."""

    def __init__(self, desk: Desk, rows: Iterable[Unsent]) -> None:
        self._desk = desk
        waited = {
            row.alert.case_id for row in rows if row.alert and _may_be_anothers(row, desk.now)
        }
        self._cases = outbox.by_id(desk.session, Case, waited)
        self._there: dict[tuple[str | None, ...], frozenset[str]] = {}

    def is_anothers(self, row: Unsent, alert: AlertSaid) -> bool:
        """Whether the reader is on leave since, or the case somebody else's: that one is told
        (D6)."""
        if not _may_be_anothers(row, self._desk.now):
            return False
        case = self._cases[alert.case_id]
        asked = (row.role, case.caseworker_id, case.supervisor_id)
        if asked not in self._there:
            found = recipients(self._desk, case, [str(row.role)])
            self._there[asked] = frozenset(one.person.id for one in found)
        there = self._there[asked]
        return bool(there) and row.person_id not in there


def verdict(
    desk: Desk, row: Unsent, person: Person, point: PointAsked, address: str, whose: Whose
) -> Verdict:
    """What is to be done with a row that is due."""
    if row.alert is not None:
        reason = _pointless(desk, row, row.alert)
        if reason is not None:
            return Cancel(reason)
        if row.channel == VOICE and _got_through(desk, row.alert.id, row.person_id):
            return Cancel("reached")
        if whose.is_anothers(row, row.alert):
            return Cancel(MOVED)
    if row.kind == "hold" and not held(desk):
        return Cancel("released")
    about_access = row.kind in OWN and is_way(point, desk.now)
    if not may_enter(desk, person) and not about_access:
        return Stop("inactive", Fault.ADDRESS)
    if point.opted_out_at is not None or (row.channel == VOICE and _is_stopped(desk, point)):
        return Stop("opted_out", Fault.OPTED_OUT)
    if point.disabled_at is not None and not about_access:
        return Stop(f"disabled_{point.disabled_reason or 'by_person'}", Fault.ADDRESS)
    if row.channel in BY_PHONE and is_denied(address, desk.settings.sms_deny):
        return Stop("denied_country", Fault.DENIED)
    if row.kind in ("alert", "digest", GIVEN) and not row.urgent:
        until = quiet_until(
            desk.now, person.quiet_from, person.quiet_until, zone_of_hours(person.zone_name)
        )
        if until is not None:
            return Wait(until)
    return Go()


def _got_through(desk: Desk, alert_id: str, person_id: str) -> bool:
    """Whether the person's telephone has it: then nobody calls it (D6)."""
    told = outbox.about(desk.session, alert_id, person_id)
    return any(one.channel in BY_PHONE and one.state == State.DELIVERED for one in told)


def _is_stopped(desk: Desk, point: PointAsked) -> bool:
    """Whether who is to be called stopped text messages to this number since it was queued (S5)."""
    other = aliased(ContactPoint)
    stopped = select(other.id).where(
        ContactPoint.id == point.id,
        other.person_id == ContactPoint.person_id,
        other.address_hmac == ContactPoint.address_hmac,
        other.opted_out_at.is_not(None),
    )
    return desk.session.scalars(stopped).first() is not None


def is_open(desk: Desk, alert: Alert) -> bool:
    """Whether an alert still waits for somebody (an acknowledged one does not)."""
    if alert.state not in WAITING:
        return False
    return alert.kind != Kind.TO_CONFIRM or _still_to_confirm(desk, alert)


def _pointless(desk: Desk, row: Unsent, alert: AlertSaid) -> str | None:
    """Why nobody needs this alert's message any more; None when somebody does."""
    if alert.state in ENDED:
        return alert.state
    if alert.kind in (Kind.RESOLVED, Kind.CLOSED) and _alarmed_since(desk, alert, row.person_id):
        return "superseded"
    if alert.kind == Kind.TO_CONFIRM and not _still_to_confirm(desk, alert):
        return "confirmed"
    if alert.state == "acknowledged":
        extra = alert.kind in HELD_BY_ACKNOWLEDGING or row.role not in alert.roles
        if extra or _acknowledged_by(desk, alert, row.person_id):
            return "acknowledged"
    if row.role == CONSULAR:
        case = desk.session.get_one(Case, alert.case_id)
        told = recipients(desk, case, [CONSULAR])
        if not consular_covered(desk, case) or row.person_id not in {r.person.id for r in told}:
            return NO_CONSENT
    return None


def _may_be_anothers(row: Unsent, now: datetime) -> bool:
    """Whether that has to be asked: of an alarm that waited, and was for the reader by role."""
    alert = row.alert
    if alert is None or now - alert.raised_at < MOVES_AFTER:
        return False
    if row.role not in (CASEWORKER, SUPERVISOR) or row.role not in alert.roles:
        return False
    return alert.kind not in (Kind.RESOLVED, Kind.CLOSED)


def _alarmed_since(desk: Desk, settled: AlertSaid, person_id: str) -> bool:
    """Whether this person was told of a newer alarm: "settled" must not be the last word (R6)."""
    newer = (
        select(OutboxMessage.id)
        .join(Alert, Alert.id == OutboxMessage.alert_id)
        .where(
            OutboxMessage.person_id == person_id,
            Alert.case_id == settled.case_id,
            Alert.kind.in_([str(kind) for kind in CLOCK_KINDS]),
            Alert.state.in_(STANDING),
            Alert.raised_at >= settled.raised_at,
        )
    )
    return desk.session.scalars(newer).first() is not None


def _acknowledged_by(desk: Desk, alert: AlertSaid, person_id: str) -> bool:
    return bool(
        desk.session.scalar(
            select(
                exists().where(
                    AlertEvent.alert_id == alert.id,
                    AlertEvent.kind == "acknowledged",
                    AlertEvent.person_id == person_id,
                )
            )
        )
    )


def _still_to_confirm(desk: Desk, alert: Alert | AlertSaid) -> bool:
    if alert.contact_report_id is None:
        return False
    report = desk.session.get(ContactReport, alert.contact_report_id)
    return report is not None and report.state == "pending"
