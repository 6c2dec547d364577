"""What was told: names, statements and contact reports, each with its source."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tracker.store.schema.base import Base, row_id, sealed


class PersonName(Base):
    """One name of the sought person, as one source spells it. A person may have many, or none."""

    __tablename__ = "person_names"

    id: Mapped[str] = row_id()
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    name_sealed: Mapped[bytes] = sealed("content")
    source_sealed: Mapped[bytes | None] = sealed("content")
    position: Mapped[int] = mapped_column(default=0)  # 0 is shown first
    entered_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    enquirer_id: Mapped[str | None] = mapped_column(ForeignKey("enquirers.id"))
    entered_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Statement(Base):
    """A fact as one source tells it. Conflicting ones stand side by side, with their source.

    `value` holds {"text", "edtf", "words", "said_on", …} as the kind needs. Rhythms, sentence
    ends, limits and appeals are statements here until they get clocks of their own.
    """

    __tablename__ = "statements"

    id: Mapped[str] = row_id()
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str]  # tracker.domain.statements.StatementKind
    value_sealed: Mapped[bytes] = sealed("content")
    source_sealed: Mapped[bytes | None] = sealed("content")
    entered_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    enquirer_id: Mapped[str | None] = mapped_column(ForeignKey("enquirers.id"))
    entered_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class ContactReport(Base):
    """An account that the person was heard from: occurred, said, reported, entered."""

    __tablename__ = "contact_reports"
    __table_args__ = (Index("ix_contact_reports_state", "state", "entered_at"),)

    id: Mapped[str] = row_id()
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    enquirer_id: Mapped[str | None] = mapped_column(ForeignKey("enquirers.id"))
    state: Mapped[str] = mapped_column(
        default="pending"
    )  # pending | confirmed | rejected | retracted
    first_report: Mapped[bool] = mapped_column(default=False)  # serves as missing-since (R2)
    occurred_sealed: Mapped[bytes] = sealed(
        "clock"
    )  # {"earliest", "latest", "edtf", "class", "flags"}
    details_sealed: Mapped[bytes] = sealed(
        "content"
    )  # {"words", "means", "freely", "staged", "said_on", "source", …}
    reported_at: Mapped[datetime]  # when the family or another source told us
    entered_at: Mapped[datetime]  # when it was typed
    entered_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))


class Attachment(Base):
    """A photo told with a contact report, as of a letter, made anew from its pixels (S15)."""

    __tablename__ = "attachments"

    id: Mapped[str] = row_id()
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    contact_report_id: Mapped[str] = mapped_column(ForeignKey("contact_reports.id"), index=True)
    enquirer_id: Mapped[str | None] = mapped_column(ForeignKey("enquirers.id"))
    picture_sealed: Mapped[bytes] = sealed("content", large=True)  # base64 of a JPEG
    preview_sealed: Mapped[bytes | None] = sealed("content", large=True)  # base64 of a small JPEG
    size: Mapped[int]  # bytes of the JPEG
    added_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    added_at: Mapped[datetime]
