"""Two records that may be of one person, and records that were made one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.store.schema.base import Base, row_id, sealed


class PossibleSame(Base):
    """Two cases whose persons may be one. Why is worked out when it is shown, never kept (S1)."""

    __tablename__ = "possible_same"
    __table_args__ = (UniqueConstraint("case_id", "other_id"),)

    id: Mapped[str] = row_id()
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))  # the smaller id of the two
    other_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    state: Mapped[str] = mapped_column(default="open")  # open | later | different | same
    found_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))


class Merge(Base):
    """Case `other_id` was merged into `case_id`: everything told of it stands there since.

    `before` holds what is needed to take it back: the ids of the rows that moved, and the clock,
    the alerts and the shares as they stood.
    """

    __tablename__ = "merges"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    id: Mapped[str] = row_id()
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    other_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    number: Mapped[int]  # counts the merges into one case; only the last can be undone
    before_sealed: Mapped[bytes] = sealed("clock")
    merged_at: Mapped[datetime]
    merged_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
