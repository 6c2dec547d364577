"""The people of the office as pages show them: names, ways to reach them, leave, posts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import select

from tracker.engine.desk import Desk
from tracker.engine.staff.audience import people_with_role
from tracker.i18n.words import gettext as _
from tracker.store.schema import ConsularPost, Person

DESK_ROLES = ("caseworker", "supervisor")


_READ_AT_MOST: Final = 20_000
_read: dict[tuple[str, bytes], str] = {}
"""Names of colleagues read before, by person and sealed name: another name is sealed otherwise. Who
was erased has no row to ask with; the name itself goes with this process."""


def names_of(desk: Desk, ids: Iterable[str | None]) -> dict[str, str]:
    """The names of these people, by id; None is passed over. Who was erased has none any more."""
    wanted = {person_id for person_id in ids if person_id is not None}
    if not wanted:
        return {}
    query = select(Person.id, Person.name_sealed).where(Person.id.in_(wanted))
    sealed = [(person_id, blob) for person_id, blob in desk.session.execute(query)]
    new = [each for each in sealed if each[1] and each not in _read]
    desk.safe.preload([person_id for person_id, _blob in new], "contact")
    if len(_read) > _READ_AT_MOST:
        _read.clear()
    for person_id, blob in new:
        opened = desk.safe.open_for(Person, "name", person_id, person_id, blob)
        _read[person_id, blob] = str(opened)
    nobody = _("a former colleague")
    return {each[0]: _read.get(each, nobody) for each in sealed}


def colleagues(desk: Desk, *roles: str) -> list[tuple[str, str]]:
    """The active people who hold one of the roles, as (id, name), by name."""
    found = {person.id for role in roles for person in people_with_role(desk.session, role)}
    return sorted(names_of(desk, found).items(), key=lambda pair: pair[1].casefold())


def posts(desk: Desk, *, active: bool = True) -> list[tuple[ConsularPost, str]]:
    """Consular posts with their names, by name."""
    query = select(ConsularPost).where(ConsularPost.active) if active else select(ConsularPost)
    rows = [(row, desk.safe.open(row, "name") or "") for row in desk.session.scalars(query)]
    return sorted(rows, key=lambda pair: pair[1].casefold())
