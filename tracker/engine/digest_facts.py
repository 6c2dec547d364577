"""Gathering what a weekly digest reports, over the cases its reader may see (D9, S4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.exc import OperationalError

from tracker.domain.actor import Actor
from tracker.domain.casefile import CaseFile
from tracker.domain.contact import silence
from tracker.domain.deadlines import UN_URGENT_MONTHS, un_urgent_window
from tracker.domain.evaluate import Kind
from tracker.domain.foresee import foresee
from tracker.domain.moments import add_months, at_local, local_date, zone
from tracker.domain.policy import Band, CountsFrom
from tracker.engine.account_news import changes
from tracker.engine.clockwork import open_file, policy_of
from tracker.engine.desk import Desk
from tracker.engine.digest_form import KEPT, Facts, Line
from tracker.engine.shared import fields_shown
from tracker.store import health, policies
from tracker.store.cases import visible_counts
from tracker.store.digest_cases import Ranked, cases_to_open
from tracker.store.queue import Wanted, count_by_band, every_case
from tracker.store.schema import Alert, Case, ConsularAction, ContactReport, OutboxMessage

AHEAD = timedelta(days=7)
"""How far a digest looks forward."""

WINDOW_SOON = timedelta(days=21)
"""A UN urgent-action window that closes within this time is named."""

SLACK: Final = timedelta(days=2)
"""More than two zones' days, a policy's hour and a short month's end differ."""


def gather(
    desk: Desk,
    reader: Actor,
    window: tuple[datetime, datetime],
    before: dict[str, int] | None = None,
) -> Facts:
    """The facts for one reader: of their own cases, and apart, of those they stand in for."""
    facts = _gather(desk, replace(reader, stands_in_for=frozenset()), window, before)
    # A supervisor sees all cases in any event; who is no caseworker any more works on none.
    if reader.stands_in_for and reader.has("caseworker") and not reader.has("supervisor"):
        away = replace(reader, id=None, roles=frozenset({"caseworker"}), posts=frozenset())
        facts.stand_in(_gather(desk, away, window, None))
    return facts


def _gather(
    desk: Desk,
    reader: Actor,
    window: tuple[datetime, datetime],
    before: dict[str, int] | None,
) -> Facts:
    """Over the cases that a reader may see; some cases at a time.

    Of a desk's cases only those are opened that may have a line; the others are counted as they
    are kept counted.
    """
    today = desk.now.date()
    counted = _counted(desk, reader)
    facts = Facts(bands=dict.fromkeys(map(str, reversed(Band)), 0), bands_before=before)
    pages = every_case(desk.session, reader, today)
    if counted is not None:
        facts.bands = counted
        pages = cases_to_open(
            desk.session,
            reader,
            today,
            raised=window,
            looks_until=desk.now + AHEAD,
            ranked=_near_a_window(desk),
            asking_roles=_asking_roles(desk),
            about=sum(counted.values()),
        )
    for cases in pages:
        _Gathering(desk, reader, window, cases, counts=counted is None).add_to(facts)
        facts.keep(at_most=2 * KEPT)
        desk.safe.forget()
    facts.keep(at_most=0)
    if reader.has("caseworker", "supervisor"):
        facts.messages = _messages(desk, window)
    if reader.has("supervisor"):
        facts.accounts = len(changes(desk, *window))
    state = health.look(desk.session, desk.now)
    facts.worker_at = state.worker_at.isoformat() if state.worker_at else None
    return facts


def _counted(desk: Desk, reader: Actor) -> dict[str, int] | None:
    """A desk's open cases by band, as they are kept counted; None where each must be looked at."""
    if not reader.has("caseworker", "supervisor") or visible_counts(reader) is None:
        return None
    counts = count_by_band(desk.session, reader, Wanted(), desk.now)
    return {str(band): counts[band] for band in reversed(Band)}


def _near_a_window(desk: Desk) -> list[Ranked]:
    """Where in the order of due times the cases stand whose UN window closes soon.

    The window counts from the earliest day of the last contact, and so does the first step, unless
    its policy counts from the latest: then that can be any day since.
    """
    opens = add_months(desk.now.date(), -UN_URGENT_MONTHS) - SLACK
    closes = add_months(desk.now.date() + WINDOW_SOON, -UN_URGENT_MONTHS) + SLACK
    found = []
    for version_id in policies.in_use(desk.session):
        policy = policy_of(desk.session, version_id)
        first = policy.steps[0]
        since = at_local(first.due_on(opens), time(0), zone("UTC")) - SLACK
        until = at_local(first.due_on(closes), time(0), zone("UTC")) + SLACK
        by_latest = policy.counts_from is CountsFrom.LATEST
        found.append(Ranked(version_id, since, None if by_latest else until))
    return found


def _asking_roles(desk: Desk) -> frozenset[str]:
    """The roles that some policy in use tells only with consent."""
    versions = policies.in_use(desk.session)
    return frozenset().union(*(policy_of(desk.session, one).needs_consent for one in versions))


def is_own(reader: Actor, case: Case) -> bool:
    """Whether a reader has a case at their desk; others are shown to them as a post's member."""
    return reader.has("supervisor") or (
        reader.has("caseworker") and case.caseworker_id in reader.own
    )


class _Gathering:
    """The facts of some of a reader's cases."""

    def __init__(
        self,
        desk: Desk,
        reader: Actor,
        window: tuple[datetime, datetime],
        cases: list[Case],
        *,
        counts: bool,
    ) -> None:
        self.desk = desk
        self.reader = reader
        self.counts = counts  # whether the cases seen are to be counted by band
        self.start, self.end = window
        self.only_consular = not reader.has("caseworker", "supervisor")
        self.cases = cases
        self.shared = {case.id for case in self.cases if not is_own(reader, case)}
        self.undated = set[str]()
        self._keep_what_is_shown()
        desk.safe.preload([case.id for case in self.cases], "clock")
        self.files: dict[str, CaseFile] = {}
        self.unreadable = 0
        self.cases = [case for case in self.cases if self._is_read(case)]
        self.by_id = {case.id: case for case in self.cases}

    def _keep_what_is_shown(self) -> None:
        """Of a post's cases: those with consent today, and whose dates are not shared (S4)."""
        shown = {
            case.id: fields_shown(self.desk, case, self.reader.posts)
            for case in self.cases
            if case.id in self.shared
        }
        self.cases = [case for case in self.cases if shown.get(case.id, True)]
        self.undated = {case_id for case_id, groups in shown.items() if "dates" not in groups}

    def _is_read(self, case: Case) -> bool:
        """Open a case's clock. One that does not open costs nobody the digest: it is counted."""
        try:
            file = open_file(self.desk, case)
            policy = policy_of(self.desk.session, case.policy_version_id)
            silence(file.last_contact(policy), local_date(self.desk.now, file.zone))
        except OperationalError:  # the database's fault, not the case's
            raise
        except Exception:  # erased meanwhile, or damaged
            self.unreadable += 1
            return False
        self.files[case.id] = file
        return True

    def add_to(self, facts: Facts) -> None:
        for case in self.cases:
            if case.state == "open":
                facts.bands[case.band] += self.counts and case.id not in self.undated
                self._open_case(case, facts)
        facts.crossed += self._crossed()
        facts.unanswered += self._unanswered()
        facts.good_news += self._ended(Kind.RESOLVED)
        facts.closed += self._ended(Kind.CLOSED)
        facts.unreadable += self.unreadable
        if not self.only_consular:
            facts.unacknowledged += self._alerts(Alert.state == "triggered", _CLOCK)
            facts.undelivered += self._alerts(Alert.state == "undelivered")
            facts.to_confirm += self._to_confirm()

    def _open_case(self, case: Case, facts: Facts) -> None:
        file = self.files[case.id]
        policy = policy_of(self.desk.session, case.policy_version_id)
        last = file.last_contact(policy)
        today = local_date(self.desk.now, file.zone)
        own = case.id not in self.shared
        if case.snoozed_until is not None and own:
            facts.snoozed.append(self._line(case, on=local_date(case.snoozed_until, file.zone)))
        window = un_urgent_window(last, today)
        if 0 <= window.days_left <= WINDOW_SOON.days and own:
            facts.windows.append(self._line(case, on=window.closes_on, number=window.days_left))
        until = self.desk.now + AHEAD
        looks = case.next_look_at is not None and case.next_look_at < until
        for at, notice in foresee(file, policy, until) if looks else ():
            if notice.kind is not Kind.STEP:
                continue
            facts.coming.append(self._line(case, on=local_date(at, file.zone), number=notice.step))
        needed = {
            role for notice in file.firings.values() for role in notice.roles
        } & policy.needs_consent - file.consents
        if needed and own:
            facts.consent_needed.append(self._line(case))

    def _line(self, case: Case, on: date | None = None, number: int | None = None) -> Line:
        if case.id in self.undated:
            return Line(case.ref, "", 0, 0, None, number if on is None else None)
        file = self.files[case.id]
        policy = policy_of(self.desk.session, case.policy_version_id)
        today = local_date(self.desk.now, file.zone)
        at_least, at_most = silence(file.last_contact(policy), today)
        band = "closed" if case.state == "closed" else case.band
        return Line(case.ref, band, at_least, at_most, on.isoformat() if on else None, number)

    def _crossed(self) -> list[Line]:
        rows = self._raised(Alert.kind == Kind.STEP)
        newest = {alert.case_id: alert for alert in rows}
        return self._of_alerts(newest.values())

    def _ended(self, kind: Kind) -> list[Line]:
        newest = {alert.case_id: alert for alert in self._raised(Alert.kind == kind)}
        return self._of_alerts(newest.values())

    def _alerts(self, *wanted: Any) -> list[Line]:
        rows = self._mine(select(Alert).where(*wanted).order_by(Alert.raised_at))
        own = [alert for alert in rows if alert.case_id not in self.shared]
        return self._of_alerts({alert.case_id: alert for alert in own}.values())

    def _raised(self, wanted: Any) -> Sequence[Alert]:
        return self._mine(
            select(Alert)
            .where(wanted, Alert.raised_at >= self.start, Alert.raised_at < self.end)
            .order_by(Alert.raised_at)
        )

    def _mine(self, query: Select[Alert]) -> list[Alert]:
        return list(self.desk.session.scalars(query.where(Alert.case_id.in_(list(self.by_id)))))

    def _of_alerts(self, alerts: Iterable[Alert]) -> list[Line]:
        lines = []
        for alert in alerts:
            case = self.by_id[alert.case_id]
            on = local_date(alert.raised_at, self.files[case.id].zone)
            lines.append(self._line(case, on=on, number=alert.step))
        return lines

    def _to_confirm(self) -> list[Line]:
        waiting = self.desk.session.execute(
            select(ContactReport.case_id, func.count())
            .where(ContactReport.state == "pending", ContactReport.case_id.in_(list(self.by_id)))
            .group_by(ContactReport.case_id)
        )
        return [
            self._line(self.by_id[case_id], number=count)
            for case_id, count in waiting
            if case_id not in self.shared
        ]

    def _unanswered(self) -> list[Line]:
        query = select(ConsularAction).where(
            ConsularAction.answered_at.is_(None), ConsularAction.case_id.in_(list(self.by_id))
        )
        return [
            self._line(self.by_id[action.case_id], number=(self.desk.now - action.asked_at).days)
            for action in self.desk.session.scalars(query.order_by(ConsularAction.asked_at))
            if action.case_id not in self.shared or action.post_id in self.reader.posts
        ]


def _messages(desk: Desk, window: tuple[datetime, datetime]) -> dict[str, int]:
    """Outbox rows of the weeks reported, by state."""
    start, end = window
    rows = desk.session.execute(
        select(OutboxMessage.state, func.count())
        .where(OutboxMessage.created_at >= start, OutboxMessage.created_at < end)
        .group_by(OutboxMessage.state)
    )
    return dict(rows.all())


_CLOCK = Alert.kind.in_([str(kind) for kind in (Kind.STEP, Kind.REPEAT, Kind.HAND_OVER)])
