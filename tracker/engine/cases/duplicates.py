"""Which records may be of one person, and why. A person decides; nothing happens by itself.

Names are compared in the memory of a web process (`directory`). Of a pair that is worth a look
only the two ids are kept; the reasons are worked out from the record when somebody looks (S1).
Families never see any of it (S8).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from tracker.domain.actor import Actor
from tracker.domain.edtf import parse_edtf
from tracker.domain.errors import Refused
from tracker.engine.cases.directory import Directory, visible_to
from tracker.engine.desk import Desk
from tracker.i18n.words import _
from tracker.store import duplicates as store
from tracker.store import timeline
from tracker.store.schema import Case, PossibleSame, Statement
from tracker.store.sealing import UNREADABLE
from tracker.testimony.names import LIKELY, SAME, Likeness, Person, possible_same

AT_LEAST = 0.6
"""The score from which two records are shown to somebody."""
OF_ONE_CASE = 5
SHOWN = 50
_LOOKED_AT = 20
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_PLACES = ("place", "held_by", "moved", "last_seen")
_TAKEN = ("held_since", "arrested")
DECISIONS = ("same", "different", "later")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two cases a reader sees, what speaks for and against one person, and where it stands."""

    case: Case
    other: Case
    likeness: Likeness
    row: PossibleSame

    @property
    def is_put_off(self) -> bool:
        """Whether somebody looked and could not tell yet."""
        return self.row.state == "later"


def person_of(desk: Desk, case_id: str) -> Person:
    """What the record says of the sought person; of those who report nothing is taken.

    Raises one of `UNREADABLE` when the case was erased, or is damaged.
    """
    told: dict[str, list[dict[str, object]]] = {}
    for row in timeline.statements(desk.session, case_id):
        if value := _opened(desk, row):
            told.setdefault(row.kind, []).append(value)
    places = [text for kind in _PLACES for value in told.get(kind, ()) if (text := _text(value))]
    kin = [text for value in told.get("relative", ()) if (text := _text(value))]
    taken = [days for kind in _TAKEN for value in told.get(kind, ()) if (days := _days(value))]
    names = timeline.names(desk.session, case_id)
    return Person(
        names=tuple(name for row in names if (name := desk.safe.open(row, "name"))),
        born=next(filter(None, map(_years, told.get("birth", ()))), None),
        places=tuple(places),
        relatives=tuple(kin),
        detained=taken[0] if taken else None,
    )


def look_for(
    desk: Desk, directory: Directory, case_id: str, among: Container[str] | None = None
) -> list[tuple[str, Likeness]]:
    """Other cases that may be of this one's person, the likeliest first, a few at most."""
    mine = person_of(desk, case_id)
    near: dict[str, float] = {}
    for name in mine.names:
        for key, score, _name in directory.search(name, among, _LOOKED_AT):
            if key != case_id and score >= SAME:
                near[key] = max(score, near.get(key, 0.0))
    desk.safe.preload(near, "content")
    found = []
    for key in near:
        try:
            likeness = possible_same(mine, person_of(desk, key))
        except UNREADABLE:
            continue
        if likeness.score >= AT_LEAST:
            found.append((key, likeness))
    return sorted(found, key=lambda pair: -pair[1].score)[:OF_ONE_CASE]


def near(desk: Desk, directory: Directory, actor: Actor, names: Iterable[str]) -> list[str]:
    """Ids of cases this actor sees whose person is likely so called; asked before one is opened."""
    among = visible_to(desk, actor)
    found: dict[str, float] = {}
    for name in names:
        for key, score, _name in directory.search(name, among, OF_ONE_CASE):
            if score >= LIKELY:
                found[key] = max(score, found.get(key, 0.0))
    return sorted(found, key=lambda key: (-found[key], key))[:OF_ONE_CASE]


def remember(desk: Desk, case_id: str, others: Collection[str]) -> None:
    """Keep that these may be one; what was decided before stays decided."""
    for other_id in others:
        if store.find(desk.session, case_id, other_id) is None:
            store.add(desk.session, case_id, other_id, desk.now)


def pairs(desk: Desk, actor: Actor, case: Case | None = None) -> list[Pair]:
    """What waits for this reader to decide, the likeliest first; of one case, or of all."""
    found = []
    for row, one, other in store.waiting(desk.session, actor, case.id if case else None, SHOWN):
        pair = (other, one) if case is not None and one.id != case.id else (one, other)
        try:
            found.append(Pair(*pair, weigh(desk, *pair), row))
        except UNREADABLE:
            continue
    return sorted(found, key=lambda pair: (pair.is_put_off, -pair.likeness.score))


def weigh(desk: Desk, case: Case, other: Case) -> Likeness:
    """What speaks for and against the two being one."""
    desk.safe.preload([case.id, other.id], "content")
    return possible_same(person_of(desk, case.id), person_of(desk, other.id))


def reconsider(desk: Desk, case: Case) -> None:
    """Names or facts of a case were taken back: pairs nobody looked at stay where enough is left.

    What a person decided, or put off, stays.
    """
    for row, one, other in store.undecided(desk.session, case.id):
        try:
            enough = weigh(desk, one, other).score >= AT_LEAST
        except UNREADABLE:
            continue
        if not enough:
            desk.session.delete(row)


def decide(desk: Desk, case: Case, other: Case, decision: str) -> None:
    """Keep what a person thinks of two cases; *same* alone merges nothing."""
    if decision not in DECISIONS or case.id == other.id:
        raise Refused(_("This is one and the same case."))
    row = store.find(desk.session, case.id, other.id)
    row = row or store.add(desk.session, case.id, other.id, desk.now)
    row.state, row.decided_at, row.decided_by = decision, desk.now, desk.person_id
    for each in (case, other):
        desk.audit("same.decided", "case", each.id, each.id, decision=decision)


def _opened(desk: Desk, row: Statement) -> dict[str, object] | None:
    value = desk.safe.open(row, "value")
    return value if isinstance(value, dict) else None


def _text(value: Mapping[str, object]) -> str:
    return str(value.get("text") or "")


def _years(value: Mapping[str, object]) -> tuple[int, int] | None:
    days = _days(value)
    if days and days[0] and days[1]:
        return days[0].year, days[1].year
    years = sorted(map(int, _YEAR.findall(str(value.get("text") or ""))))
    return (years[0], years[-1]) if years else None


def _days(value: Mapping[str, object]) -> tuple[date | None, date | None] | None:
    edtf = value.get("edtf")
    if not isinstance(edtf, str):
        return None
    try:
        days = parse_edtf(edtf)
    except ValueError:
        return None
    return days.earliest, days.latest
