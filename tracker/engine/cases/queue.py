"""The rows of the queue: what a caseworker sees of each case at a glance.

Only the clock's memory and the names are opened, many at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tracker.domain.casefile import CaseFile
from tracker.domain.contact import Interval, Silent
from tracker.domain.evaluate import Kind, Notice
from tracker.domain.foresee import foresee, spend
from tracker.domain.moments import local_date
from tracker.domain.policy import Policy
from tracker.engine.clock.aside import read_each
from tracker.engine.clock.clockwork import open_file, policy_of
from tracker.engine.desk import Desk
from tracker.i18n.words import gettext as _
from tracker.store import names as store
from tracker.store.schema import Case
from tracker.store.sealing import UNREADABLE

AHEAD = timedelta(days=400)
"""How far "what would fire next" looks."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One account for a picture: its days, and whether it counts for the clock (R1)."""

    earliest: date
    latest: date
    direct: bool


@dataclass(frozen=True, slots=True)
class Silence:
    """How long a case is silent, and since when. `source`: contact | told | missing | opened: a
    confirmed contact, the last one as told, the day of being taken, the day of opening (R1, R2).
    """

    days: Silent
    last: Interval
    source: str
    today: date


@dataclass(frozen=True, slots=True)
class Row:
    """One case of the queue. `names` has the one shown first in front; it may be empty."""

    case: Case
    names: Sequence[str]
    silence: Silence
    heard: Sequence[Heard]
    next_at: datetime | None
    next_notice: Notice | None
    policy: Policy
    pending: int


def rows(desk: Desk, cases: Sequence[Case]) -> tuple[list[Row], list[Case]]:
    """The queue's rows for these cases, in their order; and the cases that cannot be read."""
    ids = [case.id for case in cases]
    desk.safe.preload(ids, "clock", "content")
    names = names_by_case(desk, ids)
    versions = {case.policy_version_id for case in cases}
    policies = {version: policy_of(desk.session, version) for version in versions}
    read, unread = read_each(
        cases,
        lambda case: _row(desk, case, names.get(case.id, []), policies[case.policy_version_id]),
    )
    return [row for _case, row in read], unread


def names_by_case(desk: Desk, case_ids: Collection[str]) -> dict[str, list[str]]:
    """The names of many cases' sought persons, opened together. In the place of one that cannot be
    read stands that.
    """
    desk.safe.preload(case_ids, "content")
    found: dict[str, list[str]] = {}
    for row in store.names_of(desk.session, case_ids):
        try:
            name = desk.safe.open(row, "name")
        except UNREADABLE:
            name = _("cannot be read")
        found.setdefault(row.case_id, []).append(name)
    return found


def look_at_silence(file: CaseFile, policy: Policy, now: datetime) -> Silence:
    """How long a case is silent at `now`, in its own zone (R3)."""
    today = local_date(now, file.zone)
    last, days = file.last_contact(policy), file.silent(policy, today)
    return Silence(days, last, _source(file, policy), today)


def heard(file: CaseFile, policy: Policy, *, confirmed: bool = False) -> list[Heard]:
    """Every account that was not taken back, for the strip and the grid; or the confirmed alone."""
    return [
        Heard(contact.earliest or contact.latest, contact.latest, contact.counts(policy.resets))
        for contact in file.contacts.values()
        if not contact.retracted and (contact.confirmed or not confirmed)
    ]


def coming(file: CaseFile, policy: Policy, now: datetime) -> Iterator[tuple[datetime, Notice]]:
    """What comes next if nothing is entered; requests to confirm left out."""
    return _alerts(foresee(file, policy, now + AHEAD))


def _alerts(told: Iterator[tuple[datetime, Notice]]) -> Iterator[tuple[datetime, Notice]]:
    return ((at, notice) for at, notice in told if notice.kind is not Kind.TO_CONFIRM)


def _row(desk: Desk, case: Case, names: Sequence[str], policy: Policy) -> Row:
    file = open_file(desk, case)
    silence, accounts = look_at_silence(file, policy, desk.now), heard(file, policy)
    pending = sum(not c.confirmed and not c.retracted for c in file.contacts.values())
    at, notice = next(_alerts(spend(file, policy, desk.now + AHEAD)), (None, None))
    return Row(case, names, silence, accounts, at, notice, policy, pending)


def _source(file: CaseFile, policy: Policy) -> str:
    if any(contact.counts(policy.resets) for contact in file.contacts.values()):
        return "contact"
    if file.provisional is not None:
        return "told"
    return "opened" if file.missing_since is None else "missing"
