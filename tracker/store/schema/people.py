"""Those who work with the cases: people, their roles, contact points, and consular posts."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import ClassVar

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from tracker.store.schema.base import OFFICE, Base, row_id, sealed


class Person(Base):
    """A caseworker, supervisor, consular contact, administrator or auditor."""

    __tablename__ = "people"
    sealed_by: ClassVar[str] = "id"

    id: Mapped[str] = row_id()
    name_sealed: Mapped[bytes] = sealed("contact")
    email_sealed: Mapped[bytes] = sealed("contact")
    email_hmac: Mapped[bytes] = mapped_column(unique=True)
    language: Mapped[str] = mapped_column(default="en")
    zone_name: Mapped[str] = mapped_column(default="UTC")
    disclosure: Mapped[str] = mapped_column(default="notice")  # notice | reference | full (S4)
    password_hash: Mapped[str | None]
    totp_sealed: Mapped[bytes | None] = sealed("contact")
    totp_last_step: Mapped[int | None]
    totp_confirmed_at: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    deputy_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    leave_from_on: Mapped[date | None]
    leave_until_on: Mapped[date | None]
    quiet_from: Mapped[time | None]  # local time of day; no message but urgent ones
    quiet_until: Mapped[time | None]
    expires_on: Mapped[date | None]  # a consular account ends yearly unless renewed
    erased_at: Mapped[datetime | None]  # a leaver of whom only the id is left
    shortcuts: Mapped[bool] = mapped_column(default=True, server_default=true())


class PersonRole(Base):
    """A role a person holds; rights add up."""

    __tablename__ = "person_roles"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    given_at: Mapped[datetime]
    given_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))


class ContactPoint(Base):
    """A recipient's number or address. Verified ones may acknowledge; disabled ones are skipped."""

    __tablename__ = "contact_points"
    sealed_by: ClassVar[str] = "person_id"

    id: Mapped[str] = row_id()
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    channel: Mapped[str]  # tracker.domain.delivery.CHANNEL_KINDS
    address_sealed: Mapped[bytes] = sealed("contact")
    address_hmac: Mapped[bytes] = mapped_column(index=True)
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    disabled_reason: Mapped[str | None]  # a code: bounced, wrong_number, by_person
    opted_out_at: Mapped[datetime | None]


class SignInLink(Base):
    """An invitation or reset: single use, consumed by POST, 30 minutes (S10)."""

    __tablename__ = "sign_in_links"

    id: Mapped[str] = row_id()
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    purpose: Mapped[str]  # invite | reset | mailed | demo
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """One of ten codes that stand in for the second factor, each once; a keyed hash is kept."""

    __tablename__ = "recovery_codes"

    id: Mapped[str] = row_id()
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    code_hash: Mapped[bytes] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Passkey(Base):
    """A passkey (WebAuthn credential): its public half, and how often it has signed."""

    __tablename__ = "passkeys"
    sealed_by: ClassVar[str] = "person_id"

    id: Mapped[str] = row_id()
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    credential: Mapped[bytes]  # attested credential data: id and public key
    label_sealed: Mapped[bytes | None] = sealed("contact")  # what its owner calls it
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class OpenPgpKey(Base):
    """A reader's public key, to which mails of the full level are encrypted (S4).

    A new key counts after a hold, during which the one before it does. Its fingerprint is sealed:
    key servers tell whose it is.
    """

    __tablename__ = "openpgp_keys"
    sealed_by: ClassVar[str] = "person_id"

    id: Mapped[str] = row_id()
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    key_sealed: Mapped[bytes] = sealed("contact")  # {"armored", "fingerprint"}
    made_at: Mapped[datetime]
    counts_from_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    trouble: Mapped[str | None]  # why it could not be used when a mail was due; told once
    trouble_at: Mapped[datetime | None]


class ConsularPost(Base):
    """An embassy or consulate. Posts, not persons, hold shares."""

    __tablename__ = "consular_posts"
    sealed_by: ClassVar[str] = OFFICE

    id: Mapped[str] = row_id()
    name_sealed: Mapped[bytes] = sealed("contact")
    zone_name: Mapped[str] = mapped_column(default="UTC")
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class PostMember(Base):
    """A person who serves at a post, until a day if one is named."""

    __tablename__ = "post_members"
    __table_args__ = (UniqueConstraint("post_id", "person_id"),)

    id: Mapped[str] = row_id()
    post_id: Mapped[str] = mapped_column(ForeignKey("consular_posts.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    since_at: Mapped[datetime]
    until_on: Mapped[date | None]
