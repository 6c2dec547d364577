"""Programs that ask in a person's name: their tokens, and the answers given to their acts."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.store.schema.base import Base, row_id, sealed


class ApiToken(Base):
    """What a program shows instead of signing in. The token is shown once; its HMAC is kept."""

    __tablename__ = "api_tokens"
    sealed_by: ClassVar[str] = "person_id"

    id: Mapped[str] = row_id()
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    token_hmac: Mapped[bytes] = mapped_column(unique=True)
    label_sealed: Mapped[bytes | None] = sealed("contact")  # what its owner calls it
    scope: Mapped[str]  # read | act
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class ApiAnswer(Base):
    """What an act by a program was answered, so that asking again changes nothing: 24 hours."""

    __tablename__ = "api_answers"
    __table_args__ = (UniqueConstraint("token_id", "key_hmac"),)

    id: Mapped[str] = row_id()
    token_id: Mapped[str] = mapped_column(ForeignKey("api_tokens.id"))
    key_hmac: Mapped[bytes]  # of the Idempotency-Key
    asked_hmac: Mapped[bytes]  # of method, address and body: they hold days of contact
    answer: Mapped[dict[str, Any]] = mapped_column(JSON)  # ids and states
    made_at: Mapped[datetime] = mapped_column(index=True)
