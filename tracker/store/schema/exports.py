"""Who wants to take cases out, and who agreed (safety.md, "Who may": over 50 a second person)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tracker.store.schema.base import Base, row_id


class ExportRequest(Base):
    """One file that somebody wants to make. Single use; what was in it is not kept."""

    __tablename__ = "export_requests"

    id: Mapped[str] = row_id()
    form: Mapped[str]  # csv | json | pfif
    case_id: Mapped[str | None] = mapped_column(ForeignKey("cases.id"))  # None: all they see
    case_count: Mapped[int]
    state: Mapped[str] = mapped_column(index=True)  # waiting | ready | taken | declined
    asked_by: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    asked_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    agreed_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    agreed_at: Mapped[datetime | None]
