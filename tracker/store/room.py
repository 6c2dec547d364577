"""Room for forms not yet sent: whoever fills it makes room for the others, not they (S11).

Where there is no more, the oldest draft goes of that neighbourhood which keeps most: a flood
crowds out itself, and nobody who begins a form is turned away.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, delete, exists, func, select
from sqlalchemy.orm import Session

from tracker.store.schema import Draft, DraftPicture

MOST = 20_000
"""Unsent drafts of a kind: nobody fills the disk from outside."""

MOST_PICTURES = 2_000
"""Pictures of all forms not yet sent."""

_SOURCE: Final[ColumnElement[str]] = func.coalesce(Draft.source, "")


def for_draft(session: Session, kind: str) -> None:
    """Make room for one more draft of this kind."""
    unsent = (Draft.kind == kind, Draft.sent_case_id.is_(None))
    number = session.scalar(select(func.count()).select_from(Draft).where(*unsent)) or 0
    for _each in range(number - MOST + 1):
        fullest = (
            select(_SOURCE)
            .where(*unsent)
            .group_by(_SOURCE)
            .order_by(func.count().desc(), func.min(Draft.expires_at))
            .limit(1)
        )
        _drop_oldest(session, *unsent, fullest.scalar_subquery() == _SOURCE)


def for_pictures(session: Session, draft: Draft, number: int, now: datetime) -> bool:
    """Make room for so many pictures beside this draft.

    False where none is left, and nobody keeps more of it than this draft's neighbourhood would.
    """
    per_source = (
        select(_SOURCE, func.count())
        .join(DraftPicture, DraftPicture.draft_id == Draft.id)
        .where(Draft.expires_at > now)
        .group_by(_SOURCE)
    )
    while True:
        kept = {source: int(count) for source, count in session.execute(per_source)}
        if sum(kept.values()) + number <= MOST_PICTURES:
            return True
        fullest = max(kept, key=lambda source: kept[source], default="")
        mine = kept.get(draft.source or "", 0) + number
        if fullest == (draft.source or "") or kept.get(fullest, 0) <= mine:
            return False
        has_some = exists().where(DraftPicture.draft_id == Draft.id)
        _drop_oldest(session, Draft.expires_at > now, _SOURCE.in_([fullest]), has_some)


def _drop_oldest(session: Session, *which: ColumnElement[bool]) -> None:
    oldest = select(Draft.id).where(*which).order_by(Draft.expires_at, Draft.id).limit(1)
    session.execute(delete(Draft).where(Draft.id.in_(oldest)))
