"""Which cases a weekly digest may have to name: found by what stands in clear, so that the others
stay closed (D9, S1)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, String, cast, func, or_
from sqlalchemy.orm import Session

from tracker.domain.actor import Actor
from tracker.domain.evaluate import Kind
from tracker.store.cases import visible_cases
from tracker.store.schema import Alert, Case, ConsularAction, ContactReport

AT_ONCE: Final = 500
"""Cases held in memory together."""

IDS_AT_ONCE: Final = 20_000
"""About so many cases' ids are gone through at a time, so that memory does not grow with them."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """Cases of one policy whose first step falls due within these instants; None: no bound."""

    policy_version_id: str
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class ToOpen:
    """Some cases of a digest: `cases` may have any line, `asking` may want consent and nothing
    else."""

    cases: list[Case]
    asking: list[Asking]


class Asking(NamedTuple):
    """A case of which only the clock's memory is asked, and its place in the order of silence."""

    id: str
    ref: str
    band: str
    policy_version_id: str
    silent_rank: datetime | None
    clock: bytes


def cases_to_open(
    session: Session,
    reader: Actor,
    today: date,
    *,
    raised: tuple[datetime, datetime],
    looks_until: datetime,
    ranked: Collection[Ranked],
    asking_roles: Collection[str],
    about: int,
) -> Iterator[ToOpen]:
    """The reader's cases that have, or may have, a line in a digest; some at a time.

    Those with an alert `raised` in its weeks, open or undelivered still; snoozed; looked at before
    `looks_until`; with a report to confirm or a question open; with a firing that told, or would
    have told, one of `asking_roles`; and those `ranked`. `about`: how many cases the reader has.
    """
    ids = visible_cases(reader, today).with_only_columns(Case.id)
    alerts = ids.join(Alert, Alert.case_id == Case.id)
    told_kinds = [str(kind) for kind in (Kind.STEP, Kind.RESOLVED, Kind.CLOSED)]
    start, end = raised
    is_open = _no_index(Case.state) == "open"
    raised_at = _no_index(Alert.raised_at)
    queries = [
        alerts.where(raised_at >= start, raised_at < end, Alert.kind.in_(told_kinds)),
        alerts.where(Alert.state.in_(("triggered", "undelivered"))),
        ids.where(is_open, Case.snoozed_until.is_not(None)),
        ids.where(is_open, Case.next_look_at < looks_until),
        ids.join(ContactReport, ContactReport.case_id == Case.id).where(
            ContactReport.state == "pending"
        ),
        ids.join(ConsularAction, ConsularAction.case_id == Case.id).where(
            ConsularAction.answered_at.is_(None)
        ),
    ]
    consents = []
    if asking_roles:
        named = [_names(column, role) for role in asking_roles for column in _ROLES]
        lasting = _no_index(Alert.state).in_(("acknowledged", "superseded", "withdrawn"))
        consents.append(alerts.where(is_open, Alert.kind == str(Kind.STEP), lasting, or_(*named)))
    for one in ranked:
        query = ids.where(is_open, _no_index(Case.policy_version_id) == one.policy_version_id)
        if one.since is not None:
            query = query.where(Case.silent_rank >= one.since)
        if one.until is not None:
            query = query.where(Case.silent_rank <= one.until)
        queries.append(query)
    for part in _parts(about // IDS_AT_ONCE + 1):
        found = set[str]().union(*(session.scalars(one.where(*part)) for one in queries))
        asking = set[str]().union(*(session.scalars(one.where(*part)) for one in consents)) - found
        for few in batched(sorted(found)):
            some = visible_cases(reader, today).where(Case.id.in_(few)).order_by(Case.id)
            yield ToOpen(list(session.scalars(some)), [])
        for few in batched(sorted(asking)):
            some = visible_cases(reader, today).where(Case.id.in_(few)).order_by(Case.id)
            rows = session.execute(some.with_only_columns(*_ASKED))
            yield ToOpen([], [Asking(*row) for row in rows])


def batched(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """So many at once that they are held in memory together."""
    return (ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE))


def _parts(count: int) -> Iterator[list[ColumnElement[bool]]]:
    """All cases in so many parts of like size, by their ids, which are random hexadecimal."""
    bounds = [f"{number * 65536 // count:04x}" for number in range(1, count)]
    for first, end in zip(["", *bounds], [*bounds, ""], strict=True):
        yield [Case.id >= first] * bool(first) + [Case.id < end] * bool(end)


_ASKED: Final = (
    *(Case.id, Case.ref, Case.band, Case.policy_version_id, Case.silent_rank),
    Case.clock_sealed,
)

_ROLES: Final[tuple[Any, ...]] = (Alert.roles, Alert.consent_needed)


def _no_index(column: Any) -> Any:
    """A column said so that SQLite uses no index of it: else it would go through all that is open,
    or all that was raised, once for each part, and not through the part's cases and their alerts.
    """
    return func.coalesce(column, column)


def _names(column: Any, role: str) -> Any:
    """Whether a list of roles, kept as JSON, holds a role."""
    return cast(column, String).contains(f'"{role}"', autoescape=True)
