"""What leaves with a case: all that stands merged in it, which can be taken apart again after."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.store.schema import Merge


def with_merged(session: Session, left: Collection[tuple[str, datetime]]) -> set[str]:
    """The ids of these cases, and of those that stood merged in each at its instant (UTC)."""
    found = new = set(left)
    while new:
        moments: dict[str, list[datetime]] = {}
        for case_id, at in new:
            moments.setdefault(case_id, []).append(at)
        rows = session.scalars(select(Merge).where(Merge.case_id.in_(moments)))
        new = {
            (row.other_id, at)
            for row in rows
            for at in moments[row.case_id]
            if row.merged_at <= at and (row.undone_at is None or at <= row.undone_at)
        } - found
        found = found | new
    return {case_id for case_id, _at in found}
