"""What waits in a case, by what stands in clear: a narrowing of the queue, and the team's counts.

Each kind is a query of case ids; which of them somebody may see is asked where it is used (S9).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from tracker.domain.actor import Actor
from tracker.domain.evaluate import Kind
from tracker.store.cases import visible_cases
from tracker.store.schema import Alert, AlertEvent, Case, ContactReport, PolicyVersion

ANSWER: Final = "answer"
CONFIRM: Final = "confirm"
DELIVERY: Final = "delivery"
ALERTS: Final = {"alerts4": timedelta(weeks=4), "alerts13": timedelta(weeks=13)}
"""Alerts of a step raised in the last weeks: what response times are counted over."""

WAITS: Final = (ANSWER, CONFIRM, DELIVERY, *ALERTS)

ANSWER_WITHIN: Final = timedelta(hours=24)
"""When an acknowledgement is overdue where the policy's step names no hours."""

_CLOCK = [str(kind) for kind in (Kind.STEP, Kind.REPEAT, Kind.HAND_OVER)]
_UNANSWERED = ("triggered", "undelivered")
_its_case, _event = aliased(Case), aliased(AlertEvent)  # inside queries that have their own


def cases_where(session: Session, what: str, now: datetime) -> Select[str]:
    """The ids of the cases in which this waits. `what` is one of `WAITS`."""
    if what == CONFIRM:
        return select(ContactReport.case_id).where(ContactReport.state == "pending")
    if what == DELIVERY:
        return select(Alert.case_id).where(missed())
    if what == ANSWER:
        waiting = select(Alert.case_id).join(_its_case, _its_case.id == Alert.case_id)
        return waiting.where(
            Alert.state.in_(_UNANSWERED), Alert.kind.in_(_CLOCK), _overdue(session, now)
        )
    return select(Alert.case_id).where(_asked_for_an_answer(now - ALERTS[what]))


def missed() -> ColumnElement[bool]:
    """Alerts that reached nobody, and open ones somebody could not be reached about (D6)."""
    failed = exists().where(
        AlertEvent.alert_id == Alert.id,
        AlertEvent.kind.in_(("undelivered", "unreachable", "nobody_reached")),
    )
    return or_(Alert.state == "undelivered", and_(Alert.state == "triggered", failed))


def count_by_owner(session: Session, actor: Actor, what: str, now: datetime) -> dict[str, int]:
    """In how many open cases of each caseworker this waits; "" are nobody's."""
    query = visible_cases(actor).where(
        Case.state == "open", Case.id.in_(cases_where(session, what, now))
    )
    counted = query.with_only_columns(Case.caseworker_id, func.count()).group_by(Case.caseworker_id)
    return {owner or "": int(number) for owner, number in session.execute(counted)}


def answers(
    session: Session, actor: Actor, since: datetime
) -> list[tuple[str, datetime, datetime | None, datetime | None]]:
    """Alerts since then of open cases that asked for an answer, the oldest first.

    Each with whose case it is ("": nobody's), when it was raised, when it was first acknowledged,
    and when it ended.
    """
    seen = visible_cases(actor).where(Case.state == "open", Case.id == Alert.case_id)
    acknowledged = select(func.min(_event.at)).where(
        _event.alert_id == Alert.id, _event.kind == "acknowledged"
    )
    query = (  # of alerts alone, so that the database begins with those of these weeks
        select(
            seen.with_only_columns(Case.caseworker_id).scalar_subquery(),
            Alert.raised_at,
            acknowledged.scalar_subquery(),
            Alert.ended_at,
        )
        .where(_asked_for_an_answer(since), seen.with_only_columns(Case.id).exists())
        .order_by(Alert.raised_at, Alert.id)
    )
    return [
        (owner or "", raised, first, ended)
        for owner, raised, first, ended in session.execute(query)
    ]


def _asked_for_an_answer(since: datetime) -> ColumnElement[bool]:
    """Steps that fired since then; not those that ended by news, closing or withdrawal before
    anybody acknowledged: nothing was left to answer."""
    answered = exists().where(_event.alert_id == Alert.id, _event.kind == "acknowledged")
    return and_(
        Alert.kind == str(Kind.STEP),
        Alert.raised_at >= since,
        or_(Alert.state.in_((*_UNANSWERED, "acknowledged", "superseded")), answered),
    )


def _overdue(session: Session, now: datetime) -> ColumnElement[bool]:
    """Longer than the step's `ack_within_hours`, by the policy the case stands under (R11)."""
    stood_under = exists().where(Case.policy_version_id == PolicyVersion.id)
    versions = session.execute(select(PolicyVersion.id, PolicyVersion.body).where(stood_under))
    before = [
        (
            and_(_its_case.policy_version_id == version_id, Alert.step == step["step"]),
            literal(now - timedelta(hours=hours), Alert.raised_at.type),
        )
        for version_id, body in versions
        for step in body.get("steps", ())
        if (hours := step.get("ack_within_hours"))
    ]
    else_before = literal(now - ANSWER_WITHIN, Alert.raised_at.type)
    # One CASE, however many versions there are: a chain of OR is too deep for SQLite at a thousand.
    return Alert.raised_at <= (case(*before, else_=else_before) if before else else_before)
