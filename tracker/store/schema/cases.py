"""Cases, those who report them, and what the family allowed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.store.schema.base import Base, row_id, sealed


class Case(Base):
    """One sought person's case. In clear stand only ids, states, bands and due times (S1)."""

    __tablename__ = "cases"
    sealed_by = "id"
    __table_args__ = (
        Index("ix_cases_next_look_at", "next_look_at"),
        Index("ix_cases_review_on", "review_on"),
        Index(
            "ix_cases_next_step_at",
            *("next_step_at", "state"),
            sqlite_where=text("next_step_at IS NOT NULL"),
            postgresql_where=text("next_step_at IS NOT NULL"),
        ),
        Index(
            "ix_cases_silence",
            *("state", "silent_rank", "wants_consent", "policy_version_id", "zone_name"),
        ),
        Index("ix_cases_queue", "state", "band", "silent_rank", "id", "asked_at"),
        Index("ix_cases_asked", "state", "band", "asked_at"),
        Index("ix_cases_caseworker", "caseworker_id", "state", "band", "silent_rank", "id"),
        Index(
            "ix_cases_snoozed",
            *("band", "silent_rank", "id", "snoozed_until", "state", "caseworker_id"),
            sqlite_where=text("snoozed_until IS NOT NULL"),
            postgresql_where=text("snoozed_until IS NOT NULL"),
        ),
        Index(
            "ix_cases_set_aside",
            "set_aside_at",
            sqlite_where=text("set_aside_at IS NOT NULL"),
            postgresql_where=text("set_aside_at IS NOT NULL"),
        ),
    )

    id: Mapped[str] = row_id()
    ref: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(default="open")  # open | closed | merged | erased
    band: Mapped[str] = mapped_column(default="in_contact")
    zone_name: Mapped[str]
    opened_at: Mapped[datetime]
    policy_version_id: Mapped[str] = mapped_column(ForeignKey("policy_versions.id"), index=True)
    caseworker_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    supervisor_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    clock_sealed: Mapped[bytes] = sealed("clock")  # tracker.domain.memory
    next_look_at: Mapped[datetime | None]  # when the worker must look again; None: never
    next_step_at: Mapped[datetime | None]  # when its next step fires if nothing is entered
    wants_consent: Mapped[bool] = mapped_column(
        default=False, server_default=false()
    )  # for a role due by what fired (R13)
    asked_at: Mapped[datetime | None]
    # when its newest alert that asked for an answer was raised; kept by triggers on `alerts`
    silent_rank: Mapped[datetime | None]  # due time of the first step: the smaller, the longer
    snoozed_until: Mapped[datetime | None]
    all_clear_at: Mapped[datetime | None]  # the last resolved or closed notice (R5, R15)
    set_aside_at: Mapped[datetime | None]  # the worker failed on it; shown in red
    set_aside_reason: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    review_on: Mapped[date | None]  # when somebody must say whether it is kept (S18)


EVERYBODY = "*"
"""In the place of a caseworker's id: the count of all cases, whoever has them."""


class CaseCount(Base):
    """How many cases somebody has in a state and band, and how many all have together, so that no
    page counts them.

    Kept by triggers on `cases` in the transaction that changes a case; nothing else writes here.
    """

    __tablename__ = "case_counts"
    __table_args__ = ({"info": {"derived": True}},)

    caseworker_id: Mapped[str] = mapped_column(String(32), primary_key=True)  # "": nobody's
    state: Mapped[str] = mapped_column(primary_key=True)
    band: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]


class Enquirer(Base):
    """A relative or representative who reports; identity always confidential."""

    __tablename__ = "enquirers"

    id: Mapped[str] = row_id()
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    details_sealed: Mapped[bytes] = sealed("content")  # name, relation, ways and times to reach
    language: Mapped[str] = mapped_column(default="en")
    protected: Mapped[bool] = mapped_column(default=False)
    reachable: Mapped[bool] = mapped_column(default=False)  # S5: not contacted by default
    receipt_locator: Mapped[bytes | None] = mapped_column(unique=True)  # HMAC (S7)
    receipt_hash: Mapped[str | None]  # Argon2id (S7)
    created_at: Mapped[datetime]
    last_heard_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]  # the receipt was used last
    opened_before_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]  # a caseworker checked who this is
    withdrawn_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]  # nothing is left of who this was


class Consent(Base):
    """One answer about sharing: scope, language, by whom, when, until. The newest counts."""

    __tablename__ = "consents"

    id: Mapped[str] = row_id()
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    enquirer_id: Mapped[str] = mapped_column(ForeignKey("enquirers.id"))
    scope: Mapped[str]  # caseworkers | consular | un | public
    given: Mapped[bool]
    language: Mapped[str]
    text_checked: Mapped[bool]  # whether the text read was checked by a native reader
    spoken_at: Mapped[datetime | None]  # a caseworker has spoken with the person about it
    recorded_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    recorded_at: Mapped[datetime]
    until_on: Mapped[date | None]


class Share(Base):
    """A case shown to a consular post, within the family's consent."""

    __tablename__ = "shares"

    id: Mapped[str] = row_id()
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    post_id: Mapped[str] = mapped_column(ForeignKey("consular_posts.id"), index=True)
    fields: Mapped[list[str]] = mapped_column(JSON)  # field groups: name, dates, place, history
    shared_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    shared_at: Mapped[datetime]
    until_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]


class ConsularAction(Base):
    """What a post was asked, and what it answered. No answer is a silence too."""

    __tablename__ = "consular_actions"

    id: Mapped[str] = row_id()
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    post_id: Mapped[str] = mapped_column(ForeignKey("consular_posts.id"), index=True)
    asked_sealed: Mapped[bytes] = sealed("content")
    asked_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[datetime]
    outcome: Mapped[str | None]  # asked_authorities | answered | no_answer | cannot
    answer_sealed: Mapped[bytes | None] = sealed("content")
    answered_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    answered_at: Mapped[datetime | None]


class FamilyMessage(Base):
    """A message between a caseworker and an enquirer, read behind the receipt."""

    __tablename__ = "family_messages"

    id: Mapped[str] = row_id()
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    enquirer_id: Mapped[str] = mapped_column(ForeignKey("enquirers.id"))
    from_family: Mapped[bool]
    written_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    body_sealed: Mapped[bytes] = sealed("content")
    written_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class Note(Base):
    """Words a person gave with an act: a reason to snooze, hand over, reveal, close."""

    __tablename__ = "notes"
    id: Mapped[str] = row_id()
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str]  # the act, as snooze, hand_over, confirmed, rejected, reveal, merge
    text_sealed: Mapped[bytes] = sealed("content")
    written_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    written_at: Mapped[datetime]
