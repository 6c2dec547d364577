"""Which cases have a line in a section of a weekly digest, by what stands in clear: so they can be
counted, and the first of them found, while all others stay closed (D9, S1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, func, null, select, text
from sqlalchemy.orm import Session

from tracker.domain.actor import Actor
from tracker.domain.evaluate import Kind
from tracker.store.cases import hidden_ids, visible_cases
from tracker.store.schema import Alert, Case, ConsularAction, ContactReport

AT_ONCE: Final = 500
"""Rows held in memory together."""

CLOCK: Final = tuple(str(kind) for kind in (Kind.STEP, Kind.REPEAT, Kind.HAND_OVER))
"""Kinds of alert that wait for an acknowledgement."""

A_DAY: Final = timedelta(hours=24 + 26)
"""From an instant to the end of its day, wherever that ends."""


class Candidate(NamedTuple):
    """A case that has a line in a section. `at`: the instant the line tells of; None where it tells
    of the silence alone."""

    id: str
    ref: str
    zone_name: str
    policy_version_id: str
    silent_rank: datetime
    at: datetime | None


class Ranked(NamedTuple):
    """How many cases of a policy's version have their first step due at one instant in a zone."""

    policy_version_id: str
    zone_name: str
    silent_rank: datetime
    number: int


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of one section, a row each. Some may be of one case.

    They `are_few` of a reader's own cases: going through them takes less than counting them too.
    """

    query: Select[Any]
    order: Any  # the column in whose order they are gone through
    are_few: bool
    found: Select[Any]  # the same as few columns as can be, to count them
    at: Any = None  # of `found`, where cases are looked up for it: when

    def count(self, session: Session) -> int:
        """How many there are."""
        counted = select(func.count()).select_from(self.found.subquery())
        return session.scalar(counted) or 0

    def rows(self, session: Session, first: int | None = None) -> Iterator[Candidate]:
        """Each, in order, read as far as somebody goes on asking.

        `first`: those that come days after so many others may be left out.
        """
        query = self.query
        if first is not None and self.at is not None:
            times = self.found.order_by(self.at).offset(first - 1).limit(1)
            last = session.scalar(times.with_only_columns(self.at))
            query = query if last is None else query.where(self.order <= last + A_DAY)
        query = query.order_by(self.order).execution_options(yield_per=AT_ONCE)
        with session.execute(query) as found:  # closed by whoever asks for no more
            yield from map(Candidate._make, found)

    def by_rank(self, session: Session) -> Iterator[Ranked]:
        """The same counted."""
        by = (Case.policy_version_id, Case.zone_name, Case.silent_rank)
        counted = self.query.with_only_columns(*by, func.count()).group_by(*by)
        return (Ranked._make(row) for row in session.execute(counted))


def sections(
    reader: Actor, now: datetime, weeks: tuple[datetime, datetime], until: datetime
) -> dict[str, Lines]:
    """The lines of a desk's digest of these `weeks`, by section; `until`: how far it looks ahead.

    All but those of closing windows (`silent_between`).
    """
    ask = _Asking(reader, now)
    is_open = _no_index(Case.state) == "open"
    pending = ContactReport.state == "pending"
    open_question = ConsularAction.answered_at.is_(None)
    return {
        "crossed": ask.alerts(text("alerts.kind = 'step'"), *ask.raised(weeks)),
        "good_news": ask.alerts(Alert.kind == str(Kind.RESOLVED), *ask.raised(weeks)),
        "closed": ask.alerts(Alert.kind == str(Kind.CLOSED), *ask.raised(weeks)),
        "unacknowledged": ask.alerts(Alert.state == "triggered", Alert.kind.in_(CLOCK)),
        "undelivered": ask.alerts(Alert.state == "undelivered"),
        "coming": ask.cases(ask.begun(Case.next_step_at) < until, is_open, at=Case.next_step_at),
        "snoozed": ask.cases(ask.begun(Case.snoozed_until).is_not(None), is_open),
        "consent_needed": ask.cases(Case.wants_consent, ask.begun(Case.state) == "open"),
        "to_confirm": ask.rows(ContactReport.case_id, which=[pending]),
        "unanswered": ask.each(ConsularAction.case_id, open_question),
    }


def silent_between(
    reader: Actor, now: datetime, version_id: str, since: datetime, until: datetime | None
) -> Lines:
    """The open cases of one policy whose first step fell due then; `until` None: or later."""
    ask, under = _Asking(reader, now), _no_index(Case.policy_version_id) == version_id
    due = [Case.silent_rank >= since] + ([] if until is None else [Case.silent_rank <= until])
    return ask.cases(ask.begun(Case.state) == "open", under, *due)


def cases_of(
    session: Session, reader: Actor, now: datetime, ids: Sequence[str]
) -> Iterator[list[Case]]:
    """These cases, so far as the reader sees them; some at a time."""
    visible = visible_cases(reader, now).order_by(Case.id)
    for at in range(0, len(ids), AT_ONCE):
        yield list(session.scalars(visible.where(Case.id.in_(ids[at : at + AT_ONCE]))))


class _Asking:
    """Queries for one reader. Who sees all begins with what waits; others with their cases."""

    def __init__(self, reader: Actor, now: datetime) -> None:
        self.visible = visible_cases(reader, now)
        self.sees_all = reader.has("supervisor")

    def begun(self, column: Any) -> Any:
        """A column whose index is to be begun with by who sees all, and by nobody else."""
        return column if self.sees_all else _no_index(column)

    def raised(self, weeks: tuple[datetime, datetime]) -> list[ColumnElement[bool]]:
        """That an alert was raised in these weeks."""
        start, end = weeks
        at = self.begun(Alert.raised_at)
        return [at >= start, at < end]

    def alerts(self, *which: Any) -> Lines:
        """Cases with such an alert, each with the instant of the newest."""
        return self.rows(Alert.case_id, func.max(Alert.raised_at).label("at"), which=which)

    def rows(self, case_id: Any, *at: Any, which: Sequence[Any]) -> Lines:
        """Of the cases of such rows, each once; where there is an `at`, in its order."""
        owner = self._owner(case_id)
        return self._of_rows(select(owner.label("case_id"), *at).where(*which).group_by(owner))

    def each(self, case_id: Any, *which: Any) -> Lines:
        """Of the cases of such rows, a line for each row."""
        return self._of_rows(select(self._owner(case_id).label("case_id")).where(*which))

    def _owner(self, case_id: Any) -> Any:
        return _no_index(case_id) if self.sees_all else case_id

    def _of_rows(self, found: Select[*tuple[Any, ...]]) -> Lines:
        case_id = found.selected_columns[0].element
        if self.sees_all:
            seen = case_id.not_in(hidden_ids())
        else:
            seen = case_id.in_(self.visible.with_only_columns(Case.id))
        rows = found.where(seen).subquery()
        at = rows.c.get("at")
        query = self.visible.join(rows, rows.c.case_id == Case.id)
        return self._lines(query, at, select(rows), at)

    def cases(self, *which: Any, at: Any = None) -> Lines:
        """Of cases."""
        query = self.visible.where(*which)
        return self._lines(query, at, query.with_only_columns(Case.state))

    def _lines(
        self, query: Select[Any], at: Any, found: Select[Any], found_at: Any = None
    ) -> Lines:
        order = Case.silent_rank if at is None else at
        columns = (Case.id, Case.ref, Case.zone_name, Case.policy_version_id, Case.silent_rank)
        shown = null() if at is None else at
        query = query.with_only_columns(*columns, shown.label("at"))
        return Lines(query, order, not self.sees_all, found, found_at)


def _no_index(column: Any) -> Any:
    """A column said so that no database begins with an index of it."""
    return func.coalesce(column, column)
