"""The supervisor's look at the team: who has how much, what lies, and how soon people answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tracker.domain.answering import Answering, answering
from tracker.domain.moments import local_date, zone_of_hours
from tracker.engine.desk import Desk
from tracker.engine.staff.audience import is_on_leave, people_with_role
from tracker.engine.staff.people import names_of
from tracker.store import people as store_people
from tracker.store import queue as store_queue
from tracker.store import waits
from tracker.store.schema import Person


@dataclass(frozen=True, slots=True)
class Leave:
    """A leave that goes on, or comes. `deputy` is a name; "" where nobody is named any more."""

    first_on: date
    until_on: date | None
    now: bool
    deputy: str


@dataclass(frozen=True, slots=True)
class Member:
    """One caseworker's open cases, as they stand now. `person_id` "" are the cases of nobody.

    `waiting` counts cases by what waits in them (`waits.WAITS`); `answers` holds how soon alerts
    of the last weeks were acknowledged, under `alerts4` and `alerts13`.
    """

    person_id: str
    name: str
    bands: Mapping[str, int]
    waiting: Mapping[str, int]
    answers: Mapping[str, Answering]
    leave: Leave | None


def look(desk: Desk) -> list[Member]:
    """The team by name; last the cases of nobody, if there are any."""
    session, who = desk.session, desk.actor.at_desk()
    bands = store_queue.count_by_owner(session, who)
    waiting = {
        what: waits.count_by_owner(session, who, what, desk.now)
        for what in (waits.ANSWER, waits.CONFIRM, waits.DELIVERY)
    }
    times = waits.answers(session, who, desk.now)
    ids = {person.id for person in people_with_role(desk, "caseworker")}
    ids |= {owner for owner, counts in bands.items() if any(counts.values())}
    people = {person.id: person for person in store_people.everyone(session) if person.id in ids}
    names = names_of(desk, [*people, *(person.deputy_id for person in people.values())])
    none = dict.fromkeys(map(str, store_queue.BANDS), 0)
    members = [
        Member(
            person_id=owner,
            name=names.get(owner, ""),
            bands=bands.get(owner, none),
            waiting={what: counted.get(owner, 0) for what, counted in waiting.items()},
            answers={what: answering(each.get(owner, {})) for what, each in times.items()},
            leave=_leave(desk, people[owner], names) if owner in people else None,
        )
        for owner in ids
    ]
    return sorted(members, key=lambda one: (not one.person_id, one.name.casefold()))


def _leave(desk: Desk, person: Person, names: Mapping[str, str]) -> Leave | None:
    """A leave of today or to come; one that is over is none."""
    if person.leave_from_on is None:
        return None
    today = local_date(desk.now, zone_of_hours(person.zone_name))
    if person.leave_until_on is not None and person.leave_until_on < today:
        return None
    return Leave(
        person.leave_from_on,
        person.leave_until_on,
        is_on_leave(desk, person),
        names.get(person.deputy_id or "", ""),
    )
