"""A digest read behind sign-in: names opened for the cases its reader may see now (D9, S4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tracker.engine.cases import queue
from tracker.engine.cases.shared import as_member, fields_shown
from tracker.engine.desk import Desk
from tracker.engine.digests.digest import facts_of
from tracker.engine.digests.digest_gathering import is_own
from tracker.engine.staff.people import names_of
from tracker.store import digest as store
from tracker.store.cases import visible_cases
from tracker.store.schema import Case, Digest, OutboxMessage


@dataclass(frozen=True, slots=True)
class Behind:
    """A case of a digest that its reader may still open: the address, and a name if shown."""

    url: str
    name: str


@dataclass(frozen=True, slots=True)
class Opened:
    """One digest with its facts, and the cases behind its references, by reference."""

    digest: Digest
    facts: Mapping[str, Any]
    cases: Mapping[str, Behind]


@dataclass(frozen=True, slots=True)
class Made:
    """That a digest was made for somebody, and what became of its mails. No content."""

    digest: Digest
    reader: str
    rows: list[OutboxMessage]


def open_digest(desk: Desk, person_id: str, week: str) -> Opened | None:
    """A reader's digest for the acting person to read; audited. None where there is none."""
    digest = store.one(desk.session, person_id, week)
    if digest is None:
        return None
    facts = facts_of(desk, digest).as_json()
    refs = {item["ref"] for found in facts.values() if isinstance(found, list) for item in found}
    desk.audit("digest.read", "digest", digest.id, week=week)
    return Opened(digest, facts, _behind(desk, refs))


def bands_by_week(desk: Desk, person_id: str, most: int = 26) -> list[tuple[str, dict[str, int]]]:
    """A reader's open cases by band at the end of each of the last weeks, the oldest first."""
    newest = store.of_reader(desk.session, person_id)[:most]
    return [(row.week, dict(facts_of(desk, row).as_json()["bands"])) for row in reversed(newest)]


def made_for(desk: Desk, week: str) -> list[Made]:
    """Who got a digest of a week, by name."""
    digests = store.of_week(desk.session, week)
    names = names_of(desk, [digest.person_id for digest in digests])
    rows = store.deliveries(desk.session, [digest.id for digest in digests])
    made = [Made(row, names.get(row.person_id, ""), rows.get(row.id, [])) for row in digests]
    return sorted(made, key=lambda one: one.reader.casefold())


def readers_by_name(desk: Desk) -> list[tuple[str, str]]:
    """Everybody who ever got a digest: id and name, by name."""
    return _by_name(desk, store.readers(desk.session))


def few_readers(desk: Desk, most: int) -> list[tuple[str, str]] | None:
    """As `readers_by_name`; None, and no name opened, where they are more than `most`."""
    found = store.readers(desk.session, most + 1)
    return None if len(found) > most else _by_name(desk, found)


def _by_name(desk: Desk, ids: list[str]) -> list[tuple[str, str]]:
    return sorted(names_of(desk, ids).items(), key=lambda pair: pair[1].casefold())


def _behind(desk: Desk, refs: set[str]) -> dict[str, Behind]:
    visible = visible_cases(desk.actor, desk.now)
    cases = list(desk.session.scalars(visible.where(Case.ref.in_(sorted(refs)))))
    mine = [case for case in cases if is_own(desk.actor, case)]
    names = queue.names_by_case(desk, [case.id for case in mine])
    found = {
        case.ref: Behind(f"/cases/{case.ref}", next(iter(names.get(case.id, [])), ""))
        for case in mine
    }
    for case in cases:
        if case.ref not in found and (groups := _groups(desk, case)):
            shown = queue.names_by_case(desk, [case.id]) if "name" in groups else {}
            name = next(iter(shown.get(case.id, [])), "")
            found[case.ref] = Behind(f"/shared/{case.ref}", name)
    return found


def _groups(desk: Desk, case: Case) -> frozenset[str]:
    return fields_shown(desk, case, as_member(desk.actor).posts)
