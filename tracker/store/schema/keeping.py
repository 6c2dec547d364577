"""Keys, sessions, brakes, the audit trail and the pulse of the worker."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.store.schema.base import OFFICE, Base, row_id, sealed


class DataKeyRow(Base):
    """A data key, wrapped (S1). Destroying it erases what it sealed, in backups too."""

    __tablename__ = "data_keys"
    __table_args__ = (Index("ix_data_keys_owner", "owner_id", "purpose", unique=True),)

    id: Mapped[str] = row_id()
    owner_id: Mapped[str]  # a case, a person, or `office`
    purpose: Mapped[str]  # content | clock | contact
    kek_id: Mapped[str] = mapped_column(index=True)
    wrapped: Mapped[bytes | None]  # None once destroyed
    made_at: Mapped[datetime]
    destroyed_at: Mapped[datetime | None]


class WebSession(Base):
    """A signed-in browser. The cookie holds a random token, we hold its SHA-256 (S10)."""

    __tablename__ = "web_sessions"

    id: Mapped[str] = row_id()
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    kind: Mapped[str]  # staff | family | code | enrol | passkey (an asking that was answered)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"), index=True)
    enquirer_id: Mapped[str | None] = mapped_column(ForeignKey("enquirers.id"))
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]  # password and code entered again (re-authentication)
    second_factor: Mapped[bool] = mapped_column(default=False)
    ended_at: Mapped[datetime | None]


class TokenBucket(Base):
    """A brake on guessing; survives restarts and is shared by all processes (S11)."""

    __tablename__ = "token_buckets"

    key: Mapped[str] = mapped_column(primary_key=True)
    tokens: Mapped[float]
    failures: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime]


class Draft(Base):
    """A form not yet sent, or a name looked for: sealed, thrown away after 24 hours, or one."""

    __tablename__ = "drafts"
    __table_args__ = (
        Index(
            "ix_drafts_room",
            *("kind", "source", "expires_at"),
            sqlite_where=text("sent_case_id IS NULL"),
            postgresql_where=text("sent_case_id IS NULL"),
        ),
    )
    sealed_by: ClassVar[str] = OFFICE

    id: Mapped[str] = row_id()
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    kind: Mapped[str]  # report | interview | unsent | search | answer | undo | a form sent once
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"), index=True)
    answers_sealed: Mapped[bytes] = sealed("content")
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    sent_case_id: Mapped[str | None]  # a second submit of the same form answers with the first
    source: Mapped[str | None] = mapped_column(info={"momentary": True})
    """From which neighbourhood it is written, as a hash under the day's key, so that none crowds
    out the others. Gone as soon as the form is sent or thrown away; in no backup."""


class DraftPicture(Base):
    """A picture told with a form not yet sent; it goes with its draft (S15)."""

    __tablename__ = "draft_pictures"
    sealed_by: ClassVar[str] = OFFICE

    id: Mapped[str] = row_id()
    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), index=True)
    picture_sealed: Mapped[bytes] = sealed("content", large=True)  # base64 of a JPEG
    preview_sealed: Mapped[bytes | None] = sealed("content", large=True)
    size: Mapped[int]  # bytes of the JPEG
    position: Mapped[int]


class AuditRow(Base):
    """One act. Append-only by triggers, hash-chained (S13)."""

    __tablename__ = "audit"

    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_kind: Mapped[str]  # person | family | worker | provider | operator | anyone
    actor_id: Mapped[str | None]
    role: Mapped[str | None]
    act: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[str | None]
    case_id: Mapped[str | None] = mapped_column(index=True)
    detail: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    previous: Mapped[bytes]
    hash: Mapped[bytes]


class AuditHead(Base):
    """The newest link of the chain; its single row is the lock that orders the writers."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    seq: Mapped[int]
    hash: Mapped[bytes]


class Pulse(Base):
    """Heartbeats (`worker`, `backup`, …), leases and breakers, each with its last beat (D10)."""

    __tablename__ = "pulses"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    detail: Mapped[str | None]  # of `worker`: which errors its last turn met; None: none
    holder: Mapped[str | None]  # the process that holds a lease of this name
    lease_until: Mapped[datetime | None]


class Flag(Base):
    """A switch of the running instance: `sending_paused`, `sending_held`, `policies_moving`, …"""

    __tablename__ = "flags"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    set_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    set_at: Mapped[datetime]
