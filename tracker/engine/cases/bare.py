"""Cases, alerts and digests without a name or a word: references, bands, days, states, due times.

What programs may read (`/api/v1`). Nothing here opens more than the clock's memory, and it works
with services that hold no key to anything else, as the worker's do (safety.md S2).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tracker.domain.contact import Silent
from tracker.domain.digest import monday_of
from tracker.domain.evaluate import Notice
from tracker.engine.cases.queue import Silence, coming, look_at_silence
from tracker.engine.clock.aside import read_each
from tracker.engine.clock.clockwork import open_file, policy_of
from tracker.engine.desk import Desk
from tracker.store import digest as store_digest
from tracker.store.schema import Alert, Case


@dataclass(frozen=True, slots=True)
class BareCase:
    """One case as the clock sees it. `next_at` is when something fires if nothing is entered."""

    case: Case
    silence: Silence
    next_at: datetime | None
    next_notice: Notice | None
    to_confirm: int


@dataclass(frozen=True, slots=True)
class BareDigest:
    """That digests of a week were made, and what became of their mails; None: not to be told."""

    week: str
    made: int
    messages: dict[str, int] | None


def bare_cases(desk: Desk, cases: Sequence[Case]) -> tuple[list[BareCase], list[Case]]:
    """These cases, in their order; and those that cannot be read."""
    desk.safe.preload([case.id for case in cases], "clock")
    read, unread = read_each(cases, lambda case: bare_case(desk, case))
    return [bare for _case, bare in read], unread


def bare_case(desk: Desk, case: Case) -> BareCase:
    """One case. Raises one of `UNREADABLE`."""
    file, policy = open_file(desk, case), policy_of(desk.session, case.policy_version_id)
    following = next(coming(file, policy, desk.now), None)
    return BareCase(
        case=case,
        silence=look_at_silence(file, policy, desk.now),
        next_at=following[0] if following else None,
        next_notice=following[1] if following else None,
        to_confirm=sum(not c.confirmed and not c.retracted for c in file.contacts.values()),
    )


def silent_days(desk: Desk, alert: Alert) -> Silent:
    """For how many days the case was silent when the alert was raised."""
    return Silent(*desk.safe.open(alert, "silent"))


def bare_digest(desk: Desk, week: str) -> BareDigest | None:
    """The state of a week's digests: one's own, or all for those who look after the sending.

    None where none was made, or not for this person. Raises Refused for a week no year has.
    """
    monday_of(week)
    who = desk.actor
    if who.has("supervisor", "administrator", "auditor"):
        digests = store_digest.of_week(desk.session, week)
    else:
        mine = store_digest.one(desk.session, who.id or "", week)
        digests = [mine] if mine is not None else []
    if not digests:
        return None
    rows = store_digest.deliveries(desk.session, [digest.id for digest in digests])
    states = Counter(row.state for each in rows.values() for row in each)
    told = not who.has("auditor") or who.has("supervisor", "administrator")
    return BareDigest(week, len(digests), dict(sorted(states.items())) if told else None)
