"""Escalation policies and their versions. A version never changes once it was active."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.store.schema.base import Base, row_id


class PolicyRow(Base):
    """A policy by its name; new cases get the default one."""

    __tablename__ = "policies"

    id: Mapped[str] = row_id()
    name: Mapped[str]
    is_default: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class PolicyVersion(Base):
    """One version: the JSON of `tracker.domain.policy_document`."""

    __tablename__ = "policy_versions"
    __table_args__ = (UniqueConstraint("policy_id", "number"),)

    id: Mapped[str] = row_id()
    policy_id: Mapped[str] = mapped_column(ForeignKey("policies.id"), index=True)
    number: Mapped[int]
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(default="draft")  # draft | active | retired
    made_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime]
    activated_at: Mapped[datetime | None]
