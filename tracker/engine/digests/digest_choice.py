"""Which cases a desk's digest opens: of each section those whose lines stand first (D9, S1).

A section keeps so many lines and no more. The others are counted by the database and their cases
stay closed, so that the digest of a million cases opens a few thousand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from heapq import nsmallest
from itertools import chain, islice
from typing import Any, Final

from sqlalchemy.exc import OperationalError

from tracker.domain.actor import Actor
from tracker.domain.contact import Interval
from tracker.domain.deadlines import UN_URGENT_MONTHS, un_urgent_window
from tracker.domain.moments import add_months, at_local, local_date, zone
from tracker.domain.policy import CountsFrom, Policy
from tracker.engine.clock.clockwork import last_contact, policy_of
from tracker.engine.desk import Desk
from tracker.engine.digests.digest_form import BY_DAY, KEPT, Facts
from tracker.engine.digests.digest_gathering import AHEAD, WINDOW_SOON
from tracker.store import policies
from tracker.store.digest_cases import (
    AT_ONCE,
    Candidate,
    Lines,
    Ranked,
    cases_of,
    sections,
    silent_between,
)

_LAST_ZONE: Final = zone("Etc/GMT+12")
"""Where each day ends last."""

_FIRST_ZONE: Final = zone("Etc/GMT-14")
"""Where each day begins first."""

_SHORT: Final = timedelta(days=3)
"""So much longer than the shortest is the longest month."""

Key = tuple[Any, ...]
"""Where a line stands among others (`Facts.keep`); its case's reference makes it the only one."""

Line = tuple[datetime, Key, str]
"""An instant, in whose order lines come from the database, the line's key, and its case's id."""


@dataclass(slots=True)
class Chosen:
    """By section: the cases whose lines stand first, and how many lines there are."""

    first: dict[str, set[str]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def ids(self) -> list[str]:
        """Every case that is to be opened, once."""
        return sorted(set[str]().union(*self.first.values()))

    def count_rest(self, facts: Facts, unread: set[str]) -> None:
        """Let sections that are longer than what is kept say by how much."""
        for name, count in self.counts.items():
            kept = len(getattr(facts, name))
            seen = kept + facts.more.get(name, 0)
            rest = max(count - len(self.first[name] & unread), seen) - kept
            if count > KEPT and rest:
                facts.more[name] = rest


def choose(desk: Desk, reader: Actor, weeks: tuple[datetime, datetime]) -> Chosen:
    """What to open for a supervisor's digest of these weeks, or for a caseworker's."""
    chosen, order = Chosen(), _Order(desk)
    asked = sections(reader, desk.now, weeks, desk.now + AHEAD)
    for name, lines in asked.items():
        chosen.first[name], chosen.counts[name] = order.first(lines, by_day=name in BY_DAY)
    windows = _Windows(desk, reader, order)
    chosen.first["windows"], chosen.counts["windows"] = windows.first()
    return chosen


class _Order:
    """The order in which a digest's lines stand, as far as it follows from what stands in clear.

    The days of silence are those since the anchor (R4). Where a policy counts from the latest day,
    or its first step in months, they may differ from those a line shows: then, of more lines than
    are kept, some other ones of about the same silence are.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        in_use = policies.in_use(desk.session)
        self.policies = {one: policy_of(desk.session, one) for one in in_use}
        self._known: dict[tuple[str, str, datetime], int] = {}

    def first(self, lines: Lines, *, by_day: bool) -> tuple[set[str], int]:
        """The cases of the lines that stand first, and how many lines there are."""
        session = self._desk.session
        if lines.are_few:
            return _first(self._keyed(lines.rows(session), by_day), None)
        count = lines.count(session)
        rows = lines.rows(session, KEPT if count > KEPT else None)
        ids, _passed = _first(
            self._keyed(rows, by_day),
            lambda last: _ended(last[0]) if by_day else self._fell_due(-last[0]),
        )
        return ids, count

    def _keyed(self, rows: Iterator[Candidate], by_day: bool) -> Iterator[Line]:
        for row in rows:
            if not by_day:
                yield row.silent_rank, self.longest_first(row), row.id
            elif row.at is not None:
                yield row.at, self._by_day(row), row.id

    def _by_day(self, row: Candidate) -> Key:
        assert row.at is not None
        return local_date(row.at, zone(row.zone_name)), *self.longest_first(row)

    def longest_first(self, row: Candidate) -> tuple[int, str]:
        """The key of a line that is in no order of days."""
        asked = row.policy_version_id, row.zone_name, row.silent_rank
        silent = self._known.get(asked)
        if silent is None:
            today = local_date(self._desk.now, zone(row.zone_name))
            silent = self._known[asked] = (today - self.anchor(row)).days
        return -silent, row.ref

    def anchor(self, row: Candidate | Ranked) -> date:
        """The day from which a case's first step counts."""
        first = self.policies[row.policy_version_id].steps[0]
        return first.counted_from(local_date(row.silent_rank, zone(row.zone_name)))

    def _fell_due(self, silent: int) -> datetime:
        """When the first step of the last case fell due that is silent for so many days."""
        anchor = local_date(self._desk.now, _FIRST_ZONE) - timedelta(days=silent)
        longest = max(policy.steps[0].delay_in_days()[1] for policy in self.policies.values())
        return _ended(anchor + timedelta(days=longest))


def _first(lines: Iterable[Line], end: Callable[[Any], datetime] | None) -> tuple[set[str], int]:
    """The cases of the lines with the smallest keys, `KEPT` of them; and how many lines were gone
    through.

    `end`: until when a line may come that stands before one with that key; None: go through all.
    """
    passed = 0

    def near() -> Iterator[tuple[Key, str]]:
        nonlocal passed
        last = until = None
        for at, key, case_id in lines:
            if until is not None and at >= until:
                return
            passed += 1
            if end is not None and until is None:
                last = key if last is None else max(last, key)
                until = end(last) if passed == KEPT else None
            yield key, case_id

    found = {case_id for _key, case_id in nsmallest(KEPT, near())}
    return found, passed


def _ended(day: date) -> datetime:
    """When a day has ended everywhere."""
    return at_local(day + timedelta(days=1), time(0), _LAST_ZONE)


class _Windows:
    """Cases whose UN window closes soon: it counts from the earliest day of the last contact.

    That is the anchor of most policies; under others each case it may be is opened for it.
    """

    def __init__(self, desk: Desk, reader: Actor, order: _Order) -> None:
        self._desk = desk
        self._reader = reader
        self._order = order
        self._today = desk.now.date()

    def first(self) -> tuple[set[str], int]:
        """As `_Order.first`."""
        ids, count = set[str](), 0
        for version_id, policy in self._order.policies.items():
            lines = self._between(version_id, policy)
            if policy.counts_from is CountsFrom.EARLIEST and policy.steps[0].after_days:
                first, found = self._told(lines, policy)
            else:
                first, found = self._opened(lines)
            ids |= first
            count += found
        return ids, count

    def _between(self, version_id: str, policy: Policy) -> Lines:
        """Cases of a policy with all whose window closes soon among them.

        Where steps count from the latest day, that can be any day since the earliest.
        """
        first = policy.steps[0]
        opens = add_months(self._today, -UN_URGENT_MONTHS) - _SHORT
        closes = add_months(self._today + WINDOW_SOON, -UN_URGENT_MONTHS) + _SHORT
        since = at_local(first.due_on(opens), time(0), _FIRST_ZONE)
        until = _ended(first.due_on(closes))
        by_latest = policy.counts_from is CountsFrom.LATEST
        return silent_between(
            self._reader, self._desk.now, version_id, since, None if by_latest else until
        )

    def _closes(self, earliest: date, zone_name: str) -> date | None:
        """The day on which the window of a silence since then closes, if that is soon."""
        today = local_date(self._desk.now, zone(zone_name))
        window = un_urgent_window(Interval(earliest, earliest), today)
        return window.closes_on if 0 <= window.days_left <= WINDOW_SOON.days else None

    def _told(self, lines: Lines, policy: Policy) -> tuple[set[str], int]:
        """By when the first step fell due."""
        first, session = policy.steps[0], self._desk.session

        def closing() -> Iterator[Line]:
            for row in lines.rows(session):
                closes = self._closes(self._order.anchor(row), row.zone_name)
                if closes is not None:
                    yield row.silent_rank, (closes, *self._order.longest_first(row)), row.id

        def end(last: Any) -> datetime:
            return _ended(first.due_on(add_months(last[0], -UN_URGENT_MONTHS) + _SHORT))

        if lines.are_few:
            return _first(closing(), None)
        counted = (
            row.number
            for row in lines.by_rank(session)
            if self._closes(self._order.anchor(row), row.zone_name) is not None
        )
        ids, _passed = _first(closing(), end)
        return ids, sum(counted)

    def _opened(self, lines: Lines) -> tuple[set[str], int]:
        """By what the clock remembers of each; so many at a time."""
        desk, unread = self._desk, set[str]()
        rows = lines.rows(desk.session)

        def closing() -> Iterator[Line]:
            while some := {row.id: row for row in islice(rows, AT_ONCE)}:
                desk.safe.preload(list(some), "clock")
                for case in chain(*cases_of(desk.session, self._reader, desk.now, list(some))):
                    try:
                        earliest = last_contact(desk, case).earliest
                    except OperationalError:  # the database's fault, not the case's
                        raise
                    except Exception:  # erased meanwhile, or damaged: it is opened, and counted
                        unread.add(case.id)
                        continue
                    row, closes = some[case.id], self._closes(earliest, case.zone_name)
                    if closes is not None:
                        key = closes, *self._order.longest_first(row)
                        yield row.silent_rank, key, row.id
                desk.safe.forget()

        ids, count = _first(closing(), None)
        return ids | unread, count
