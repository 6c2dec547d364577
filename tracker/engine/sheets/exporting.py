"""What may leave as a file: cases the actor sees, without who reported them (S1, "Who may").

Of what a family typed itself only the dates leave (`tracker.domain.statements`), as EDTF. Withdrawn
reports give no name, place or word any more: such a case goes with its reference, state and dates
only. What is public (PFIF) holds only cases whose family consented to that. Photos of letters never
leave in a file: only how many there are. Who must agree to it: `tracker.engine.sheets.taking_out`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from tracker.domain.actor import Actor
from tracker.domain.consent import Scope
from tracker.domain.errors import Refused
from tracker.domain.moments import format_instant
from tracker.engine.cases import pictures
from tracker.engine.cases.sharing import consents, told_to_others
from tracker.engine.clock.clockwork import last_contact, silent_days
from tracker.engine.desk import Desk
from tracker.i18n.words import gettext as _
from tracker.store import timeline
from tracker.store.cases import find_case, visible_cases
from tracker.store.schema import Case
from tracker.store.sealing import UNREADABLE

PUBLIC_LASTS: Final = timedelta(days=365)
"""A public record without an end of its consent expires after a year, to be asked again."""

MAY_EXPORT: Final = ("caseworker", "supervisor")
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Exported:
    """One case as it leaves."""

    ref: str
    state: str
    band: str
    zone: str
    opened_at: datetime
    last_contact: tuple[date | None, date]  # None: "or earlier" was told
    silent_days: tuple[int, int | None]  # None: at least so many
    names: Sequence[str] = ()
    statements: Sequence[dict[str, Any]] = ()
    contacts: Sequence[dict[str, Any]] = ()
    pictures: int = 0  # how many there are; they themselves stay here
    until: date | None = None  # the day on which public consent ends
    public: bool = False

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "ref": self.ref,
            "state": self.state,
            "band": self.band,
            "timezone": self.zone,
            "opened_at": format_instant(self.opened_at),
            "last_contact": [day and day.isoformat() for day in self.last_contact],
            "silent_days": list(self.silent_days),
            "names": list(self.names),
            "statements": list(self.statements),
            "contacts": list(self.contacts),
            "pictures": self.pictures,
        }

    def first(self, kind: str) -> str:
        """The newest statement of a kind, as text."""
        found = [one for one in self.statements if one["kind"] == kind]
        return str(found[-1].get("text") or found[-1].get("edtf") or "") if found else ""


@dataclass(slots=True)
class Export:
    """The cases that leave, and how many were left out, or only with dates."""

    cases: list[Exported] = field(default_factory=list)
    case_ids: list[str] = field(default_factory=list)
    withheld: int = 0


def cases_of(desk: Desk, ref: str | None) -> list[Case]:
    """The case of that reference, or all that the actor sees.

    Raises Refused for an actor who may not take cases out, and for a case that is not theirs.
    """
    as_staff = _as_staff(desk.actor)
    if not as_staff.roles:
        raise Refused(_("Only caseworkers and supervisors can take cases out."))
    if ref is not None:
        one = find_case(desk.session, as_staff, ref.upper(), desk.now)
        if one is None:
            raise Refused(_("There is no such case, or it is not yours to look at."))
        return [one]
    return list(desk.session.scalars(visible_cases(as_staff).order_by(Case.ref)))


def gather(
    desk: Desk, found: Sequence[Case], form: str, progress: Progress = lambda done, of: None
) -> Export:
    """Everything for one file of a `form` (csv, json, pfif). Reads only."""
    export = Export()
    desk.safe.preload([case.id for case in found], "clock")
    desk.safe.preload([case.id for case in found], "content")
    for done, case in enumerate(found, start=1):
        _add(desk, case, form, export)
        progress(done, len(found))
    return export


def _as_staff(actor: Actor) -> Actor:
    """The actor in those roles that may export: a post's members may not."""
    roles = actor.roles & set(MAY_EXPORT)
    return Actor(actor.kind, actor.id, roles if actor.kind == "person" else frozenset())


def _add(desk: Desk, case: Case, form: str, export: Export) -> None:
    public = form == "pfif"
    withdrawn = any(row.withdrawn_at for row in timeline.enquirers(desk.session, case.id))
    allowed = not withdrawn and (not public or consents(desk, case, Scope.PUBLIC))
    if not allowed:
        export.withheld += 1
        if public:
            return
    try:
        export.cases.append(_exported(desk, case, full=allowed, public=public))
    except UNREADABLE:
        export.withheld += allowed
        return
    export.case_ids.append(case.id)


def _exported(desk: Desk, case: Case, *, full: bool, public: bool) -> Exported:
    last, silent = last_contact(desk, case), silent_days(desk, case)
    return Exported(
        ref=case.ref,
        state=case.state,
        band=case.band,
        zone=case.zone_name,
        opened_at=case.opened_at,
        last_contact=(None if silent.is_more else last.earliest, last.latest),
        silent_days=(silent.at_least, None if silent.is_more else silent.at_most),
        names=[desk.safe.open(row, "name") for row in timeline.names(desk.session, case.id)]
        if full
        else (),
        statements=list(_statements(desk, case)) if full else (),
        contacts=list(_contacts(desk, case, public=public)) if full else (),
        pictures=len(pictures.of_case(desk, case)) if full else 0,
        until=_public_until(desk, case) if public else None,
        public=public,
    )


def _statements(desk: Desk, case: Case) -> Iterator[dict[str, Any]]:
    for row, told in told_to_others(desk, case):
        yield {
            "kind": row.kind,
            "text": told.get("text"),
            "edtf": told.get("edtf"),
            "entered_at": format_instant(row.entered_at),
        }


def _contacts(desk: Desk, case: Case, *, public: bool) -> Iterator[dict[str, Any]]:
    """Accounts by days and class. By which means word came is for the office only."""
    for row in timeline.reports(desk.session, case.id):
        if row.state not in ("confirmed", "pending") or (public and row.state != "confirmed"):
            continue
        told = desk.safe.open(row, "occurred")
        one = {
            "earliest": told["earliest"],
            "latest": told["latest"],
            "edtf": told["edtf"],
            "class": told["class"],
            "state": row.state,
            "entered_at": format_instant(row.entered_at),
        }
        if not public:
            one["means"] = (desk.safe.open(row, "details") or {}).get("means")
        yield one


def _public_until(desk: Desk, case: Case) -> date:
    """The first day on which somebody's public consent ends; a year from now at most."""
    ends = [
        row.until_on
        for row in timeline.consents(desk.session, case.id)
        if row.scope == Scope.PUBLIC and row.given and row.until_on is not None
    ]
    return min([*ends, (desk.now + PUBLIC_LASTS).date()])
