"""Alerts, what became of them, the outbox, and the weekly digests (delivery.md)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.store.schema.base import Base, row_id, sealed

_OPEN_STATES = "state IN ('pending', 'retry_wait', 'submitting', 'unknown')"
_WAITING_STATES = "state IN ('pending', 'retry_wait')"
_CONSENT_NEEDED = (
    "state || '' IN ('triggered', 'acknowledged', 'undelivered') "
    "AND CAST(consent_needed AS VARCHAR) <> '[]'"
)


class Alert(Base):
    """One notice the clock raised. `dedup` makes R7 a constraint of the database."""

    __tablename__ = "alerts"
    __table_args__ = (
        Index("ix_alerts_case_state", "case_id", "state"),
        Index("ix_alerts_raised_at", "raised_at", "kind", "case_id"),
        Index(
            "ix_alerts_answers",
            *("raised_at", "case_id", "state", "acknowledged_at", "ended_at"),
            sqlite_where=text("kind = 'step'"),
            postgresql_where=text("kind = 'step'"),
        ),
        Index(
            "ix_alerts_consent",
            *("raised_at", "id"),
            sqlite_where=text(_CONSENT_NEEDED),
            postgresql_where=text(_CONSENT_NEEDED),
        ),
    )

    id: Mapped[str] = row_id()
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    dedup: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]  # tracker.domain.evaluate.Kind
    episode: Mapped[int]
    step: Mapped[int | None]
    repetition: Mapped[int | None]
    band: Mapped[str]
    urgent: Mapped[bool] = mapped_column(default=False)
    roles: Mapped[list[str]] = mapped_column(JSON)
    consent_needed: Mapped[list[str]] = mapped_column(JSON)
    passed_over: Mapped[list[int]] = mapped_column(JSON)
    contact_report_id: Mapped[str | None] = mapped_column(ForeignKey("contact_reports.id"))
    silent_sealed: Mapped[bytes] = sealed("clock")  # [at least, at most] days
    state: Mapped[str] = mapped_column(default="triggered", index=True)  # domain.alerts.AlertState
    raised_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]  # the first time; its event says by whom


class AlertEvent(Base):
    """Something that happened to an alert, in order."""

    __tablename__ = "alert_events"

    id: Mapped[str] = row_id()
    alert_id: Mapped[str] = mapped_column(ForeignKey("alerts.id"), index=True)
    at: Mapped[datetime]
    kind: Mapped[str]
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    detail: Mapped[str | None]  # a code; never words of a report


class OutboxMessage(Base):
    """One recipient × one contact point × one alert or digest (D2)."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("alert_id", "contact_point_id"),
        UniqueConstraint("digest_id", "contact_point_id"),
        Index(
            "ix_outbox_due",
            "available_at",
            "id",
            sqlite_where=text(_OPEN_STATES),
            postgresql_where=text(_OPEN_STATES),
        ),
        Index(
            "ix_outbox_waiting",
            "contact_point_id",
            "available_at",
            sqlite_where=text(_WAITING_STATES),
            postgresql_where=text(_WAITING_STATES),
        ),
        Index(
            "ix_outbox_submitting",
            "lease_until",
            sqlite_where=text("state = 'submitting'"),
            postgresql_where=text("state = 'submitting'"),
        ),
        Index(
            "ix_outbox_unknown",
            "available_at",
            "id",
            sqlite_where=text("state = 'unknown'"),
            postgresql_where=text("state = 'unknown'"),
        ),
        Index(
            "ix_outbox_looks",
            "look_at",
            sqlite_where=text("look_at IS NOT NULL"),
            postgresql_where=text("look_at IS NOT NULL"),
        ),
        Index(
            "ix_outbox_carrier",
            "carrier_id",
            sqlite_where=text("carrier_id IS NOT NULL"),
            postgresql_where=text("carrier_id IS NOT NULL"),
        ),
    )

    id: Mapped[str] = row_id()
    kind: Mapped[str]  # alert | digest | test | invite | answer | hold | point | key |
    # cases_given, and news of accounts (`engine.staff.account_news`)
    alert_id: Mapped[str | None] = mapped_column(ForeignKey("alerts.id"))  # found by its constraint
    digest_id: Mapped[str | None] = mapped_column(ForeignKey("digests.id"))
    case_id: Mapped[str | None] = mapped_column(ForeignKey("cases.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    contact_point_id: Mapped[str] = mapped_column(ForeignKey("contact_points.id"))
    channel: Mapped[str]  # tracker.domain.delivery.CHANNEL_KINDS
    role: Mapped[str | None]  # as whom the person is told; consent is asked for it at the claim
    urgent: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(default="pending")
    # tracker.domain.delivery.State
    reference: Mapped[str]  # random, per message; the same when a message is repeated
    available_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    lease_owner: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    provider_id: Mapped[str | None]
    error_code: Mapped[str | None]
    possible_repeat: Mapped[bool] = mapped_column(default=False)
    carrier_id: Mapped[str | None] = mapped_column(String(32))
    # the row in whose message this one went, when several were put into one (D7)
    look_at: Mapped[datetime | None]  # when its provider is asked what became of it (D5, D6)
    created_at: Mapped[datetime]
    handed_over_at: Mapped[datetime | None]  # the provider took it
    ended_at: Mapped[datetime | None]


class OutboxAttempt(Base):
    """One try at sending a row."""

    __tablename__ = "outbox_attempts"
    __table_args__ = (UniqueConstraint("outbox_id", "number"),)

    id: Mapped[str] = row_id()
    outbox_id: Mapped[str] = mapped_column(ForeignKey("outbox.id"))
    number: Mapped[int]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None]  # accepted | not_sent | refused | unknown
    code: Mapped[str | None]


class Receipt(Base):
    """A provider's word about a row, kept even when it comes before our own commit (D5)."""

    __tablename__ = "receipts"
    __table_args__ = (UniqueConstraint("outbox_id", "provider_id", "status"),)

    id: Mapped[str] = row_id()
    outbox_id: Mapped[str] = mapped_column(ForeignKey("outbox.id"))
    provider_id: Mapped[str]
    status: Mapped[str]
    code: Mapped[str | None]
    received_at: Mapped[datetime]


class Digest(Base):
    """One reader's digest of one ISO week: decided once, its facts kept sealed (D9)."""

    __tablename__ = "digests"
    sealed_by: ClassVar[str] = "person_id"
    __table_args__ = (
        UniqueConstraint("person_id", "week"),
        Index("ix_digests_decided_at", "decided_at"),
    )

    id: Mapped[str] = row_id()
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    week: Mapped[str]  # the ISO week reported, as 2018-W17
    covers_from: Mapped[str]  # the first ISO week reported: earlier than `week` after downtime
    roles: Mapped[list[str]] = mapped_column(JSON)
    facts_sealed: Mapped[bytes] = sealed("contact")
    audit_head: Mapped[str]
    decided_at: Mapped[datetime]
