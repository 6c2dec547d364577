"""Gathering what a weekly digest reports, over the cases its reader may see (D9, S4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select

from tracker.domain.actor import Actor
from tracker.domain.policy import Band
from tracker.engine.desk import Desk
from tracker.engine.digests.digest_choice import choose
from tracker.engine.digests.digest_form import KEPT, Facts
from tracker.engine.digests.digest_gathering import Gathering
from tracker.engine.staff.account_news import changes
from tracker.store import health
from tracker.store.cases import counted_under
from tracker.store.digest_cases import cases_of
from tracker.store.queue import Wanted, count_by_band, visible_ids
from tracker.store.schema import OutboxMessage

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

    Of a desk's cases only those are opened whose lines stand first; the others are counted.
    """
    counted = _counted(desk, reader)
    chosen = None if counted is None else choose(desk, reader, window)
    ids = visible_ids(desk.session, reader, desk.now) if chosen is None else chosen.ids
    bands = counted or dict.fromkeys(map(str, reversed(Band)), 0)
    facts, unread = Facts(bands=bands, bands_before=before), set[str]()
    for cases in cases_of(desk.session, reader, desk.now, ids):
        some = Gathering(desk, reader, window, cases, counts=chosen is None)
        some.add_to(facts)
        unread |= some.unread
        facts.keep(at_most=2 * KEPT)
        desk.safe.forget()
    facts.keep(at_most=0)
    facts.unreadable = len(unread)
    if chosen is not None:
        chosen.count_rest(facts, unread)
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


def _messages(desk: Desk, window: tuple[datetime, datetime]) -> dict[str, int]:
    """Outbox rows of the weeks reported, by state."""
    start, end = window
    rows = desk.session.execute(
        select(OutboxMessage.state, func.count())
        .where(OutboxMessage.created_at >= start, OutboxMessage.created_at < end)
        .group_by(OutboxMessage.state)
    )
    return dict(rows.all())
