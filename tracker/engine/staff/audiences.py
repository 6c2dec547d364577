"""Who is told about many cases: asked of the database once, before anything is written (D1).

While many cases are decided the database writes what was decided before; whoever asks it something
in between waits. So everything that may be needed is asked beforehand.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import load_only

from tracker.domain.evaluate import CASEWORKER, SUPERVISOR
from tracker.engine.desk import Desk
from tracker.engine.staff.audience import (
    ADMINISTRATOR,
    CONSULAR,
    Recipient,
    Way,
    behind_roles,
    members_of,
    people_with_role,
    present,
    ways_of_people,
)
from tracker.store.bulk import among
from tracker.store.due import DueCase
from tracker.store.schema import Person

_ASKED: Final = load_only(
    Person.active,
    Person.deputy_id,
    Person.expires_on,
    Person.leave_from_on,
    Person.leave_until_on,
    Person.zone_name,
)
"""What whoever asks for an audience asks of a person."""

_OF_CASES: Final = frozenset({CASEWORKER, SUPERVISOR, CONSULAR})


class Audiences:
    """The people who may have to be told about these cases, by the roles a policy names."""

    def __init__(self, desk: Desk, cases: Sequence[DueCase], roles: Collection[str]) -> None:
        session = desk.session
        whose = {case.caseworker_id for case in cases} | {case.supervisor_id for case in cases}
        known = {person_id for person_id in whose if person_id is not None}
        mine = select(Person).where(among(session, Person.id, known)).options(_ASKED)
        self._held = session.scalars(mine).all()  # else each is fetched by itself
        self._present = {person_id: present(desk, person_id) for person_id in whose}
        self._members = {}
        if CONSULAR in roles:
            self._members = members_of(desk, [case.id for case in cases])
        listed = set(roles) - _OF_CASES
        if not all(self._present.values()):
            listed |= {SUPERVISOR, ADMINISTRATOR}
        self._listed = {role: people_with_role(desk, role) for role in listed}
        self._is_of_post = CONSULAR in roles
        groups = (self._present, self._members, self._listed)
        everyone = {one.id for group in groups for people in group.values() for one in people}
        self._ways = ways_of_people(session, everyone)
        self._known: dict[tuple[object, ...], list[Recipient]] = {}

    def of(self, case: DueCase, roles: tuple[str, ...]) -> list[Recipient]:
        """`audience.recipients`; empty where nobody can be told, or not everybody in it, or where
        that was not asked beforehand: such a case must be looked at by itself."""
        shared = case.id if case.id in self._members else None
        key = (roles, case.caseworker_id, case.supervisor_id, shared)
        if key not in self._known:
            try:
                found = behind_roles(partial(self._behind, case), roles)
            except LookupError:
                found = []
            is_reached = all(one.person.id in self._ways for one in found)
            self._known[key] = found if is_reached else []
        return self._known[key]

    def ways(self, recipient: Recipient) -> list[Way]:
        """Where somebody of an audience is told at once."""
        return self._ways[recipient.person.id]

    def _behind(self, case: DueCase, role: str) -> Sequence[Person]:
        if role == CASEWORKER:
            return self._present[case.caseworker_id]
        if role == SUPERVISOR:
            return self._present[case.supervisor_id] or self._listed[SUPERVISOR]
        if role == CONSULAR and self._is_of_post:
            return self._members.get(case.id, ())
        return self._listed[role]
