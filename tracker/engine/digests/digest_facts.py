"""Gathering what a weekly digest reports, over the cases its reader may see (D9, S4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Final

from sqlalchemy import func, select

from tracker.domain.actor import Actor
from tracker.domain.deadlines import UN_URGENT_MONTHS
from tracker.domain.moments import add_months, at_local, zone
from tracker.domain.policy import Band, CountsFrom
from tracker.engine.clock.clockwork import policy_of
from tracker.engine.desk import Desk
from tracker.engine.digests.digest_consents import Wanting
from tracker.engine.digests.digest_form import KEPT, Facts
from tracker.engine.digests.digest_gathering import AHEAD, WINDOW_SOON, Gathering
from tracker.engine.staff.account_news import changes
from tracker.store import health, policies
from tracker.store.cases import counted_under
from tracker.store.digest_cases import Ranked, ToOpen, cases_to_open
from tracker.store.queue import Wanted, count_by_band, every_case
from tracker.store.schema import OutboxMessage

SLACK: Final = timedelta(days=2)
"""More than two zones' days, a policy's hour and a short month's end differ."""

Messages = dict[tuple[datetime, datetime], dict[str, int]]
"""Outbox rows by state, by the weeks they were made in: the same for all readers of one zone."""


def gather(
    desk: Desk,
    reader: Actor,
    window: tuple[datetime, datetime],
    before: dict[str, int] | None = None,
    messages: Messages | None = None,
) -> Facts:
    """The facts for one reader: of their own cases, and apart, of those they stand in for.

    `messages` keeps between readers what was counted of the outbox: no index holds its weeks.
    """
    facts = _gather(desk, replace(reader, stands_in_for=frozenset()), window, before)
    if reader.has("caseworker", "supervisor"):
        counted = {} if messages is None else messages
        if window not in counted:
            counted[window] = _messages(desk, window)
        facts.messages = dict(counted[window])
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
    pages: Iterator[ToOpen] = (
        ToOpen(cases, []) for cases in every_case(desk.session, reader, today)
    )
    wanting = Wanting(desk)
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
    for some in pages:
        Gathering(desk, reader, window, some.cases, counts=counted is None).add_to(facts)
        wanting.add_to(facts, some.asking)
        facts.keep(at_most=2 * KEPT)
        desk.safe.forget()
    facts.keep(at_most=0)
    if reader.has("supervisor"):
        facts.accounts = len(changes(desk, *window))
    state = health.look(desk.session, desk.now)
    facts.worker_at = state.worker_at.isoformat() if state.worker_at else None
    return facts


def _counted(desk: Desk, reader: Actor) -> dict[str, int] | None:
    """A desk's open cases by band, as they are kept counted; None where each must be looked at."""
    if not reader.has("caseworker", "supervisor") or counted_under(reader) is None:
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


def _messages(desk: Desk, window: tuple[datetime, datetime]) -> dict[str, int]:
    """Outbox rows of the weeks reported, by state."""
    start, end = window
    rows = desk.session.execute(
        select(OutboxMessage.state, func.count())
        .where(OutboxMessage.created_at >= start, OutboxMessage.created_at < end)
        .group_by(OutboxMessage.state)
    )
    return dict(rows.all())
