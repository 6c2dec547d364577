"""Who is told instead of whom today, as the asking person has to know it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tracker.engine.desk import Desk
from tracker.engine.staff.audience import present
from tracker.engine.staff.people import names_of
from tracker.store.schema import Person


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody who is told instead of another. `until_on`: the last day of the leave, if known."""

    person_id: str
    name: str
    until_on: date | None


def told_for(desk: Desk) -> list[Standing]:
    """Those whose alerts come to the asking person today, by name."""
    away = [desk.session.get_one(Person, each) for each in desk.actor.stands_in_for]
    names = names_of(desk, [person.id for person in away])
    found = [Standing(each.id, names[each.id], each.leave_until_on) for each in away]
    return sorted(found, key=lambda one: one.name.casefold())


def told_instead(desk: Desk) -> Standing | None:
    """Who is told instead of the asking person today; None for one who is told."""
    me = desk.session.get(Person, desk.person_id) if desk.person_id else None
    told = [each.id for each in present(desk, desk.person_id)]
    if me is None or not told or told == [me.id]:
        return None
    return Standing(told[0], names_of(desk, told)[told[0]], me.leave_until_on)
