"""What of a digest decided earlier may still leave: consent withdrawn since counts at once (R13).

A digest waits for its reader's morning, or for a provider. Until it goes, a case can be taken from
its reader: consent withdrawn, a share ended, handed over, erased.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from tracker.domain.actor import Actor
from tracker.domain.policy import Band
from tracker.engine.cases.shared import fields_by_case
from tracker.engine.desk import Desk
from tracker.engine.digests.digest_form import Facts, Line
from tracker.engine.digests.digest_gathering import is_own
from tracker.store.cases import visible_cases
from tracker.store.digest_cases import cases_of
from tracker.store.queue import visible_ids
from tracker.store.schema import Case


def still_shown(desk: Desk, reader: Actor, facts: Facts) -> Facts:
    """The same facts without the lines and counts of cases this reader is not shown any more."""
    visible = visible_cases(reader, desk.now)
    cases = {
        case.ref: case
        for case in desk.session.scalars(visible.where(Case.ref.in_(_refs(facts) or [""])))
    }
    others = [case for case in cases.values() if not is_own(reader, case)]
    shown = fields_by_case(desk, others, reader.posts)
    groups = {case.ref: shown[case.id] for case in others}
    gone = {ref for ref in _refs(facts) if ref not in cases or not groups.get(ref, True)}
    undated = {ref for ref, shown in groups.items() if "dates" not in shown}
    changed: dict[str, Any] = {}
    for item in fields(facts):
        if isinstance(lines := getattr(facts, item.name), list):
            kept = (line for line in lines if line.ref not in gone)
            changed[item.name] = [_undated(x) if x.ref in undated else x for x in kept]
    # A leave that ended: what a deputy saw is no post's, though the post may see the case.
    changed["standing_in"] = [x for x in changed["standing_in"] if x.ref not in groups]
    if not reader.has("caseworker", "supervisor"):
        changed["bands"] = _bands(desk, reader)
    return replace(facts, **changed)


def _refs(facts: Facts) -> set[str]:
    found = (getattr(facts, item.name) for item in fields(facts))
    return {line.ref for lines in found if isinstance(lines, list) for line in lines}


def _undated(line: Line) -> Line:
    """As a post sees a case whose dates it is not shown."""
    if not line.band:
        return line
    return Line(line.ref, "", 0, 0, number=line.number if line.on is None else None)


def _bands(desk: Desk, reader: Actor) -> dict[str, int]:
    """A post's cases by band as they are shown now: one that is gone is in no count."""
    counted = dict.fromkeys((str(band) for band in reversed(Band)), 0)
    ids = visible_ids(desk.session, reader, desk.now)
    for cases in cases_of(desk.session, reader, desk.now, ids):
        shown = fields_by_case(desk, cases, reader.posts)
        for case in cases:
            if case.state == "open" and "dates" in shown[case.id]:
                counted[case.band] += 1
    return counted
