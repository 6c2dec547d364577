"""From roles to people: who is told about a case (clock.md R13, delivery.md D6, domain.md 14)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from tracker.domain.delivery import BY_PHONE
from tracker.domain.evaluate import CASEWORKER, SUPERVISOR
from tracker.domain.moments import local_date, zone_of_hours
from tracker.engine.desk import Desk
from tracker.store import people as store_people
from tracker.store.bulk import among
from tracker.store.cases import lasts
from tracker.store.due import DueCase
from tracker.store.schema import (
    Alert,
    Case,
    ContactPoint,
    OutboxMessage,
    Person,
    PersonRole,
    PostMember,
    Share,
)

CONSULAR = "consular"
ADMINISTRATOR = "administrator"

Assigned = Case | DueCase
"""What says whose a case is."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person to be told, and as whom."""

    person: Person
    role: str


class Way(NamedTuple):
    """A contact point, as far as queueing a message to it asks."""

    id: str
    person_id: str
    channel: str
    address_hmac: bytes
    disabled_at: datetime | None
    opted_out_at: datetime | None


Point = TypeVar("Point", ContactPoint, Way)


def recipients(desk: Desk, case: Assigned, roles: Iterable[str]) -> list[Recipient]:
    """The people behind roles, each once. An empty role goes to the supervisor, then further up.

    The list is empty only when the whole office is: then the red bar is all that is left.
    """
    return behind_roles(partial(_behind, desk, case), roles)


def behind_roles(
    behind: Callable[[str], Sequence[Person]], roles: Iterable[str]
) -> list[Recipient]:
    """The same, of whoever knows the people `behind` a role."""
    found: dict[str, Recipient] = {}
    for role in sorted(roles, key=_nearest_first):
        for person in behind(role) or _stand_ins(behind, role):
            found.setdefault(person.id, Recipient(person, role))
    return list(found.values())


def told_people(desk: Desk, case: Case, consented: Iterable[str]) -> list[Recipient]:
    """Everyone who was actually sent something since the last all-clear (R5, D6).

    A role that consent no longer covers is left out; its stand-in is the caller's to add.
    """
    allowed = set(consented)
    told = (
        select(OutboxMessage.person_id, OutboxMessage.role)
        .join(Alert, Alert.id == OutboxMessage.alert_id)
        .where(
            OutboxMessage.case_id == case.id,
            Alert.kind.not_in(("resolved", "closed", "to_confirm")),
            OutboxMessage.handed_over_at.is_not(None)
            | OutboxMessage.state.in_(("submitting", "unknown")),
        )
        .distinct()
    )
    if case.all_clear_at is not None:
        told = told.where(Alert.raised_at >= case.all_clear_at)
    found: dict[str, Recipient] = {}
    for person_id, role in desk.session.execute(told):
        person = desk.session.get_one(Person, person_id)
        if may_enter(desk, person) and (role is None or role in allowed):
            found.setdefault(person_id, Recipient(person, role or CASEWORKER))
    return list(found.values())


def lane(channel: str) -> str:
    """Ways of one lane are tried one after the other; the lanes run beside each other (D6)."""
    return "phone" if channel in BY_PHONE else channel


def contact_points(session: Session, person_id: str) -> list[ContactPoint]:
    """Where a person is told at once: the first working contact point of each lane."""
    return _first_of_each_lane(working_points(session, person_id))


def ways_of_people(session: Session, person_ids: Collection[str]) -> dict[str, list[Way]]:
    """Where each of many people is told at once, by person; who cannot be reached is not there."""
    columns = (getattr(ContactPoint, name) for name in Way._fields)
    found = defaultdict[str, list[Way]](list)
    for row in session.execute(_points(session, select(*columns), person_ids)):
        found[row.person_id].append(Way(*row))
    working = ((person, _working(ways)) for person, ways in found.items())
    return {person: _first_of_each_lane(ways) for person, ways in working if ways}


def working_points(session: Session, person_id: str) -> list[ContactPoint]:
    """The contact points of a person that can be used, in the person's order."""
    return _working(session.scalars(_points(session, select(ContactPoint), [person_id])).all())


def _points(session: Session, query: Select[Any], person_ids: Collection[str]) -> Select[Any]:
    mine = query.where(among(session, ContactPoint.person_id, person_ids))
    return mine.order_by(ContactPoint.position, ContactPoint.id)


def _working(points: Sequence[Point]) -> list[Point]:
    """Of one person's: who stopped text messages to a number is not called there either (S5)."""
    stopped = {point.address_hmac for point in points if point.opted_out_at is not None}
    return [p for p in points if p.disabled_at is None and p.address_hmac not in stopped]


def _first_of_each_lane(points: Iterable[Point]) -> list[Point]:
    first = dict[str, Point]()
    for point in points:
        first.setdefault(lane(point.channel), point)
    return list(first.values())


def people_with_role(desk: Desk, role: str) -> list[Person]:
    """The people who hold a role and whose account is open today."""
    holders = (
        select(Person)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(PersonRole.role == role, Person.active)
        .order_by(Person.id)
    )
    return [person for person in desk.session.scalars(holders) if may_enter(desk, person)]


def _nearest_first(role: str) -> int:
    order = (CASEWORKER, SUPERVISOR, CONSULAR)
    return order.index(role) if role in order else len(order)


def _behind(desk: Desk, case: Assigned, role: str) -> list[Person]:
    if role == CASEWORKER:
        return present(desk, case.caseworker_id)
    if role == SUPERVISOR:
        return present(desk, case.supervisor_id) or people_with_role(desk, SUPERVISOR)
    if role == CONSULAR:
        return members_of(desk, [case.id]).get(case.id, [])
    return people_with_role(desk, role)


def _stand_ins(behind: Callable[[str], Sequence[Person]], role: str) -> Sequence[Person]:
    """Nobody is in the role: the supervisor at once, then the administrators (D6)."""
    if role != SUPERVISOR and (people := behind(SUPERVISOR)):
        return people
    return behind(ADMINISTRATOR)


def present(desk: Desk, person_id: str | None) -> list[Person]:
    """A person, or the deputy while the person is on leave, or that one's deputy …"""
    person = desk.session.get(Person, person_id) if person_id else None
    asked = set[str]()
    while person is not None and person.deputy_id and is_on_leave(desk, person):
        if person.id in asked:  # all of them are away: whoever it was first gets it
            break
        asked.add(person.id)
        person = desk.session.get(Person, person.deputy_id)
    return [person] if person is not None and may_enter(desk, person) else []


def stands_in_for(desk: Desk, person_id: str) -> frozenset[str]:
    """Whose alerts come to this person today, because those are on leave, by id."""
    return deputy_of(desk, person_id, store_people.away(desk.session, *about_today(desk)))


def about_today(desk: Desk) -> tuple[date, date]:
    """The days that are today somewhere: zones differ."""
    day = timedelta(days=1)
    return desk.now.date() - day, desk.now.date() + day


def deputy_of(desk: Desk, person_id: str, leavers: Iterable[str]) -> frozenset[str]:
    """Of these, who may be on leave, the ones whose alerts come to this person today."""
    return frozenset(
        away
        for away in leavers
        if away != person_id and any(each.id == person_id for each in present(desk, away))
    )


def is_over(desk: Desk, person: Person) -> bool:
    """Whether an account's last day has passed, where its owner is: nobody signs in with it."""
    if person.expires_on is None:
        return False
    return _today(desk, person) > person.expires_on


def may_enter(desk: Desk, person: Person) -> bool:
    """Whether an account is open: active, and not past its last day. Nobody else is told anything
    but news of the account itself, and nobody else's answers count."""
    return person.active and not is_over(desk, person)


def is_on_leave(desk: Desk, person: Person) -> bool:
    """Whether the deputy is told instead today, in the person's own zone."""
    today = _today(desk, person)
    return (
        person.leave_from_on is not None
        and person.leave_from_on <= today
        and (person.leave_until_on is None or today <= person.leave_until_on)
    )


def _today(desk: Desk, person: Person) -> date:
    return local_date(desk.now, zone_of_hours(person.zone_name))


def members_of(desk: Desk, case_ids: Collection[str]) -> dict[str, list[Person]]:
    """Who today is a member of a post that a case is shared with, by case; none is left out."""
    shared = (
        select(Share.case_id, Person)
        .join(PostMember, PostMember.post_id == Share.post_id)
        .join(Person, Person.id == PostMember.person_id)
        .join(Case, Case.id == Share.case_id)
        .where(
            among(desk.session, Share.case_id, case_ids),
            Share.ended_at.is_(None),
            lasts(Case, desk.now),
            Person.active,
            or_(PostMember.until_on.is_(None), PostMember.until_on >= desk.today),
        )
        .order_by(Share.case_id, Person.id)
        .distinct()
    )
    found = defaultdict[str, list[Person]](list)
    for case_id, person in desk.session.execute(shared):
        if may_enter(desk, person):
            found[case_id].append(person)
    return found
