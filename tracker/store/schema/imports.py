"""What was brought in from sheets: keyed hashes only, so that the same row is not taken twice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tracker.store.schema.base import Base, row_id


class ImportedRow(Base):
    """One row of a sheet that was taken in. Keyed hashes tell nothing without the ring."""

    __tablename__ = "imported_rows"

    id: Mapped[str] = row_id()
    content_hmac: Mapped[bytes] = mapped_column(unique=True)  # of the whole row
    key_hmac: Mapped[bytes | None] = mapped_column(index=True)  # of the office's own case number
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    imported_at: Mapped[datetime]
    imported_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
