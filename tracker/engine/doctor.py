"""`tracker doctor`: the state of each thing the product cannot work without (delivery.md D10)."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from tracker.domain.delivery import Channel
from tracker.domain.moments import format_instant
from tracker.engine.audience import ADMINISTRATOR, people_with_role
from tracker.engine.backup import PULSE as BACKUP
from tracker.engine.desk import Desk
from tracker.engine.integrity import faults
from tracker.engine.mailbox import MAILBOX
from tracker.engine.switches import is_key_copied
from tracker.settings import check_safe
from tracker.store import health
from tracker.store.schema import Case, ContactPoint, Digest, Pulse

CLOCK_MAY_DIFFER = timedelta(hours=1)
"""A worker's beat further in the future than this means that a clock is wrong."""

DIGEST_MAY_BE = timedelta(days=8)
"""A weekly digest older than this is missing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: whether it is well, and a sentence."""

    what: str
    well: bool
    says: str

    def as_json(self) -> dict[str, Any]:
        """For `tracker doctor --json`."""
        return {"what": self.what, "well": self.well, "says": self.says}


def examine(desk: Desk, channels: Mapping[str, Channel]) -> list[Finding]:
    """Look at everything. Reads only."""
    return [
        *_configuration(desk),
        *_keys(desk),
        *_backup(desk),
        *_database(desk),
        *_channels(desk, channels),
        *_mailbox(desk),
        *_worker(desk),
        *_alerts(desk),
        *_people(desk),
        *_digest(desk),
    ]


def _configuration(desk: Desk) -> Iterator[Finding]:
    breaches = check_safe(desk.settings)
    yield Finding("configuration", not breaches, " ".join(breaches) or "Safe to run.")


def _keys(desk: Desk) -> Iterator[Finding]:
    mode = stat.S_IMODE(os.stat(desk.settings.keys).st_mode)
    if mode & 0o077:
        says = f"{desk.settings.keys.name} can be read by others; run chmod 600 on it."
        yield Finding("keys", False, says)
    else:
        yield Finding("keys", True, f"Key ring {desk.ring.fingerprint()}.")


def _backup(desk: Desk) -> Iterator[Finding]:
    ring = desk.ring.fingerprint()
    well = is_key_copied(desk)
    says = (
        f"An offline copy of key ring {ring} was acknowledged."
        if well
        else f"Copy {desk.settings.keys.name} offline, then run: tracker keys copied {ring}"
    )
    yield Finding("key copy", well, says)
    last = desk.session.get(Pulse, BACKUP)
    if desk.settings.backup_key is None:
        says = "Nothing could be brought back: make a key with tracker keys backup FILE."
        yield Finding("backup", False, says)
    elif last is None or desk.now - last.at > health.BACKUP_MAY_BE:
        when = "never" if last is None else format_instant(last.at)
        yield Finding("backup", False, f"Last taken: {when}. Run daily: tracker backup FOLDER")
    else:
        yield Finding("backup", True, f"Last taken at {format_instant(last.at)}.")


def _database(desk: Desk) -> Iterator[Finding]:
    if not health.is_newest(desk.session):
        yield Finding("database", False, "Not at the newest schema; run: tracker db upgrade")
        return
    wrong = faults(desk)
    yield Finding("database", not wrong, " ".join(wrong) or "Whole, at the newest schema.")


def _channels(desk: Desk, channels: Mapping[str, Channel]) -> Iterator[Finding]:
    if desk.settings.file_delivery:
        yield Finding("delivery", True, "Messages are written to files; nothing is sent.")
        return
    configured = {
        "email": desk.settings.smtp is not None and desk.settings.mail_from is not None,
        "sms": desk.settings.twilio is not None or desk.settings.kannel is not None,
    }
    for kind in channels:
        well = configured.get(kind, False)
        says = "Configured." if well else f"Set TRACKER_{_VARIABLE[kind]}; every {kind} is refused."
        yield Finding(kind, well, says)


def _mailbox(desk: Desk) -> Iterator[Finding]:
    """Whether bounces and answers by mail are read; nothing where no mailbox is set."""
    if desk.settings.imap is None or desk.settings.file_delivery:
        return
    pulse = desk.session.get(Pulse, MAILBOX)
    if pulse is None:
        yield Finding("mailbox", False, "It was never read; check TRACKER_IMAP_URL and the worker.")
        return
    well = desk.now - pulse.at <= health.WAITING_MAY_BE
    yield Finding("mailbox", well, f"Last read at {format_instant(pulse.at)}.")


_VARIABLE = {
    "email": "SMTP_URL and TRACKER_MAIL_FROM",
    "sms": "TWILIO_ACCOUNT_SID or TRACKER_KANNEL_URL, with their others",
}


def _worker(desk: Desk) -> Iterator[Finding]:
    state = health.look(desk.session, desk.now)
    if state.worker_at is None:
        yield Finding("worker", False, "It has never run; start it with: tracker worker")
    elif state.worker_at - desk.now > CLOCK_MAY_DIFFER:
        yield Finding("worker", False, "Its last beat lies in the future; set the machine's clock.")
    else:
        when = format_instant(state.worker_at)
        well = state.worker_alive
        says = f"Last beat at {when}." + ("" if well else " Start it with: tracker worker")
        yield Finding("worker", well, says)
    paused = "Sending is paused; resume it on the outbox page." if state.paused else "Not paused."
    yield Finding("sending", not state.paused, paused)
    waits = state.oldest_due_at
    says = "Nothing waits." if waits is None else f"The oldest waits since {format_instant(waits)}."
    yield Finding("pending deliveries", not state.stuck, says)


def _alerts(desk: Desk) -> Iterator[Finding]:
    undelivered = health.look(desk.session, desk.now).undelivered
    yield Finding("alerts", not undelivered, f"{undelivered} reached nobody.")
    aside = desk.session.scalar(
        select(func.count()).select_from(Case).where(Case.set_aside_at.is_not(None))
    )
    yield Finding("cases", not aside, f"{aside} were set aside because the clock failed on them.")
    late = desk.session.scalar(
        select(func.count())
        .select_from(Case)
        .where(Case.next_look_at < desk.now - health.WAITING_MAY_BE, Case.set_aside_at.is_(None))
    )
    yield Finding("clock", not late, f"{late} cases are due and were not looked at.")


def _people(desk: Desk) -> Iterator[Finding]:
    for role in (ADMINISTRATOR, "supervisor", "caseworker"):
        holders = people_with_role(desk.session, role)
        yield Finding(role, bool(holders), f"{len(holders)} active.")
    reachable = select(ContactPoint.person_id).where(ContactPoint.disabled_at.is_(None))
    reached = set(desk.session.scalars(reachable))
    silent = [p for p in people_with_role(desk.session, "caseworker") if p.id not in reached]
    says = f"{len(silent)} caseworkers have no working contact point."
    yield Finding("contact points", not silent, says)


def _digest(desk: Desk) -> Iterator[Finding]:
    last: datetime | None = desk.session.scalar(select(func.max(Digest.decided_at)))
    started = desk.session.scalar(select(func.min(Case.opened_at)))
    if last is None:
        overdue = started is not None and desk.now - started > DIGEST_MAY_BE
        yield Finding("digest", not overdue, "None was made yet.")
    else:
        well = desk.now - last <= DIGEST_MAY_BE
        yield Finding("digest", well, f"The last was made at {format_instant(last)}.")
