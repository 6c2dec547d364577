"""The people of the office as pages show them: names, ways to reach them, leave, posts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import ColumnElement, select

from tracker.domain.actor import Actor
from tracker.engine.desk import Desk
from tracker.engine.staff.audience import people_with_role
from tracker.i18n.words import gettext as _
from tracker.store import queue as store
from tracker.store.schema import ConsularPost, Person

_READ_AT_MOST: Final = 20_000
_read: dict[tuple[str, bytes], str] = {}
"""Names of colleagues read before, by person and sealed name: another name is sealed otherwise. Who
was erased has no row to ask with; the name itself goes with this process."""


def names_of(desk: Desk, ids: Iterable[str | None]) -> dict[str, str]:
    """The names of these people, by id; None is passed over. Who was erased has none any more."""
    wanted = {person_id for person_id in ids if person_id is not None}
    if not wanted:
        return {}
    return _names(desk, Person.id.in_(wanted))


def owners_of(desk: Desk, who: Actor) -> dict[str, str]:
    """The names of everybody who has a case that this actor sees, by id."""
    return _names(desk, Person.id.in_(store.owners(who)))


def few_owners_of(desk: Desk, who: Actor, most: int) -> dict[str, str] | None:
    """As `owners_of`; None, and no name opened, where they are more than `most`."""
    found = store.some_owners(desk.session, who, most + 1)
    return None if len(found) > most else names_of(desk, found)


def name_of(desk: Desk, person: Person) -> str:
    """One person's name; "" of who was erased."""
    return _opened(desk, [(person.id, person.name_sealed)]).get(person.id, "")


def _names(desk: Desk, whose: ColumnElement[bool]) -> dict[str, str]:
    query = select(Person.id, Person.name_sealed).where(whose)
    sealed = [(person_id, blob) for person_id, blob in desk.session.execute(query)]
    return dict.fromkeys((each[0] for each in sealed), _("a former colleague")) | _opened(
        desk, sealed
    )


def _opened(desk: Desk, sealed: Iterable[tuple[str, bytes]]) -> dict[str, str]:
    """The names of those who have one."""
    if len(_read) > _READ_AT_MOST:
        _read.clear()
    known = {each: _read.get(each) for each in sealed if each[1]}
    new = [each for each, name in known.items() if name is None]
    desk.safe.preload([person_id for person_id, _blob in new], "contact")
    for each in new:
        person_id, blob = each
        opened = desk.safe.open_for(Person, "name", person_id, person_id, blob)
        known[each] = _read[each] = str(opened)
    return {person_id: name or "" for (person_id, _blob), name in known.items()}


def colleagues(desk: Desk, *roles: str) -> list[tuple[str, str]]:
    """The active people who hold one of the roles, as (id, name), by name."""
    found = {person.id for role in roles for person in people_with_role(desk, role)}
    return sorted(names_of(desk, found).items(), key=lambda pair: pair[1].casefold())


def everybody(desk: Desk) -> list[tuple[str, str]]:
    """All who have an account, a closed one too, as (id, name), by name."""
    kept = _names(desk, Person.erased_at.is_(None))
    return sorted(kept.items(), key=lambda pair: (pair[1].casefold(), pair[0]))


def posts(desk: Desk, *, active: bool = True) -> list[tuple[ConsularPost, str]]:
    """Consular posts with their names, by name."""
    query = select(ConsularPost).where(ConsularPost.active) if active else select(ConsularPost)
    rows = [(row, desk.safe.open(row, "name") or "") for row in desk.session.scalars(query)]
    return sorted(rows, key=lambda pair: pair[1].casefold())
