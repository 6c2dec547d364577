"""Finding a person by any spelling in any script.

Names are sealed and no key that sounds like one is stored (S1). So each web process holds them in
its memory, reads them once, and from then on only those of cases whose names changed. What a
reader may see is asked of the database at every search (S9).
"""

from __future__ import annotations

import threading
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tracker.domain.actor import Actor
from tracker.engine.desk import Desk
from tracker.store import names as store
from tracker.store.queue import visible_ids
from tracker.store.schema import PersonName
from tracker.store.sealing import UNREADABLE
from tracker.testimony.names import LIKELY, NameIndex

FOUND_AT_MOST = 100
MEANT_AT_MOST = 5
NEAREST = 10
_MANY = 500


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gave: cases in order of likeness, and names that may have been meant.

    `sure` tells whether the cases bear the name that was typed; where not, they are the nearest.
    `matched` has the name by which each case was found, as it is written in the record; a case
    found by its reference has none.
    """

    case_ids: Sequence[str] = ()
    sure: bool = True
    meant: Sequence[str] = ()
    matched: Mapping[str, str] = field(default_factory=dict)


class Directory:
    """The names of all cases, in memory only. One for each process; safe across threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._index: NameIndex[str] = NameIndex()
        self._seq, self._link = 0, b""

    def __len__(self) -> int:
        """How many names are held."""
        return len(self._index)

    def refresh(self, desk: Desk) -> None:
        """Learn what was committed since the last time; everything at the first time.

        Call it in a reading transaction: what a writer has not committed is not to be learnt.
        """
        with self._lock:
            seq, link = store.head(desk.session)
            if seq == self._seq and link == self._link:
                return
            if not self._seq or store.link_at(desk.session, self._seq) != self._link:
                self._read_all(desk)
            else:
                changed = sorted(store.changed_since(desk.session, self._seq))
                for at in range(0, len(changed), _MANY):
                    self._read_again(desk, changed[at : at + _MANY])
            self._seq, self._link = seq, link

    def find(self, desk: Desk, actor: Actor, words: str) -> Found:
        """Look among the cases this actor sees, by name or by reference, whole or begun."""
        refs = store.begun_refs(desk.session, actor, words)
        if refs:
            return Found(refs)
        self.refresh(desk)
        return self.look_up(words, visible_to(desk, actor))

    def search(
        self, words: str, among: Container[str] | None = None, limit: int = FOUND_AT_MOST
    ) -> list[tuple[str, float, str]]:
        """(case id, score 0–1, the name that matched), best first, of the cases in `among`."""
        return self._index.search(words, limit, among)

    def look_up(self, words: str, among: Container[str] | None = None) -> Found:
        """The cases whose person may bear this name, or else the nearest; and "did you mean"."""
        found = self.search(words, among)
        sure = [one for one in found if one[1] >= LIKELY]
        if sure:
            return _found(sure, meant=_other_names(words, found[len(sure) :]))
        holding = self._index.holding(words, FOUND_AT_MOST, among)  # a piece from the middle
        if holding:
            return _found((key, 1.0, name) for key, name in holding)
        for word in words.split():  # one word of it may be right
            found += self.search(word, among, MEANT_AT_MOST)
        found.sort(key=lambda one: -one[1])
        near = _found(found, meant=_other_names(words, found), most=NEAREST)
        return replace(near, sure=not near.case_ids)

    def _read_all(self, desk: Desk) -> None:
        index: NameIndex[str] = NameIndex()
        for rows in store.all_names(desk.session):
            _fill(index, desk, rows)
        self._index = index

    def _read_again(self, desk: Desk, case_ids: Sequence[str]) -> None:
        for case_id in case_ids:
            self._index.remove(case_id)
        _fill(self._index, desk, store.names_of(desk.session, case_ids))


def _found(
    hits: Iterable[tuple[str, float, str]], meant: Sequence[str] = (), most: int = FOUND_AT_MOST
) -> Found:
    """Each case once, under the name that came first."""
    matched: dict[str, str] = {}
    for key, _score, name in hits:
        if len(matched) < most:
            matched.setdefault(key, name)
    return Found(list(matched), meant=meant, matched=matched)


def _other_names(asked: str, found: Iterable[tuple[str, float, str]]) -> list[str]:
    """The first few names found that are not written as what was asked."""
    plain = asked.casefold().split()
    names = (name for _key, _score, name in found if name.casefold().split() != plain)
    return list(dict.fromkeys(names))[:MEANT_AT_MOST]


def visible_to(desk: Desk, actor: Actor) -> Container[str] | None:
    """The ids of the cases this actor sees; None for all (S9)."""
    return None if actor.has("supervisor") else set(visible_ids(desk.session, actor))


def _fill(index: NameIndex[str], desk: Desk, rows: Iterable[PersonName]) -> None:
    held = list(rows)
    desk.safe.preload({row.case_id for row in held}, "content")
    for row in held:
        try:
            index.add(row.case_id, desk.safe.open(row, "name"))
        except UNREADABLE:  # the others are found all the same
            continue
