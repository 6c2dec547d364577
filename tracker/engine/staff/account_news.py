"""Changes of how an account is entered, what it may do, how it is reached: told, listed, held back.

Who enters as somebody else must not do it in silence (safety.md, "Who may", S10). So each such
change is told to its owner wherever they can be reached, also where they could be until lately, and
to all supervisors and administrators; and what came of a lost second factor or of a new role
neither looks at who reported nor takes cases out for a day, in which somebody can object.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select

from tracker.domain.actor import Actor
from tracker.domain.errors import Refused
from tracker.engine.desk import Desk
from tracker.engine.staff.audience import ADMINISTRATOR, people_with_role
from tracker.engine.staff.notices import queue_at, queue_notice
from tracker.i18n.words import gettext as _
from tracker.store import people
from tracker.store.schema import AuditRow, ContactPoint, OutboxMessage, Person
from tracker.store.unsent import PointAsked

ACCESS: Final = "access"
"""The kind of message that says to somebody: your own access was changed."""

SHOWN: Final = "access_shown"
"""The same, where the link for it was shown to the administrator instead of sent."""

ASKED: Final = "access_asked"
"""Somebody asked a second person to let your access be changed; nothing is changed yet."""

GUESSED: Final = "guessed"
"""Somebody has your password, and not your codes."""

COLLEAGUE: Final = "colleague"
"""The kind of message that says: look at what was changed about a colleague's account."""

OWN: Final = (ACCESS, SHOWN, ASKED, GUESSED)
"""What goes to the owner of the account, wherever they were reached until lately."""

FORMER: Final = timedelta(days=30)
"""So long a way that was switched off by a colleague still gets such a message."""

HELD: Final = timedelta(hours=24)
"""So long nobody is shown and nothing taken out; as long as a new OpenPGP key is held."""

LISTED: Final = timedelta(days=14)

TRIES: Final = 5
"""Wrong codes after a right password, within a day, that are told."""

POWERS: Final = frozenset({"caseworker", "supervisor"})
"""The roles that open cases."""

_SUPERVISOR: Final = "supervisor"

GRAVE_CHANGES: Final = frozenset(
    {
        "person.invited",
        "person.reset_asked",
        "person.roles_asked",
        "person.change_agreed",
        "person.change_declined",
        "person.alone",
        "person.rescued",
        "person.reset",
        "person.link_shown",
        "person.roles",
        "person.disabled",
        "person.enabled",
        "person.last_day",
        "person.address",
        "person.second_factor",
    }
)
"""What lets somebody in, shuts somebody out, or opens cases."""

CHANGES: Final = GRAVE_CHANGES | {
    "person.passkey_added",
    "person.recovery_made",
    "person.code_guessed",
    "person.reading",
    "person.renamed",
    "person.leave",
    "contact_point.added",
    "contact_point.enabled",
    "contact_point.disabled",
}
"""The acts that are listed: each stands in the trail with whose account it is about."""


def tell(desk: Desk, person: Person, kind: str = ACCESS) -> None:
    """Tell the owner of the account, and the supervisors and other administrators.

    Before a way to reach them is added or switched off: a new one says nothing about its owner.
    """
    for point in _all_ways(desk, person.id):
        queue_at(desk, kind, point)
    tell_colleagues(desk, person)


def tell_colleagues(desk: Desk, person: Person, *roles: str) -> None:
    """Tell those who hold one of the roles: of `ADMINISTRATOR` and supervisors, if none is named.

    Not whose account it is, and not who acts.
    """
    told = others(desk, person.id, roles or (_SUPERVISOR, ADMINISTRATOR))
    queue_notice(desk, COLLEAGUE, told)


def others(desk: Desk, person_id: str, roles: Collection[str]) -> list[Person]:
    """The active people with one of the roles, but this one and who acts."""
    found = {one.id: one for role in roles for one in people_with_role(desk, role)}
    return [one for one in found.values() if one.id not in (person_id, desk.person_id)]


def wrong_code(desk: Desk, person_id: str) -> None:
    """A code was wrong after a right password. The fifth of a day is told, once (S11).

    From many addresses a brake that never locks lets some tries pass each hour: the owner, who
    alone can end it with a new password, has to know.
    """
    day = [row.act for row in _of_the_day(desk, person_id) if _is_wrong_code(row)]
    if "person.code_guessed" in day or day.count("signin.refused") < TRIES:
        return
    desk.audit("person.code_guessed", "person", person_id)
    person = desk.session.get_one(Person, person_id)
    for point in _all_ways(desk, person_id):
        queue_at(desk, GUESSED, point)
    tell_colleagues(desk, person, ADMINISTRATOR)


def _is_wrong_code(row: AuditRow) -> bool:
    if row.act == "person.code_guessed":
        return True
    return row.act == "signin.refused" and (row.detail or {}).get("what") == "code"


def held_until(desk: Desk, actor: Actor) -> datetime | None:
    """Until when this account looks at nobody who reported and takes nothing out; None: it may."""
    if actor.kind != "person" or actor.id is None:
        return None
    held = [row.at for row in _of_the_day(desk, actor.id) if (row.detail or {}).get("held")]
    return max(held) + HELD if held else None


def refuse_while_held(desk: Desk) -> None:
    """Raises Refused for a day after a second factor was reset, or a role that opens cases given"""
    if held_until(desk, desk.actor) is not None:
        raise Refused(
            _(
                "Your sign-in was reset or your roles were changed within the last 24 hours. Until "
                "a day has passed you cannot see who reported, take cases out, or agree to "
                "changes of accounts."
            )
        )


def changes(desk: Desk, since: datetime, until: datetime) -> list[AuditRow]:
    """What was changed about accounts in this time, the newest first."""
    query = select(AuditRow).where(
        AuditRow.at >= since, AuditRow.at < until, AuditRow.act.in_(CHANGES)
    )
    return [row for row in desk.session.scalars(query.order_by(AuditRow.seq.desc())) if whose(row)]


def lately(desk: Desk, person_id: str | None = None) -> list[AuditRow]:
    """What was changed in the last two weeks, about one account or all, the newest first."""
    found = changes(desk, desk.now - LISTED, desk.now + timedelta(seconds=1))
    return [row for row in found if person_id in (None, whose(row))]


def whose(row: AuditRow) -> str | None:
    """Whose account a change is about."""
    if row.object_kind == "person":
        return row.object_id
    detail: dict[str, Any] = row.detail or {}
    return detail.get("person")


def leads_to(desk: Desk, row_id: str, actor: Actor) -> str:
    """The page that a message about an account is about, for its reader; "" for any other."""
    row = desk.session.get(OutboxMessage, row_id)
    if row is None or row.person_id != actor.id:
        return ""
    if row.kind == COLLEAGUE and actor.has(_SUPERVISOR, ADMINISTRATOR, "auditor"):
        return "/people"
    return "/account" if row.kind in OWN else ""


def _all_ways(desk: Desk, person_id: str) -> Iterator[ContactPoint]:
    """All a person's ways but those they stopped, and those found to be wrong (S5)."""
    for point in people.points_of(desk.session, person_id):
        if point.opted_out_at is None and is_way(point, desk.now):
            yield point


def is_way(point: ContactPoint | PointAsked, now: datetime) -> bool:
    """Whether news of the account goes there: what a colleague switched off, for a month more."""
    if point.disabled_at is None:
        return True
    return point.disabled_reason == "by_person" and now - point.disabled_at <= FORMER


def _of_the_day(desk: Desk, person_id: str) -> list[AuditRow]:
    query = select(AuditRow).where(
        AuditRow.at > desk.now - HELD,
        AuditRow.object_kind == "person",
        AuditRow.object_id == person_id,
    )
    return list(desk.session.scalars(query))
