"""What a consular post is shown of a case: the groups of fields shared with it, and nothing else.

Who reported, the words of a report, and what a family typed itself, are in no group (safety.md S1,
"Who may"): of its statements only the dates are shown. A photo of a letter is shown where
`documents` are shared and its contact is confirmed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, select

from tracker.domain.actor import Actor
from tracker.domain.alerts import STANDING
from tracker.domain.consent import Scope
from tracker.domain.edtf import to_edtf
from tracker.domain.errors import Refused
from tracker.engine.cases import pictures, queue, sharing
from tracker.engine.clock.aside import read_each
from tracker.engine.clock.clockwork import open_file, policy_of
from tracker.engine.desk import Desk
from tracker.engine.staff.audience import CONSULAR
from tracker.i18n.words import _
from tracker.store import timeline
from tracker.store.cases import find_case, visible_cases
from tracker.store.schema import (
    Alert,
    AlertEvent,
    Attachment,
    Case,
    ConsularAction,
    OutboxMessage,
)

GROUPS: Mapping[str, tuple[str, ...]] = {
    "name": ("birth", "nationality", "description"),
    "place": (
        "held_since",
        "place",
        "held_by",
        "last_seen",
        "arrested",
        "charged",
        "sentenced",
        "moved",
        "health",
        "released",
    ),
    "family": ("relative",),
}
"""Which kinds of statement each group of fields opens."""

_GRID = {"dates", "history"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to a post, with its answer where there is one."""

    row: ConsularAction
    words: str
    answer: str
    days: int  # since it was asked


@dataclass(frozen=True, slots=True)
class Shared:
    """A case as one post sees it. What is not shared is empty or None here."""

    case: Case
    fields: frozenset[str]
    since_at: datetime
    until: date | None
    names: Sequence[str] = ()
    silence: queue.Silence | None = None
    heard: Sequence[Mapping[str, Any]] = ()  # newest first: edtf, means, class
    months: Sequence[queue.Heard] = ()  # those for the grid, where dates are shown too
    statements: Sequence[tuple[str, Mapping[str, Any]]] = ()
    asked: Sequence[Asked] = ()
    pictures: Sequence[Attachment] = ()
    waiting: bool = False  # an alert went to this reader, who has not said so yet

    @property
    def unanswered(self) -> list[Asked]:
        """What still waits for the post's answer."""
        return [one for one in self.asked if one.row.answered_at is None]


def as_member(actor: Actor) -> Actor:
    """The asking person in the role of a post's member alone."""
    return replace(actor, roles=actor.roles & {CONSULAR})


def shared_cases(desk: Desk) -> tuple[list[Shared], list[Case]]:
    """The cases shared with the actor's posts today: the longest unanswered, then silent, first.

    And those that cannot be read, of which a post is told the reference alone.
    """
    cases = desk.session.scalars(visible_cases(as_member(desk.actor), desk.now))
    read, unread = read_each(cases, lambda case: _seen(desk, case))
    found = [seen for _case, seen in read if seen is not None]
    return sorted(found, key=lambda one: (-_longest(one), one.case.ref)), unread


def shared_case(desk: Desk, ref: str) -> Shared | None:
    """One case; None where it is not shared with the actor's posts today, or consent is gone."""
    case = find_case(desk.session, as_member(desk.actor), ref, desk.now)
    return _seen(desk, case) if case is not None else None


def fields_shown(desk: Desk, case: Case, posts: frozenset[str]) -> frozenset[str]:
    """The groups of fields these posts are shown today; none without the family's consent."""
    return fields_by_case(desk, [case], posts)[case.id]


def fields_by_case(
    desk: Desk, cases: Sequence[Case], posts: frozenset[str]
) -> dict[str, frozenset[str]]:
    """`fields_shown` of each of these cases, by id."""
    covered = sharing.consenting(desk, cases, Scope.CONSULAR)
    shares = sharing.shares_of(desk, [case for case in cases if case.id in covered])
    return {
        case.id: frozenset(
            group for row in shares.get(case.id, ()) if row.post_id in posts for group in row.fields
        )
        for case in cases
    }


def answer(desk: Desk, seen: Shared, action_id: str, outcome: str, words: str) -> None:
    """The post answers one question, once. Raises Refused for one that is not open to it."""
    asked = next((one for one in seen.unanswered if one.row.id == action_id), None)
    if asked is None:
        raise Refused(_("This question was answered already, or was taken back."))
    sharing.answer(desk, seen.case, asked.row, outcome, words)


def acknowledge(desk: Desk, seen: Shared) -> int:
    """The reader has seen the alerts sent to them: recorded, and nobody else's is held."""
    alerts = _waiting(desk, seen.case)
    for alert in alerts:
        desk.happened(alert, "seen", desk.person_id)
        desk.audit("alert.seen", "alert", alert.id, alert.case_id)
    return len(alerts)


def excerpt(desk: Desk, case: Case, fields: frozenset[str], since_at: datetime) -> Shared:
    """A case with nothing but these groups of fields; questions to posts are left out."""
    file = open_file(desk, case)
    policy = policy_of(desk.session, case.policy_version_id)
    return Shared(
        case=case,
        fields=fields,
        since_at=since_at,
        until=None,
        names=_names(desk, case) if "name" in fields else (),
        silence=queue.look_at_silence(file, policy, desk.now) if "dates" in fields else None,
        heard=_heard(desk, case) if "history" in fields else (),
        months=queue.heard(file, policy, confirmed=True) if fields >= _GRID else (),
        statements=_statements(desk, case, fields),
    )


def _seen(desk: Desk, case: Case) -> Shared | None:
    posts = desk.actor.posts
    fields = fields_shown(desk, case, posts)
    if not fields:
        return None
    live = [row for row in sharing.live_shares(desk, case) if row.post_id in posts]
    untils = [row.until_on for row in live if row.until_on is not None]
    return replace(
        excerpt(desk, case, fields, min(row.shared_at for row in live)),
        until=max(untils) if len(untils) == len(live) else None,
        asked=_asked(desk, case, posts),
        pictures=pictures.shared_with_posts(desk, case) if "documents" in fields else (),
        waiting=bool(_waiting(desk, case)),
    )


def _names(desk: Desk, case: Case) -> list[str]:
    return [desk.safe.open(row, "name") for row in timeline.names(desk.session, case.id)]


def _heard(desk: Desk, case: Case) -> list[dict[str, Any]]:
    rows = []
    for row in timeline.reports(desk.session, case.id):
        if row.state == "confirmed":
            told = desk.safe.open(row, "occurred")
            details = desk.safe.open(row, "details") or {}
            earliest, latest = told["earliest"], told["latest"]
            rows.append(
                {
                    "latest": latest,
                    "edtf": told["edtf"]
                    or to_edtf(date.fromisoformat(earliest), date.fromisoformat(latest)),
                    "means": details.get("means"),
                    "class": told["class"],
                    "staged": details.get("staged"),
                }
            )
    return sorted(rows, key=lambda row: row["latest"], reverse=True)


def _statements(
    desk: Desk, case: Case, fields: frozenset[str]
) -> list[tuple[str, Mapping[str, Any]]]:
    order = [kind for group, kinds in GROUPS.items() if group in fields for kind in kinds]
    rows = [
        (row.kind, told) for row, told in sharing.told_to_others(desk, case) if row.kind in order
    ]
    return sorted(rows, key=lambda pair: order.index(pair[0]))


def _asked(desk: Desk, case: Case, posts: frozenset[str]) -> list[Asked]:
    rows = [row for row in timeline.questions(desk.session, case.id) if row.post_id in posts]
    return [
        Asked(
            row,
            desk.safe.open(row, "asked"),
            desk.safe.open(row, "answer") or "",
            (desk.now - row.asked_at).days,
        )
        for row in sorted(rows, key=lambda row: (row.asked_at, row.id))
    ]


def _waiting(desk: Desk, case: Case) -> list[Alert]:
    """Open alerts that were sent to this reader as a post's member, and not seen yet."""
    told = exists().where(
        OutboxMessage.alert_id == Alert.id,
        OutboxMessage.person_id == desk.person_id,
        OutboxMessage.role == CONSULAR,
        OutboxMessage.handed_over_at.is_not(None),
    )
    seen = exists().where(
        AlertEvent.alert_id == Alert.id,
        AlertEvent.kind == "seen",
        AlertEvent.person_id == desk.person_id,
    )
    wanted = select(Alert).where(Alert.case_id == case.id, Alert.state.in_(STANDING), told, ~seen)
    return list(desk.session.scalars(wanted.order_by(Alert.raised_at, Alert.id)))


def _longest(seen: Shared) -> int:
    return max((one.days for one in seen.unanswered), default=-1)
