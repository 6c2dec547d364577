"""What one person asks for and a second one agrees to (safety.md, "Who may").

Taking many cases out, and what opens cases by way of an account.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tracker.store.schema.base import Base, row_id


class Asked:
    """Who asked, until when it holds, who agreed. Done once, or never."""

    id: Mapped[str] = row_id()
    state: Mapped[str] = mapped_column(index=True)  # waiting | ready | taken | declined
    asked_by: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    asked_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    agreed_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    agreed_at: Mapped[datetime | None]


class ExportRequest(Asked, Base):
    """One file that somebody wants to make. What was in it is not kept."""

    __tablename__ = "export_requests"

    form: Mapped[str]  # csv | json | pfif
    case_id: Mapped[str | None] = mapped_column(ForeignKey("cases.id"))  # None: all they see
    case_count: Mapped[int]


class AccountRequest(Asked, Base):
    """One change of somebody's account that opens cases, or the way to them."""

    __tablename__ = "account_requests"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    act: Mapped[str]  # second_factor | roles
    roles: Mapped[list[str] | None] = mapped_column(JSON)  # exactly these, of `roles`
    show_link: Mapped[bool]  # of `second_factor`: its link is shown to who asked, not mailed
