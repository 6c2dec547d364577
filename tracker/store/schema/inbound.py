"""What came back to us: answers to messages, each counted once (delivery.md D8)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.store.schema.base import Base, row_id


class Inbound(Base):
    """One answer from a known address. Its words are not kept, nor who else wrote (S18)."""

    __tablename__ = "inbound"
    __table_args__ = (UniqueConstraint("provider", "provider_id"),)

    id: Mapped[str] = row_id()
    provider: Mapped[str]  # twilio | kannel | voice | mail
    provider_id: Mapped[str]  # a mail's Message-ID as a keyed hash
    contact_point_id: Mapped[str] = mapped_column(ForeignKey("contact_points.id"), index=True)
    outbox_id: Mapped[str | None] = mapped_column(ForeignKey("outbox.id"))  # what it answers
    act: Mapped[str | None]  # tracker.domain.replies.Act; None: not understood
    said: Mapped[str | None]  # tracker.messages.answers.Said; None: nothing was answered
    codes: Mapped[list[str]] = mapped_column(JSON)  # reply codes and references we answered with
    received_at: Mapped[datetime] = mapped_column(index=True)
