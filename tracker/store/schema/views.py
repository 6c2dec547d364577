"""Ways of looking at the queue that people keep for themselves."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tracker.store.schema.base import OFFICE, Base, row_id, sealed


class SavedView(Base):
    """One person's filters of the queue under a name; both sealed, as words somebody typed (S1)."""

    __tablename__ = "saved_views"
    sealed_by: ClassVar[str] = OFFICE

    id: Mapped[str] = row_id()
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    document_sealed: Mapped[bytes] = sealed("content")  # name, view, band, owner
    made_at: Mapped[datetime]
