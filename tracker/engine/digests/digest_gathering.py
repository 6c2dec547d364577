"""What the weekly digest tells of some cases: a line for each thing that its reader has to know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.exc import OperationalError

from tracker.domain.actor import Actor
from tracker.domain.casefile import CaseFile
from tracker.domain.deadlines import un_urgent_window
from tracker.domain.evaluate import Kind
from tracker.domain.foresee import foresee
from tracker.domain.moments import local_date
from tracker.domain.policy import Step
from tracker.engine.cases.shared import fields_by_case
from tracker.engine.clock.clockwork import open_file, policy_of
from tracker.engine.desk import Desk
from tracker.engine.digests.digest_form import Facts, Line
from tracker.store import timeline
from tracker.store.digest_cases import CLOCK
from tracker.store.schema import Alert, Case, ConsularAction, ContactReport

AHEAD: Final = timedelta(days=7)
"""How far a digest looks forward."""

WINDOW_SOON: Final = timedelta(days=21)
"""A UN urgent-action window that closes within this time is named."""

_CLOCK = Alert.kind.in_(CLOCK)


def is_own(reader: Actor, case: Case) -> bool:
    """Whether a reader has a case at their desk; others are shown to them as a post's member."""
    return reader.has("supervisor") or (
        reader.has("caseworker") and case.caseworker_id in reader.own
    )


class Gathering:
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
        self.unread = set[str]()
        self.cases = [case for case in self.cases if self._is_read(case)]
        self.by_id = {case.id: case for case in self.cases}

    def _keep_what_is_shown(self) -> None:
        """Of a post's cases: those with consent today, and whose dates are not shared (S4)."""
        others = [case for case in self.cases if case.id in self.shared]
        shown = fields_by_case(self.desk, others, self.reader.posts) if others else {}
        self.cases = [case for case in self.cases if shown.get(case.id, True)]
        self.undated = {case_id for case_id, groups in shown.items() if "dates" not in groups}

    def _is_read(self, case: Case) -> bool:
        """Open a case's clock. One that does not open costs nobody the digest: it is counted."""
        try:
            file = open_file(self.desk, case)
            policy = policy_of(self.desk.session, case.policy_version_id)
            file.silent(policy, local_date(self.desk.now, file.zone))
        except OperationalError:  # the database's fault, not the case's
            raise
        except Exception:  # erased meanwhile, or damaged
            self.unread.add(case.id)
            return False
        self.files[case.id] = file
        return True

    def add_to(self, facts: Facts) -> None:
        """Add what these cases have to tell."""
        if not self.by_id:
            return
        for case in self.cases:
            if case.state == "open":
                facts.bands[case.band] += self.counts and case.id not in self.undated
                self._open_case(case, facts)
        facts.crossed += self._told(Kind.STEP)
        facts.unanswered += self._unanswered()
        facts.good_news += self._told(Kind.RESOLVED)
        facts.closed += self._told(Kind.CLOSED)
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
            on, step = local_date(at, file.zone), policy.step(notice.step or 0)
            facts.coming.append(self._line(case, on=on, step=step))
        if own and file.consents_wanted(policy):
            facts.consent_needed.append(self._line(case))

    def _line(
        self,
        case: Case,
        on: date | None = None,
        number: int | None = None,
        step: Step | None = None,
    ) -> Line:
        if case.id in self.undated:
            return Line(case.ref, "", 0, 0, number=number if on is None else None)
        file = self.files[case.id]
        policy = policy_of(self.desk.session, case.policy_version_id)
        today = local_date(self.desk.now, file.zone)
        band = "closed" if case.state == "closed" else case.band
        when = on.isoformat() if on else None
        line = Line(case.ref, band, *file.silent(policy, today), on=when, number=number)
        if step is None:
            return line
        return replace(line, after_days=step.after_days, after_months=step.after_months)

    def _told(self, kind: Kind) -> list[Line]:
        """Of each case the newest alert of a kind that was raised in these weeks."""
        newest = {alert.case_id: alert for alert in self._raised if alert.kind == kind}
        return self._of_alerts(newest.values())

    def _alerts(self, *wanted: Any) -> list[Line]:
        rows = self._mine(select(Alert).where(*wanted).order_by(Alert.raised_at))
        own = [alert for alert in rows if alert.case_id not in self.shared]
        return self._of_alerts({alert.case_id: alert for alert in own}.values())

    @cached_property
    def _raised(self) -> Sequence[Alert]:
        """What was raised in these weeks of what is told, in order."""
        # said so that SQLite asks for these cases' alerts, and not for all of those weeks each time
        at = func.coalesce(Alert.raised_at, Alert.raised_at)
        kinds = Alert.kind.in_([str(kind) for kind in (Kind.STEP, Kind.RESOLVED, Kind.CLOSED)])
        query = select(Alert).where(kinds, at >= self.start, at < self.end)
        return self._mine(query.order_by(Alert.raised_at))

    def _mine(self, query: Select[Alert]) -> list[Alert]:
        return list(self.desk.session.scalars(query.where(Alert.case_id.in_(list(self.by_id)))))

    def _of_alerts(self, alerts: Iterable[Alert]) -> list[Line]:
        alerts, lines = list(alerts), []
        versions = self._versions(alerts)
        for alert in alerts:
            case = self.by_id[alert.case_id]
            on = local_date(alert.raised_at, self.files[case.id].zone)
            step = self._step_of(alert, versions.get(alert.id, case.policy_version_id))
            lines.append(self._line(case, on=on, step=step))
        return lines

    def _versions(self, alerts: Sequence[Alert]) -> dict[str, str | None]:
        """The policy's version of each alert whose case has another since; None: it is not known.

        The audit trail holds what a case had before, of changes since it is told there.
        """
        if not alerts:
            return {}
        since = min(alert.raised_at for alert in alerts)
        cases = list({alert.case_id for alert in alerts})
        found: dict[str, str | None] = {}
        for change in timeline.policies_since(self.desk.session, cases, since):
            for alert in alerts:
                if alert.case_id == change.case_id and alert.raised_at < change.at:
                    found.setdefault(alert.id, (change.detail or {}).get("was"))
        return found

    def _step_of(self, alert: Alert, version_id: str | None) -> Step | None:
        """The step an alert is of, in the policy under which it was raised."""
        if version_id is None:
            return None
        policy = policy_of(self.desk.session, version_id)
        return next((step for step in policy.steps if step.number == alert.step), None)

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
