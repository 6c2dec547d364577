"""What waits in a case, by what stands in clear: a narrowing of the queue, and the team's counts.

Each kind is a query of case ids; which of them somebody may see is asked where it is used (S9).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Float,
    Integer,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from tracker.domain.actor import Actor
from tracker.domain.alerts import STANDING, WAITING, AlertState
from tracker.domain.answering import BOUNDS
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
_OF_A_STEP: Final = text("alerts.kind = 'step'")
"""The words of the index `ix_alerts_answers`, to the letter: else it is not used."""

_SECONDS: Final = [repr(bound.total_seconds()) for bound in BOUNDS]

_its_case = aliased(Case)  # inside queries that have their own


def cases_where(session: Session, what: str, now: datetime) -> Select[str]:
    """The ids of the cases in which this waits. `what` is one of `WAITS`, but for `ALERTS`: those
    stand beside the case (`asked_lately`)."""
    if what == CONFIRM:
        return select(ContactReport.case_id).where(ContactReport.state == "pending")
    if what == DELIVERY:
        return select(Alert.case_id).where(missed())
    if what == ANSWER:
        waiting = select(Alert.case_id).join(_its_case, _its_case.id == Alert.case_id)
        return waiting.where(
            Alert.state.in_(WAITING), Alert.kind.in_(_CLOCK), _overdue(session, now)
        )
    raise ValueError(what)


def asked_lately(what: str, now: datetime, *, few: bool) -> ColumnElement[bool]:
    """Whether a case has an alert that asked for an answer in the last weeks: one of `ALERTS`.

    `few`: of few cases, found by something else; then it is said so that no index holds it.
    """
    at = func.coalesce(Case.asked_at, Case.asked_at) if few else Case.asked_at
    return at >= now - ALERTS[what]


def missed() -> ColumnElement[bool]:
    """Alerts that wait for an answer and could not be brought to somebody they were for (D6)."""
    failed = exists().where(
        AlertEvent.alert_id == Alert.id,
        AlertEvent.kind.in_(("undelivered", "unreachable", "nobody_reached")),
    )
    return or_(Alert.state == "undelivered", and_(Alert.state == "triggered", failed))


def count_by_owner(session: Session, actor: Actor, what: str, now: datetime) -> dict[str, int]:
    """In how many open cases of each caseworker this waits; "" are nobody's."""
    waiting = cases_where(session, what, now).distinct().cte()
    waiting = waiting.prefix_with("MATERIALIZED")  # begun with: they are few, the cases many
    query = visible_cases(actor).join(waiting, waiting.c.case_id == Case.id)
    query = query.where(Case.state == "open")
    counted = query.with_only_columns(Case.caseworker_id, func.count()).group_by(Case.caseworker_id)
    return {owner or "": int(number) for owner, number in session.execute(counted)}


def answers(
    session: Session, actor: Actor, now: datetime
) -> dict[str, dict[str, dict[tuple[int, bool], int]]]:
    """Alerts that asked for an answer, of open cases, by kind of `ALERTS` and whose case it is
    ("": nobody's): how many took how long, as `domain.answering` counts them.

    Counted by the database: of a hundred thousand cases they are tens of thousands.
    """
    until = func.coalesce(Alert.acknowledged_at, Alert.ended_at, literal(now, Alert.raised_at.type))
    asked = (
        select(
            Alert.case_id,
            Alert.acknowledged_at.is_not(None).label("acknowledged"),
            (Alert.raised_at >= now - ALERTS["alerts4"]).label("lately"),
            Seconds(Alert.raised_at, until).label("lasted"),
        )
        .where(_asked_for_an_answer(now - ALERTS["alerts13"]))
        .cte()
        .prefix_with("MATERIALIZED", dialect="sqlite")  # each time is worked out once
    )
    place = Place(asked.c.lasted).label("place")
    columns = (Case.caseworker_id, asked.c.acknowledged, asked.c.lately, place)
    mine = visible_cases(actor).join(asked, asked.c.case_id == Case.id).where(Case.state == "open")
    counted = mine.with_only_columns(*columns, func.count()).group_by(*columns)
    found: dict[str, dict[str, dict[tuple[int, bool], int]]] = {what: {} for what in ALERTS}
    for owner, acknowledged, lately, at, number in session.execute(counted):
        for what in ALERTS if lately else ("alerts13",):
            of_owner = found[what].setdefault(owner or "", {})
            took = (int(at), bool(acknowledged))
            of_owner[took] = of_owner.get(took, 0) + int(number)
    return found


class Seconds(FunctionElement[float]):
    """From one instant to another, at least to a thousandth: each database has its own way."""

    inherit_cache = True
    type = Float()


@compiles(Seconds, "sqlite")
def _on_sqlite(element: Seconds, compiler: SQLCompiler, **how: Any) -> str:
    begun, ended = (compiler.process(one, **how) for one in element.clauses)
    return f"round((julianday({ended}) - julianday({begun})) * 86400.0, 3)"


@compiles(Seconds, "postgresql")
def _on_postgresql(element: Seconds, compiler: SQLCompiler, **how: Any) -> str:
    begun, ended = (compiler.process(one, **how) for one in element.clauses)
    return f"date_part('epoch', {ended} - {begun})"  # a double: a numeric takes twice as long


class Place(FunctionElement[int]):
    """How many of the bounds so many seconds have reached (`answering.place_of`)."""

    inherit_cache = True
    type = Integer()


@compiles(Place, "sqlite")
def _steps_on_sqlite(element: Place, compiler: SQLCompiler, **how: Any) -> str:
    lasted = compiler.process(element.clauses, **how)
    return f"({' + '.join(f'({lasted} >= {each})' for each in _SECONDS)})"


@compiles(Place, "postgresql")
def _steps_on_postgresql(element: Place, compiler: SQLCompiler, **how: Any) -> str:
    lasted = compiler.process(element.clauses, **how)
    return f"width_bucket({lasted}, ARRAY[{', '.join(_SECONDS)}]::float8[])"


def _asked_for_an_answer(since: datetime) -> ColumnElement[bool]:
    """Steps that fired since then; not those that ended by news, closing or withdrawal before
    anybody acknowledged: nothing was left to answer."""
    return and_(
        _OF_A_STEP,
        Alert.raised_at >= since,
        or_(
            Alert.state.in_((*STANDING, AlertState.SUPERSEDED)),
            Alert.acknowledged_at.is_not(None),
        ),
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
