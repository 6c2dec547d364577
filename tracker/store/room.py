"""Room for forms not yet sent: whoever fills it makes room for the others, not they (S11).

Where there is no more, the oldest draft goes of that neighbourhood which keeps most: a flood
crowds out itself, and nobody who begins a form is turned away. Which one keeps most is asked of
the widest neighbourhoods first, then within the fullest of them: many small ones of one holder of
addresses count together.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Select, case, delete, exists, func, select
from sqlalchemy.orm import Session

from tracker.security.buckets import STEP
from tracker.store.schema import Draft, DraftPicture

MOST = 20_000
"""Unsent drafts of a kind: nobody fills the disk from outside."""

MOST_PICTURES = 2_000
"""Pictures of all forms not yet sent."""

_SOURCE: Final[ColumnElement[str]] = func.coalesce(Draft.source, "")

_WIDEST_FIRST: Final = [func.substr(_SOURCE, 1, STEP * steps) for steps in (1, 2, 3)]


def for_draft(session: Session, kind: str) -> None:
    """Make room for one more draft of this kind."""
    unsent = (Draft.kind == kind, Draft.sent_case_id.is_(None))
    number = session.scalar(select(func.count()).select_from(Draft).where(*unsent)) or 0
    for _each in range(number - MOST + 1):
        fullest = _fullest(session, select(Draft.id).where(*unsent))
        _drop_oldest(session, *unsent, _SOURCE.in_([fullest]))


def for_pictures(session: Session, draft: Draft, number: int, now: datetime) -> bool:
    """Make room for so many pictures beside this draft.

    False where none is left, and nobody keeps more of it than this draft's neighbourhood would.
    """
    kept = select(Draft.id).join(DraftPicture, DraftPicture.draft_id == Draft.id)
    kept = kept.where(Draft.expires_at > now)
    mine = draft.source or ""
    while True:
        count = session.scalar(select(func.count()).select_from(kept.subquery())) or 0
        if count + number <= MOST_PICTURES:
            return True
        fullest = _fullest(session, kept, mine, number)
        if fullest == mine:
            return False
        has_some = exists().where(DraftPicture.draft_id == Draft.id)
        _drop_oldest(session, Draft.expires_at > now, _SOURCE.in_([fullest]), has_some)


def _fullest(session: Session, kept: Select[str], mine: str = "", more: int = 0) -> str:
    """The source that keeps most of `kept`, as if so many `more` of `mine` were there already.

    Among equals `mine`, then the one whose oldest ends first.
    """
    found = ""
    for part in _WIDEST_FIRST:
        own = part == mine[: len(found) + STEP]
        number = func.count() + case((own, more), else_=0)
        within = func.substr(_SOURCE, 1, len(found)) == found
        query = kept.where(within).with_only_columns(part, number).group_by(part)
        first = (number.desc(), case((own, 1), else_=0).desc(), func.min(Draft.expires_at))
        top = session.execute(query.order_by(*first).limit(1)).first()
        if more and mine.startswith(found) and (top is None or top[1] <= more):
            return mine  # who keeps nothing yet is in no group
        if top is None or top[0] == found:
            break
        found = top[0]
    return found


def _drop_oldest(session: Session, *which: ColumnElement[bool]) -> None:
    oldest = select(Draft.id).where(*which).order_by(Draft.expires_at, Draft.id).limit(1)
    session.execute(delete(Draft).where(Draft.id.in_(oldest)))
