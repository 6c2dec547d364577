"""A person's own views of the queue: filters under a name that only they see."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final

from sqlalchemy import select

from tracker.domain.errors import Refused
from tracker.engine.desk import Desk
from tracker.i18n.words import _
from tracker.store.queue import Wanted
from tracker.store.schema import SavedView, new_id

MOST: Final = 12


@dataclass(frozen=True, slots=True)
class Kept:
    """One saved view."""

    id: str
    name: str
    wanted: Wanted


def mine(desk: Desk) -> list[Kept]:
    """The asking person's, by name."""
    rows = desk.session.scalars(select(SavedView).filter_by(person_id=desk.person_id))
    found = []
    for row in rows:
        told = desk.safe.open(row, "document")
        wanted = Wanted(told["view"], told["band"], told["owner"], told.get("waits"))
        found.append(Kept(row.id, told["name"], wanted))
    return sorted(found, key=lambda kept: kept.name.casefold())


def keep(desk: Desk, name: str, wanted: Wanted) -> None:
    """Keep these filters under a name.

    Raises Refused where other filters bear that name already, or there are as many views as a row
    of links can hold. Kept again as they are, nothing changes.
    """
    there = mine(desk)
    for same in there:
        if same.name.casefold() == name.casefold():
            if same.wanted == wanted:
                return
            raise Refused(
                _(
                    "Another view of yours has this name. Choose another name, or remove that view "
                    "first."
                )
            )
    if len(there) >= MOST:
        raise Refused(_("You keep %(n)s views already. Remove one first.", n=MOST))
    row = SavedView(id=new_id(), person_id=desk.person_id, made_at=desk.now)
    told = {"name": name, **asdict(wanted)}
    desk.safe.seal(row, "document", told)
    desk.session.add(row)
    desk.session.flush()
    desk.audit("view.kept", "view", row.id)


def drop(desk: Desk, view_id: str) -> None:
    """Keep it no longer. Somebody else's is as if absent."""
    row = desk.session.get(SavedView, view_id)
    if row is None or row.person_id != desk.person_id:
        raise Refused(_("There is no such view any more."))
    desk.session.delete(row)
    desk.session.flush()
    desk.audit("view.removed", "view", view_id)
